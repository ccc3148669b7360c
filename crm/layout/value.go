package layout

import (
	"strings"

	"linecard/clean"
)

// Value is a text with variables in braces: "Call from {name}". "{{" is a brace that begins none.
type Value string

// piece is a part of a value: a text, or a variable by its name.
type piece struct {
	text     string
	variable bool
}

// pieces takes a value apart. A brace that nothing closes is a text.
func (v Value) pieces() []piece {
	var out []piece
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			out = append(out, piece{text: text.String()})
			text.Reset()
		}
	}
	rest := string(v)
	for rest != "" {
		open := strings.IndexByte(rest, '{')
		if open < 0 {
			break
		}
		text.WriteString(rest[:open])
		rest = rest[open:]
		if strings.HasPrefix(rest, "{{") {
			text.WriteByte('{')
			rest = rest[2:]
			continue
		}
		end := strings.IndexAny(rest[1:], "{}\n")
		if end < 0 || rest[1+end] != '}' || strings.TrimSpace(rest[1:1+end]) == "" {
			text.WriteByte('{')
			rest = rest[1:]
			continue
		}
		flush()
		out = append(out, piece{text: strings.TrimSpace(rest[1 : 1+end]), variable: true})
		rest = rest[end+2:]
	}
	text.WriteString(rest)
	flush()
	return out
}

// Text is a value that is a text and nothing else.
func Text(s string) Value { return Value(strings.ReplaceAll(s, "{", "{{")) }

// Names are the variables that a value has, in order.
func (v Value) Names() []string {
	var names []string
	for _, p := range v.pieces() {
		if p.variable {
			names = append(names, p.text)
		}
	}
	return names
}

// Kind says what a value is made of.
type Kind string

// The kinds of a value.
const (
	Empty    Kind = "empty"
	Constant Kind = "text"
	FromCall Kind = "call"   // one call variable
	Custom   Kind = "custom" // one custom variable
	Mixed    Kind = "mixed"  // text and variables, or several of these
)

// Kind tells what a value of the layout is made of.
func (l Layout) Kind(v Value) Kind {
	pieces := v.pieces()
	switch {
	case len(pieces) == 0:
		return Empty
	case len(pieces) > 1:
		return Mixed
	case !pieces[0].variable:
		return Constant
	}
	if _, ok := l.Variable(pieces[0].text); ok {
		return Custom
	}
	return FromCall
}

// say is what a value says of a call. said is false when it has variables that are all empty: it is left out then.
func (l Layout) say(v Value, c Call) (text string, said bool) {
	pieces := v.pieces()
	var b strings.Builder
	variables, filled := 0, false
	for _, p := range pieces {
		if !p.variable {
			b.WriteString(p.text)
			continue
		}
		variables++
		value := l.value(p.text, c)
		filled = filled || value != ""
		b.WriteString(value)
	}
	return b.String(), variables == 0 || filled
}

// value is what a variable of the layout says of a call. One that nobody knows stays as it is written: the admin sees it
// in the preview.
func (l Layout) value(name string, c Call) string {
	if v, ok := l.Variable(name); ok {
		return l.custom(v, c)
	}
	if text, ok := c.Variable(name); ok {
		return text
	}
	return "{" + name + "}"
}

// custom is what a custom variable says: the agent's answer, or the default.
func (l Layout) custom(v Variable, c Call) string {
	if v.Ask {
		if answer, ok := c.answer(v.Name); ok {
			return clean.Text(answer, longest)
		}
	}
	var b strings.Builder
	for _, p := range v.Default.pieces() {
		if !p.variable {
			b.WriteString(p.text)
			continue
		}
		text, _ := c.Variable(p.text) // a default has no custom variables: they could go round in a circle
		b.WriteString(text)
	}
	return b.String()
}

// Answer is what the form of a call shows for a variable that is asked.
func (l Layout) Answer(v Variable, c Call) string { return l.custom(v, c) }
