package demoorg

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"
)

// What an admin or another user does to the org while a client works: new Task statuses, a merge, a converted lead.

// TaskStatus is a value of Task.Status.
type TaskStatus struct {
	Name    string `json:"name"`
	Closed  bool   `json:"closed,omitempty"`
	Default bool   `json:"default,omitempty"`
}

// SetTaskStatuses replaces the values of Task.Status, also in the describe and in TaskStatus. Existing tasks keep
// theirs.
func (o *Org) SetTaskStatuses(all ...TaskStatus) {
	o.mu.Lock()
	defer o.mu.Unlock()
	status := o.schema.object("Task").field("Status")
	status.choices = nil
	table := o.schema.object("TaskStatus")
	for _, r := range o.db.all(table, false) {
		gone := r.with(map[string]any{"IsDeleted": true})
		gone.deleted = true
		o.db.put(gone, o.now())
	}
	for i, s := range all {
		status.choices = append(status.choices, choice{value: s.Name, isClosed: s.Closed, isDefault: s.Default})
		o.row("TaskStatus", o.now(), map[string]any{
			"MasterLabel": s.Name, "ApiName": s.Name, "SortOrder": float64(i + 1), "IsClosed": s.Closed, "IsDefault": s.Default,
		})
	}
	o.rulesChanged = o.now()
}

// TaskStatusesOf returns the values that an org has that was created in a language: "en", "de", "es" or "ja".
func TaskStatusesOf(language string) []TaskStatus {
	var all []TaskStatus
	for i, name := range statusesOf(language) {
		all = append(all, TaskStatus{Name: name, Closed: i == closedStatus, Default: i == 0})
	}
	return all
}

// SetIndexLag says how long from now on a change takes until SOSL finds it; SOQL finds it at once.
func (o *Org) SetIndexLag(lag time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.index.lag = lag
}

// Merge merges a contact, account or lead into another one of its object, as a user does it: the loser is deleted and
// names the survivor in MasterRecordId, and its tasks become the survivor's.
func (o *Org) Merge(survivor, loser string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	to, from := o.db.find(survivor), o.db.find(loser)
	if to == nil || from == nil || to.object != from.object || from.object.field("MasterRecordId") == nil || to.id == from.id || from.deleted {
		return errors.New("no two records of one object that can be merged")
	}
	gone := from.with(map[string]any{"IsDeleted": true, "MasterRecordId": to.id})
	gone.deleted = true
	o.putBy(gone)
	o.putBy(to.with(nil))
	o.repoint(from.id, map[string]any{"WhoId": to.id, "WhatId": to.id})
	return nil
}

// ConvertLead converts a lead into a new contact of a new account, and returns the id of the contact. The lead's tasks
// become the contact's.
func (o *Org) ConvertLead(id string) (contact string, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	lead := o.db.live(id)
	if lead == nil || lead.object.name != "Lead" || lead.flag("IsConverted") {
		return "", fmt.Errorf("no open lead %q", id)
	}
	account := o.row("Account", o.now(), map[string]any{"Name": lead.text("Company")})
	c := o.row("Contact", o.now(), map[string]any{
		"FirstName": lead.get("FirstName"), "LastName": lead.get("LastName"), "AccountId": account.id,
		"Phone": lead.get("Phone"), "MobilePhone": lead.get("MobilePhone"), "Email": lead.get("Email"),
	})
	o.putBy(lead.with(map[string]any{
		"IsConverted": true, "Status": "Closed - Converted", "ConvertedContactId": c.id, "ConvertedAccountId": account.id,
	}))
	o.repoint(lead.id, map[string]any{"WhoId": c.id})
	return c.id, nil
}

// Delete moves a record to the recycle bin, as another user does it.
func (o *Org) Delete(id string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	r := o.db.live(id)
	if r == nil {
		return fmt.Errorf("no record %q", id)
	}
	first := actor{userID: o.db.tables["User"][0]}
	o.bury(first, r)
	if r.object.name == documentObject {
		o.removeFile(first, r)
	}
	return nil
}

// Create makes a record, as another user does it, and returns its id. The values are as in the JSON of a request.
func (o *Org) Create(object string, fields map[string]any) (id string, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	obj := o.schema.object(object)
	if obj == nil {
		return "", fmt.Errorf("no object %q", object)
	}
	r, refusal := o.insert(actor{userID: o.db.tables["User"][0], allowDuplicate: true}, obj, fields)
	if refusal != nil {
		return "", fmt.Errorf("%s: %s", refusal.code, refusal.message)
	}
	return r.id, nil
}

// Value is what a field of a record holds, as the JSON of an answer has it; nil for nothing.
func (o *Org) Value(id, field string) any {
	o.mu.Lock()
	defer o.mu.Unlock()
	return jsonValue(o.db.live(id).get(field))
}

// Change changes fields of a record, as another user does it; nil clears one.
func (o *Org) Change(id string, fields map[string]any) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	r := o.db.live(id)
	if r == nil {
		return fmt.Errorf("no record %q", id)
	}
	r = r.with(fields)
	o.derive(r)
	o.putBy(r)
	return nil
}

// SetAdministrator gives a user the profile of an administrator, or takes it. It fails when there is no such user.
func (o *Org) SetAdministrator(username string, administrator bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	u := o.findUser(username)
	if u == nil {
		return fmt.Errorf("demo org: no user %q", username)
	}
	for _, p := range o.db.all(o.schema.object("Profile"), false) {
		if p.flag("PermissionsModifyAllData") == administrator {
			o.db.put(u.with(map[string]any{"ProfileId": p.id}), o.now())
		}
	}
	return nil
}

// putBy stores a record that the first user has changed.
func (o *Org) putBy(r *record) {
	o.stamp(actor{userID: o.db.tables["User"][0]}, r)
	o.db.put(r, o.now())
}

// repoint changes the tasks that refer to a record.
func (o *Org) repoint(from string, to map[string]any) {
	for _, t := range o.db.all(o.schema.object("Task"), false) {
		changes := maps.Clone(to)
		for f := range to {
			if t.text(f) != from {
				delete(changes, f)
			}
		}
		if len(changes) > 0 {
			o.db.put(t.with(changes), o.now())
		}
	}
}

// refusesUser returns why the org refuses a user everything, or nil.
func (o *Org) refusesUser() *apiError {
	switch {
	case o.rules.APIDisabled:
		return refuse(http.StatusForbidden, "API_DISABLED_FOR_ORG", "API is not enabled for this Organization or Partner")
	case o.rules.PasswordExpired:
		return refuse(http.StatusForbidden, "INVALID_OPERATION_WITH_EXPIRED_PASSWORD",
			"The users password has expired, you must call SetPassword before attempting any other API operations")
	case o.rules.SessionRefused:
		return refuse(http.StatusUnauthorized, "INVALID_SESSION_ID", "This session is not valid for use with the REST API")
	}
	return nil
}
