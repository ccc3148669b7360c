package app

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"linecard/app/journal"
	"linecard/crm"
)

// byName puts those matches first whose name fits the name that the phone system signalled, as far as they differ in that. It
// decides nothing: a name can be signalled by whoever calls.
func byName(matches []crm.Match, signalled string) []crm.Match {
	heard := nameWords(signalled)
	if len(heard) == 0 {
		return matches
	}
	fits := func(a, b crm.Match) int { return cmp.Compare(nameFit(b.Name, heard), nameFit(a.Name, heard)) }
	if slices.IsSortedFunc(matches, fits) {
		return matches
	}
	sorted := slices.Clone(matches)
	slices.SortStableFunc(sorted, fits)
	return sorted
}

// nameFit counts the words of a name that were heard: two for each whole one, one for an initial of either.
func nameFit(name string, heard []string) int {
	fit := 0
	for _, w := range nameWords(name) {
		best := 0
		for _, h := range heard {
			switch {
			case w == h:
				best = 2
			case len([]rune(h)) == 1 && strings.HasPrefix(w, h), len([]rune(w)) == 1 && strings.HasPrefix(h, w):
				best = max(best, 1)
			}
		}
		fit += best
	}
	return fit
}

// nameWords are the words of a name, with accents and case folded.
func nameWords(name string) []string {
	return strings.FieldsFunc(journal.Fold(name), func(r rune) bool { return !unicode.IsLetter(r) })
}
