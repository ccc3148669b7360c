package salesforce

import (
	"maps"
	"slices"
	"strings"
	"time"

	"linecard/clean"
	"linecard/crm"
	"linecard/crm/layout"
)

// task builds the fields of a Task or a Case from an activity, as far as this org lets this user write them.
type task struct {
	object  *object
	refused func(field, value string) bool // whether the org has refused a value, or the field when value is ""
	update  bool                           // the Task exists and is changed
	fields  map[string]any
	details []string // "Key: value" lines for values without a field
	marker  string   // the one of them by which the record is found again
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
		value = layout.Truncate(s, f.Length)
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

// recordFields returns the fields to send for a, as its layout says. closed is the status of a Task that means done; ""
// leaves it to the org.
func (c *Client) recordFields(o *object, a crm.Activity, closed string, update bool) map[string]any {
	return c.laidOut(c.layoutOf(a), o, a, closed, update)
}

// laidOut is recordFields with a layout.
func (c *Client) laidOut(l layout.Layout, o *object, a crm.Activity, closed string, update bool) map[string]any {
	t := c.ownFields(o, a, closed, update)
	r := l.Render(t.target(), layout.Call{Activity: a, Location: c.cfg.Location})
	if !update || o.Name != crm.Case || a.Subject != "" { // people give a Case another subject
		t.set("Subject", r.Subject)
	}
	t.set("Description", r.Description)
	maps.Copy(t.fields, r.Fields)
	if r.RecordType != "" {
		t.fields[recordTypeField] = r.RecordType
	}
	return t.fields
}

// ownFields are the fields that Linecard writes by itself, whatever the layout says.
func (c *Client) ownFields(o *object, a crm.Activity, closed string, update bool) *task {
	t := &task{object: o, update: update, refused: c.schema.refusesWrite(o.Name), fields: map[string]any{}}
	if o.Name == crm.Case {
		t.aboutCase(a)
		return t
	}
	if closed != "" { // an empty status would be refused
		t.set("Status", closed)
	}
	// "Task due date only, do not adjust for time zones" (object reference, Task): the date at the agent's place.
	t.set("ActivityDate", a.Started.In(c.cfg.Location).Format(time.DateOnly))
	t.set("TaskSubtype", "Call")
	t.setOrDescribe("CallType", "Direction", string(a.Direction), string(a.Direction))
	talked := a.Duration().Truncate(time.Second) // as the window and the history show it
	t.setOrDescribe("CallDurationInSeconds", "Duration", talked.String(), int(talked/time.Second))
	result := layout.Call{Activity: a}.Result()
	t.setOrDescribe("CallDisposition", "Call Result", result, result)
	if _, ok := t.writable("CallDisposition"); ok && update && result == "" {
		t.fields["CallDisposition"] = nil // the agent removed an earlier choice
	}
	keyed := t.key(a)
	if a.CallID != "" && !t.set("CallObject", a.CallID) && !keyed {
		t.mark(a)
	}
	t.relate(a)
	return t
}

// key writes the call's id into the field for it, and reports whether the org has that field and takes it.
func (t *task) key(a crm.Activity) bool {
	key, keyed := t.object.field(callKeyField)
	keyed = keyed && key.Createable && !t.refused(callKeyField, "")
	if keyed && !t.update && a.CallID != "" {
		t.set(callKeyField, a.CallID)
	}
	return keyed
}

// mark writes the call's id into the description, where the org has no field for it.
func (t *task) mark(a crm.Activity) {
	t.line(callLine, a.CallID)
	t.marker = callLine + ": " + a.CallID
}

// target is what the layout is rendered for.
func (t *task) target() layout.Target {
	return layout.Target{Object: t.object.laid, Update: t.update, Refused: t.refused, Rest: t.details, Marker: t.marker}
}

// aboutCase relates a Case and writes the call's id. A Case has no field of a call, and cannot refer to a Lead.
func (t *task) aboutCase(a crm.Activity) {
	if a.CallID != "" && !t.key(a) {
		t.mark(a)
	}
	who, what := a.Who, a.What
	if who.Object != crm.Contact && who.Object != crm.Lead {
		who, what = crm.Ref{}, orRef(what, who)
	}
	if who.Object == crm.Lead {
		t.line("Lead", orElse(who.Name, who.ID))
		who = crm.Ref{}
	}
	account, parent := crm.Ref{}, crm.Ref{}
	switch what.Object {
	case crm.Account:
		account = what
	case crm.Case:
		parent = what
	default:
		t.line("Related To", what.Name)
	}
	t.refer("ContactId", "Name", who)
	if !account.IsZero() || who.IsZero() { // the account of a Contact is derived
		t.refer("AccountId", "Account", account)
	}
	t.refer("ParentId", "Related To", parent)
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
	if !what.IsZero() && !t.takes("WhatId", what.Object) { // the object has no activities
		t.line("Related To", orElse(what.Name, what.ID))
		what = crm.Ref{}
	}
	t.refer("WhoId", "Name", who)
	t.refer("WhatId", "Related To", what)
}

// takes reports whether a reference may point to an object. Where the org does not say, it may.
func (t *task) takes(name, object string) bool {
	f, ok := t.object.field(name)
	return !ok || len(f.Refers) == 0 || slices.Contains(f.Refers, object)
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

// soqlString quotes s for SOQL.
func soqlString(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`).Replace(s) + "'"
}

// soqlTime formats a date-time literal.
func soqlTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
