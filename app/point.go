package app

import (
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
	if text != "" {
		return d.FindPeople(ctx, row.Org, text)
	}
	number := row.Dial
	if number == "" {
		number = row.Number
	}
	n := crm.ParseNumber(number, d.plan(row.Account))
	if row.Withheld || !n.Public() {
		return nil, nil
	}
	found, err := d.lookUp(ctx, row.Org, n)
	records := make([]crm.Record, 0, len(found.Matches))
	for _, m := range found.Matches {
		records = append(records, m.Record)
	}
	return records, err
}

// PointAt says that a past call was with the record that has the id, one of those that [Desk.WhoElse] returns for text; "" is
// nobody. It asks the org, and writes the disk.
func (d *Desk) PointAt(ctx context.Context, id, record, text string) error {
	var to *crm.Record
	if record != "" {
		records, err := d.WhoElse(ctx, id, text)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(records, func(r crm.Record) bool { return r.ID == record })
		if i < 0 {
			return fault.Err(nil, "desk.not-a-match")
		}
		to = &records[i]
	}
	if err := d.cfg.Journal.Point(ctx, id, to); err != nil {
		return pastCall(err)
	}
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
	if e.to != nil {
		m := crm.Match{Record: *e.to}
		c.lookup = LookupView{State: LookupOne, Record: &m, Matches: []crm.Match{m}, Chosen: true}
	}
	line := c.says("picked", e.at())
	return s.with(i, c), []effect{say{line}, readHistory{}}
}
