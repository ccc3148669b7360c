package app

import (
	"errors"

	"linecard/crm"
	"linecard/fault"
)

// What an error means for the log that is being written.

// parks reports whether a person has to look at what the org refuses.
func parks(c crm.Class) bool {
	return c == crm.ClassRejected || c == crm.ClassPermission || c == crm.ClassGone
}

// harmless is an error of a question: it wrote nothing, however it ended, and a question that is refused says nothing against the
// call. It is asked again.
func harmless(err error) error {
	var ce *crm.Error
	if !errors.As(err, &ce) {
		return &crm.Error{Class: crm.ClassTransient, Fault: fault.New(unreachable), Err: err}
	}
	if ce.Class == crm.ClassAmbiguous || parks(ce.Class) {
		lower := *ce
		lower.Class = crm.ClassTransient
		return &lower
	}
	return err
}

func unwritable(err error) error {
	return &crm.Error{Class: crm.ClassTransient, Fault: fault.New("desk.journal-unwritable"), Err: err}
}
