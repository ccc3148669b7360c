package notify

import (
	"strings"
	"testing"
	"unicode/utf8"

	"linecard/clean/cleantest"
)

func TestNameHasRoom(t *testing.T) {
	for in, want := range map[string]string{
		"Dana Whitfield": "Dana Whitfield", "a\x1bb": "a b",
		strings.Repeat("ä", 64): strings.Repeat("ä", 64), strings.Repeat("ä", 65): strings.Repeat("ä", 63) + "…",
	} {
		if got := Name(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
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

func FuzzBody(f *testing.F) {
	for _, s := range cleantest.Names {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		lines := strings.Split(cleanBody(s), "\n")
		if len(lines) > maxLines {
			t.Fatalf("%d lines", len(lines))
		}
		for _, l := range lines {
			if why := cleantest.Dirt(l, maxTitle); why != "" {
				t.Fatalf("line %q %s", l, why)
			}
		}
	})
}
