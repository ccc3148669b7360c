package sip

import (
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// number reads a text that is a number and nothing else, with what must be pressed after it. It may be written with the
// letters on the keys.
func number(s string) (Dialed, bool) { return spelled(s, vanity) }

// digitsOnly is number without the letters on the keys.
func digitsOnly(s string) (Dialed, bool) {
	return spelled(s, func(string) (string, bool) { return "", false })
}

func spelled(s string, byKeys func(string) (string, bool)) (Dialed, bool) {
	s = strings.TrimFunc(latin(s), gap)
	if bare(s) {
		return Dialed{Number: s}, true
	}
	if severalNumbers(s) || isIP(s) {
		return Dialed{}, false
	}
	main, keys := s, ""
	if m := extension().FindStringSubmatchIndex(s); m != nil && digits(s[:m[0]]) >= 3 && !feature(s) {
		main, keys = s[:m[0]], ","+s[m[2]:m[3]]
	} else if m := paused.FindStringSubmatch(s); m != nil {
		tail, ok := pressed(m[2] + m[4])
		if !ok {
			return Dialed{}, false
		}
		main, keys = m[1]+m[3], tail
	}
	plain, ok := undecorated(main)
	if !ok {
		if plain, ok = byKeys(strings.TrimFunc(main, gap)); !ok {
			return Dialed{}, false
		}
	}
	if m := keyed.FindStringSubmatch(plain); m != nil && keys == "" { // 4155550132#12
		plain, keys = m[1], ","+m[2]
	}
	return Dialed{Number: plain, Then: keys}, true
}

// bare reports whether s is digits, perhaps with a plus before them, and nothing else: most numbers are, and need no closer look.
func bare(s string) bool {
	rest := strings.TrimPrefix(s, "+")
	return rest != "" && strings.Trim(rest, "0123456789") == ""
}

var (
	// extension finds the number of an extension at the end of a number, as people of many languages write it. It is made at its first
	// use: that takes milliseconds, and a start needs none of them.
	extension       = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(extensionWords + `$`) })
	extensionBehind = sync.OnceValue(func() *regexp.Regexp { // in a text
		return regexp.MustCompile(`^(` + extensionWords + `)(?:$|[\s,;.:!?)\]"'|])`)
	})

	// paused is a number, a pause and keys. A letter is a pause behind a number of some length only, and with a key behind it: 1p2
	// and 204w are names.
	paused = regexp.MustCompile(`^([^A-Za-z,;]+)([,;].*)$|^([^A-Za-z,;]*[0-9][^A-Za-z,;]*[0-9][^A-Za-z,;]*[0-9][\s)]*)([pPwW][pPwW,;\s-]*[0-9*#][0-9pPwW,;*#\s-]*)$`)

	// keyed is a whole number with a hash and the number of an extension behind it.
	keyed = regexp.MustCompile(`^(\+?[0-9]{7,15})#([0-9]{1,7})$`)

	// trunkZero is the zero that is dialled within a country only.
	trunkZero = regexp.MustCompile(`^(\s*(?:\+|00|011)[\s.-]*[1-9][0-9\s.-]{0,5})[(\[]\s*0\s*[)\]]`)

	italian = regexp.MustCompile(`^\s*(?:\+|00|011)[\s.-]*(?:39|37[89])\b`) // Italy, San Marino, the Vatican
)

// extensionWords is what people write between a number and that of an extension, and the latter.
var extensionWords = `(?i)[\s,;./(\[-]*(?:` + strings.Join([]string{
	`;?ext=`, `e?xt(?:n|ens[ií]on|ens[aã]o|\.)?`, `extensi[oó]n`, `extens[aã]o`, `extension`, `[x×]`, // English, Spanish, Portuguese
	`durchwahl`, `dw`, `nebenstelle`, `nst`, `klappe`, `kl`, `apparat`, `app`, // German
	`poste`, `p\.`, `interne`, `interno`, `interior`, `int`, // French, Italian
	`anexo`, `ramal`, `r\.`, `toestel`, `tst`, `anknytning`, `ankn`, `lokal(?:nummer)?`, `lok`, `local`, // Spanish, Portuguese, Dutch, Scandinavian
	`wewn(?:[eę]trzny)?`, `wew`, `linka`, `klapka`, `mell[eé]k`, `dahili`, `alanumero`, `alanro`, // Polish, Czech, Hungarian, Turkish, Finnish
	`доб(?:авочный)?`, `вн(?:утр)?`, `εσωτ`, // Russian, Greek
	`内線`, `内线`, `分機`, `分机`, `转`, `轉`, `내선`, `داخلي`, `تحويلة`, `שלוחה`, // Japanese, Chinese, Korean, Arabic, Hebrew
}, "|") + `)[\s.:=#-]*([0-9]{1,11})\s*[)\]]?#?`

// isIP reports whether s is the address of a machine, whose digits are no number. Four pairs of digits may be one, and are how numbers
// are written in some countries: 22.33.44.55.
func isIP(s string) bool {
	ip, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return err == nil && (ip.Is6() || !pairs.MatchString(s))
}

var pairs = regexp.MustCompile(`^(?:[0-9]{2}\.){3}[0-9]{2}$`)

// severalNumbers reports whether there is more than one whole number in s, so that joining all digits would call somebody else.
func severalNumbers(s string) bool {
	parts := separators.Split(s, -1)
	if len(parts) < 2 {
		return strings.Count(s, "+") > 1
	}
	for i, p := range parts {
		if digits(p) >= minWhole && i+1 < len(parts) { // what stands before a separator is no area code
			return true
		}
	}
	return strings.Count(s, "+") > 1
}

// separators stand between numbers. A comma or semicolon with a blank after it does; one without is a pause.
var separators = regexp.MustCompile(`[\r\n|/]|[,;]\s+\+?[0-9(][0-9\s().-]{5,}[0-9]`)

// minWhole is the fewest digits of a whole telephone number in a text.
const minWhole = 7

// undecorated drops what is written between the digits of a number.
func undecorated(s string) (string, bool) {
	if !italian.MatchString(s) {
		s = trunkZero.ReplaceAllString(s, "$1")
	}
	s = strings.Map(func(r rune) rune {
		if undecorating(r) {
			return -1
		}
		return r
	}, s)
	rest := strings.TrimPrefix(s, "+")
	return s, s == "" || rest != "" && strings.Trim(rest, "0123456789*#") == "" || s == "+"
}

func undecorating(r rune) bool {
	return gap(r) || strings.ContainsRune("-.()[]/\u2010\u2011\u2012\u2013\u2014\u2212\u30fc\uff0d", r)
}

// feature reports whether s is a code for the PBX, such as *21*0123#.
func feature(s string) bool { return strings.HasPrefix(s, "*") || strings.HasPrefix(s, "#") }

func digits(s string) (n int) {
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

// latin writes digits of any script as 0-9, and wide signs as narrow ones.
func latin(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x80:
			return r
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case unicode.IsDigit(r):
			return digit(r)
		}
		return r
	}, s)
}

// digit is the digit that r stands for: the digits of a script follow each other, from 0.
func digit(r rune) rune {
	for _, table := range unicode.Nd.R16 {
		if r >= rune(table.Lo) && r <= rune(table.Hi) {
			return '0' + (r-rune(table.Lo))%10
		}
	}
	for _, table := range unicode.Nd.R32 {
		if r >= rune(table.Lo) && r <= rune(table.Hi) {
			return '0' + (r-rune(table.Lo))%10
		}
	}
	return r
}
