package directory

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"linecard/crm"
)

// Records are found by the last digits of their numbers: as many as crm.Compare needs for two numbers to be the same, or
// all of them where a country's numbers are shorter. What is found is only a candidate; Compare decides.
const (
	tailDigits  = 8
	fewestDigit = 5
)

// tails returns the last digits of each number in a field, in which people keep two numbers, or an extension behind one.
func tails(field string) []int64 {
	parts := strings.FieldsFunc(field, func(r rune) bool { return unicode.IsLetter(r) || strings.ContainsRune("/;,|\n", r) })
	var all []int64
	for _, part := range append(parts, field) {
		if t, ok := tail(part); ok && !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	return all
}

// tailsOf returns what to find n by: the last digits of the whole number, and of the national one where that is shorter.
func tailsOf(n crm.Number) (whole, national int64) {
	whole, _ = tail(n.E164)
	national = whole
	if len(n.Digits) < tailDigits {
		if t, ok := tail(n.Digits); ok {
			national = t
		}
	}
	return whole, national
}

// tail returns the last digits of a number, whatever its punctuation; ok is false when it has too few to be one.
func tail(s string) (t int64, ok bool) {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	if len(digits) < fewestDigit {
		return 0, false
	}
	t, err := strconv.ParseInt(digits[max(0, len(digits)-tailDigits):], 10, 64)
	return t, err == nil
}
