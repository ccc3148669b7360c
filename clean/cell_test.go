package clean_test

import (
	"strings"
	"testing"

	"linecard/clean"
)

// No cell is a formula for a spreadsheet, and what is none is left as it is.
func TestCell(t *testing.T) {
	for s, want := range map[string]string{
		"": "", "Dana Whitfield": "Dana Whitfield", "Müller-Lüdenscheidt": "Müller-Lüdenscheidt", "+14155550132": "+14155550132", "4155550132": "4155550132",
		`=HYPERLINK("http://x","y")`: `'=HYPERLINK("http://x","y")`, "+1+cmd|' /C calc'!A0": "'+1+cmd|' /C calc'!A0", "-2+3": "'-2+3", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t'=1",
		"  =1": "  '=1", "＝1": "'＝1", "+1 415 555 0132": "'+1 415 555 0132", "+": "'+",
		"x;=1+cmd|'/C calc'!A1;": "x;'=1+cmd|'/C calc'!A1;", `x";"=1`: `x";"'=1`, "a; b-c": "a; b-c", "a\t-1": "a\t'-1",
	} {
		if got := clean.Cell(s); got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
}

// Whatever ends a cell, none begins with a sign of a formula, and nothing but apostrophes is added.
func FuzzCell(f *testing.F) {
	for _, s := range []string{"=1", "+49 89", "a;=1", "\t@x", ";;-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = clean.Text(s, 1000)
		got := clean.Cell(s)
		if strings.ReplaceAll(got, "'", "") != strings.ReplaceAll(s, "'", "") {
			t.Errorf("%q is %q", s, got)
		}
		for cell := range strings.FieldsFuncSeq(got, func(r rune) bool { return r == ';' || r == '\t' }) {
			cell = strings.Trim(cell, " \u00a0\"")
			if cell != "" && strings.ContainsRune("=-@", rune(cell[0])) || strings.HasPrefix(cell, "+") && got != s {
				t.Errorf("%q is %q", s, got)
			}
		}
	})
}
