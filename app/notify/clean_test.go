package notify

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"a name", "Dana Whitfield", "Dana Whitfield"},
		{"empty", "", ""},
		{"only spaces", " \t\n ", ""},
		{"spaces", "  Dana \t\r\n\u00a0 Whitfield\u2003", "Dana Whitfield"},
		{"control characters", "Da\x00na\x1b[31m\x7f\u0085x", "Da na [31m x"},
		{"turned round", "\u202eanaD\u202c \u2066x\u2069\u200e\u200f\u061c", "anaD x"},
		{"zero width space and soft hyphen", "Da\u200bna\u00ad\ufeff", "Dana"},
		{"line separators", "a\u2028b\u2029c", "a b c"},
		{"invalid bytes", "Dana\xff\xfe", "Dana"},
		{"private use", "Dana\ue000\U000f0000", "Dana"},
		{"markup stays text", "<b>Dana</b> & $(rm) `x`", "<b>Dana</b> & $(rm) `x`"},
		{"family emoji", "👩\u200d👩\u200d👧 Dana", "👩\u200d👩\u200d👧 Dana"},
		{"persian joiner", "می\u200cخواهم", "می\u200cخواهم"},
		{"two marks", "Việt Nguyễn", "Việt Nguyễn"},
		{"tower", "Z" + strings.Repeat("\u0335", 50) + "a", "Z" + strings.Repeat("\u0335", 4) + "a"},
		{"64 fit", strings.Repeat("ä", 64), strings.Repeat("ä", 64)},
		{"65 do not", strings.Repeat("ä", 65), strings.Repeat("ä", 63) + "…"},
		{"cut at a space", strings.Repeat("a", 63) + " bc", strings.Repeat("a", 63) + "…"},
		{"space at the end is no reason to cut", strings.Repeat("a", 64) + "   ", strings.Repeat("a", 64)},
	} {
		if got := Clean(tt.in); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestBody(t *testing.T) {
	if got, want := cleanBody("Acme \x00 Corp\n\n\n+1 415\r\nthree\nfour\nfive"), "Acme Corp\n+1 415\nthree\nfour"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := escapeMarkup(`<b>A & "B"'s</b>`), "&lt;b&gt;A &amp; &quot;B&quot;&#39;s&lt;/b&gt;"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestInertMeansNothingAnywhere(t *testing.T) {
	for _, s := range []string{"$(calc)", "`calc`", "--help", "-e calc", "]]><x>", `"@ + calc`, "<img src=x>", "&amp;", `\n`, "%PATH%"} {
		got := inert(s)
		if strings.ContainsAny(got, "$`\"'<>&\\%") || strings.HasPrefix(got, "-") {
			t.Errorf("%q became %q", s, got)
		}
		if utf8.RuneCountInString(got) != utf8.RuneCountInString(s) {
			t.Errorf("%q became %q: it must still be readable", s, got)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{
		"Dana Whitfield", "\u202eanaD", "a\x00b", strings.Repeat("x", 70), "👩\u200d👩\u200d👧", "Z\u0335\u0335\u0335\u0335\u0335",
		" \u00a0 ", "\xff\xfe", strings.Repeat("a ", 40), "\u2028", "<b>&amp;", strings.Repeat("é", 64),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxName {
			t.Fatalf("%q: not a short string", got)
		}
		if again := Clean(got); again != got {
			t.Fatalf("cleaned twice: %q, then %q", got, again)
		}
		if got != strings.TrimSpace(got) || strings.Contains(got, "  ") {
			t.Fatalf("%q: stray spaces", got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) || r == '\n' {
				t.Fatalf("%q holds %U", got, r)
			}
		}
		for l := range strings.SplitSeq(cleanBody(s), "\n") {
			if utf8.RuneCountInString(l) > maxTitle {
				t.Fatalf("line %q", l)
			}
		}
	})
}
