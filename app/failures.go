package app

import (
	"errors"

	"linecard/crm"
)

// Failure is something that an org did not do for the desk.
type Failure string

// The failures.
const (
	LookupFailure  Failure = "lookup"  // it did not say who a caller is, or what stands beside the record
	LoggingFailure Failure = "logging" // it did not take a call, which waits and is tried again
	RefusalFailure Failure = "refused" // it refused a call, which waits for a person
	RecordFailure  Failure = "record"  // it refused a record that a rule wants made of a call, which is logged without
)

// failed tells of a failure; user is whose call it was, "" for none. What waits for a link that is not there has not failed.
func (d *Desk) failed(what Failure, org, user, account string, err error) {
	var ce *crm.Error
	if d.cfg.Failed == nil || errors.As(err, &ce) && ce.Class == crm.ClassNotLinked || d.ctx.Err() != nil {
		return
	}
	d.cfg.Failed(what, org, user, account, err)
}

// took tells that an org has taken a call of a user.
func (d *Desk) took(org, user string) {
	if d.cfg.Logged != nil {
		d.cfg.Logged(org, user)
	}
}
