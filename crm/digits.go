package crm

import (
	"strings"
	"unicode"
)

// digitOf returns the value of a decimal digit of any script: 3 for '3', '٣', '३' and '３'. ok is false for every other
// character.
func digitOf(r rune) (value rune, ok bool) {
	switch {
	case r >= '0' && r <= '9':
		return r - '0', true
	case r < 0x80 || !unicode.Is(unicode.Nd, r):
		return 0, false
	}
	// Each script's digits are a block that begins with the zero, and the length of a range of blocks is a multiple of ten.
	for _, b := range unicode.Nd.R16 {
		if rune(b.Lo) <= r && r <= rune(b.Hi) {
			return (r - rune(b.Lo)) % 10, true
		}
	}
	for _, b := range unicode.Nd.R32 {
		if rune(b.Lo) <= r && r <= rune(b.Hi) {
			return (r - rune(b.Lo)) % 10, true
		}
	}
	return 0, false
}

// digitsOf keeps the digits of s, whatever script they are written in.
func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if d, ok := digitOf(r); ok {
			return '0' + d
		}
		return -1
	}, s)
}

// foldDigits writes the digits of every script as 0 to 9 and keeps all else.
func foldDigits(s string) string {
	for _, r := range s {
		if r >= 0x80 {
			return strings.Map(func(r rune) rune {
				if d, ok := digitOf(r); ok {
					return '0' + d
				}
				return r
			}, s)
		}
	}
	return s
}

// keypad is the digit of each letter on a telephone's keys (ITU-T E.161).
const keypad = "22233344455566677778889999"

// keyOf returns the digit that a Latin letter stands for on a telephone.
func keyOf(r rune) (byte, bool) {
	switch {
	case r >= 'a' && r <= 'z':
		return keypad[r-'a'], true
	case r >= 'A' && r <= 'Z':
		return keypad[r-'A'], true
	}
	return 0, false
}
