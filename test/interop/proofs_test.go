package interop_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"linecard/test/interop"
)

// proof is what a test says of itself: a call of interop.Proves in the source.
type proof struct {
	row   string
	test  string // package.TestName, the package as its folder
	peers []interop.Peer
}

// proofs reads those of all tests below a folder, in the order of the page: those with real peers first.
func proofs(tree fs.FS) (all []proof, err error) {
	err = fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || len(d.Name()) > 1 && d.Name()[0] == '.'):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go" || path.Dir(name) == "test/interop":
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil || !strings.Contains(string(text), "interop.Proves") {
			return err
		}
		found, err := proofsIn(name, text)
		all = append(all, found...)
		return err
	})
	slices.SortFunc(all, func(a, b proof) int {
		return cmp.Or(cmp.Compare(min(1, len(b.peers)), min(1, len(a.peers))), cmp.Compare(a.test, b.test))
	})
	return all, err
}

// proofsIn reads those of a file. One that is made elsewhere than in the body of a test, or that does not say in plain letters what it is about, is an error: the page
// would not have it, or have it although no run makes it.
func proofsIn(name string, text []byte) (all []proof, err error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	read := map[*ast.CallExpr]bool{}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || !isTest(name, f) {
			continue
		}
		for _, s := range f.Body.List {
			e, ok := s.(*ast.ExprStmt)
			if !ok {
				continue
			}
			call, ok := e.X.(*ast.CallExpr)
			if !ok || !isProves(call.Fun) {
				continue
			}
			p, ok := proofOf(call)
			if !ok {
				return nil, fmt.Errorf("%s: interop.Proves wants its row and its peers written out", files.Position(call.Pos()))
			}
			p.test = path.Dir(name) + "." + f.Name.Name
			all, read[call] = append(all, p), true
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && isProves(call.Fun) && !read[call] {
			err = fmt.Errorf("%s: interop.Proves stands in the body of a test itself, so that each run of the test makes it", files.Position(call.Pos()))
		}
		return err == nil
	})
	return all, err
}

// isTest reports whether a function is one that go test runs.
func isTest(file string, f *ast.FuncDecl) bool {
	rest, ok := strings.CutPrefix(f.Name.Name, "Test")
	return ok && strings.HasSuffix(file, "_test.go") && f.Recv == nil && f.Body != nil && f.Name.Name != "TestMain" &&
		(rest == "" || !unicode.IsLower([]rune(rest)[0]))
}

func isProves(e ast.Expr) bool { return selected(e) == "Proves" }

// selected is the name behind "interop.".
func selected(e ast.Expr) string {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if x, ok := s.X.(*ast.Ident); !ok || x.Name != "interop" {
		return ""
	}
	return s.Sel.Name
}

// names are the peers by the names of their constants, in the order of the page.
var names = []struct {
	constant string
	peer     interop.Peer
}{
	{"Asterisk", interop.Asterisk},
	{"Kamailio", interop.Kamailio},
	{"Baresip", interop.Baresip},
	{"Linphone", interop.Linphone},
	{"Twinkle", interop.Twinkle},
	{"Sipp", interop.Sipp},
	{"Sipvicious", interop.Sipvicious},
	{"Coturn", interop.Coturn},
	{"PulseAudio", interop.PulseAudio},
}

// peerOf is the peer whose constant an expression is.
func peerOf(e ast.Expr) (interop.Peer, bool) {
	constant := selected(e)
	for _, n := range names {
		if n.constant == constant {
			return n.peer, true
		}
	}
	return "", false
}

func proofOf(call *ast.CallExpr) (p proof, ok bool) {
	if len(call.Args) < 2 || call.Ellipsis.IsValid() {
		return p, false
	}
	lit, ok := call.Args[1].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return p, false
	}
	if p.row, _ = strconv.Unquote(lit.Value); p.row == "" {
		return p, false
	}
	for _, arg := range call.Args[2:] {
		peer, ok := peerOf(arg)
		if !ok {
			return p, false
		}
		p.peers = append(p.peers, peer)
	}
	return p, true
}
