package catalogue_test

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// converted are the packages whose words all come from the catalogue. A package is added when that is so, and stays.
var converted = []string{
	"app/catalogue", "app/instance", "app/notify", "app/ui",
	"cmd/linecard",
}

// coded are the packages that say codes only and are full of names of Salesforce's or of SQL: there, words are what begins
// with a capital letter and has a small word within, and is no SQL.
var coded = []string{
	"crm", "crm/salesforce",
	"app/directory", "app/journal",
}

var (
	smallWord = regexp.MustCompile(`^[A-Z].* [a-z]+\b`)
	statement = regexp.MustCompile(`^(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|(NOT )?INDEXED)\s`)
)

// allowed are literals that look like words and are none, or are the same in every language.
var allowed = map[string]string{
	"Linecard":   "the name of the program",
	"Salesforce": "the name of the product",
	"2041":       "an extension",

	"ABC": "on a telephone's key", "DEF": "on a telephone's key", "GHI": "on a telephone's key", "JKL": "on a telephone's key",
	"MNO": "on a telephone's key", "PQRS": "on a telephone's key", "TUV": "on a telephone's key", "WXYZ": "on a telephone's key",
	"UDP": "a transport", "TCP": "a transport",
	"Ág": "measures a line", "Á": "measures a line",
	"Phone=":                "a parameter of Salesforce's page",
	"IsClosed = false AND ": "SOQL",
	" \t":                   "characters looked for",

	"LINECARD_DATA":  "a variable of the environment",
	"linecard demo ": "begins what the ids of the demo's calls are made from",
	"Anonymous":      "the name of a withheld caller (RFC 3323)",
	"0 kB":           "in /proc/self/smaps",

	"{{.Name}} {{.Version}}\n": "how cobra prints the version",

	"Something went wrong.": "said when there are no messages at all",

	"NameOwnerChanged": "D-Bus", "GetCapabilities": "D-Bus", "Show": "D-Bus", "Notify": "D-Bus", "CloseNotification": "D-Bus",
	"ToastGeneric": "a template of Windows",
}

// technical are functions whose texts nobody reads but in a log, or that compare rather than show.
func technical(call string) bool {
	pkg, name, _ := strings.Cut(call, ".")
	switch pkg {
	case "slog", "errors", "fmt", "strings", "language", "toml", "template", "filepath", "os", "net", "debug":
		return name != "Fprint" && name != "Fprintf" && name != "Fprintln" && name != "Print" && name != "Printf" && name != "Println"
	}
	return pkg == "panic" || slices.Contains([]string{"log.With", "log.Debug", "log.Info", "log.Warn", "log.Error", "Debug", "Info", "Warn", "Error", "missing"}, call) ||
		slices.Contains([]string{"Debug", "Info", "Warn", "Error", "missing"}, name)
}

// verb is where fmt puts a value.
var verb = regexp.MustCompile(`%[-+# 0-9.]*[a-zA-Z]`)

// reads reports whether a person would read s as words: it has a space between letters, or begins with a capital letter.
func reads(s string) bool {
	s = verb.ReplaceAllString(s, "")
	if !strings.ContainsFunc(s, unicode.IsLetter) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimSpace(s))
	return unicode.IsUpper(first) || strings.ContainsRune(s, ' ') || strings.HasSuffix(s, "…")
}

// A text that reaches the reader past the catalogue would stay English in every language.
func TestNoWordsBypassTheCatalogue(t *testing.T) {
	s := readProduct(t)
	used := map[string]bool{}
	for name, file := range s.files {
		reads := reads
		switch {
		case name == "crm/subject.go": // what is written into the org
			continue
		case slices.Contains(coded, path.Dir(name)):
			reads = func(s string) bool { return smallWord.MatchString(s) && !statement.MatchString(s) }
		case !slices.Contains(converted, path.Dir(name)):
			continue
		}
		for _, words := range literals(file) {
			value, _ := text(words)
			if !reads(value) {
				continue
			}
			if allowed[value] != "" {
				used[value] = true
				continue
			}
			t.Errorf("%s: %q is not a message of the catalogue", s.at(words), value)
		}
	}
	for value := range allowed {
		if !used[value] && reads(value) {
			t.Errorf("%q is allowed and nowhere written", value)
		}
	}
}

// literals are the strings of a file, without those that are no words by where they stand: imports, tags, keys of JSON,
// texts for the log, and names that a type says are names.
func literals(file *ast.File) []*ast.BasicLit {
	var all []*ast.BasicLit
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec, *ast.Field:
			return false
		case *ast.CallExpr:
			if technical(called(n)) {
				for _, a := range n.Args { // a closure among the arguments may still say something
					if f, ok := a.(*ast.FuncLit); ok {
						all = append(all, literalsIn(f.Body)...)
					}
				}
				return false
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				all = append(all, n)
			}
		}
		return true
	})
	return all
}

func literalsIn(n ast.Node) []*ast.BasicLit {
	return literals(&ast.File{Name: ast.NewIdent("_"), Decls: []ast.Decl{
		&ast.FuncDecl{Name: ast.NewIdent("_"), Type: &ast.FuncType{}, Body: n.(*ast.BlockStmt)},
	}})
}

func TestReads(t *testing.T) {
	for s, want := range map[string]bool{
		"Answer": true, "not logged": true, " · ringing ": true, "calling…": true, "Ängel": true,
		"call_end": false, "ui.answer": false, "": false, "0123 456": false, "  %s\t%-3d\n": false, "call %s": true, "textMuted": false,
	} {
		if reads(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}
