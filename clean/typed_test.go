package clean_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"linecard/clean"
	"linecard/clean/cleantest"
)

func TestTyped(t *testing.T) {
	for _, tt := range []struct {
		in, lines, line string
	}{
		{"Wants 40 seats ", "Wants 40 seats ", "Wants 40 seats "},
		{"a\r\nb\rc\u2028d\x85", "a\nb\nc\nd", "a b c d"},
		{"a\tb", "a\tb", "a b"},
		{"x\x1b[31m\x00\x07\x7f\u202e\u2066\u200b\ufeff\ue000y", "x [31m y", "x [31m y"},
		{"می\u200cخ", "می\u200cخ", "می\u200cخ"},
		{"می\u200c", "می\u200c", "می\u200c"}, // what it joins comes with the next key
		{"👩🏽\u200d⚕️", "👩🏽\u200d⚕️", "👩🏽\u200d⚕️"},
		{"a\u00a0b\u3000c", "a\u00a0b\u3000c", "a\u00a0b\u3000c"},
		{"\u0301", "\u0301", "\u0301"}, // a mark on the letter before the caret
	} {
		if got := clean.Typed(tt.in, true); got != tt.lines {
			t.Errorf("%q with lines: %q, want %q", tt.in, got, tt.lines)
		}
		if got := clean.Typed(tt.in, false); got != tt.line {
			t.Errorf("%q in one line: %q, want %q", tt.in, got, tt.line)
		}
	}
}

// What a field takes stays as it is when it is taken again, and the Task keeps the same of it as of what was pasted.
func TestWhatAFieldTakesIsWhatTheTaskKeeps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := cleantest.Hostile().Draw(t, "text")
		for _, lines := range []bool{true, false} {
			got := clean.Typed(in, lines)
			if again := clean.Typed(got, lines); again != got {
				t.Fatalf("%q is taken as %q, and that as %q", in, got, again)
			}
			if strings.ContainsRune(got, '\n') && !lines {
				t.Fatalf("%q has lines", got)
			}
		}
		if got, want := clean.Text(clean.Typed(in, true), 10_000), clean.Text(in, 10_000); got != want {
			t.Fatalf("of what the field took the Task keeps %q, of what came %q", got, want)
		}
	})
}
