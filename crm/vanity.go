package crm

import "strings"

// minWord is the fewest letters that spell digits.
const minWord = 3

// hasKeys reports whether s has a word that may spell digits behind digits, as 1-800-FLOWERS does.
func hasKeys(s string) bool {
	digits, letters := false, 0
	for _, r := range s {
		if _, ok := keyOf(r); ok && digits {
			if letters++; letters == minWord {
				return true
			}
			continue
		}
		if letters = 0; !digits {
			_, digits = digitOf(r)
		}
	}
	return false
}

// spelled returns the digits of a number that ends in letters, and how many of them were written as digits. Letters
// beyond the last digit of the number are not dialled: 1-800-MATTRESSES.
func spelled(s string) (digits string, written int) {
	var b strings.Builder
	for _, r := range s {
		if d, ok := digitOf(r); ok {
			b.WriteByte(byte('0' + d))
			continue
		}
		if b.Len() == 0 {
			continue // a label before the number
		}
		if k, ok := keyOf(r); ok {
			if written == 0 {
				written = b.Len()
			}
			b.WriteByte(k)
			continue
		}
		if !strings.ContainsRune(" -.()+\u00a0", r) {
			break
		}
	}
	return b.String(), written
}

// vanity compares a number that ends in letters.
func (c comparison) vanity(text string) verdict {
	digits, written := spelled(text)
	if written < minWord || written > wholeNumber {
		return verdict{}
	}
	nsn := c.n.Digits
	at := strings.Index(digits, nsn)
	if at < 0 || at > written || at+len(nsn) < written+minWord {
		return verdict{}
	}
	switch prefixKind(digits[:at], c.cc, c.trunks) {
	case prefixCountry:
		return verdict{closeness: Exact}
	case prefixNational:
		if c.home {
			return verdict{closeness: Exact}
		}
		return verdict{closeness: National}
	}
	return verdict{}
}

// spelledTails are the keys of a number that ends in letters: where it ends, only its country's plan tells.
func spelledTails(all []uint32, text string) []uint32 {
	digits, written := spelled(text)
	if written < minWord || written > wholeNumber {
		return all
	}
	for end := max(minSuffix, written+minWord); end <= min(len(digits), 15); end++ {
		all = addTail(all, digits[:end])
	}
	return all
}
