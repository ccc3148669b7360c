package app

import (
	"errors"
	"time"

	"linecard/app/journal"
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

// Bounds of checks that the org refuses: what it refuses for so long, and after so many attempts, it will refuse again.
const (
	checkedFor = 24 * time.Hour
	mostChecks = 5
)

// unchecked is the error of a check whether an entry has arrived. It is asked again; where the org has refused that for a day, a person
// has to look, for nothing is created while it is not known.
func (s *sender) unchecked(e journal.Entry, err error) error {
	if now := s.w.d.cfg.Clock.Now(); refusesToSay(err) && e.Attempts >= mostChecks && !e.Begun.IsZero() && now.Sub(e.Begun) > checkedFor {
		return &crm.Error{Class: crm.ClassRejected, Fault: fault.New("desk.not-checked", "why", fault.Of(err)), Err: err}
	}
	return harmless(err)
}

func unwritable(err error) error {
	return &crm.Error{Class: crm.ClassTransient, Fault: fault.New("desk.journal-unwritable"), Err: err}
}
