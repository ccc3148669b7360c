package sip

import (
	"strings"
	"unicode"
)

// dialable takes the punctuation out of a number. An address with @ or a scheme stays as it is, less what could end a
// header line: numbers come out of links and clipboards.
func dialable(number string) string {
	number = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, number))
	for _, scheme := range []string{"tel:", "callto:"} {
		if len(number) > len(scheme) && strings.EqualFold(number[:len(scheme)], scheme) {
			number, _, _ = strings.Cut(number[len(scheme):], ";")
		}
	}
	if strings.Contains(number, "@") || strings.HasPrefix(strings.ToLower(number), "sip") && strings.Contains(number, ":") {
		return number
	}
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(" -.()/\t\u00a0\u2010\u2011\u2013", r):
			return -1
		}
		return r
	}, number)
}
