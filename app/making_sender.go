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

// withRecord is the activity about the record that a rule wants made of its call: it is made now, if that has not been done. An
// error leaves the call for later. A record that the org refuses costs the call nothing but the record.
func (s *sender) withRecord(ctx context.Context, e journal.Entry, a crm.Activity) (crm.Activity, *crm.Match, error) {
	d := s.w.d
	switch {
	case !wantsRecord(a) || d.cfg.Maker == nil:
		return a, nil, nil
	case !e.Made.IsZero():
		return s.aboutMade(ctx, e, a), nil, nil
	case e.Kind == journal.Update: // it was written without
		return a, nil, nil
	}
	who, err := s.makeRecord(ctx, e, a)
	var ce *crm.Error
	switch {
	case err == nil && who == nil:
		return a, nil, nil
	case err == nil:
	case errors.As(err, &ce) && parks(ce.Class):
		d.cfg.Log.Warn("record refused", "call", e.ID, "object", a.Make, "err", cause(err))
		d.failed(RecordFailure, e.Org, e.User, e.Account, err)
		d.Notice(fault.New("desk.record-refused", "object", a.Make, "why", ce.Fault))
		a, err = d.cfg.Journal.Amend(s.w.ctx, e.ID, func(a crm.Activity) crm.Activity {
			a.Make = ""
			return a
		})
		if err != nil {
			return a, nil, unwritable(err)
		}
		return a, nil, nil
	default:
		return a, nil, err
	}
	a, err = d.cfg.Journal.Amend(s.w.ctx, e.ID, func(a crm.Activity) crm.Activity {
		switch {
		case !a.Who.IsZero() || !a.What.IsZero(): // the agent may have said in the meantime who it was
		case who.Object == crm.Case:
			a = aboutMade(a, who.Ref)
		default:
			a = pointAt(a, *who)
		}
		return a
	})
	if err != nil {
		return a, nil, unwritable(err)
	}
	if who.Object == crm.Case {
		who = nil
	}
	return a, who, nil
}

// aboutMade points an activity at the record that was made of its call, unless it is about another by now.
func aboutMade(a crm.Activity, r crm.Ref) crm.Activity {
	if a.Who.IsZero() && a.What.IsZero() {
		r.User = ""
		a.Who, a.What = crm.Target(crm.Record{Ref: r})
	}
	return a
}

// aboutMade is the activity about the record that was made of its call before, with what the history has of that.
func (s *sender) aboutMade(ctx context.Context, e journal.Entry, a crm.Activity) crm.Activity {
	about := aboutMade(a, e.Made)
	if row, err := s.w.d.cfg.Journal.Call(ctx, e.ID); err == nil && (about.Who.Is(e.Made) || about.What.Is(e.Made)) && row.Who.Is(e.Made) {
		about.PartyName, about.Company = cmp.Or(row.Name, about.PartyName), row.Company
	}
	return about
}

// makeRecord makes the record of a call, once, and returns it: or the one that the org turns out to have for the number, or nil
// where it has several.
func (s *sender) makeRecord(ctx context.Context, e journal.Entry, a crm.Activity) (*crm.Match, error) {
	d := s.w.d
	asked := d.cfg.Clock.Now()
	found, missing, err := s.foundMade(a)
	switch {
	case err != nil:
		return nil, s.untold(e, a, err)
	case missing && !e.Making.IsZero():
		return nil, errMayBeAnothers
	}
	delete(s.looks, makingOf(e.ID))
	switch settles := s.w.settlesAt(makingOf(e.ID)); {
	case found != nil && found.User != "":
		d.made(ctx, e.ID, a, *found, s.numberOf(e))
		return &crm.Match{Record: *found}, nil
	case !e.Making.IsZero() && asked.Before(settles):
		return nil, &notYet{asked.Add(min(checkPause, settles.Sub(asked)))}
	case found != nil:
		d.disk.Put(identify{e.ID, crm.Match{Record: *found}})
		return &crm.Match{Record: *found}, nil
	}
	if who, some, err := s.typedIn(e, a); some || err != nil {
		return who, err
	}
	now := d.cfg.Clock.Now()
	if err := d.cfg.Journal.Making(ctx, e.ID, now); err != nil {
		if errors.Is(err, journal.ErrState) { // "don't log", this moment: the end of the attempt obeys
			return nil, &notYet{now}
		}
		return nil, unwritable(err)
	}
	s.w.attempted(makingOf(e.ID), now)
	rec, err := d.cfg.Maker.Make(s.w.leaving(s.w.ctx, makingOf(e.ID)), a)
	switch {
	case err == nil:
		d.made(ctx, e.ID, a, rec, s.numberOf(e))
		return &crm.Match{Record: rec}, nil
	case mayHaveArrived(err):
		d.cfg.Log.Warn("record may have been made", "call", e.ID, "err", cause(err))
		return nil, &notYet{now.Add(checkPause)}
	}
	d.note(d.cfg.Journal.NotMade(ctx, e.ID))
	return nil, err
}

// untold is the error of a question whether a record was made of a call. It is asked again; where the org has refused to say for a day, the
// record is given up, for none is made while it is not known whether it is there.
func (s *sender) untold(e journal.Entry, a crm.Activity, err error) error {
	if !refusesToSay(err) {
		return harmless(err)
	}
	since := a.Ended
	if e.Making.After(since) {
		since = e.Making
	}
	id := makingOf(e.ID)
	if s.looks[id]++; s.looks[id] < mostChecks || s.w.d.cfg.Clock.Now().Sub(since) <= checkedFor {
		return harmless(err)
	}
	delete(s.looks, id)
	return &crm.Error{Class: crm.ClassRejected, Fault: fault.New("desk.record-not-checked", "why", fault.Of(err)), Err: err}
}

// typedIn looks whether somebody has typed the caller in since the org was asked; nil with some where it has several.
func (s *sender) typedIn(e journal.Entry, a crm.Activity) (who *crm.Match, some bool, err error) {
	d := s.w.d
	n := s.numberOf(e)
	if a.Make == crm.Case || !n.Public() {
		return nil, false, nil
	}
	r, err := d.cfg.Directory.Lookup(crm.ForCall(s.w.ctx, e.ID), e.Org, n)
	if err != nil {
		return nil, false, harmless(err)
	}
	if who = d.now.Load().card(e.Org, r, d.choice(e.Org, n)).Record; who != nil {
		d.disk.Put(identify{e.ID, *who})
	}
	return who, len(r.Matches) > 0, nil
}

// unmake takes the record back that a rule had made of a call that must not be logged. It reports whether that is settled; one
// that somebody has worked on stays, and the agent is told. Where an attempt may still arrive, it is not settled: the look is made again.
func (s *sender) unmake(ctx context.Context, e journal.Entry, settled bool) error {
	d := s.w.d
	if d.cfg.Maker == nil || e.Made.IsZero() && e.Making.IsZero() {
		return nil
	}
	refs := []crm.Ref{e.Made}
	if e.Made.IsZero() && e.Activity.Make != "" {
		refs = nil
		missing, err := s.asAll(e.Activity, func(a crm.Activity) (bool, error) {
			found, err := d.cfg.Maker.FindMade(s.w.ctx, a)
			for _, r := range found {
				if r.User != "" && !contains(refs, r.Ref) { // a colleague's stays
					refs = append(refs, r.Ref)
				}
			}
			return false, err
		})
		if err != nil || missing && len(refs) == 0 { // the look is made again
			return err
		}
	}
	for _, ref := range slices.DeleteFunc(refs, crm.Ref.IsZero) {
		err := d.cfg.Maker.Unmake(s.w.ctx, ref)
		var ce *crm.Error
		switch {
		case err == nil:
			d.cfg.Log.Warn("record deleted", "call", e.ID, "record", ref.ID)
		case errors.As(err, &ce) && parks(ce.Class):
			d.Notice(fault.New("desk.record-stays", "object", ref.Object, "name", ref.Name, "why", ce.Fault))
		default:
			return err
		}
	}
	if e.Made.IsZero() && !settled {
		return nil
	}
	return d.cfg.Journal.Unmade(ctx, e.ID)
}
