package app

import (
	"context"
	"errors"
	"strings"

	"linecard/crm"
	"linecard/fault"
)

// isGone reports whether the org refused an activity because a record it is about is not there any more.
func isGone(err error) bool {
	var ce *crm.Error
	return errors.As(err, &ce) && ce.Class == crm.ClassGone
}

// successor is who takes the place of a record that is gone; nobody with to nil.
type successor struct {
	from crm.Ref
	to   *crm.Match
}

// follow points an activity that is being sent at what has become of its records: the survivor of a merge, the contact of
// a converted lead. Where the org names none, the number is looked up again, and where that finds nobody for sure, the
// call is logged without a record, and the agent is told. There is no successor when all records are still there.
func (s *sender) follow(id, org string, a crm.Activity) (crm.Activity, []successor, error) {
	var successors []successor
	for _, ref := range []crm.Ref{a.Who, a.What} {
		if ref.IsZero() {
			continue
		}
		rec, err := s.w.d.cfg.Logbook.Follow(s.w.ctx, ref)
		switch {
		case err != nil:
			return a, nil, harmless(err)
		case rec.ID == ref.ID:
			continue
		case !rec.IsZero():
			successors = append(successors, successor{ref, &crm.Match{Record: rec}})
			continue
		}
		h := successor{from: ref}
		if ref == a.Who || isParty(a, ref) {
			if h.to, err = s.lookedUp(org, a, ref); err != nil {
				return a, nil, harmless(err)
			}
		}
		successors = append(successors, h)
	}
	if len(successors) == 0 {
		return a, nil, nil
	}
	amended, err := s.w.d.cfg.Journal.Amend(s.w.ctx, id, func(a crm.Activity) crm.Activity { return inherit(a, successors) })
	if err != nil {
		return a, nil, unwritable(err)
	}
	for _, h := range successors {
		s.w.d.cfg.Log.Warn("record gone", "call", id, "record", h.from.ID, "object", h.from.Object, "followed", h.to != nil)
		if h.to == nil {
			s.w.d.Notice(fault.New("desk.record-gone", "name", h.from.Name))
		}
		if h.from == a.Who {
			s.w.d.disk.Put(reidentify{id, h})
		}
		s.w.d.post(inherited{s.w.d.stamp(), id, h})
	}
	return amended, successors, nil
}

// isParty reports whether what an activity is about is the caller.
func isParty(a crm.Activity, what crm.Ref) bool {
	return a.Who.IsZero() && (what.Object == crm.Account || strings.HasSuffix(what.Object, "__c"))
}

// lookedUp asks the org again who an activity was with; nil when that is not certain, or only the record that is gone.
func (s *sender) lookedUp(org string, a crm.Activity, gone crm.Ref) (*crm.Match, error) {
	d := s.w.d
	n := crm.ParseNumber(a.Number, d.plan(a.Account))
	if !n.Public() {
		return nil, nil
	}
	r, err := d.cfg.Directory.Lookup(s.w.ctx, org, n)
	if err != nil {
		return nil, err
	}
	m := d.now.Load().card(org, r, d.choice(org, r.Number)).Record
	if m == nil || m.ID == gone.ID {
		return nil, nil
	}
	return m, nil
}

// inherit puts the successors in the places of the records that are gone, unless the agent has chosen another since.
func inherit(a crm.Activity, successors []successor) crm.Activity {
	for _, h := range successors {
		var who, what crm.Ref
		if h.to != nil {
			who, what = crm.Target(h.to.Record)
		}
		switch {
		case a.Who.Is(h.from):
			a.Who = who
			if !what.IsZero() && a.What.IsZero() {
				a.What = what
			}
			if h.to != nil {
				a.PartyName, a.Company = h.to.Name, h.to.Company
			}
		case a.What.Is(h.from):
			if h.to != nil && isParty(a, h.from) {
				a.PartyName, a.Company = h.to.Name, h.to.Company
			}
			a.What = what
			if !who.IsZero() && a.Who.IsZero() {
				a.Who = who
			}
		}
	}
	return a
}

// reidentify notes in the history who a call is with now that its record is gone.
type reidentify struct {
	id        string
	successor successor
}

func (f reidentify) write(ctx context.Context, d *Desk) error {
	row, err := d.cfg.Journal.Call(ctx, f.id)
	if err != nil || !row.Who.Is(f.successor.from) { // another was picked since
		return err
	}
	d.stale = true
	if f.successor.to == nil {
		return d.cfg.Journal.Identify(ctx, f.id, row.Name, row.Company, crm.Ref{}, "")
	}
	return d.identifyPast(ctx, f.id, f.successor.to.Record)
}

// inherited is the news that a record of a call is gone, and what has taken its place.
type inherited struct {
	stamp
	id string
	successor
}

// next shows a call that is still on the desk with the record that is there now, so that nothing is written to the one
// that is gone.
func (e inherited) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, []effect{readHistory{}}
	}
	c := s.calls[i]
	if c.form.what.Is(e.from) {
		c.form.what = crm.Ref{}
		if e.to != nil {
			c.form.what = e.to.Ref
		}
	}
	if r := c.lookup.Record; r != nil && r.Is(e.from) {
		c.lookup = LookupView{State: LookupNoMatch}
		if e.to != nil {
			c.lookup = LookupView{State: LookupOne, Record: e.to, Matches: []crm.Match{*e.to}}
		}
		c.asked = true
	}
	return s.with(i, c), []effect{readHistory{}}
}
