package sosl

import (
	"slices"
	"strings"
	"unicode"
)

// PhoneIndex is a way to index a phone field. Salesforce documents that formatting does not matter; how a field with more
// than one plain number is indexed is believed only, so a client has to find it in each of these ways.
type PhoneIndex string

// The values of PhoneIndex.
const (
	// ByGroups: groups of digits with only punctuation between them belong together, and the number is found from any
	// group on: "+1 (415) 555-0132" by 14155550132, 4155550132, 5550132 and 0132. A letter ends the number, so an
	// extension does not hide it.
	ByGroups PhoneIndex = ""
	// AllDigits: all digits of the field are one word, those of an extension or of a second number too. The strictest.
	AllDigits PhoneIndex = "all-digits"
	// AnySuffix: as AllDigits, and the last digits of that word are found too, however few. The kindest.
	AnySuffix PhoneIndex = "any-suffix"
)

// Phone is a phone field in the index: its words, and the digit strings by which it is found.
type Phone struct {
	words  Text
	digits []string
}

// NewPhone indexes one stored number. Digits of other scripts are kept as they are written.
func NewPhone(stored string, how PhoneIndex) Phone {
	if how == AllDigits || how == AnySuffix {
		digits := strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return r
			}
			return -1
		}, stored)
		p := Phone{digits: []string{digits}}
		if how == AnySuffix {
			for i := range digits {
				if i > 0 {
					p.digits = append(p.digits, digits[i:])
				}
			}
		}
		return p
	}
	p := Phone{words: Words(stored)}
	var run []string
	flush := func() {
		for i := range run {
			p.digits = append(p.digits, strings.Join(run[i:], ""))
		}
		run = nil
	}
	for _, w := range p.words {
		if !unicode.IsDigit([]rune(w)[0]) {
			flush()
			continue
		}
		run = append(run, w)
	}
	flush()
	return p
}

// Has reports whether t finds the number, in any punctuation of either.
func (f Phone) Has(t *Term) bool {
	if f.words.Has(t) {
		return true
	}
	want := strings.Join(t.Words, "")
	return slices.ContainsFunc(f.digits, func(d string) bool { return wild(want, d) })
}
