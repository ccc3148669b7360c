package catalogue_test

import (
	"go/ast"
	"go/token"
	"io/fs"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"

	"linecard/app/catalogue"
	"linecard/app/settings"
	"linecard/resources/messages"
)

// sayers are the functions that take a message id and then pairs of names and values, each with the position of the id
// among its arguments. The wrappers of a package are listed under their own names.
var sayers = map[string]int{
	"fault.New": 0, "fault.Err": 1, "catalogue.Text": 0,
	"phrase": 0, // app/ui
	"misuse": 0, // cmd/linecard
}

// englishMessages returns all English messages by id.
func englishMessages(t *testing.T) map[string]*i18n.Message {
	t.Helper()
	all := map[string]*i18n.Message{}
	names, err := fs.Glob(messages.Files, "*.en.toml")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(messages.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := i18n.ParseMessageFileBytes(data, name, map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		area, _, _ := strings.Cut(name, ".")
		for _, m := range file.Messages {
			if !strings.HasPrefix(m.ID, area+".") {
				t.Errorf("%s: %q belongs in another file", name, m.ID)
			}
			all[m.ID] = m
		}
	}
	return all
}

// use is a place in the code that uses a message.
type use struct {
	at     string
	names  []string // names of the given values
	unsure bool     // there may be more values, which the test cannot see
}

// uses finds every message id in the code: every literal of the form of an id, since ids are also in tables and
// constants. The values are known where a sayer is called.
func uses(t *testing.T, areas map[string]bool) map[string][]use {
	s := readProduct(t)
	found := map[string][]use{}
	constants := map[string]string{}
	for _, file := range s.files {
		for name, value := range stringConstants(file) {
			constants[file.Name.Name+"."+name] = value
		}
	}
	for _, file := range s.files {
		seen := map[ast.Node]bool{}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.Field:
				if n.Tag != nil {
					if tag, _ := text(n.Tag); reflect.StructTag(tag).Get("help") != "" {
						id := reflect.StructTag(tag).Get("help")
						found[id] = append(found[id], use{at: s.at(n), unsure: reflect.StructTag(tag).Get("of") != ""})
					}
				}
				return n.Tag == nil
			case *ast.CallExpr:
				place, ok := sayers[called(n)]
				if !ok || len(n.Args) <= place {
					return true
				}
				id, ok := idOf(n.Args[place], file.Name.Name, constants)
				if ok {
					seen[n.Args[place]] = true
					found[id] = append(found[id], given(s.at(n), n, place))
				}
			case *ast.BasicLit:
				if id, ok := text(n); ok && !seen[n] && isID.MatchString(id) && areas[strings.SplitN(id, ".", 2)[0]] && !isFile.MatchString(id) && !slices.Contains(keys, id) {
					found[id] = append(found[id], use{at: s.at(n), unsure: true})
				}
			}
			return true
		})
	}
	return found
}

// keys are those of settings, some of which look like messages.
var keys = settings.Keys()

var (
	isID   = regexp.MustCompile(`^[a-z-]+\.[a-z0-9-]+(\.[a-z0-9-]+)*$`)
	isFile = regexp.MustCompile(`\.(toml|db|log|json|lock|sock|addr|new|accounts|orgs)$`)
)

func idOf(n ast.Expr, pkg string, constants map[string]string) (string, bool) {
	if id, ok := text(n); ok {
		return id, true
	}
	switch n := n.(type) {
	case *ast.Ident:
		id, ok := constants[pkg+"."+n.Name]
		return id, ok
	case *ast.SelectorExpr:
		if x, ok := n.X.(*ast.Ident); ok {
			id, ok := constants[x.Name+"."+n.Sel.Name]
			return id, ok
		}
	}
	return "", false
}

func stringConstants(file *ast.File) map[string]string {
	all := map[string]string{}
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, spec := range g.Specs {
			v := spec.(*ast.ValueSpec)
			for i, name := range v.Names {
				if i < len(v.Values) {
					if value, ok := text(v.Values[i]); ok {
						all[name.Name] = value
					}
				}
			}
		}
	}
	return all
}

// given returns the names of the values in a call of a sayer.
func given(at string, c *ast.CallExpr, place int) use {
	u := use{at: at, unsure: c.Ellipsis.IsValid()}
	for i := place + 1; i < len(c.Args); i += 2 {
		name, ok := text(c.Args[i])
		if !ok {
			u.unsure = true
			continue
		}
		u.names = append(u.names, name)
	}
	return u
}

// Every message that the code uses exists, every message is used, and no message names a value that it is not given.
func TestCodeAndMessagesFit(t *testing.T) {
	all := englishMessages(t)
	areas := map[string]bool{}
	for id := range all {
		areas[strings.SplitN(id, ".", 2)[0]] = true
	}
	found := uses(t, areas)
	for id, uses := range found {
		m := all[id]
		if m == nil {
			if id != "plain" {
				t.Errorf("%s: there is no message %q", uses[0].at, id)
			}
			continue
		}
		for _, u := range uses {
			for _, name := range placeholders(m) {
				if !u.unsure && !slices.Contains(u.names, name) {
					t.Errorf("%s: %q names the value %q, which is not given", u.at, id, name)
				}
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if found[id] == nil {
			t.Errorf("nothing asks for the message %q", id)
		}
	}
}

var placeholder = regexp.MustCompile(`{{\s*\.([A-Za-z_]+)`)

// placeholders returns the values that the forms of a message name.
func placeholders(m *i18n.Message) []string {
	var names []string
	for _, found := range placeholder.FindAllStringSubmatch(strings.Join(forms(m), " "), -1) {
		if !slices.Contains(names, found[1]) {
			names = append(names, found[1])
		}
	}
	return names
}

func forms(m *i18n.Message) []string {
	return []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other}
}

// Every message can be written with any values: its placeholders and formats exist.
func TestEveryMessageCanBeWritten(t *testing.T) {
	var log strings.Builder
	c := catalogue.New(messages.Files, quiet(&log))
	for id, m := range englishMessages(t) {
		for _, count := range []int{1, 2} {
			var pairs []any
			for _, name := range placeholders(m) {
				value := any("1")
				if name == "count" {
					value = count
				}
				pairs = append(pairs, name, value)
			}
			if got := c.Text(id, pairs...); strings.Contains(got, "{{") || strings.Contains(got, id) {
				t.Errorf("%s: %q", id, got)
			}
		}
		if slices.Contains(placeholders(m), "count") != (m.One != "") {
			t.Errorf("%s: a message with a count has a form for one", id)
		}
	}
	for line := range strings.Lines(log.String()) {
		if !strings.Contains(line, "a value that it was not given") { // "1" is no time
			t.Error(line)
		}
	}
}
