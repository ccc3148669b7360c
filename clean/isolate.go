package clean

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

const (
	isolate = "\u2068" // first strong isolate: what follows runs as its own first letter says
	pop     = "\u2069" // the end of it
)

// Isolate sets a clean text apart from what it is joined with, where it would otherwise draw its neighbours into its own
// direction: beside a Hebrew or Arabic name a telephone number would change places with it. Other texts stay as they are.
// It is for text that is drawn, not for JSON or for what is written into an org.
func Isolate(s string) string {
	if !strings.ContainsFunc(s, rightToLeft) {
		return s
	}
	return isolate + s + pop
}

func rightToLeft(r rune) bool {
	if r < 0x590 || !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S) {
		return false
	}
	p, _ := bidi.LookupRune(r)
	switch p.Class() {
	case bidi.R, bidi.AL, bidi.AN:
		return true
	}
	return false
}
