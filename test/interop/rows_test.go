package interop

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var write = flag.Bool("write", false, "write docs/interop.md")

// The page says what the rows say, each test that it names is there, and what does not work says why.
func TestThePageIsTrue(t *testing.T) {
	all, err := Rows()
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, r := range all {
		if there[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		there[r.ID] = true
		switch r.State {
		case Works:
			if len(r.Tests) == 0 {
				t.Errorf("%s works, and no test shows it", r.ID)
			}
		case Thin, Absent:
			if r.Why == "" {
				t.Errorf("%s is %s, and does not say why", r.ID, r.State)
			}
		default:
			t.Errorf("%s is %q", r.ID, r.State)
		}
		for _, name := range r.Tests {
			i := strings.LastIndex(name, ".")
			if i < 0 || !slices.Contains(testsOf(t, name[:i]), name[i+1:]) {
				t.Errorf("%s: there is no test %s", r.ID, name)
			}
		}
	}
	const page = "../../docs/interop.md"
	if *write {
		if err := os.WriteFile(page, []byte(Page(all)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if b, err := os.ReadFile(page); err != nil || string(b) != Page(all) {
		t.Errorf("docs/interop.md is another one (%v): go test ./test/interop -write", err)
	}
}

// testsOf are the tests of the package in a folder of the project.
func testsOf(t *testing.T, folder string) (names []string) {
	files, err := filepath.Glob(filepath.Join("../..", folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names
}
