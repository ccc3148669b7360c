package setup

import (
	"embed"
	"encoding/xml"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"text/template"
)

// project has the files as they are written, as templates: what they take is in values.
//
//go:embed project
var project embed.FS

// values are what the templates may name. In an XML file they are escaped.
type values struct {
	Label, Email, RunningUser string
	Callbacks                 string // one on each line
	Scopes                    string // with commas
}

// File is one file of the project.
type File struct {
	Path string // with slashes, from the folder of the project
	Data []byte
}

// Files returns the project, in the order of the paths. The error is a fault.
func Files(o Options) ([]File, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	scopes := make([]string, len(o.Scopes))
	for i, s := range o.Scopes {
		name, ok := scopeNames[s]
		if !ok {
			return nil, fmt.Errorf("setup: no name for the scope %s", s)
		}
		scopes[i] = name
	}
	plain := values{
		Label: o.Label, Email: o.Email, RunningUser: o.RunningUser,
		Callbacks: strings.Join(o.Callbacks, "\n"), Scopes: strings.Join(scopes, ", "),
	}
	inXML := values{
		Label: escaped(o.Label), Email: escaped(o.Email), RunningUser: escaped(o.RunningUser),
		Callbacks: escapedLines(o.Callbacks), Scopes: escaped(plain.Scopes),
	}
	var all []File
	err = fs.WalkDir(project, "project", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(project, name)
		if err != nil {
			return err
		}
		t, err := template.New(path.Base(name)).Option("missingkey=error").Parse(string(text))
		if err != nil {
			return err
		}
		v := plain
		if path.Ext(name) == ".xml" {
			v = inXML
		}
		var b strings.Builder
		if err := t.Execute(&b, v); err != nil {
			return err
		}
		all = append(all, File{strings.TrimPrefix(name, "project/"), []byte(b.String())})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("setup: %w", err)
	}
	return all, nil
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}

// escapedLines writes each text on a line of its own. xml.EscapeText would write the line ends as references.
func escapedLines(texts []string) string {
	lines := make([]string, len(texts))
	for i, t := range texts {
		lines[i] = escaped(t)
	}
	return strings.Join(lines, "\n")
}
