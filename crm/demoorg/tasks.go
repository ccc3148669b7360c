package demoorg

import (
	"time"

	"linecard/crm/demoorg/soql"
)

// Task is a task of the org, for tests and the demo.
type Task struct {
	ID           string    `json:"id"`
	Subject      string    `json:"subject"`
	Description  string    `json:"description,omitempty"`
	Status       string    `json:"status"`
	Closed       bool      `json:"closed"`
	WhoID        string    `json:"whoId,omitempty"`
	WhoName      string    `json:"whoName,omitempty"`
	WhatID       string    `json:"whatId,omitempty"`
	AccountID    string    `json:"accountId,omitempty"`
	OwnerID      string    `json:"ownerId"`
	CreatedByID  string    `json:"createdById"`
	ActivityDate string    `json:"activityDate,omitempty"` // yyyy-mm-dd
	CallType     string    `json:"callType,omitempty"`
	Duration     int       `json:"duration"` // in seconds
	Disposition  string    `json:"disposition,omitempty"`
	CallObject   string    `json:"callObject,omitempty"`
	CallKey      string    `json:"callKey,omitempty"` // the value of CallKeyField
	Created      time.Time `json:"created"`
	Modified     time.Time `json:"modified"`
}

// Tasks returns the tasks, oldest first, without deleted ones.
func (o *Org) Tasks() []Task {
	o.mu.Lock()
	defer o.mu.Unlock()
	var ts []Task
	for _, r := range o.db.all(o.schema.object("Task"), false) {
		day, _ := r.get("ActivityDate").(soql.Date)
		seconds, _ := r.get("CallDurationInSeconds").(float64)
		ts = append(ts, Task{
			ID: r.id, Subject: r.text("Subject"), Description: r.text("Description"), Status: r.text("Status"),
			Closed: r.flag("IsClosed"), WhoID: r.text("WhoId"), WhoName: o.nameOf(r.get("WhoId")), WhatID: r.text("WhatId"),
			AccountID: r.text("AccountId"), OwnerID: r.text("OwnerId"), ActivityDate: string(day), CallType: r.text("CallType"),
			Duration: int(seconds), Disposition: r.text("CallDisposition"), CallObject: r.text("CallObject"),
			CallKey: r.text(CallKeyField), CreatedByID: r.text("CreatedById"),
			Created: r.time("CreatedDate"), Modified: r.time("LastModifiedDate"),
		})
	}
	return ts
}

// TasksFor returns the tasks of one call, oldest first: those whose CallObject or CallKeyField is callID. There should
// be one.
func (o *Org) TasksFor(callID string) []Task {
	var ts []Task
	for _, t := range o.Tasks() {
		if t.CallObject == callID || t.CallKey == callID {
			ts = append(ts, t)
		}
	}
	return ts
}

// nameOf returns the name of the referenced record, or "" when there is none.
func (o *Org) nameOf(id any) string {
	r := o.db.live(id)
	if r == nil {
		return ""
	}
	if f := r.object.nameField(); f != nil {
		return r.text(f.name)
	}
	return ""
}
