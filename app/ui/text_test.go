package ui

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestElide: whatever the name, what is shown fits its place, is a beginning of the name, and is the name where that fits.
func TestElide(t *testing.T) {
	wear(theApp(), Appearance{})
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOfN(rapid.RuneFrom([]rune("aWil ÅéßΩж日本\u200d👩-<>")), 0, 60, -1).Draw(t, "name")
		width := rapid.Float32Range(20, 500).Draw(t, "width")
		got := elide(name, width, body)
		if w := body.measure(got).Width; w > width {
			t.Fatalf("%q is %.1f wide in %.1f", got, w, width)
		}
		if got == name {
			return
		}
		if !strings.HasPrefix(name, strings.TrimSuffix(got, "…")) || !strings.HasSuffix(got, "…") {
			t.Fatalf("%q is no beginning of %q", got, name)
		}
		if body.measure(name).Width <= width {
			t.Fatalf("%q was cut to %q though it fits", name, got)
		}
	})
}

// TestWrap: no line is wider than its place or one more than allowed, and no word is lost unless the last line says so.
func TestWrap(t *testing.T) {
	wear(theApp(), Appearance{})
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zA-Z.]{1,14}`), 1, 40).Draw(t, "words")
		width := rapid.Float32Range(120, 600).Draw(t, "width")
		most := rapid.IntRange(1, 6).Draw(t, "most")
		lines := wrap(strings.Join(words, " "), width, caption, most)
		if len(lines) > most {
			t.Fatalf("%d lines, at most %d", len(lines), most)
		}
		for _, l := range lines {
			if w := caption.measure(l).Width; w > width {
				t.Fatalf("%q is %.1f wide in %.1f", l, w, width)
			}
		}
		if all := strings.Join(lines, " "); !strings.Contains(all, "…") && all != strings.Join(words, " ") {
			t.Fatalf("%q became %q", words, lines)
		}
	})
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Dana Whitfield": "DW", "Miguel Ángel Ortiz": "MO", "prince": "P", "+44 20 7946 0958": "", "": "", "李 小龙": "李小",
		"<b>Eve</b>": "", "Anna 2nd-Floor": "A", "émile zola": "ÉZ",
	} {
		if got := initials(name); got != want {
			t.Errorf("initials(%q) = %q, want %q", name, got, want)
		}
	}
}
