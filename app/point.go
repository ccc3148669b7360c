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
// the text. The org is asked each time.
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
	if text != "" {
		records, err := d.FindPeople(ctx, row.Org, text)
		for _, r := range records {
			found = append(found, crm.Match{Record: r})
		}
		return found, err
	}
	n := d.numberOf(row)
	if !n.Public() {
		return nil, nil
	}
	r, err := d.lookUp(ctx, row.Org, n)
	return r.Matches, err
}

// numberOf is the number of a past call's other party; that of nobody where it was withheld.
func (d *Desk) numberOf(row journal.Row) crm.Number {
	if row.Withheld {
		return crm.Number{Withheld: true}
	}
	return crm.ParseNumber(cmp.Or(row.Dial, row.Number), d.plan(row.Account))
}

// PointAt says that a past call was with the record that has the id, one of those that [Desk.WhoElse] returns for text; "" is
// nobody. It asks the org, and writes the disk. A record with the call's number is remembered for it, in place of one that was
// picked before; that one is not remembered either when it was somebody else, or nobody.
func (d *Desk) PointAt(ctx context.Context, id, record, text string) error {
	row, err := d.cfg.Journal.Call(ctx, id)
	if err != nil {
		return pastCall(err)
	}
	var to *crm.Record
	var learned effect = unpick{row.Org, d.numberOf(row)}
	if record != "" {
		found, err := d.mayBe(ctx, row, text)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(found, func(m crm.Match) bool { return m.ID == record })
		if i < 0 {
			return fault.Err(nil, "desk.not-a-match")
		}
		to = &found[i].Record
		if text == "" {
			learned = remember{row.Org, d.numberOf(row), found[i]}
		}
	}
	if err := d.inDiskLane(ctx, func(ctx context.Context) error { return d.cfg.Journal.Point(ctx, id, to) }); err != nil {
		return pastCall(err)
	}
	learned.to(d)
	d.post(pointed{d.stamp(), id, to})
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
}

func (e pointed) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, []effect{readHistory{}}
	}
	c := s.calls[i]
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
