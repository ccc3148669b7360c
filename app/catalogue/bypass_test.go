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

// converted are the packages whose texts all come from the catalogue. Packages are added when this is true and never
// removed.
var converted = []string{"app/catalogue", "app/instance", "app/notify", "app/ui"}

// coded are the packages that return codes only and contain many names of Salesforce. There a literal counts as words
// when it begins with a capital letter and contains a word in lower case.
var coded = []string{"crm", "crm/salesforce"}

var smallWord = regexp.MustCompile(`^[A-Z].* [a-z]+\b`)

// allowed are literals that look like words but are not, or that are the same in every language.
var allowed = map[string]string{
	"Linecard":   "the name of the program",
	"Salesforce": "the name of the product",
	"2041":       "an extension",

	"ABC": "on a telephone's key", "DEF": "on a telephone's key", "GHI": "on a telephone's key", "JKL": "on a telephone's key",
	"MNO": "on a telephone's key", "PQRS": "on a telephone's key", "TUV": "on a telephone's key", "WXYZ": "on a telephone's key",
	"Ág": "measures a line", "Á": "measures a line",
	"Phone=":                "a parameter of Salesforce's page",
	"IsClosed = false AND ": "SOQL",
	" \t":                   "characters looked for",

	"Something went wrong.": "said when there are no messages at all",

	"NameOwnerChanged": "D-Bus", "GetCapabilities": "D-Bus", "Show": "D-Bus", "Notify": "D-Bus", "CloseNotification": "D-Bus",
	"ToastGeneric": "a template of Windows",
}

// technical reports whether the texts of a function are read only in a log, or are only compared.
func technical(call string) bool {
	pkg, name, _ := strings.Cut(call, ".")
	switch pkg {
	case "slog", "errors", "fmt", "strings", "language", "toml", "template", "filepath", "os", "net", "debug":
		return name != "Fprint" && name != "Fprintf" && name != "Fprintln" && name != "Print" && name != "Printf" && name != "Println"
	}
	return pkg == "panic" || slices.Contains([]string{"log.Debug", "log.Info", "log.Warn", "log.Error", "Debug", "Info", "Warn", "Error", "missing"}, call) ||
		slices.Contains([]string{"Debug", "Info", "Warn", "Error", "missing"}, name)
}

// reads reports whether a person would read s as words: it has a space between letters, or begins with a capital
// letter.
func reads(s string) bool {
	if !strings.ContainsFunc(s, unicode.IsLetter) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimSpace(s))
	return unicode.IsUpper(first) || strings.ContainsRune(s, ' ') || strings.HasSuffix(s, "…")
}

// A text that is shown without the catalogue would stay English in every language.
func TestNoWordsBypassTheCatalogue(t *testing.T) {
	s := readProduct(t)
	used := map[string]bool{}
	for name, file := range s.files {
		reads := reads
		switch {
		case name == "crm/subject.go": // it is written into the org
			continue
		case slices.Contains(coded, path.Dir(name)):
			reads = smallWord.MatchString
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
			t.Errorf("%q is allowed but not used", value)
		}
	}
}

// literals returns the strings of a file without those whose place shows that they are not words: imports, tags, keys
// of JSON, texts for the log, and values whose type says that they are names.
func literals(file *ast.File) []*ast.BasicLit {
	var all []*ast.BasicLit
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec, *ast.Field:
			return false
		case *ast.CallExpr:
			if technical(called(n)) {
				for _, a := range n.Args { // a closure among the arguments may contain a message
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
		"call_end": false, "ui.answer": false, "": false, "0123 456": false, "textMuted": false,
	} {
		if reads(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}
