package app

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
)

// A past call may have been shown, and logged, with the wrong person. The agent points it at another record, or at nobody,
// however long ago it was: what waits or was refused goes out with that, and a Task that was written is changed.

// WhoElse returns the records that a past call may have been with: those that have its number or, with text, those that fit
// the text. The org is asked each time; where orgs are searched together all are, and each record says its org.
func (d *Desk) WhoElse(ctx context.Context, id, text string) ([]crm.Record, error) {
	row, err := d.cfg.Journal.Call(ctx, id)
	if err != nil {
		return nil, pastCall(err)
	}
	found, err := d.mayBe(ctx, row, text)
	records := make([]crm.Record, 0, len(found))
	for _, m := range found {
		records = append(records, m.Record)
	}
	return records, err
}

// mayBe are the records that a past call may have been with. Those that are found by text say nothing of a number.
func (d *Desk) mayBe(ctx context.Context, row journal.Row, text string) (found []crm.Match, err error) {
	orgs := d.orgsOfPast(row)
	if text != "" {
		records, err := d.findIn(ctx, orgs, text)
		for _, r := range records {
			found = append(found, crm.Match{Record: r})
		}
		return found, err
	}
	n := d.numberOf(row)
	if !n.Public() {
		return nil, nil
	}
	r, _, err := d.lookUpIn(ctx, orgs, n)
	return r.Matches, err
}

// orgsOfPast are the orgs that know whom a past call may have been with, its own first.
func (d *Desk) orgsOfPast(row journal.Row) []string {
	s := d.now.Load()
	c := ofRow(row, d.numberOf(row))
	if !s.together(&c) {
		return []string{row.Org}
	}
	orgs := s.orgsFor(&c, true)
	return slices.DeleteFunc(orgs, func(org string) bool { return org != row.Org && !answers(s.linkOf(org)) })
}

// numberOf is the number of a past call's other party; that of nobody where it was withheld.
func (d *Desk) numberOf(row journal.Row) crm.Number {
	if row.Withheld {
		return crm.Number{Withheld: true}
	}
	return crm.ParseNumber(cmp.Or(row.Dial, row.Number), d.plan(row.Account))
}

// PointAt says that a past call was with a record, one of those that [Desk.WhoElse] returns for text; the zero Ref is nobody. It asks the
// org, and writes the disk. One of another org takes the call there, as long as its log has not gone out. A record with the call's number is
// remembered for it, in place of one that was picked before; that one is not remembered either when it was somebody else, or nobody.
func (d *Desk) PointAt(ctx context.Context, id string, record crm.Ref, text string) error {
	row, err := d.cfg.Journal.Call(ctx, id)
	if err != nil {
		return pastCall(err)
	}
	var to *crm.Record
	var in link
	n := d.numberOf(row)
	point := func(ctx context.Context) error { return d.cfg.Journal.Point(ctx, id, to) }
	orgs := d.orgsOfPast(row)
	learned := []effect{unpick{row.Org, n}}
	if !record.IsZero() {
		found, err := d.mayBe(ctx, row, text)
		if err != nil {
			return err
		}
		m, err := oneOf(found, record)
		if err != nil {
			return err
		}
		to = &m.Record
		if ofAnother(m.Ref, row.Org) {
			in = d.now.Load().linkOrOrg(m.Org)
			point = func(ctx context.Context) error { return d.cfg.Journal.PointIn(ctx, id, m.Record, in.org, in.user) }
		}
		if text == "" {
			org := cmp.Or(m.Org, row.Org)
			learned = []effect{remember{org, n, m}}
			for _, other := range orgs {
				if other != org {
					learned = append(learned, unpick{other, n})
				}
			}
		}
	}
	err = d.inDiskLane(ctx, point)
	switch {
	case err == nil || journal.Kept(err): // on a full disk it is in memory, and holds
	case in != (link{}) && !errors.Is(err, journal.ErrUnknown):
		return notThere(err)
	default:
		return pastCall(err)
	}
	for _, f := range learned {
		f.to(d)
	}
	d.post(pointed{d.stamp(), id, to, in})
	if in != (link{}) {
		d.writer.hurry()
	}
	return nil
}

// pastCall turns what the journal says of a past call into the fault that the agent is told.
func pastCall(err error) error {
	switch {
	case errors.Is(err, journal.ErrUnknown):
		return ErrNoSuchCall
	case errors.Is(err, journal.ErrState):
		return fault.Err(nil, "desk.not-to-point")
	}
	return err
}

// pointed: the agent said who a call was with that has ended. It may still be in wrap-up.
type pointed struct {
	stamp
	id string
	to *crm.Record
	in link // the call went there with the record; the zero link where it stays
}

func (e pointed) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, []effect{readHistory{}}
	}
	c := s.calls[i]
	if e.in != (link{}) {
		c = c.movedTo(e.in)
	}
	c.asked, c.form.what, c.lookup = true, crm.Ref{}, LookupView{State: LookupNoMatch}
	c.unsure, c.create = false, "" // the agent has said who it was, or that it was nobody: no rule looks again
	if e.to != nil {
		m := crm.Match{Record: *e.to}
		c.lookup = LookupView{State: LookupOne, Record: &m, Matches: []crm.Match{m}, Chosen: true}
	}
	line := c.says("picked", e.at())
	s = s.with(i, c)
	out := []effect{say{line}, readHistory{}}
	if c = s.calls[i]; c.word != crm.DontLog { // what was typed while the record was looked for is on disk with the one before
		out = append(out, writeDraft{c.id, c.activity(), c.form.until})
	}
	return s, out
}
