package app

import (
	"context"
	"errors"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
)

// Where orgs are searched together the agent may pick a record of another org than the call's. The call goes there with it: while it goes on
// the desk moves it, and after its end the journal does, as long as its log has not gone out. A call of which a rule makes a record stays in
// the org of that one.

// madeInOrg says why a call is not given to another org: a rule makes a record of it in its own.
const madeInOrg fault.Code = "desk.made-in-org"

// Pick says which of several matches the caller is; it is remembered for the number. A record without an org is one of any.
func (d *Desk) Pick(id string, record crm.Ref) error {
	return d.on(id, ErrNoCall, anyCall, func(id string) error {
		c, _ := d.View().call(id)
		m, err := oneOf(c.Lookup.Matches, record)
		switch {
		case err != nil:
			return err
		case !ofAnother(m.Ref, c.Org):
		case over(c):
			return d.pickElsewhere(id, m)
		case d.now.Load().stays(id):
			return fault.Err(nil, madeInOrg)
		}
		d.post(recordPicked{d.stamp(), id, m.Ref})
		return nil
	})
}

// oneOf is the match that is a record.
func oneOf(matches []crm.Match, record crm.Ref) (found crm.Match, err error) {
	for _, m := range matches {
		switch {
		case !m.Is(record):
		case !found.IsZero():
			return crm.Match{}, fault.Err(nil, "desk.record-of-several")
		default:
			found = m
		}
	}
	if found.IsZero() {
		return crm.Match{}, fault.Err(nil, "desk.not-a-match")
	}
	return found, nil
}

// ofAnother reports whether a record is of another org than the one with an id.
func ofAnother(r crm.Ref, org string) bool { return r.Org != "" && org != "" && r.Org != org }

// pickElsewhere gives a call that has ended to the org of the record that was picked, behind all that was told before. On a full disk the
// journal keeps that in memory, and it holds all the same.
func (d *Desk) pickElsewhere(id string, m crm.Match) error {
	to := d.now.Load().linkOrOrg(m.Org)
	err := d.inDiskLane(d.ctx, func(ctx context.Context) error {
		return d.cfg.Journal.PointIn(ctx, id, m.Record, to.org, to.user)
	})
	if err != nil && !journal.Kept(err) {
		return notThere(err)
	}
	d.post(pickedElsewhere{recordPicked{d.stamp(), id, m.Ref}, m, to})
	d.writer.hurry()
	return nil
}

// notThere turns what the journal says of a call that should go to another org into the fault that the agent is told.
func notThere(err error) error {
	if errors.Is(err, journal.ErrState) && !errors.Is(err, journal.ErrMade) {
		return fault.Err(nil, "desk.logged-there")
	}
	return refusal(err)
}
