package sip

import (
	"regexp"
	"strings"
)

// vanity reads a number that is written with the letters on the keys, such as 1-800-FLOWERS. The name of a colleague's
// extension, or the street in an address, may begin with digits too: "2041 Reception", "204-support", "350 Fifth Ave". To read
// one of them as a number would call somebody else. So what stands before the letters has to say that it is a number, and the
// letters are one word:
//
//   - in North America, the country code, brackets or capitals with a code that the called party pays for, and seven letters or
//     more, of which the exchanges use seven; with another code the country code or brackets and exactly seven, or an
//     exchange and four letters: 415-555-HELP
//   - elsewhere, such codes as 0800 and 1300
func vanity(s string) (string, bool) {
	if m := american.FindStringSubmatch(s); m != nil && oneWord.MatchString(m[4]) {
		one, area, rest := m[1], m[3], m[4]
		marked := m[2] != "" || strings.Trim(one, "1") != ""
		letters, capitals := keyLetters(rest), rest == strings.ToUpper(rest)
		free := freeAreas.MatchString(area)
		begins := rest[0] < '0' || rest[0] > '9' // with a letter: 555-013X is no word
		switch {
		case exchanged.MatchString(rest),
			begins && len(letters) == 7 && (marked || free && capitals),
			begins && len(letters) > 7 && len(letters) <= 11 && free && (marked || capitals):
			plain, _ := undecorated(one + area + letters[:7])
			return plain, true
		}
	}
	if m := abroad.FindStringSubmatch(s); m != nil && (strings.HasPrefix(s, "+") || m[2] == strings.ToUpper(m[2]) || !Named(s)) {
		plain, _ := undecorated(m[1] + keyLetters(m[2]))
		if n := digits(plain); n >= 9 && n <= 15 {
			return plain, true
		}
	}
	if m := australian.FindStringSubmatch(s); m != nil {
		return m[1] + keyLetters(m[2]), true
	}
	return "", false
}

var (
	american  = regexp.MustCompile(`^(\+?1[\s.-]+|\+1|1)?(\()?([2-9][0-9]{2})\)?[\s.-]*(.*[A-Za-z].*)$`)
	freeAreas = regexp.MustCompile(`^(?:8[0-9]{2}|900)$`)
	exchanged = regexp.MustCompile(`^[2-9][0-9]{2}[\s.-]+[A-Za-z]{4}$`)

	// oneWord is letters, perhaps behind an exchange, in parts that no blank divides: GO-FEDEX, HURT-911.
	oneWord = regexp.MustCompile(`^(?:[0-9]{3}[\s.-]+)?[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*$`)

	abroad     = regexp.MustCompile(`^((?:\+(?:[02-9]|1[2-9])[0-9]{0,2}[\s.-]*|0)(?:[35789]00|808|1[38]00)[\s.-]*)([A-Za-z][A-Za-z0-9]*(?:[.-][A-Za-z0-9]+)*)$`)
	australian = regexp.MustCompile(`^(1[38]00)[\s.-]*([A-Z]{6})$`)
)

// keyLetters are the keys that a text is dialed by, without what stands between them.
func keyLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if r = key(r); r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// key is the digit on the key that has a letter (ITU-T E.161).
func key(r rune) rune {
	const keys = "22233344455566677778889999"
	switch {
	case r >= 'a' && r <= 'z':
		return rune(keys[r-'a'])
	case r >= 'A' && r <= 'Z':
		return rune(keys[r-'A'])
	}
	return r
}
