package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"

	"linecard/app"
	"linecard/app/journal"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/sip"
)

// constantsOf reads the constants of a type of text from the Go files of a folder.
func constantsOf(t *testing.T, dir, typ string) (values []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../..", dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) == 0 {
				return true
			}
			named, _ := spec.Type.(*ast.Ident)
			text, _ := spec.Values[0].(*ast.BasicLit)
			if named == nil || named.Name != typ || text == nil {
				return true
			}
			if value, err := strconv.Unquote(text.Value); err == nil && value != "" {
				values = append(values, value)
			}
			return true
		})
	}
	if len(values) == 0 {
		t.Fatalf("%s has no constants of the type %s", dir, typ)
	}
	return values
}

// A new state that --json prints has a word for people too.
func TestEveryCodeHasAWord(t *testing.T) {
	check := func(dir, typ string, known func(code string) bool) {
		t.Helper()
		for _, code := range constantsOf(t, dir, typ) {
			if !known(code) {
				t.Errorf("%s.%s %q has no word", dir, typ, code)
			}
		}
	}
	check("sip", "RegistrationState", func(c string) bool { return phoneWords[sip.RegistrationState(c)] != "" })
	check("crm", "LinkState", func(c string) bool { return orgWords[crm.LinkState(c)] != "" })
	check("crm", "Direction", func(c string) bool { return directionWords[crm.Direction(c)] != "" })
	check("crm", "Outcome", func(c string) bool { return outcomeWords[crm.Outcome(c)] != "" })
	check("app", "Phase", func(c string) bool { return phaseWords[app.Phase(c)] != "" })
	check("app", "LogState", func(c string) bool { return logWords[app.LogState(c)] != "" })
	check("app/journal", "State", func(c string) bool { return entryWords[journal.State(c)] != "" })
	check("app/settings", "Layer", func(c string) bool { return layerWords[settings.Layer(c)] != "" })
}

// What a newer app says is printed as it is.
func TestACodeWithoutAWordStays(t *testing.T) {
	if got := wordFor(phaseWords, app.Phase("parked at 701")); got != "parked at 701" {
		t.Errorf("%q", got)
	}
}

func TestPerson(t *testing.T) {
	for _, c := range []struct{ name, company, want string }{
		{"Dana Whitfield", "Acme Corp", "Dana Whitfield, Acme Corp"},
		{"Acme Corp", "Acme Corp", "Acme Corp"},
		{"Dana Whitfield", "", "Dana Whitfield"},
		{"", "Acme Corp", "Acme Corp"},
		{"", "", ""},
	} {
		if got := person(c.name, c.company); got != c.want {
			t.Errorf("%q of %q: %q, want %q", c.name, c.company, got, c.want)
		}
	}
}
