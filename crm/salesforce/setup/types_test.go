package setup_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"linecard/test/nodejs"
)

// The package @salesforce/types has the types of the Metadata API as TypeScript, made by Salesforce from its WSDL:
//
//	export type ReportFilter = {
//	    booleanFilter?: string;
//	    criteriaItems: ReportFilterItem[];
//	};
//	export type SortOrder = 'Asc' | 'Desc';
var (
	typeOf  = regexp.MustCompile(`(?ms)^export type (\w+) = (?:Metadata & )?\{\n(.*?)^\};`)
	fieldOf = regexp.MustCompile(`(?m)^    (\w+)(\??): (.+);$`)
	enumOf  = regexp.MustCompile(`(?m)^export type (\w+) = ('.+');$`)
	aliasOf = regexp.MustCompile(`(?m)^export type (\w+) = (\w+);$`)
)

// wsdl is these types, read.
type wsdl struct {
	fields map[string][]typeField // by type, in the order of the elements
	values map[string][]string    // by list of values
	alias  map[string]string
}

func readTypes(t *testing.T) wsdl {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(nodejs.Modules(t, "testdata/sf"), "@salesforce", "types", "lib", "metadata.d.ts"))
	if err != nil {
		t.Fatal(err)
	}
	w := wsdl{map[string][]typeField{}, map[string][]string{}, map[string]string{}}
	for _, m := range typeOf.FindAllStringSubmatch(string(text), -1) {
		for _, f := range fieldOf.FindAllStringSubmatch(m[2], -1) {
			kind, repeated := strings.CutSuffix(f[3], "[]")
			w.fields[m[1]] = append(w.fields[m[1]], typeField{f[1], kind, f[2] == "" && !repeated, repeated})
		}
	}
	for _, m := range enumOf.FindAllStringSubmatch(string(text), -1) {
		for _, v := range strings.Split(m[2], " | ") {
			w.values[m[1]] = append(w.values[m[1]], strings.Trim(v, "'"))
		}
	}
	for _, m := range aliasOf.FindAllStringSubmatch(string(text), -1) {
		w.alias[m[1]] = m[2]
	}
	return w
}

// of returns the fields of a type; all of metadata have a name besides.
func (w wsdl) of(name string) []typeField {
	if to := w.alias[name]; to != "" {
		name = to
	}
	return append([]typeField{{name: "fullName", kind: "string"}}, w.fields[name]...)
}

// check compares an element with its type.
func (w wsdl) check(t *testing.T, at string, n *node, kind string) {
	t.Helper()
	fields := w.of(kind)
	if len(fields) == 1 {
		t.Errorf("%s: Salesforce has no type %s", at, kind)
		return
	}
	last := -1
	for _, c := range n.Children {
		i := slices.IndexFunc(fields, func(f typeField) bool { return f.name == c.Name })
		if i < 0 {
			t.Errorf("%s: %s has no %s", at, kind, c.Name)
			continue
		}
		if i < last {
			t.Errorf("%s: %s stands too late in %s", at, c.Name, kind)
		}
		last = i
		switch f := fields[i]; f.kind {
		case "string":
		case "boolean":
			if c.Text != "true" && c.Text != "false" {
				t.Errorf("%s: %s is %q", at, c.Name, c.Text)
			}
		case "number":
			number(t, n, c.Name)
		default:
			if values, ok := w.values[f.kind]; ok {
				if !slices.Contains(values, c.Text) {
					t.Errorf("%s: %s is %q, and may be %q", at, c.Name, c.Text, values)
				}
				continue
			}
			w.check(t, at, c, f.kind)
		}
	}
	for _, f := range fields {
		if f.required && len(n.all(f.name)) == 0 {
			t.Errorf("%s: %s must have %s", at, kind, f.name)
		}
	}
}

// Every file must fit the types that Salesforce itself publishes, down to the last value, and so must the table of this test.
func TestSalesforceTypes(t *testing.T) {
	w := readTypes(t)
	if len(w.fields) < 500 || len(w.values) < 300 {
		t.Fatalf("only %d types and %d lists of values were read", len(w.fields), len(w.values))
	}
	for _, o := range variants() {
		for _, f := range metadata(t, o) {
			w.check(t, f.Path, f.root, f.root.Name)
		}
	}
	for name, s := range shapes {
		fields := w.of(name)
		for _, f := range s.list() {
			i := slices.IndexFunc(fields, func(of typeField) bool { return of.name == f.name })
			if i < 0 {
				t.Errorf("the table has %s.%s, Salesforce has not", name, f.name)
				continue
			}
			if values := w.values[fields[i].kind]; len(values) > 0 {
				for _, v := range strings.Split(f.kind, "|") {
					if !slices.Contains(values, v) {
						t.Errorf("the table lets %s.%s be %s, Salesforce does not", name, f.name, v)
					}
				}
			}
			if fields[i].required && !f.required {
				t.Errorf("%s.%s is required", name, f.name)
			}
		}
	}
}
