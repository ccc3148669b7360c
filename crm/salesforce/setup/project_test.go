package setup_test

import (
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"testing"

	"linecard/crm/salesforce"
	"linecard/crm/salesforce/setup"
)

const namespace = "http://soap.sforce.com/2006/04/metadata"

// node is an element of XML.
type node struct {
	Name     string
	Text     string
	Children []*node
}

func (n *node) all(name string) (found []*node) {
	for _, c := range n.Children {
		if c.Name == name {
			found = append(found, c)
		}
	}
	return found
}

// text is the text of the only child with that name, "" where there is none.
func (n *node) text(name string) string {
	for _, c := range n.all(name) {
		return c.Text
	}
	return ""
}

// parse reads an XML document. Text and elements never stand together in one element.
func parse(t *testing.T, doc string) *node {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(doc))
	var open []*node
	var root *node
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, doc)
		}
		switch token := token.(type) {
		case xml.StartElement:
			n := &node{Name: token.Name.Local}
			if len(open) == 0 {
				if root != nil {
					t.Fatalf("two roots in %s", doc)
				}
				root = n
			} else {
				open[len(open)-1].Children = append(open[len(open)-1].Children, n)
			}
			open = append(open, n)
		case xml.EndElement:
			n := open[len(open)-1]
			if len(n.Children) > 0 && strings.TrimSpace(n.Text) != "" {
				t.Fatalf("text beside elements in %s", n.Name)
			}
			if len(n.Children) > 0 {
				n.Text = ""
			}
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].Text += string(token)
			}
		}
	}
	if root == nil {
		t.Fatalf("no root in %q", doc)
	}
	return root
}

// file is a file of metadata, read.
type file struct {
	setup.File
	root *node
}

// metadata returns the files below force-app.
func metadata(t *testing.T, o setup.Options) (all []file) {
	t.Helper()
	files, err := setup.Files(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasPrefix(f.Path, "force-app/") {
			continue
		}
		if !strings.HasPrefix(string(f.Data), `<?xml version="1.0" encoding="UTF-8"?>`+"\n<") || !strings.Contains(string(f.Data), ` xmlns="`+namespace+`">`) {
			t.Errorf("%s does not begin as a file of metadata", f.Path)
		}
		if strings.Contains(string(f.Data), "{{") {
			t.Errorf("%s is not filled in", f.Path)
		}
		all = append(all, file{f, parse(t, string(f.Data))})
	}
	return all
}

// options are what the command writes by default.
func options() setup.Options {
	return setup.Options{Callbacks: salesforce.Callbacks(), Scopes: salesforce.Scopes()}
}

// variants are options that make other files.
func variants() []setup.Options {
	named := options()
	named.Label, named.Email, named.RunningUser = `Phone <& "Friends">`, "o'neill+sf@acme.example", "admin@acme.example.uat"
	return []setup.Options{options(), named}
}

// the returns the only file of a type, or fails.
func the(t *testing.T, files []file, kind string) file {
	t.Helper()
	var found []file
	for _, f := range files {
		if f.root.Name == kind {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d files of type %s", len(found), kind)
	}
	return found[0]
}

// The app must allow what Link does, and nothing more.
func TestAppFitsTheLink(t *testing.T) {
	for _, o := range variants() {
		files := metadata(t, o)
		global := the(t, files, "ExtlClntAppGlobalOauthSettings").root
		if got, want := strings.Split(global.text("callbackUrl"), "\n"), salesforce.New(salesforce.Config{}).CallbackURLs(); !slices.Equal(got, want) {
			t.Errorf("callback URLs %q, Link listens on %q", got, want)
		}
		for name, want := range map[string]string{
			"isPkceRequired": "true", "isConsumerSecretOptional": "true", "isSecretRequiredForRefreshToken": "false",
			"consumerKey": "", "consumerSecret": "",
		} {
			if got := global.text(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		if got := the(t, files, "ExtlClntAppOauthSettings").root.text("commaSeparatedOauthScopes"); got != "Api, RefreshToken, OpenID" {
			t.Errorf("scopes %q, Link asks for %q", got, salesforce.Scopes())
		}
		label := o.Label
		if label == "" {
			label = setup.App
		}
		if got := the(t, files, "ExternalClientApplication").root.text("label"); got != label {
			t.Errorf("label %q, want %q", got, label)
		}
	}
}

// A scope that Link asks for and that has no name for the app must not be left out in silence.
func TestUnknownScope(t *testing.T) {
	o := options()
	o.Scopes = append(o.Scopes, "web")
	if _, err := setup.Files(o); err == nil {
		t.Error("a scope without a name is taken")
	}
}

// The field must be what the client upserts by: a text, External ID and Unique, long enough for an id.
func TestCallField(t *testing.T) {
	var of []string
	for _, f := range metadata(t, options()) {
		if path.Base(f.Path) != setup.CallField+".field-meta.xml" {
			continue
		}
		for name, want := range map[string]string{"fullName": setup.CallField, "type": "Text", "externalId": "true", "unique": "true", "required": "false"} {
			if got := f.root.text(name); got != want {
				t.Errorf("%s of the field is %q, want %q", name, got, want)
			}
		}
		of = append(of, path.Base(path.Dir(path.Dir(f.Path))))
	}
	slices.Sort(of)
	if !slices.Equal(of, []string{"Activity", "Case"}) { // Task has it from Activity
		t.Errorf("the field is of %v", of)
	}
}
