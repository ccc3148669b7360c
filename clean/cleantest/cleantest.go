// Package cleantest has names as an attacker would choose them, and says what is wrong with a text that was not cleaned.
// Tests of every place that shows or keeps a foreign text use it.
package cleantest

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// Names are names that must not be shown or kept as they are.
var Names = []string{
	"Bell\a \x1b[31mred\x1b[0m", "\x1b]0;title\a\x1b[2J", "\u009b31mC1", "evil \u202egnp.exe", "\u2067Acme\u2069 \u200f\u061c",
	"Da\r\nna\nSubject: x", "a\tb\x00c", "Da\xff\xfena", "half\xed\xa0\x80", "Z" + strings.Repeat("\u0335\u0336", 40), strings.Repeat("long name ", 1000),
	"tag\U000e0041\U000e007f", "D\u200da\u200cn\u200ba", "\u3164\u2800", "priv\ue000\U0010fffd", "sel\ufe01\U000e0150\U000e0151", "line\u2028two\u2029three",
	"\u0301mark", "=HYPERLINK(\"http://x\")", "<b>&amp;</b>", "👩\u200d👩\u200d👧\u200d", strings.Repeat("👩\u200d", 90), "דנה\u202e 415", "\ufeffBOM",
}

// Hostile draws such names, mixed with each other and with all characters there are.
func Hostile() *rapid.Generator[string] {
	part := rapid.OneOf(
		rapid.SampledFrom(Names), rapid.String(), rapid.StringN(0, 300, 900),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) }),
		rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]rune("a \u200c\u200d\u0335\u0301ेक्شخ葛👩🏽❤\ufe0f\ufe01\U000e0100🇯🇵\u202e\x1b\n각ᄀ\u1160")), 0, 40), func(r []rune) string { return string(r) }),
	)
	return rapid.Map(rapid.SliceOfN(part, 1, 4), func(parts []string) string { return strings.Join(parts, "") })
}

// Drawn are n such names. The same seed draws the same ones.
func Drawn(n, seed int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = Hostile().Example(seed + i)
	}
	return names
}

// Dirt says what is wrong with a line that is said to be clean and to have at most limit characters; "" for nothing.
func Dirt(s string, limit int) string {
	if !utf8.ValidString(s) {
		return "is no UTF-8"
	}
	if n := utf8.RuneCountInString(s); n > limit {
		return fmt.Sprintf("has %d characters", n)
	}
	if s != strings.TrimSpace(s) || strings.Contains(s, "  ") {
		return "has spaces that are not folded"
	}
	marks := 0
	for _, r := range s {
		switch {
		case unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs), unicode.Is(unicode.Zs, r) && r != ' ':
			return fmt.Sprintf("has %U", r)
		case unicode.Is(unicode.Bidi_Control, r):
			return fmt.Sprintf("turns round with %U", r)
		case unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d', !unicode.IsGraphic(r) && !unicode.Is(unicode.Cf, r):
			return fmt.Sprintf("has %U, which nobody sees", r)
		}
		if unicode.In(r, unicode.Mn, unicode.Me) && !unicode.Is(unicode.Variation_Selector, r) {
			marks++
		} else if r != '\u200c' && r != '\u200d' && !unicode.Is(unicode.Variation_Selector, r) {
			marks = 0
		}
		if marks > 4 {
			return "has a tower of marks"
		}
	}
	return ""
}
