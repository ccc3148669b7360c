package clean

import "strings"

// Cell makes a text fit for a cell of a table that a spreadsheet opens. What a spreadsheet would take for a formula gets an apostrophe before
// it (owasp.org/www-community/attacks/CSV_Injection): a name such as =HYPERLINK(…) is shown, and not run. A number in international form has
// nothing in it that could be run, and is left as it is.
func Cell(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r\n＝＋－＠", firstRune(strings.TrimLeft(s, " \u00a0"))) || plainNumber(s) {
		return s
	}
	return "'" + s
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

// plainNumber reports whether s is a plus and digits.
func plainNumber(s string) bool {
	digits, plus := strings.CutPrefix(s, "+")
	return plus && digits != "" && strings.Trim(digits, "0123456789") == ""
}
