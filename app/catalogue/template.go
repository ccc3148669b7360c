package catalogue

import (
	"fmt"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n/template"
)

// parser parses the text of a message: words with values, written {{.name}} or {{.name | format}}. A message needs no
// other part of Go's templates, which take eight times as long.
type parser struct{ formats map[string]func(any) string }

// Cacheable returns true: go-i18n may keep the result of Parse, since each speaker has its own parser and messages.
func (parser) Cacheable() bool { return true }

func (p parser) Parse(text, _, _ string) (template.ParsedTemplate, error) {
	var t parsed
	for {
		words, rest, more := strings.Cut(text, "{{")
		t.words = append(t.words, words)
		if !more {
			return t, nil
		}
		inside, after, closed := strings.Cut(rest, "}}")
		name, format, formatted := strings.Cut(inside, "|")
		name, dot := strings.CutPrefix(strings.TrimSpace(name), ".")
		if !closed || !dot || name == "" || strings.ContainsAny(name, " .(") {
			return nil, fmt.Errorf("%q is no value: write {{.name}} or {{.name | format}}", inside)
		}
		v := value{name: name}
		if formatted {
			if v.format = p.formats[strings.TrimSpace(format)]; v.format == nil {
				return nil, fmt.Errorf("there is no format %q", strings.TrimSpace(format))
			}
		}
		t.values, text = append(t.values, v), after
	}
}

// parsed is a list of words with a value between each two of them.
type parsed struct {
	words  []string
	values []value
}

type value struct {
	name   string
	format func(any) string // nil for no format
}

// Execute writes the text with values, which is a map[string]any.
func (t parsed) Execute(values any) (string, error) {
	if len(t.values) == 0 {
		return t.words[0], nil
	}
	given, _ := values.(map[string]any)
	var b strings.Builder
	for i, words := range t.words {
		b.WriteString(words)
		if i == len(t.values) {
			break
		}
		switch v, ok := given[t.values[i].name]; {
		case !ok:
			b.WriteString(noValue)
		case t.values[i].format != nil:
			b.WriteString(t.values[i].format(v))
		default:
			if s, ok := v.(string); ok {
				b.WriteString(s)
			} else {
				fmt.Fprint(&b, v)
			}
		}
	}
	return b.String(), nil
}

// noValue stands for a value that the message names but was not given. It is not part of any text: package clean removes it
// from values.
const noValue = "\uffff"
