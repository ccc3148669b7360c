package clean_test

import (
	"testing"

	"linecard/clean"
)

// No cell is a formula for a spreadsheet, and what is none is left as it is.
func TestCell(t *testing.T) {
	for s, want := range map[string]string{
		"": "", "Dana Whitfield": "Dana Whitfield", "Müller-Lüdenscheidt": "Müller-Lüdenscheidt", "+14155550132": "+14155550132", "4155550132": "4155550132",
		`=HYPERLINK("http://x","y")`: `'=HYPERLINK("http://x","y")`, "+1+cmd|' /C calc'!A0": "'+1+cmd|' /C calc'!A0", "-2+3": "'-2+3", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1",
		"  =1": "'  =1", "＝1": "'＝1", "+1 415 555 0132": "'+1 415 555 0132", "+": "'+",
	} {
		if got := clean.Cell(s); got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
}

func FuzzCell(f *testing.F) {
	f.Add("=1")
	f.Add("+49 89")
	f.Fuzz(func(t *testing.T, s string) {
		got := clean.Cell(s)
		if got != s && got != "'"+s {
			t.Errorf("%q is %q", s, got)
		}
		if got != "" && (got[0] == '=' || got[0] == '-' || got[0] == '@' || got[0] == '\t' || got[0] == '\r') {
			t.Errorf("%q is %q", s, got)
		}
	})
}
