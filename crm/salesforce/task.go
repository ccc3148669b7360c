package salesforce

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"linecard/crm"
)

// Lengths Salesforce gives to every org's Task; a describe may say less.
const (
	subjectLength     = 255
	descriptionLength = 32000
)

// truncated ends a text that did not fit. The whole text stays in the journal.
const truncated = " […]"

// task makes the fields of a Task of an activity, as far as this org lets this user write them.
type task struct {
	object  *object
	update  bool // written into a Task that exists
	fields  map[string]any
	details []string // "Key: value" lines for what found no field
}

// may reports whether the org takes field name from this user. The fields of a call are missing from the describe of
// some orgs, and any field may be hidden or read-only; naming one all the same makes the org refuse the whole log.
func (t *task) may(name string) (field, bool) {
	f, ok := t.object.field(name)
	if !ok || (t.update && !f.Updateable) || (!t.update && !f.Createable) {
		return f, false
	}
	return f, true
}

// set writes a field and reports whether the org takes it.
func (t *task) set(name string, value any) bool {
	f, ok := t.may(name)
	if !ok {
		return false
	}
	if s, isText := value.(string); isText {
		if !f.takes(s) {
			return false
		}
		value = fit(s, f.Length)
	}
	t.fields[name] = value
	return true
}

// tell writes a field, or a line of the description when the org does not take it.
func (t *task) tell(name, key, value string, typed any) {
	if value != "" && !t.set(name, typed) {
		t.line(key, value)
	}
}

func (t *task) line(key, value string) {
	if value != "" {
		t.details = append(t.details, key+": "+value)
	}
}

// taskFields returns what to send for a. closed is the status that means done.
func (c *Client) taskFields(o *object, a crm.Activity, closed string, update bool) map[string]any {
	t := &task{object: o, update: update, fields: map[string]any{}}
	t.set("Subject", fit(a.SubjectLine(), subjectLength))
	if closed != "" { // an empty one would be refused, none at all is the org's default
		t.set("Status", closed)
	}
	// "Task due date only, do not adjust for time zones" (object reference, Task): the day it was where the agent sits.
	t.set("ActivityDate", a.Started.In(c.cfg.Location).Format(time.DateOnly))
	t.set("TaskSubtype", "Call")
	t.tell("CallType", "Direction", string(a.Direction), string(a.Direction))
	talked := a.Duration().Truncate(time.Second) // as the window and the history show it
	t.tell("CallDurationInSeconds", "Duration", talked.String(), int(talked/time.Second))
	t.tell("CallDisposition", "Call Result", callResult(a), callResult(a))
	if _, ok := t.may("CallDisposition"); ok && update && callResult(a) == "" {
		t.fields["CallDisposition"] = nil // what was chosen before and taken back
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
	if a.Disposition != "" {
		t.line("Outcome", outcomeLabel(a.Outcome)) // the field holds what the agent said of it
	}
	t.set("Description", t.description(a.Notes))
	return t.fields
}

// callResult is what the call came to: what the agent says of it, else how it failed to be a talk. A talk of which the agent
// says nothing has no result, so that a rule of the org that asks for one is heard.
func callResult(a crm.Activity) string {
	if a.Disposition == "" && a.Outcome != crm.Answered {
		return outcomeLabel(a.Outcome)
	}
	return a.Disposition
}

// callLine names the line that holds the call's id where the org has no field for it.
const callLine = "Call Id"

// relate sets WhoId and WhatId. A Lead stands alone: Salesforce refuses a Task with both a Lead and a WhatId
// (FIELD_INTEGRITY_EXCEPTION). An Account is a WhatId; AccountId is read-only and derived. A Contact brings its account
// by itself.
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
		t.tell(name, key, orElse(r.Name, r.ID), r.ID)
		return
	}
	if t.update {
		if _, ok := t.may(name); ok {
			t.fields[name] = nil // what was chosen before and taken back
		}
	}
}

func orRef(a, b crm.Ref) crm.Ref {
	if a.IsZero() {
		return b
	}
	return a
}

// description puts the agent's notes first, whole if at all possible, and the details below.
func (t *task) description(notes string) string {
	details := strings.Join(t.details, "\n")
	notes = strings.TrimSpace(notes)
	if notes == "" || details == "" {
		return fit(notes+details, descriptionLength)
	}
	details = "\n\n" + details
	return fit(notes, descriptionLength-units(details)) + details
}

// fit cuts s to n characters as Salesforce counts them, marked, and leaves it alone when n is 0.
func fit(s string, n int) string {
	if n <= 0 || units(s) <= n {
		return s
	}
	mark := truncated
	if n < 2*len(truncated) {
		mark = ""
	}
	room := n - units(mark)
	for i, r := range s {
		if room -= cost(r); room < 0 {
			return s[:i] + mark
		}
	}
	return s
}

// units is the length of s as Salesforce counts it.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += cost(r)
	}
	return n
}

// cost is what a character takes of a field's length: two when it is a surrogate pair in UTF-16, as an emoji is (help
// article 005166849), and two for the end of a line, which a long text keeps as CR LF (believed of texts sent by API).
func cost(r rune) int {
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

// closedStatus returns the Task status to give a call that is over. An org names its statuses as it likes and in its own
// language, so it is asked which of them are closed. (Column names of TaskStatus believed.)
func (c *Client) closedStatus(ctx context.Context) (string, error) {
	c.schema.mu.Lock()
	known := c.schema.closed
	c.schema.mu.Unlock()
	if known != "" {
		return known, nil
	}
	var page struct {
		Records []taskStatus `json:"records"`
	}
	soql := "SELECT ApiName, MasterLabel, IsClosed, IsDefault FROM TaskStatus ORDER BY SortOrder"
	_, err := c.do(ctx, c.get("/query", url.Values{"q": {soql}}, c.cfg.WriteTimeout), &page)
	if class := classOf(err); err != nil && class != crm.ClassRejected && class != crm.ClassPermission {
		return "", err
	}
	closed := chooseClosed(page.Records)
	if closed == "" {
		if closed, err = c.pickedStatus(ctx); err != nil {
			return "", err
		}
	}
	c.schema.mu.Lock()
	c.schema.closed = closed
	c.schema.mu.Unlock()
	return closed, nil
}

type taskStatus struct {
	APIName             string `json:"ApiName"`
	MasterLabel         string
	IsClosed, IsDefault bool
}

// chooseClosed prefers the status every org starts with, then a default one, then the first.
func chooseClosed(all []taskStatus) string {
	all = slices.DeleteFunc(all, func(s taskStatus) bool { return !s.IsClosed || s.APIName+s.MasterLabel == "" })
	if len(all) == 0 {
		return ""
	}
	best := all[0]
	for _, s := range all {
		if s.APIName == "Completed" {
			best = s
			break
		}
		if s.IsDefault && !best.IsDefault {
			best = s
		}
	}
	return orElse(best.APIName, best.MasterLabel)
}

// pickedStatus is for an org that does not show TaskStatus: "Completed" where the field has it, otherwise none, which
// leaves the org's default.
func (c *Client) pickedStatus(ctx context.Context) (string, error) {
	o, err := c.describe(ctx, crm.Task)
	if err != nil || o == nil {
		return "", err
	}
	if f, ok := o.field("Status"); ok && slices.ContainsFunc(f.Values, func(v pickValue) bool { return v.Active && v.Value == "Completed" }) {
		return "Completed", nil
	}
	return "", nil
}

// soqlString quotes s for SOQL.
func soqlString(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`).Replace(s) + "'"
}

// soqlTime writes a date-time literal.
func soqlTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
