package catalogue

import (
	"strings"
	"text/template"

	i18n "github.com/nicksnyder/go-i18n/v2/i18n/template"
)

// parser reads a message's text. It is go-i18n's TextParser but for two things: its functions may be kept with the parsed
// text, since a text is only ever read by one speaker; and a message without values is no template at all.
type parser struct{ functions template.FuncMap }

func (parser) Cacheable() bool { return true }

func (p parser) Parse(text, _, _ string) (i18n.ParsedTemplate, error) {
	if !strings.Contains(text, "{{") {
		return plain(text), nil
	}
	t, err := template.New("").Funcs(p.functions).Parse(text)
	if err != nil {
		return nil, err
	}
	return parsed{t}, nil
}

// plain is a text that names no value.
type plain string

func (p plain) Execute(any) (string, error) { return string(p), nil }

// parsed is a text that names values.
type parsed struct{ *template.Template }

func (p parsed) Execute(values any) (string, error) {
	var b strings.Builder
	err := p.Template.Execute(&b, values)
	return b.String(), err
}
