package layout

import (
	"slices"
	"strings"

	"linecard/clean"
	"linecard/crm"
)

// Lengths of the texts of a Task and of a Case in every org; a description may give less.
const (
	subjectLength     = 255
	descriptionLength = 32000
)

// Target is what a call is rendered for.
type Target struct {
	Object  *Object
	Update  bool                           // the record exists and is changed
	Refused func(field, value string) bool // whether the org has refused a value, or the field when value is ""; nil for never
	Rest    []string                       // lines of what the org has no field for
	Marker  string                         // the one of Rest by which the call is found again: it is written by every layout
}

// Rendered is what is written of a call.
type Rendered struct {
	Subject     string         `json:"subject"`
	Description string         `json:"description"`
	RecordType  string         `json:"recordType,omitempty"` // id; "" is the user's default
	Fields      map[string]any `json:"fields"`               // the further fields, by API name; nil empties one
	Problems    []Problem      `json:"problems,omitempty"`
}

// Render makes what is written of a call. It is pure: the same layout, call and target make the same record.
func (l Layout) Render(t Target, c Call) Rendered {
	r := &renderer{l: l, t: t, c: c, out: Rendered{Fields: map[string]any{}}}
	r.subject()
	for _, f := range l.Fields {
		r.field(f)
	}
	r.leadName()
	r.recordType()
	r.description() // last, since it has what found no field
	if !t.Update {
		r.required()
	}
	return r.out
}

type renderer struct {
	l    Layout
	t    Target
	c    Call
	left []string // lines of values that found no field
	out  Rendered
}

func (r *renderer) problem(p *Problem) {
	if p != nil {
		r.out.Problems = append(r.out.Problems, *p)
	}
}

// writable is the described field, if the org accepts it from this user: any field may be hidden or read-only, and the org
// refuses the whole record when such a field is named.
func (r *renderer) writable(name string) (ObjectField, bool) {
	f, ok := r.t.Object.Field(name)
	if !ok || r.refused(f.Name, "") || r.t.Update && !f.Updateable || !r.t.Update && !f.Createable {
		return f, false
	}
	return f, true
}

func (r *renderer) refused(field, value string) bool {
	return r.t.Refused != nil && r.t.Refused(field, value)
}

// length is how long a text of the record may be.
func (r *renderer) length(field string, most int) int {
	if f, ok := r.t.Object.Field(field); ok && f.Length > 0 {
		return min(most, f.Length)
	}
	return most
}

// subject joins the parts by spaces. A subject that the agent has typed comes before all of them.
func (r *renderer) subject() {
	text := clean.Short(r.l.SubjectOf(r.c), descriptionLength)
	most := r.length("Subject", subjectLength)
	if n := Units(text); n > most {
		p := problem("Subject", "layout.too-long", "field", "Subject", "length", n, "most", most)
		p.Cut = true
		r.problem(p)
	}
	if text == "" {
		r.problem(problem("Subject", "layout.no-subject"))
		text = clean.Short(r.c.SubjectLine(), descriptionLength)
	}
	r.out.Subject = Truncate(text, most)
}

// SubjectOf is the Subject of a call: what the agent typed, or else the parts.
func (l Layout) SubjectOf(c Call) string {
	if c.Subject != "" {
		return c.Subject
	}
	var parts []string
	for _, v := range l.Subject {
		if text, said := l.say(v, c); said && strings.TrimSpace(text) != "" {
			parts = append(parts, strings.Join(strings.Fields(text), " "))
		}
	}
	return strings.Join(parts, " ")
}

// field writes one field, or a line of the Description when the org does not take it.
func (r *renderer) field(f Field) {
	if f.Field == "" {
		return
	}
	known, ok := r.t.Object.Field(f.Field)
	switch {
	case Reserved(f.Field):
		r.problem(problem(f.Field, "layout.reserved", "field", f.Field))
		return
	case !ok:
		r.problem(problem(f.Field, "layout.no-such-field", "field", f.Field, "object", r.t.Object.Name))
		known = ObjectField{Name: f.Field, Type: "string"}
	}
	if r.t.Update && ok && len(f.Value.Names()) == 0 {
		return // what does not come from the call was written with the record: people may have changed it since
	}
	text, said := r.l.say(f.Value, r.c)
	text = clean.Text(text, longest)
	if !said || strings.TrimSpace(text) == "" && known.Type != "boolean" {
		r.empty(known, len(f.Value.Names()) > 0)
		return
	}
	r.put(known, text)
}

// put writes a text into a field, or as a line of the Description when the org does not take it.
func (r *renderer) put(known ObjectField, text string) {
	if _, ok := r.writable(known.Name); !ok {
		if r.refused(known.Name, "") && known.Createable {
			r.problem(FieldRefused(known.Name, known.title()))
		}
		if _, described := r.t.Object.Field(known.Name); described && !known.Createable {
			r.problem(problem(known.Name, "layout.not-createable", "field", known.title()))
		}
		if !r.t.Update || !known.Createable { // what can be set at creation only has been
			r.line(known, text)
		}
		return
	}
	value, p := fit(known, text)
	r.problem(p)
	s, isText := value.(string)
	if isText && r.refused(known.Name, s) {
		r.problem(EntryRefused(known.Name, known.title(), s))
		value = nil
	}
	if value == nil {
		r.line(known, text)
		return
	}
	r.out.Fields[known.Name] = value
}

// empty takes a value back that an earlier write may have written.
func (r *renderer) empty(f ObjectField, variable bool) {
	if _, ok := r.writable(f.Name); !ok || !r.t.Update || !variable || f.Required {
		return
	}
	if r.out.Fields[f.Name] = nil; f.Type == "boolean" { // it has no third value
		r.out.Fields[f.Name] = false
	}
}

// line makes a value that found no field a line of the Description.
func (r *renderer) line(f ObjectField, text string) {
	if f.Type != "boolean" || text != "" {
		r.left = append(r.left, f.title()+": "+clean.Line(text))
	}
}

// leadName writes the Lead's name into the field of choice: a Case cannot refer to a Lead. Whom the call was with may change later, to
// another Lead. Where it is no Lead the field is left alone: nobody knows whether an earlier write filled it, or a person or a flow.
func (r *renderer) leadName() {
	field := r.l.LeadName
	known, ok := r.t.Object.Field(field)
	if field == "" || r.c.Who.Object != crm.Lead {
		return
	}
	name := clean.Text(line(r.c.Who.Name, r.c.PartyName), longest)
	switch _, filled := r.out.Fields[known.Name]; {
	case Reserved(field):
		r.problem(problem(field, "layout.reserved", "field", field))
	case !ok:
		r.problem(problem(field, "layout.no-such-field", "field", field, "object", r.t.Object.Name))
		if name != "" {
			r.put(ObjectField{Name: field, Type: "string"}, name)
		}
	case name != "":
		r.put(known, name)
	case !filled:
		r.empty(known, true)
	}
}

func (r *renderer) recordType() {
	if r.l.RecordType == "" {
		return
	}
	t, ok := r.t.Object.RecordType(r.l.RecordType)
	switch {
	case !ok:
		r.problem(problem("RecordTypeId", "layout.no-record-type", "name", r.l.RecordType, "object", r.t.Object.Name))
	case !t.Available:
		r.problem(problem("RecordTypeId", "layout.record-type-closed", "name", t.Name))
	case r.refused("RecordTypeId", t.ID):
		r.problem(r.t.Object.RecordTypeRefused(t.ID))
	default:
		if _, ok := r.writable("RecordTypeId"); ok {
			r.out.RecordType = t.ID
		}
	}
}

// required names the fields that the org requires and nobody fills.
func (r *renderer) required() {
	for _, f := range r.t.Object.Fields {
		_, own := r.t.Object.Own[f.Name]
		_, filled := r.out.Fields[f.Name]
		if f.Required && f.Createable && f.Type != "boolean" && !own && !filled {
			r.problem(problem(f.Name, "layout.required", "field", f.title()))
		}
	}
}

// description makes the lines. The notes give way first when they are too long for the record, since the journal has them.
func (r *renderer) description() {
	most := r.length("Description", descriptionLength)
	c := r.c
	c.Notes = clean.Text(c.Notes, 2*descriptionLength) // what is longer gets its mark below
	text := r.lines(c)
	n := Units(text)
	if n > most {
		p := problem("Description", "layout.too-long", "field", "Description", "length", n, "most", most)
		p.Cut = true
		r.problem(p)
		if over := n - most; c.Notes != "" {
			c.Notes = Truncate(c.Notes, max(1, Units(c.Notes)-over))
			text = r.lines(c)
		}
	}
	if Units(text) > most { // the notes are said more than once, or the lines themselves are that long
		text = Truncate(text, most)
		if r.t.Marker != "" && !strings.Contains(text, r.t.Marker) {
			text = Truncate(text, most-Units(r.t.Marker)-Units("\n")) + "\n" + r.t.Marker
		}
	}
	if m := r.t.Marker; m != "" && !strings.Contains(text, m) { // a layout may call something else "rest"
		text = strings.TrimLeft(Truncate(text, most-Units(m)-Units("\n"))+"\n"+m, "\n")
	}
	r.out.Description = text
}

// lines is the Description, however long.
func (r *renderer) lines(c Call) string {
	c.rest = strings.Join(append(slices.Clone(r.t.Rest), r.left...), "\n")
	var out []string
	gap := false
	for _, line := range r.l.Description {
		if line == (Line{}) {
			gap = len(out) > 0
			continue
		}
		text, said := r.l.say(line.Value, c)
		if !said || line.Key != "" && strings.TrimSpace(text) == "" || text == "" {
			continue
		}
		if line.Key != "" {
			text = line.Key + ": " + text
		}
		if gap {
			out, gap = append(out, ""), false
		}
		out = append(out, text)
	}
	if end := r.unsaid(); len(end) > 0 {
		if len(out) > 0 {
			out = append(out, "")
		}
		out = append(out, end...)
	}
	return strings.Join(out, "\n")
}

// unsaid are the lines that a layout without {rest} gets at the end.
func (r *renderer) unsaid() []string {
	for _, line := range r.l.Description {
		if slices.ContainsFunc(line.Value.Names(), func(n string) bool { return strings.EqualFold(n, restVariable) }) {
			return nil
		}
	}
	if r.t.Marker == "" {
		return r.left
	}
	return append(slices.Clone(r.left), r.t.Marker)
}
