package salesforce

import (
	"strings"
	"time"

	"linecard/clean"
	"linecard/crm"
)

// Lengths of the fields of Task in every org; a describe may give less.
const (
	subjectLength     = 255
	descriptionLength = 32000
)

// truncated marks the end of a text that was too long. The journal keeps the whole text.
const truncated = " […]"

// task builds the fields of a Task from an activity, as far as this org lets this user write them.
type task struct {
	object  *object
	refused func(field, value string) bool // whether the org has refused a value, or the field when value is ""
	update  bool                           // the Task exists and is changed
	fields  map[string]any
	details []string // "Key: value" lines for values without a field
}

// writable reports whether the org accepts field name from this user. The fields of a call are missing in the describe
// of some orgs, and any field may be hidden or read-only; the org refuses the whole log when such a field is named.
func (t *task) writable(name string) (field, bool) {
	f, ok := t.object.field(name)
	if !ok || t.refused(name, "") || (t.update && !f.Updateable) || (!t.update && !f.Createable) {
		return f, false
	}
	return f, true
}

// set writes a field and reports whether the org accepts it.
func (t *task) set(name string, value any) bool {
	f, ok := t.writable(name)
	if !ok {
		return false
	}
	if s, isText := value.(string); isText {
		if !f.takes(s) && name != "Status" || t.refused(name, s) { // of the statuses TaskStatus tells more
			return false
		}
		value = truncate(s, f.Length)
	}
	t.fields[name] = value
	return true
}

// setOrDescribe writes a field, or a line of the description when the org does not accept the field.
func (t *task) setOrDescribe(name, key, value string, typed any) {
	if value != "" && !t.set(name, typed) {
		t.line(key, value)
	}
}

func (t *task) line(key, value string) {
	if value != "" {
		t.details = append(t.details, key+": "+clean.Line(value))
	}
}

// taskFields returns the fields to send for a. closed is the status that means done; "" leaves it to the org.
func (c *Client) taskFields(o *object, a crm.Activity, closed string, update bool) map[string]any {
	t := &task{object: o, update: update, refused: c.schema.refusesWrite, fields: map[string]any{}}
	t.set("Subject", truncate(clean.Short(a.SubjectLine(), descriptionLength), subjectLength))
	if closed != "" { // an empty status would be refused
		t.set("Status", closed)
	}
	// "Task due date only, do not adjust for time zones" (object reference, Task): the date at the agent's place.
	t.set("ActivityDate", a.Started.In(c.cfg.Location).Format(time.DateOnly))
	t.set("TaskSubtype", "Call")
	t.setOrDescribe("CallType", "Direction", string(a.Direction), string(a.Direction))
	talked := a.Duration().Truncate(time.Second) // as the window and the history show it
	t.setOrDescribe("CallDurationInSeconds", "Duration", talked.String(), int(talked/time.Second))
	t.setOrDescribe("CallDisposition", "Call Result", callResult(a), callResult(a))
	if _, ok := t.writable("CallDisposition"); ok && update && callResult(a) == "" {
		t.fields["CallDisposition"] = nil // the agent removed an earlier choice
	}
	key, keyed := o.field(callKeyField)
	keyed = keyed && key.Createable
	if keyed && !update && a.CallID != "" {
		t.set(callKeyField, a.CallID)
	}
	if a.CallID != "" && !t.set("CallObject", a.CallID) && !keyed {
		t.line(callLine, a.CallID)
	}
	t.relate(a)
	t.line("Number", a.Number)
	t.line("Called", a.Called)
	t.line("Earlier", a.Earlier)
	if a.Override != "" {
		t.line("Do Not Call", "called anyway: "+a.Override)
	}
	if a.Cut {
		t.line("End", "not known, Linecard ended during the call")
	}
	if a.Disposition != "" {
		t.line("Outcome", outcomeLabel(a.Outcome)) // the field holds the agent's own result
	}
	t.set("Description", t.description(a.Notes))
	return t.fields
}

// callResult returns the agent's own result, or else the outcome of a call that was not answered. An answered call
// without the agent's result has none, so that a rule of the org that requires one takes effect.
func callResult(a crm.Activity) string {
	if a.Disposition == "" && a.Outcome != crm.Answered {
		return outcomeLabel(a.Outcome)
	}
	return a.Disposition
}

// callLine is the key of the line that holds the call's id where the org has no field for it.
const callLine = "Call Id"

// relate sets WhoId and WhatId. A Lead is set alone: Salesforce refuses a Task with both a Lead and a WhatId
// (FIELD_INTEGRITY_EXCEPTION). An Account is a WhatId; AccountId is read-only and derived. A Contact implies its
// account.
func (t *task) relate(a crm.Activity) {
	who, what := a.Who, a.What
	if who.Object == crm.Account || (who.Object != "" && who.Object != crm.Contact && who.Object != crm.Lead) {
		who, what = crm.Ref{}, orRef(what, who)
	}
	if who.Object == crm.Lead && !what.IsZero() {
		t.line("Related To", what.Name)
		what = crm.Ref{}
	}
	t.refer("WhoId", "Name", who)
	t.refer("WhatId", "Related To", what)
}

func (t *task) refer(name, key string, r crm.Ref) {
	if !r.IsZero() {
		t.setOrDescribe(name, key, orElse(r.Name, r.ID), r.ID)
		return
	}
	if t.update {
		if _, ok := t.writable(name); ok {
			t.fields[name] = nil // the agent removed an earlier choice
		}
	}
}

func orRef(a, b crm.Ref) crm.Ref {
	if a.IsZero() {
		return b
	}
	return a
}

// description puts the agent's notes first, complete if possible, and the details below them.
func (t *task) description(notes string) string {
	details := strings.Join(t.details, "\n")
	notes = clean.Text(notes, 2*descriptionLength) // what is longer gets its mark below
	if notes == "" || details == "" {
		return truncate(notes+details, descriptionLength)
	}
	details = "\n\n" + details
	return truncate(notes, descriptionLength-units(details)) + details
}

// truncate shortens s to n characters as Salesforce counts them, with a mark, and returns it unchanged when n is 0.
func truncate(s string, n int) string {
	if n <= 0 || units(s) <= n {
		return s
	}
	mark := truncated
	if n < 2*len(truncated) {
		mark = ""
	}
	room := n - units(mark)
	for i, r := range s {
		if room -= runeUnits(r); room < 0 {
			return s[:i] + mark
		}
	}
	return s
}

// units is the length of s as Salesforce counts it.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += runeUnits(r)
	}
	return n
}

// runeUnits is how much of a field's length a character takes: two for a surrogate pair in UTF-16, such as an emoji
// (help article 005166849), and two for the end of a line, which a long text stores as CR LF (believed for texts sent
// by API).
func runeUnits(r rune) int {
	if r > 0xFFFF || r == '\n' {
		return 2
	}
	return 1
}

func outcomeLabel(o crm.Outcome) string {
	if o == "" {
		return ""
	}
	return strings.ToUpper(string(o[:1])) + string(o[1:])
}

// soqlString quotes s for SOQL.
func soqlString(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`).Replace(s) + "'"
}

// soqlTime formats a date-time literal.
func soqlTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
