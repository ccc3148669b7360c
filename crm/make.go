package crm

import (
	"context"
	"errors"

	"linecard/fault"
)

// Maker makes records of calls for rules that want that: the Lead, Contact or Case that Activity.Make names. Errors are
// *Error. It says nothing about how often: whoever calls it sees to that, as for a Task.
type Maker interface {
	// Make makes the record. An error of class Ambiguous means that it may exist or may still be made.
	Make(ctx context.Context, a Activity) (Record, error)
	// FindMade returns the records of that object that were made of the call, each with its User, and, of people, those that have
	// lately been made with its number by others, without one; the oldest first.
	FindMade(ctx context.Context, a Activity) ([]Record, error)
	// Unmake deletes a record that was made, unless somebody has worked on it since: that is an error of class Rejected. One
	// that is gone already is no error.
	Unmake(ctx context.Context, ref Ref) error
}

// makerFor returns the link of a user of an org that makes records.
func (o *Orgs) makerFor(org, user string) (Maker, error) {
	c, err := o.clientFor(org, user)
	if err != nil {
		return nil, err
	}
	if m, ok := c.(Maker); ok {
		return m, nil
	}
	return nil, &Error{Class: ClassRejected, Fault: fault.New("salesforce.no-make"), Err: errors.New("the client makes no records")}
}

// Make makes the record that a rule wants of a call, in the org and as the user that the call belongs to.
func (o *Orgs) Make(ctx context.Context, a Activity) (Record, error) {
	m, err := o.makerFor(a.Org, a.User)
	if err != nil {
		return Record{}, err
	}
	return m.Make(ctx, a)
}

// FindMade returns the records that were made of a call, the oldest first.
func (o *Orgs) FindMade(ctx context.Context, a Activity) ([]Record, error) {
	m, err := o.makerFor(a.Org, a.User)
	if err != nil {
		return nil, err
	}
	return m.FindMade(ctx, a)
}

// Unmake deletes a record that was made of a call, in the record's own org.
func (o *Orgs) Unmake(ctx context.Context, ref Ref) error {
	m, err := o.makerFor(ref.Org, ref.User)
	if err != nil && ref.User != "" {
		m, err = o.makerFor(ref.Org, "")
	}
	if err != nil {
		return err
	}
	return m.Unmake(ctx, ref)
}

var _ Maker = (*Orgs)(nil)
