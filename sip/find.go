package sip

import (
	"regexp"
	"slices"
	"strings"

	"linecard/fault"
)

// find looks for the number in a text, such as "Dana +1 415 555 0132" or the signature of an e-mail. Where there are several, it
// refuses with all of them: the first may be that of a switchboard or of somebody else. A number marked as fax counts only when
// there is no other, and dates do not count.
func find(text string) (Dialed, error) {
	switch found := Numbers(text); len(found) {
	case 0:
		return Dialed{}, ErrBadNumber
	case 1:
		return found[0], nil
	default:
		var all []string
		for _, d := range found {
			all = append(all, d.String())
		}
		return Dialed{}, fault.Err(nil, "sip.several-numbers", "numbers", all)
	}
}

// Numbers are the different numbers in a text, in their order: at most ten.
func Numbers(text string) []Dialed {
	var found, faxes []Dialed
	text = dates.ReplaceAllString(latin(text), "\n")
	for line := range strings.SplitSeq(strings.NewReplacer("\r", "\n", "|", "\n").Replace(text), "\n") {
		for _, m := range candidate.FindAllStringIndex(line, -1) {
			if partOfWord(line[:m[0]], line[m[0]]) || tooLong(line[m[1]:]) {
				continue
			}
			whole, behind := line[m[0]:m[1]], line[m[1]:]
			if ext := extensionBehind().FindStringSubmatch(behind); ext != nil {
				whole += ext[1]
			} else if startsWord.MatchString(behind) {
				continue // +1415555HELP, 415 555 013X
			}
			for _, one := range parts(whole) {
				d, ok := number(one)
				if n := digits(d.Number); !ok || n < minWhole || n > 15 {
					continue
				}
				d.Found = true
				if fax.MatchString(line[:m[0]]) {
					faxes = append(faxes, d)
				} else if len(found) < 10 && !slices.Contains(found, d) {
					found = append(found, d)
				}
			}
		}
	}
	if len(found) == 0 && len(faxes) > 0 {
		return faxes[:1]
	}
	return found
}

// parts takes two whole numbers with a slash or comma between them apart.
func parts(s string) []string {
	if !severalNumbers(s) {
		return []string{s}
	}
	var out []string
	for p := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '/' || r == ',' || r == ';' }) {
		out = append(out, p)
	}
	return out
}

var (
	candidate = regexp.MustCompile(`(?:\+|\(\+?)?[0-9][0-9\s()./\x{a0}\x{2010}-\x{2014}\x{2212}-]*[0-9]`)
	fax       = regexp.MustCompile(`(?i)(?:fax|telefax|\bf)\s*[.:]?\s*$`)
	dates     = regexp.MustCompile(`\b(?:[0-9]{1,2}[./-][0-9]{1,2}[./-](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}[./-][0-9]{1,2}[./-][0-9]{1,2})(?:[T\s]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?\b`)
)

// partOfWord reports whether what stands before a number makes the number part of something else. A word of its own does not,
// with its full stop or in front of a plus: "Tel.020 7946 0018", "M+44 7700 900123".
func partOfWord(before string, first byte) bool {
	return before != "" && wordy(before[len(before)-1]) && !abbreviation.MatchString(before) && !(first == '+' && ownWord.MatchString(before))
}

var (
	abbreviation = regexp.MustCompile(`(?:^|[\s,;:|(])\pL{1,12}\.$`)
	startsWord   = regexp.MustCompile(`^[A-Za-z]`)
	ownWord      = regexp.MustCompile(`(?:^|[\s,;:|(])\pL{1,12}$`)
)

// wordy reports whether a character before a number makes it part of a word, an address or an amount.
func wordy(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("@_$%&=.", c) >= 0
}

// tooLong reports whether a number goes on as something else behind what was found.
func tooLong(rest string) bool {
	return rest != "" && (rest[0] == '@' || rest[0] == '%' || rest[0] == '_')
}
