package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
)

// How often, and at which pauses, a look is made again that the org refuses.
const (
	mostLooks = 24
	lookPause = time.Hour
)

// look asks the org once more what it has of a call, and deletes what it should not have: all of it where the call is not to
// be logged, and all but one where more than one attempt has arrived.
func (s *sender) look(e journal.Entry) {
	w, j := s.w, s.w.d.cfg.Journal
	ctx := context.WithoutCancel(w.ctx)
	unwanted := e.State == journal.Discarded || w.unwanted(ctx, e.ID)
	now := w.d.cfg.Clock.Now()
	// Of what was under way when the org was asked, its answer says nothing, though it may have ended before that came.
	settles := map[string]time.Time{e.ID: w.settlesAt(e.ID), makingOf(e.ID): w.settlesAt(makingOf(e.ID))}
	if unwanted && s.lacking(e) { // the link wakes it
		w.note(j.LookAgain(ctx, e.ID, now.Add(lookPause)))
		return
	}
	found, missing, err := s.find(e.Activity)
	if refusesToSay(err) { // a right may be given back: what is there once too often stays otherwise
		if s.looks[e.ID]++; s.looks[e.ID] < mostLooks {
			w.d.cfg.Log.Warn("surplus tasks not looked for", "call", e.ID, "err", cause(err))
			w.note(j.LookAgain(ctx, e.ID, now.Add(lookPause)))
			return
		}
		if !unwanted {
			w.d.Notice(fault.New("desk.not-looked", "why", fault.Of(err)))
		}
	}
	delete(s.looks, e.ID)
	if err == nil {
		if !unwanted && len(found) > 0 {
			found, err = s.withOwn(found, e.Task)
		}
		surplus := extra(found, e.Task)
		if unwanted {
			surplus = found
			if !e.Task.IsZero() && !contains(found, e.Task) { // the org's search is behind
				surplus = append(surplus, e.Task)
			}
		}
		if err == nil {
			err = s.delete(e, surplus)
		}
		// An earlier upsert may have put back what the agent had typed by then. What the org refuses to change waits for a person.
		if late := e.Keyed && len(found) > 0; err == nil && !unwanted && e.State != journal.Parked && (late || len(surplus) > 0) {
			err = s.update(e, e.Activity)
		}
		if err == nil && unwanted {
			err = s.unmake(ctx, e, !now.Before(settles[makingOf(e.ID)]))
		}
	}
	var ce *crm.Error
	switch {
	case err == nil:
	case errors.As(err, &ce) && parks(ce.Class):
		w.d.cfg.Log.Warn("task not deleted", "call", e.ID, "err", cause(err))
		if unwanted {
			w.d.Notice(fault.New("desk.not-deleted"))
		}
	default:
		w.d.cfg.Log.Warn("surplus tasks not looked for", "call", e.ID, "err", cause(err))
		w.note(j.LookAgain(ctx, e.ID, w.d.cfg.Clock.Now().Add(pause(3, ce))))
		return
	}
	if unwanted && missing { // what another user may have written is for that one to tell
		s.lack(e)
		w.note(j.LookAgain(ctx, e.ID, w.d.cfg.Clock.Now().Add(lookPause)))
		return
	}
	for id, unsettled := range map[string]bool{e.ID: e.Late(), makingOf(e.ID): unwanted && e.Made.IsZero() && !e.Making.IsZero()} {
		at := settles[id]
		if later := w.settlesAt(id); later.After(at) {
			at = later
		}
		if unsettled && now.Before(at) { // an attempt may still arrive
			w.note(j.LookAgain(ctx, e.ID, now.Add(at.Sub(now))))
			return
		}
	}
	if unwanted && err == nil {
		if e.State == journal.Done {
			w.note(j.TakenBack(ctx, e.ID))
		}
		w.d.moved(e.ID, logStanding{state: LogSkipped})
	}
	w.settled(e.ID)
	delete(s.lacks, e.ID)
	w.note(j.Looked(ctx, e.ID))
}

// withOwn adds the Task that the journal points at to those that were found of a call, if the org has it: a search may be behind, or
// somebody has taken the call's id out of it.
func (s *sender) withOwn(found []crm.Ref, own crm.Ref) ([]crm.Ref, error) {
	if own.IsZero() || contains(found, own) {
		return found, nil
	}
	is, err := s.w.d.cfg.Logbook.Follow(s.w.ctx, own)
	if err != nil || is.ID != own.ID {
		return found, err
	}
	return append(slices.Clone(found), own), nil
}

func contains(all []crm.Ref, one crm.Ref) bool {
	return slices.ContainsFunc(all, func(r crm.Ref) bool { return r.ID == one.ID })
}

// extra are the Tasks of a call beside the one that stays: the one the journal points at or, where the org has that no
// more, the oldest.
func extra(found []crm.Ref, stays crm.Ref) []crm.Ref {
	i := slices.IndexFunc(found, func(r crm.Ref) bool { return r.ID == stays.ID })
	if len(found) == 0 {
		return nil
	}
	return slices.Delete(slices.Clone(found), max(0, i), max(0, i)+1)
}

func (s *sender) delete(e journal.Entry, tasks []crm.Ref) error {
	for _, t := range tasks {
		if err := s.w.d.cfg.Logbook.Delete(s.w.ctx, t); err != nil {
			return err
		}
		s.w.d.cfg.Log.Warn("task deleted", "call", e.ID, "task", t.ID)
	}
	return nil
}
