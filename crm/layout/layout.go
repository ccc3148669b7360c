package layout

import (
	"slices"
	"strings"
	"unicode/utf8"

	"linecard/clean"
	"linecard/crm"
)

// Layout is what is written of a call. The zero Layout is not usable: begin with [Task] or [Case].
type Layout struct {
	Name    string `json:"name" toml:"name"`
	Org     string `json:"org,omitempty" toml:"org"`         // id of the org it is for; "" is every org
	Object  string `json:"object" toml:"object"`             // crm.Task or crm.Case
	Default bool   `json:"default,omitempty" toml:"default"` // the one for calls for which no rule chooses another

	RecordType  string     `json:"recordType,omitempty" toml:"record_type"` // its API name, label or id; "" is the user's default
	Subject     []Value    `json:"subject" toml:"subject"`
	Description []Line     `json:"description" toml:"description"`
	Fields      []Field    `json:"fields,omitempty" toml:"fields"`
	LeadName    string     `json:"leadName,omitempty" toml:"lead_name"` // API name of the field that takes the Lead's name
	Variables   []Variable `json:"variables,omitempty" toml:"variables"`

	Beyond map[string]any `json:"-" toml:"-"` // what the settings have beyond these, kept when they are written
}

// Line is one line of the Description: with a Key it is "key: value", without one the value alone. One without both is
// an empty line, which is written between others only.
type Line struct {
	Key   string `json:"key,omitempty" toml:"key"`
	Value Value  `json:"value" toml:"value"`
}

// Field is one more field and what is written into it.
type Field struct {
	Field string `json:"field" toml:"field"` // API name
	Value Value  `json:"value" toml:"value"`
}

// Variable is a custom variable of a layout.
type Variable struct {
	Name     string   `json:"name" toml:"name"`
	Default  Value    `json:"default,omitempty" toml:"default"` // may hold call variables
	Ask      bool     `json:"ask,omitempty" toml:"ask"`         // the agent is asked for it in wrap-up
	Required bool     `json:"required,omitempty" toml:"required"`
	Choices  []string `json:"choices,omitempty" toml:"choices"` // what the agent may answer; none is any text
}

// Bounds of a layout. What is beyond them is a mistake, and would make a window that nobody can use.
const (
	MaxLayouts = 100
	MaxName    = 80
	MaxParts   = 50 // of each list
	MaxValue   = 4000
)

// Objects are what a call can be written as.
var Objects = []string{crm.Task, crm.Case}

// Task is the layout that is there without any settings, and writes a Task.
func Task() Layout {
	return Layout{
		Name: crm.Task, Object: crm.Task, Subject: []Value{"{subject}"},
		Description: append([]Line{{Value: "{notes}"}, {}, {Value: "{rest}"}}, about...),
	}
}

// Case is the layout that is there without any settings, and writes a Case.
func Case() Layout {
	return Layout{
		Name: crm.Case, Object: crm.Case, Subject: []Value{"{subject}"},
		Description: append([]Line{{Value: "{notes}"}, {}, {Value: "{rest}"}, {"Direction", "{direction}"}, {"Duration", "{talk}"}}, about...),
		Fields:      []Field{{"Origin", "Phone"}, {"SuppliedPhone", "{number}"}},
		LeadName:    "SuppliedName",
	}
}

// about are the lines about a call below the notes.
var about = []Line{
	{"Number", "{number}"}, {"Called", "{called}"}, {"Waited", "{waited}"}, {"Earlier", "{earlier}"}, {"Transferred By", "{transferred by}"}, {"Transferred To", "{transferred to}"}, {"Conference", "{conference}"}, {"Sound", "{sound}"}, {"Do Not Call", "{do not call}"}, {"End", "{end}"}, {"Outcome", "{phone outcome}"},
}

// BuiltIn are the layouts that are always there; one of the settings with the same name takes the place of each.
func BuiltIn() []Layout { return []Layout{Task(), Case()} }

// Clone is l with nothing shared that can be changed.
func (l Layout) Clone() Layout {
	l.Subject, l.Description, l.Fields = slices.Clone(l.Subject), slices.Clone(l.Description), slices.Clone(l.Fields)
	l.Variables = slices.Clone(l.Variables)
	for i := range l.Variables {
		l.Variables[i].Choices = slices.Clone(l.Variables[i].Choices)
	}
	return l
}

// Tidy is l as it is kept: names without what nobody sees, and no list longer than the bounds.
func (l Layout) Tidy() Layout {
	l = l.Clone()
	l.Name, l.Org = name(l.Name), strings.TrimSpace(l.Org)
	l.RecordType, l.LeadName = name(l.RecordType), strings.TrimSpace(l.LeadName)
	l.Subject = bounded(l.Subject)
	for i := range l.Subject {
		l.Subject[i] = l.Subject[i].tidy()
	}
	l.Description = bounded(l.Description)
	for i, line := range l.Description {
		l.Description[i] = Line{strings.TrimSuffix(name(line.Key), ":"), line.Value.tidy()}
	}
	l.Fields = bounded(l.Fields)
	for i, f := range l.Fields {
		l.Fields[i] = Field{strings.TrimSpace(f.Field), f.Value.tidy()}
	}
	l.Variables = bounded(l.Variables)
	for i, v := range l.Variables {
		l.Variables[i].Name, l.Variables[i].Default = name(v.Name), v.Default.tidy()
		l.Variables[i].Choices = slices.DeleteFunc(bounded(v.Choices), func(c string) bool { return strings.TrimSpace(c) == "" })
	}
	return l
}

func name(s string) string { return strings.TrimSpace(clean.Short(s, MaxName)) }

func (v Value) tidy() Value {
	if utf8.RuneCountInString(string(v)) > MaxValue || !utf8.ValidString(string(v)) {
		return Value(clean.Text(string(v), MaxValue))
	}
	return v
}

func bounded[T any](list []T) []T { return list[:min(len(list), MaxParts)] }

// Variable returns the custom variable with a name, whatever its case.
func (l Layout) Variable(name string) (Variable, bool) {
	for _, v := range l.Variables {
		if v.Name != "" && strings.EqualFold(v.Name, name) {
			return v, true
		}
	}
	return Variable{}, false
}

// Asked are the variables that the agent is asked for.
func (l Layout) Asked() []Variable {
	var asked []Variable
	for _, v := range l.Variables {
		if v.Ask && v.Name != "" {
			asked = append(asked, v)
		}
	}
	return asked
}

// Unanswered are the names of the variables that the agent must answer and has not.
func (l Layout) Unanswered(c Call) []string {
	var names []string
	for _, v := range l.Asked() {
		if v.Required && strings.TrimSpace(l.custom(v, c)) == "" {
			names = append(names, v.Name)
		}
	}
	return names
}
