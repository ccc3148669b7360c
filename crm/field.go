package crm

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A field is what people type where a record asks for a number: one number, or two, with remarks between them. It falls
// into segments; a number is always in one. Within a segment are groups of digits that nothing but light punctuation
// parts, so that only a numbering plan can tell where a number ends.

// group is a run of digits.
type group struct {
	start, end int  // in the segment's digits
	time       bool // it may begin hours or a day
}

// segment is a part of a field.
type segment struct {
	digits string
	plus   bool // a "+" stands before the first group
	groups []group
	short  shortForm // how the segment continues the one before
	dash   bool      // a hyphen stands before the first group
	doubt  bool      // what makes the segment short may be a remark
	joined bool      // a comma or a word makes the segment short, and no slash
	tight  bool      // the slash that makes it short has no spaces around it
}

// shortForm is a segment of a few digits that says how the number before it must be changed: 212-555-0151/52.
type shortForm int

const (
	notShort  shortForm = iota
	alsoShort           // "/52": another number that ends so
	upToShort           // "～3": all numbers up to the one that ends so
)

// wholeNumber is how many digits a segment has before a slash, comma or bracket ends it: 0221/123456 is one number.
const wholeNumber = 7

// MaxField bounds what is read of a field that holds numbers, in characters.
const MaxField = 400

// segments splits a field.
func segments(field string) []segment {
	if len(field) > MaxField {
		chars := 0
		for i := range field {
			if chars++; chars > MaxField {
				field = field[:i]
				break
			}
		}
	}
	var (
		all    []segment
		digits []byte
		groups []group
		cur    segment
		b      boundary
	)
	finish := func() {
		if len(groups) > 0 {
			cur.digits, cur.groups = string(digits), groups
			all = append(all, cur)
		}
		cur, digits, groups = segment{}, nil, nil
	}
	inGroup := false
	for i, r := range field {
		if d, ok := digitOf(r); ok {
			if !inGroup {
				t := noTime
				if n := len(groups); n > 0 {
					t = timeAt(field[i:], groups[n-1].end-groups[n-1].start)
				}
				chained := cur.short == alsoShort && (b.slash || b.joins()) && len(digits) == digitsAhead(field[i:])
				if len(groups) > 0 && (chained || b.ends(digits, t == isTime && b.parts())) {
					finish()
					cur.short, cur.doubt = b.short(field[i:], t)
					cur.joined, cur.tight = b.joins(), b.slash && b.spaces == 0
				}
				if len(groups) == 0 {
					cur.plus, cur.dash = b.plus, b.dash
				}
				groups = append(groups, group{len(digits), len(digits), t != noTime && b.parts()})
				b, inGroup = boundary{}, true
			}
			digits = append(digits, byte('0'+d))
			groups[len(groups)-1].end = len(digits)
			continue
		}
		if unicode.Is(unicode.Cf, r) || r == '\'' { // invisible marks, and the apostrophe that makes a spreadsheet keep a zero
			continue
		}
		inGroup = false
		b.add(r)
	}
	finish()
	return all
}

// boundary is what stands between two groups of digits.
type boundary struct {
	plus, dash           bool
	hard                 bool // no number goes on behind it
	soft                 bool // a number that is whole ends
	slash, tilde, letter bool
	comma                bool   // "," or "&"
	word                 string // the letters in it, as far as they are one word
	wordEnded            bool
	spaces               int
}

// joining are words and signs between a number and the end of another one.
var joining = map[string]bool{
	"or": true, "and": true, "oder": true, "und": true, "bzw": true, "ou": true, "et": true, "o": true, "y": true, "e": true, "oppure": true,
	"of": true, "en": true, "eller": true, "och": true, "og": true, "tai": true, "ja": true, "lub": true, "i": true, "nebo": true, "alebo": true,
	"vagy": true, "sau": true, "ili": true, "veya": true, "ve": true, "или": true, "и": true, "або": true, "または": true, "或": true, "또는": true,
}

// joins reports whether the boundary joins the end of another number to a number, other than by a slash.
func (b *boundary) joins() bool {
	if b.slash || b.tilde || b.plus {
		return false
	}
	return b.comma && !b.letter || b.letter && joining[b.word]
}

func (b *boundary) add(r rune) {
	letter := unicode.IsLetter(r) || unicode.IsMark(r)
	switch {
	case !letter:
		b.wordEnded = b.word != ""
	case b.wordEnded || len(b.word) > 16:
		b.word = "…" // none that joins
	default:
		b.word += string(unicode.ToLower(r))
	}
	switch {
	case r == '+' || r == '＋':
		b.plus, b.hard = true, true
	case r == '-' || r == '−' || r == 'ー' || unicode.Is(unicode.Pd, r):
		if b.dash = true; r == '〜' {
			b.tilde, b.soft = true, true
		}
	case letter:
		b.letter, b.hard = true, true
	case strings.ContainsRune(",，、&＆", r):
		b.comma, b.soft = true, true
	case unicode.IsControl(r) && r != '\t' || strings.ContainsRune(";:|#*=<>@\u2028\u2029＃", r):
		b.hard = true
	case isSlash(r):
		b.slash, b.soft = true, true
	case r == '~' || r == '～':
		b.tilde, b.soft = true, true
	case unicode.IsSpace(r):
		if b.spaces++; b.spaces > 1 { // " - " and "  "
			b.soft = true
		}
		return
	case r == '.' || r == ')' || r == '）' || r == '·' || r == '_':
	default:
		b.soft = true
	}
}

// parts reports whether a remark can begin behind the boundary: none is joined to a number by a hyphen or a dot.
func (b *boundary) parts() bool { return b.spaces > 0 || b.soft }

// ends reports whether the number whose digits come before the boundary ends there. time says that hours or a day follow.
func (b *boundary) ends(digits []byte, time bool) bool {
	if b.hard {
		return true
	}
	zeros := 0
	for zeros < len(digits) && digits[zeros] == '0' {
		zeros++
	}
	return (b.soft || time) && len(digits)-zeros >= wholeNumber
}

// short tells how rest, which begins behind the boundary, continues the number before it, and whether it may do something
// else: "/ 24h" is no other number, "/ 12 people" hardly one.
func (b *boundary) short(rest string, t times) (form shortForm, doubt bool) {
	switch {
	case t == isTime:
		return notShort, false
	case b.joins():
		ends, doubt := endsThere(rest)
		if ends {
			form = alsoShort
		}
		return form, doubt || t == maybeTime
	case b.letter:
		return notShort, false
	case b.tilde:
		return upToShort, t == maybeTime
	case !b.slash:
		return notShort, false
	}
	behind := strings.TrimLeftFunc(rest, unicode.IsDigit)
	next, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(behind, unicode.IsSpace))
	attached, _ := utf8.DecodeRuneInString(behind)
	switch {
	case unicode.IsLetter(attached): // "/ 3rd floor"
		return notShort, false
	case isSlash(attached) && b.spaces > 0, isSlash(next) && t == maybeTime: // "/ 03/2024", "/ 12 / 31", but not "/ 52 / 53"
		return notShort, false
	}
	return alsoShort, t == maybeTime || unicode.IsLetter(next) || isYear(rest[:len(rest)-len(behind)])
}

// endsThere reports whether the two to four digits that s begins with are all of a number's end: what goes on is a number by itself. There
// is doubt where a word follows that joins nothing: 52 Main Street.
func endsThere(s string) (ends, doubt bool) {
	if n := digitsAhead(s); n < 2 || n > 4 {
		return false, false
	}
	behind := strings.TrimLeftFunc(strings.TrimLeftFunc(s, unicode.IsDigit), unicode.IsSpace)
	next, size := utf8.DecodeRuneInString(behind)
	switch {
	case unicode.IsLetter(next):
		word, _, _ := strings.Cut(behind, " ")
		return true, !joining[strings.ToLower(word)]
	case next == '(' || next == '（':
		next, _ = utf8.DecodeRuneInString(behind[size:])
		return unicode.IsLetter(next), false
	}
	return behind == "" || isSlash(next) || strings.ContainsRune(",，、&＆;)）", next), false
}

func isSlash(r rune) bool { return r == '/' || r == '／' }

// digitsAhead counts the digits that s begins with.
func digitsAhead(s string) int {
	return utf8.RuneCountInString(s) - utf8.RuneCountInString(strings.TrimLeftFunc(s, unicode.IsDigit))
}

// isYear reports whether digits can be the year of an entry.
func isYear(digits string) bool {
	digits = digitsOf(digits)
	return len(digits) == 4 && (digits[:2] == "19" || digits[:2] == "20")
}

// numberText returns the part of a stored text that is read as a field: without the scheme, the host and the escapes of
// an address, and as written in digits what a spreadsheet has made of a number.
func numberText(stored string) string {
	if isPlain(stored) {
		return stored
	}
	lower := strings.ToLower(strings.TrimSpace(stored))
	for _, scheme := range [...]string{"sip:", "sips:", "tel:", "callto:"} {
		if strings.HasPrefix(lower, scheme) {
			return addressText(stored)
		}
	}
	if strings.ContainsRune(stored, '<') {
		stored = angled.ReplaceAllStringFunc(stored, func(in string) string {
			if user := addressText(in); strings.ContainsAny(in, "@:") && isNumber(user) {
				return ";" + user + ";"
			}
			return strings.NewReplacer("<", ";", ">", ";").Replace(in)
		})
	}
	if strings.ContainsRune(stored, '@') {
		if user := addressText(stored); isNumber(user) && !strings.ContainsAny(strings.TrimSpace(stored), " \t\n") {
			return user
		}
		return mailAddress.ReplaceAllStringFunc(stored, func(w string) string {
			user, _, _ := strings.Cut(w, "@")
			if hasLetter(user) {
				return ";"
			}
			return user + ";"
		})
	}
	return fromSpreadsheet(stored)
}

var (
	angled      = regexp.MustCompile(`<[^<>]*>?`)
	mailAddress = regexp.MustCompile(`[^\s,;/|<>()]*@[^\s,;/|<>()]*`)
)

// isNumber reports whether the user of an address is a number and no name.
func isNumber(user string) bool { return len(digitsOf(user)) > minCore && !hasLetter(user) }

// isPlain reports whether s has nothing but digits and the punctuation of one number, as almost all fields.
func isPlain(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c == ' ', c == '-', c == '+', c == '(', c == ')':
		default:
			return false
		}
	}
	return true
}

// addressText keeps the extension of an address behind a letter, where it belongs to no number.
func addressText(stored string) string {
	if i := strings.IndexAny(stored, " \n"); i > 0 && !strings.ContainsRune(stored, '<') { // tel:+1… tel:+1…
		return stored
	}
	return splitAddress(stored).user
}

// fromSpreadsheet reads what a spreadsheet makes of a number: a decimal, an exponent, commas between the thousands.
func fromSpreadsheet(s string) string {
	t := strings.TrimSpace(s)
	if whole, ok := strings.CutSuffix(t, ".0"); ok && len(whole) >= wholeNumber && strings.Trim(whole, "0123456789") == "" {
		return whole
	}
	if mantissa, exponent, ok := strings.Cut(strings.ToUpper(t), "E"); ok {
		digits := strings.Replace(mantissa, ".", "", 1)
		exponent = strings.TrimLeft(strings.TrimPrefix(exponent, "+"), "0")
		places := 0
		for _, c := range exponent {
			if c < '0' || c > '9' || places > 20 {
				return s
			}
			places = places*10 + int(c-'0')
		}
		missing := places + 1 - len(digits)
		if strings.Index(mantissa, ".") == 1 && strings.Trim(digits, "0123456789") == "" && missing >= 0 && missing <= 2 {
			return digits + strings.Repeat("0", missing)
		}
		return s
	}
	if parts := strings.Split(t, ","); len(parts) > 2 && len(parts[0]) <= 3 {
		for i, p := range parts {
			if strings.Trim(p, "0123456789") != "" || i > 0 && len(p) != 3 || p == "" {
				return s
			}
		}
		return strings.Join(parts, "")
	}
	return s
}
