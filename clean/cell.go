package clean

import "strings"

// Cell makes a text fit for a cell of a table that a spreadsheet opens. What a spreadsheet would take for a formula gets an apostrophe before
// it (owasp.org/www-community/attacks/CSV_Injection): a name such as =HYPERLINK(…) is shown, and not run. So does what follows a semicolon or a
// tab, which end a cell where the spreadsheet is set to that. A number in international form has nothing in it that could be run, and is left
// as it is.
func Cell(s string) string {
	if plainNumber(s) || !strings.ContainsAny(s, formulaSigns) {
		return s
	}
	var b strings.Builder
	begins := true // a cell may begin here
	for _, r := range s {
		switch {
		case begins && strings.ContainsRune(formulaSigns, r):
			b.WriteByte('\'')
			begins = false
		case r == ';':
			begins = true
		case r != ' ' && r != '\u00a0' && r != '"':
			begins = false
		}
		b.WriteRune(r)
		begins = begins || r == ';' || r == '\t'
	}
	return b.String()
}

// formulaSigns are what a formula, or a line that may become one, begins with, in half and in full width.
const formulaSigns = "=+-@\t\r\n＝＋－＠"

// plainNumber reports whether s is a plus and digits.
func plainNumber(s string) bool {
	digits, plus := strings.CutPrefix(s, "+")
	return plus && digits != "" && strings.Trim(digits, "0123456789") == ""
}
