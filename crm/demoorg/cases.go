package demoorg

import (
	"strings"
	"time"
)

// Case is a case of the org, for tests and the demo.
type Case struct {
	ID          string    `json:"id"`
	Number      string    `json:"number"`
	Subject     string    `json:"subject"`
	Description string    `json:"description,omitempty"`
	Status      string    `json:"status"`
	Origin      string    `json:"origin,omitempty"`
	ContactID   string    `json:"contactId,omitempty"`
	AccountID   string    `json:"accountId,omitempty"`
	RecordType  string    `json:"recordType,omitempty"` // its name
	OwnerID     string    `json:"ownerId"`
	CallKey     string    `json:"callKey,omitempty"` // the value of CallKeyField
	Created     time.Time `json:"created"`
	Modified    time.Time `json:"modified"`

	Values map[string]any `json:"values"` // of all fields, by API name
}

// Cases returns the cases, oldest first, without deleted ones.
func (o *Org) Cases() []Case {
	o.mu.Lock()
	defer o.mu.Unlock()
	var all []Case
	for _, r := range o.db.all(o.schema.object("Case"), false) {
		c := Case{
			ID: r.id, Number: r.text("CaseNumber"), Subject: r.text("Subject"), Description: r.text("Description"), Status: r.text("Status"),
			Origin: r.text("Origin"), ContactID: r.text("ContactId"), AccountID: r.text("AccountId"), RecordType: o.nameOf(r.get("RecordTypeId")),
			OwnerID: r.text("OwnerId"), CallKey: r.text(CallKeyField), Created: r.time("CreatedDate"), Modified: r.time("LastModifiedDate"),
			Values: map[string]any{},
		}
		for _, f := range r.object.fields {
			if v := r.get(f.name); v != nil {
				c.Values[f.name] = v
			}
		}
		all = append(all, c)
	}
	return all
}

// CasesFor returns the cases of one call, oldest first: those with callID in CallKeyField or in the description. There
// should be one.
func (o *Org) CasesFor(callID string) []Case {
	var all []Case
	for _, c := range o.Cases() {
		if c.CallKey == callID || strings.Contains(c.Description, callID) {
			all = append(all, c)
		}
	}
	return all
}
