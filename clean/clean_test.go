package clean_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"linecard/clean"
	"linecard/clean/cleantest"
)

func TestLine(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"a name", "Dana Whitfield", "Dana Whitfield"},
		{"empty", "", ""},
		{"only spaces", " \t\n ", ""},
		{"spaces", "  Dana \t\r\n\u00a0 Whitfield\u2003\u3000", "Dana Whitfield"},
		{"terminal sequences", "Da\x00na\x1b[31m\x7f\u0085x\x07\u009b2J", "Da na [31m x 2J"},
		{"turned round", "\u202eanaD\u202c \u2066x\u2069\u200e\u200f\u061c", "anaD x"},
		{"evil gnp.exe", "evil \u202egnp.exe", "evil gnp.exe"},
		{"zero width space and soft hyphen", "Da\u200bna\u00ad\ufeff\u2060", "Dana"},
		{"line separators", "a\u2028b\u2029c\vd\fe", "a b c d e"},
		{"invalid bytes", "Da\xffna\xfe\xc3", "Dana"},
		{"half of a surrogate pair", "Da\xed\xa0\x80na", "Dana"},
		{"private use", "Dana\ue000\U000f0000", "Dana"},
		{"tags", "Dana\U000e0041\U000e007f", "Dana"},
		{"a message in variation selectors", "Dana\U000e0150\U000e0151\ufe01\ufe02", "Dana"},
		{"fillers and blank letters", "\u3164Dana\u2800\uffa0\u115f", "Dana"},
		{"not assigned", "Dana\u0378\uffff", "Dana"},
		{"markup stays text", "<b>Dana</b> & $(rm) `x`", "<b>Dana</b> & $(rm) `x`"},
		{"joiners in a Latin name", "D\u200da\u200cna", "Dana"},
		{"a joiner at the end", "می\u200c", "می"},
		{"joiners in a row", "می\u200c\u200c\u200dخواهم", "می\u200cخواهم"},
		{"family", "👩\u200d👩\u200d👧 Dana", "👩\u200d👩\u200d👧 Dana"},
		{"profession with skin", "👩🏽\u200d⚕️ Dr. Rao", "👩🏽\u200d⚕️ Dr. Rao"},
		{"heart", "❤\ufe0f", "❤\ufe0f"},
		{"keycap", "1\ufe0f\u20e3", "1\ufe0f\u20e3"},
		{"Persian", "می\u200cخواهم", "می\u200cخواهم"},
		{"Sinhala", "ශ්\u200dරී", "ශ්\u200dරී"},
		{"Hindi", "क्\u200dष", "क्\u200dष"},
		{"Bengali", "র\u200d্যাব", "র\u200d্যাব"},
		{"a variant of a Japanese name", "葛\U000e0100城", "葛\U000e0100城"},
		{"two marks", "Việt Nguyễn", "Việt Nguyễn"},
		{"two marks apart", "Nguye\u0302\u0303n", "Nguye\u0302\u0303n"},
		{"tower", "Z" + strings.Repeat("\u0335", 50) + "a", "Z" + strings.Repeat("\u0335", 4) + "a"},
		{"tower of tied marks", "Z" + strings.Repeat("\u0335\u200d", 50) + "a", "Z" + strings.Repeat("\u0335", 4) + "a"},
		{"marks on nothing", "\u0335\u0336Dana", "Dana"},
		{"Hebrew", "דנה כהן", "דנה כהן"},
		{"120 fit", strings.Repeat("ä", 120), strings.Repeat("ä", 120)},
		{"121 do not", strings.Repeat("ä", 121), strings.Repeat("ä", 119) + "…"},
		{"cut at a space", strings.Repeat("a", 118) + " bcd", strings.Repeat("a", 118) + "…"},
		{"space at the end is no reason to cut", strings.Repeat("a", 120) + "   ", strings.Repeat("a", 120)},
		{"no letter is cut in two", strings.Repeat("a", 118) + "e\u0301e\u0301", strings.Repeat("a", 118) + "…"},
		{"no family either", strings.Repeat("a", 116) + "👩\u200d👩\u200d👧", strings.Repeat("a", 116) + "…"},
		{"no flag", strings.Repeat("a", 118) + "🇯🇵x", strings.Repeat("a", 118) + "…"},
	} {
		if got := clean.Line(tt.in); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"Called.\r\nWants a quote.\n": "Called.\nWants a quote.",
		"a\n\n\n\nb":                  "a\n\n\n\nb",
		"\n\n  a  b \x1b[31m\n\tc\u202e\u2028d\u0085e\n": "a b [31m\nc\nd\ne",
		"":                        "",
		strings.Repeat("w\n", 60): strings.Repeat("w\n", 49) + "w…",
	} {
		if got := clean.Text(in, 100); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestIsolate(t *testing.T) {
	for in, want := range map[string]string{
		"Dana": "Dana", "Zoë 葛城": "Zoë 葛城", "": "", "+1 415": "+1 415",
		"דנה": "\u2068דנה\u2069", "Dana دانا": "\u2068Dana دانا\u2069", "٤١٥": "\u2068٤١٥\u2069",
	} {
		if got := clean.Isolate(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// What comes out holds what is promised whatever goes in, and is itself clean.
func TestWhateverComes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := cleantest.Hostile().Draw(t, "text")
		limit := rapid.IntRange(1, 200).Draw(t, "limit")
		check(t, in, limit)
	})
}

func FuzzLine(f *testing.F) {
	for _, s := range cleantest.Names {
		f.Add(s, 20)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		if limit < 1 || limit > 1000 {
			limit = clean.MaxLine
		}
		check(t, s, limit)
	})
}

func check(t rapid.TB, in string, limit int) {
	t.Helper()
	got := clean.Short(in, limit)
	if why := cleantest.Dirt(got, limit); why != "" {
		t.Fatalf("%q became %q: %s", in, got, why)
	}
	if again := clean.Short(got, limit); again != got {
		t.Fatalf("%q became %q, and that %q", in, got, again)
	}
	text := clean.Text(in, limit)
	for line := range strings.SplitSeq(text, "\n") {
		if why := cleantest.Dirt(line, limit); why != "" {
			t.Fatalf("%q became the text %q: %s", in, text, why)
		}
	}
	if again := clean.Text(text, limit); again != text || utf8.RuneCountInString(text) > limit {
		t.Fatalf("%q became the text %q, and that %q", in, text, again)
	}
	if strings.ContainsFunc(in, unicode.IsLetter) && !strings.ContainsFunc(in, unicode.IsControl) && utf8.RuneCountInString(in) < limit && got == "" && strings.ContainsFunc(in, func(r rune) bool { return r > ' ' && r < 0x7f }) {
		t.Fatalf("nothing is left of %q", in)
	}
}
