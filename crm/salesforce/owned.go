package salesforce

import (
	"errors"

	"linecard/crm"
	"linecard/fault"
)

// own has a user other than the one who writes own the record that is made of a. Where this user may not choose the owner,
// or a names no user, nothing is written: the record would silently be somebody else's.
func own(o *object, a crm.Activity, fields map[string]any) error {
	if a.Owner == "" || crm.SameID(a.Owner, a.User) {
		return nil
	}
	if !recordID.MatchString(a.Owner) {
		return &crm.Error{Class: crm.ClassRejected, Code: "MALFORMED_ID", Err: errors.New("the owner is no id"), Fault: fault.New("owners.unknown", "name", a.Owner)}
	}
	if f, ok := o.field("OwnerId"); !ok || !f.Createable {
		return &crm.Error{Class: crm.ClassRejected, Code: "OwnerId", Err: errors.New("owner field is not createable"), Fault: fault.New("salesforce.owner-fixed")}
	}
	fields["OwnerId"] = a.Owner
	return nil
}
