package catalogue_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const root = "../.." // the root of the module

// source is the product's code: every Go file except the tests, by its path in the module.
type source struct {
	set   *token.FileSet
	files map[string]*ast.File
}

// product is read once for all tests.
var product = sync.OnceValues(func() (source, error) {
	s := source{token.NewFileSet(), map[string]*ast.File{}}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || path != root && strings.HasPrefix(d.Name(), ".")):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(s.set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		s.files[filepath.ToSlash(name)] = file
		return err
	})
	return s, err
})

func readProduct(t *testing.T) source {
	t.Helper()
	s, err := product()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s source) at(n ast.Node) string {
	p := s.set.Position(n.Pos())
	name, _ := filepath.Rel(root, p.Filename)
	return fmt.Sprintf("%s:%d", filepath.ToSlash(name), p.Line)
}

// text returns the value of a string literal.
func text(n ast.Expr) (string, bool) {
	l, ok := n.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	v, err := strconv.Unquote(l.Value)
	return v, err == nil
}

// called returns the name of a called function as written, with its package or receiver: "fault.New", "phrase".
func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
		return f.Sel.Name
	}
	return ""
}
