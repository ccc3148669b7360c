package demoorg

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"linecard/crm/demoorg/soql"
)

// actor is the user who makes a change.
type actor struct {
	userID         string
	allowDuplicate bool // Sforce-Duplicate-Rule-Header: allowSave=true
}

// maintained refuses a write while the org is read-only.
func (o *Org) maintained() *apiError {
	if !o.rules.ReadOnly {
		return nil
	}
	return bad("INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", "Updates can't be made during maintenance.")
}

// insert creates a record from what a client sent, as far as the object and the admin's rules allow.
func (o *Org) insert(who actor, obj *object, input map[string]any) (*record, *apiError) {
	if err := o.maintained(); err != nil {
		return nil, err
	}
	if !o.mayCreate(obj) {
		return nil, refuse(http.StatusForbidden, "INSUFFICIENT_ACCESS",
			"insufficient access rights on object id, no create access to %s", obj.name)
	}
	if o.rules.StorageFull {
		return nil, bad("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded")
	}
	changes, err := o.accept(obj, input, true)
	if err != nil {
		return nil, err
	}
	r := &record{object: obj, values: map[string]any{}}
	r = r.with(o.presets(obj, who))
	r = r.with(changes)
	if missing := o.missing(r); missing != nil {
		return nil, bad("REQUIRED_FIELD_MISSING", "Required fields are missing: [%s]", strings.Join(missing, ", ")).on(missing...)
	}
	r.id = o.db.nextID(obj)
	r.values["Id"] = r.id
	return o.save(who, r, changes)
}

// update changes a record.
func (o *Org) update(who actor, r *record, input map[string]any) (*record, *apiError) {
	if err := o.maintained(); err != nil {
		return nil, err
	}
	if !o.mayEdit(r.object) {
		return nil, refuse(http.StatusForbidden, "INSUFFICIENT_ACCESS_OR_READONLY",
			"insufficient access rights on object id")
	}
	if r.deleted {
		return nil, refuse(http.StatusNotFound, "ENTITY_IS_DELETED", "entity is deleted")
	}
	changes, err := o.accept(r.object, input, false)
	if err != nil {
		return nil, err
	}
	next := r.with(changes)
	if missing := o.missing(next); missing != nil {
		return nil, bad("REQUIRED_FIELD_MISSING", "Required fields are missing: [%s]", strings.Join(missing, ", ")).on(missing...)
	}
	return o.save(who, next, changes)
}

// remove moves a record to the recycle bin.
func (o *Org) remove(who actor, r *record) *apiError {
	if err := o.maintained(); err != nil {
		return err
	}
	if !o.mayDelete(r.object) {
		return refuse(http.StatusForbidden, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
	}
	if r.deleted {
		return refuse(http.StatusNotFound, "ENTITY_IS_DELETED", "entity is deleted")
	}
	needs := ownsFile
	if r.object.name == documentLinkObject {
		needs = editsFile
	}
	if err := o.mayChangeFile(who, r, needs); err != nil {
		return err
	}
	o.bury(who, r)
	if r.object.name == documentObject {
		o.removeFile(who, r)
	}
	return nil
}

// bury moves a record to the recycle bin.
func (o *Org) bury(who actor, r *record) {
	gone := r.with(map[string]any{"IsDeleted": true})
	gone.deleted = true
	o.stamp(who, gone)
	o.db.put(gone, o.now())
}

// save does what every write does: it checks references, derives fields and applies the admin's rules.
func (o *Org) save(who actor, r *record, changes map[string]any) (*record, *apiError) {
	if err := o.checkReferences(r, changes); err != nil {
		return nil, err
	}
	if err := o.checkUnique(r, changes); err != nil {
		return nil, err
	}
	if err := o.changeFile(who, r, changes); err != nil {
		return nil, err
	}
	o.derive(r)
	if err := o.checkRules(r, who.allowDuplicate); err != nil {
		return nil, err
	}
	o.stamp(who, r)
	o.db.put(r, o.now())
	o.mirror(who, r, changes)
	return r, nil
}

// mirror writes what has changed of a person account into its contact: the two are one record.
func (o *Org) mirror(who actor, account *record, changes map[string]any) {
	contact := o.db.live(account.text("PersonContactId"))
	if contact == nil || account.object.name != "Account" {
		return
	}
	same := map[string]any{}
	for name, value := range changes {
		if f := contact.object.field(strings.TrimPrefix(name, "Person")); f != nil && f.name != name {
			same[f.name] = value
		}
	}
	if len(same) > 0 {
		contact = contact.with(same)
		o.stamp(who, contact)
		o.db.put(contact, o.now())
	}
}

// stamp sets the system fields. Salesforce stores whole seconds.
func (o *Org) stamp(who actor, r *record) {
	now := o.now().UTC().Truncate(time.Second)
	if r.values["CreatedDate"] == nil {
		r.values["CreatedDate"], r.values["CreatedById"], r.values["IsDeleted"] = now, who.userID, false
	}
	r.values["LastModifiedDate"], r.values["LastModifiedById"], r.values["SystemModstamp"] = now, who.userID, now
}

// presets returns the defaults of a new record.
func (o *Org) presets(obj *object, who actor) map[string]any {
	d := map[string]any{}
	for _, f := range obj.fields {
		switch {
		case f.kind == kBoolean:
			d[f.name] = false
		case f.name == "OwnerId":
			d[f.name] = who.userID
		case f.name == "RecordTypeId":
			if id := obj.defaultRecordType(); id != nil {
				d[f.name] = id
			}
		case f.name == "ShareType":
			d[f.name] = "V"
		case f.name == "TaskSubtype":
			d[f.name] = "Task"
		case f.kind == kPicklist && f.defaulted && len(f.choices) > 0:
			i := max(slices.IndexFunc(f.choices, func(c choice) bool { return c.isDefault }), 0)
			d[f.name] = f.choices[i].value
		}
	}
	if obj.name == "Case" {
		d["Priority"] = "Medium"
	}
	return d
}

func (o *Org) missing(r *record) []string {
	var names []string
	for _, f := range r.object.fields {
		if v := r.values[f.name]; o.fieldRequired(r.object, f) && (v == nil || v == "") {
			names = append(names, f.name)
		}
	}
	return names
}

// checkReferences checks the references that are being set.
func (o *Org) checkReferences(r *record, changes map[string]any) *apiError {
	for _, f := range r.object.fields {
		id, ok := changes[f.name].(string)
		if f.kind != kReference || !ok {
			continue
		}
		target := o.db.rows[id]
		switch {
		case o.schema.prefix[id[:3]] == nil || !slices.Contains(f.refs, o.schema.prefix[id[:3]].name):
			return bad("FIELD_INTEGRITY_EXCEPTION", "%s: id value of incorrect type: %s", f.label, id).on(f.name)
		case target == nil:
			return bad("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
		case f.name == "RecordTypeId" && o.checkRecordType(r.object, id) != nil:
			return o.checkRecordType(r.object, id)
		case target.deleted:
			return bad("ENTITY_IS_DELETED", "entity is deleted")
		case f.name == "OwnerId" && !target.flag("IsActive"):
			return bad("OPERATION_WITH_INVALID_USER_TYPE_EXCEPTION", "User is inactive: %s", id).on("OwnerId")
		case r.object.name == "Task" && target.flag("IsConverted"):
			return bad("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
		}
	}
	if r.object.name == "Task" && r.get("WhatId") != nil && strings.HasPrefix(r.text("WhoId"), "00Q") {
		return bad("FIELD_INTEGRITY_EXCEPTION", "Related To ID: a task whose name is a lead cannot be related to another record").
			on("WhatId")
	}
	return nil
}

// checkUnique refuses a value that another record already has in a field marked Unique.
func (o *Org) checkUnique(r *record, changes map[string]any) *apiError {
	for _, f := range r.object.fields {
		v, ok := changes[f.name].(string)
		if !f.unique || !ok {
			continue
		}
		for _, other := range o.db.rowsByKey(r.object, f.name, v, false) {
			if other.id != r.id && strings.EqualFold(other.text(f.name), v) {
				return bad("DUPLICATE_VALUE", "duplicate value found: %s duplicates value on record with id: %s", f.name, other.id)
			}
		}
	}
	return nil
}

// derive sets the fields that Salesforce derives.
func (o *Org) derive(r *record) {
	set := func(name string, v any) {
		if v == nil || v == "" {
			delete(r.values, name)
		} else {
			r.values[name] = v
		}
	}
	switch r.object.name {
	case "Contact", "Lead":
		set("Name", strings.TrimSpace(r.text("FirstName")+" "+r.text("LastName")))
	case "Account":
		if r.flag("IsPersonAccount") {
			set("Name", strings.TrimSpace(r.text("FirstName")+" "+r.text("LastName")))
		}
	case "Opportunity":
		for _, s := range stages {
			if s.name == r.text("StageName") {
				set("Probability", s.probability)
				r.values["IsClosed"], r.values["IsWon"] = s.closed, s.won
			}
		}
	case "Case":
		if r.get("CaseNumber") == nil {
			set("CaseNumber", caseNumber(o.db.serial["500"]))
		}
		if c := o.db.live(r.get("ContactId")); c != nil && r.get("AccountId") == nil {
			set("AccountId", c.get("AccountId"))
		}
		o.close(r, "ClosedDate")
	case "Task":
		o.close(r, "CompletedDateTime")
		r.values["IsHighPriority"] = r.text("Priority") == "High"
		set("AccountId", o.taskAccount(r))
		o.noteActivity(r)
	}
}

// close keeps IsClosed and its time consistent with the status.
func (o *Org) close(r *record, when string) {
	status := r.object.field("Status")
	i := slices.IndexFunc(status.choices, func(c choice) bool { return c.value == r.text("Status") })
	closed := i >= 0 && status.choices[i].isClosed
	r.values["IsClosed"] = closed
	if !closed {
		delete(r.values, when)
	} else if r.get(when) == nil {
		r.values[when] = o.now().UTC().Truncate(time.Second)
	}
}

// noteActivity keeps the day of the last activity of whoever a task is about. It is no change of that record.
func (o *Org) noteActivity(task *record) {
	day, ok := task.get("ActivityDate").(soql.Date)
	if !ok {
		return
	}
	for _, id := range []any{task.get("WhoId"), task.get("WhatId"), task.get("AccountId")} {
		r := o.db.live(id)
		if r == nil || r.object.field("LastActivityDate") == nil {
			continue
		}
		if last, _ := r.get("LastActivityDate").(soql.Date); last < day {
			o.db.put(r.with(map[string]any{"LastActivityDate": day}), o.now())
		}
	}
}

// taskAccount returns the account of a task's what, or else of its who.
func (o *Org) taskAccount(r *record) any {
	if what := o.db.live(r.get("WhatId")); what != nil {
		if what.object.name == "Account" {
			return what.id
		}
		if a := what.get("AccountId"); a != nil {
			return a
		}
	}
	if whom := o.db.live(r.get("WhoId")); whom != nil && whom.object.name == "Contact" {
		return whom.get("AccountId")
	}
	return nil
}

// date returns the date of t as the value of a date field.
func date(t time.Time) soql.Date { return soql.Date(t.Format(time.DateOnly)) }
