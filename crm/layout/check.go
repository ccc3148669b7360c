package layout

import (
	"slices"
	"strings"
)

// Check finds what is wrong with a layout whatever the call is: names of variables that nobody knows, what is there twice,
// and fields that the object has not. Without an object it judges the layout alone.
func (l Layout) Check(o *Object) []Problem {
	var out []Problem
	say := func(p *Problem) {
		if !slices.ContainsFunc(out, func(q Problem) bool { return q.Field == p.Field && q.Why.String() == p.Why.String() && same(q, *p) }) {
			out = append(out, *p)
		}
	}
	if l.Name == "" {
		say(problem("", "layout.no-name"))
	}
	if !slices.Contains(Objects, l.Object) {
		say(problem("", "layout.no-object", "object", l.Object))
	}
	for i, v := range l.Variables {
		switch {
		case v.Name == "" || strings.ContainsAny(v.Name, "{}\n"):
			say(problem("", "layout.variable-name", "name", v.Name))
		case IsCallVariable(v.Name):
			say(problem("", "layout.variable-taken", "name", v.Name))
		case slices.ContainsFunc(l.Variables[:i], func(o Variable) bool { return strings.EqualFold(o.Name, v.Name) }):
			say(problem("", "layout.variable-twice", "name", v.Name))
		}
		for _, name := range v.Default.Names() {
			if !IsCallVariable(name) {
				say(problem("", "layout.unknown-variable", "name", name))
			}
		}
	}
	for _, v := range l.values() {
		for _, name := range v.Names() {
			if _, own := l.Variable(name); !own && !IsCallVariable(name) {
				say(problem("", "layout.unknown-variable", "name", name))
			}
		}
	}
	for i, f := range l.Fields {
		if f.Field != "" && slices.ContainsFunc(l.Fields[:i], func(o Field) bool { return strings.EqualFold(o.Field, f.Field) }) {
			say(problem(f.Field, "layout.field-twice", "field", f.Field))
		}
	}
	if o != nil {
		l.checkFields(o, say)
	}
	return out
}

func same(a, b Problem) bool {
	for k, v := range a.Why.Values {
		if b.Why.Values[k] != v {
			return false
		}
	}
	return true
}

// checkFields finds what the object does not take, also of what this call leaves out.
func (l Layout) checkFields(o *Object, say func(*Problem)) {
	if !o.Createable {
		say(problem("", "layout.object-not-createable", "object", o.Name))
	}
	fields := slices.Clone(l.Fields)
	if l.LeadName != "" {
		fields = append(fields, Field{Field: l.LeadName})
	}
	for _, f := range fields {
		known, ok := o.Field(f.Field)
		switch {
		case f.Field == "":
			say(problem("", "layout.field-not-named"))
		case Reserved(f.Field):
			say(problem(f.Field, "layout.reserved", "field", f.Field))
		case !ok:
			say(problem(f.Field, "layout.no-such-field", "field", f.Field, "object", o.Name))
		case !known.Takes():
			say(problem(known.Name, "layout.type-not-written", "field", known.title(), "type", known.Type))
		case !known.Createable:
			say(problem(known.Name, "layout.not-createable", "field", known.title()))
		default:
			l.checkConstant(known, f.Value, say)
		}
	}
	if l.RecordType != "" {
		if t, ok := o.RecordType(l.RecordType); !ok {
			say(problem("RecordTypeId", "layout.no-record-type", "name", l.RecordType, "object", o.Name))
		} else if !t.Available {
			say(problem("RecordTypeId", "layout.record-type-closed", "name", t.Name))
		}
	}
}

// Unfilled are the fields that the org requires of a new record, and that neither Linecard nor the layout fills.
func (l Layout) Unfilled(o *Object) (out []Problem) {
	for _, f := range o.Fields {
		_, own := o.Own[f.Name]
		filled := slices.ContainsFunc(l.Fields, func(of Field) bool {
			return strings.EqualFold(of.Field, f.Name) && strings.TrimSpace(string(of.Value)) != ""
		})
		if f.Required && f.Createable && f.Type != "boolean" && !own && !filled {
			out = append(out, *problem(f.Name, "layout.required", "field", f.title()))
		}
	}
	return out
}

// checkConstant judges a value that is the same for every call.
func (l Layout) checkConstant(f ObjectField, v Value, say func(*Problem)) {
	if l.Kind(v) != Constant {
		return
	}
	if text, _ := l.say(v, Call{}); strings.TrimSpace(text) != "" {
		if _, p := fit(f, text); p != nil {
			say(p)
		}
	}
}

// values are all values of the layout but the defaults of its variables.
func (l Layout) values() []Value {
	all := slices.Clone(l.Subject)
	for _, line := range l.Description {
		all = append(all, line.Value)
	}
	for _, f := range l.Fields {
		all = append(all, f.Value)
	}
	return all
}

// Judge is everything there is to say about a layout and what it makes of one call, each thing once.
func (l Layout) Judge(t Target, c Call) (Rendered, []Problem) {
	r := l.Render(t, c)
	all := l.Check(t.Object)
	for _, p := range r.Problems {
		if !slices.ContainsFunc(all, func(q Problem) bool { return q.Field == p.Field && q.Why.Code == p.Why.Code }) {
			all = append(all, p)
		}
	}
	return r, all
}
