package app

import (
	"context"
	"slices"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
)

// maxBatch is how many calls go to an org in one request.
const maxBatch = 200

// sendDue sends what is due: one call by itself, and what an outage has left in one request, so that it takes neither
// minutes nor the org's quota.
func (s *sender) sendDue(e journal.Entry, now time.Time) (wait time.Duration) {
	if !s.joins(e) {
		defer delete(s.alone, e.ID)
		return s.send(e)
	}
	more, err := s.w.d.cfg.Journal.AlsoDue(s.w.ctx, e, now, maxBatch-1)
	s.w.note(err)
	more = slices.DeleteFunc(more, func(e journal.Entry) bool { return !s.joins(e) })
	if len(more) == 0 {
		return s.send(e)
	}
	s.sendBatch(append([]journal.Entry{e}, more...))
	return 0
}

// joins reports whether an entry may be sent together with others: a Task to be made, of a user who is known, and nobody else has to be asked
// about it. A Case goes by itself: it has a request of its own, whose end must not be taken for that of the others.
func (s *sender) joins(e journal.Entry) bool {
	return e.Kind == journal.Create && e.Activity.WrittenAs() == crm.Task && e.User != "" && !s.alone[e.ID] && !asksOthers(e)
}

// outgoing is an entry on its way to the batch.
type outgoing struct {
	journal.Entry
	who   *crm.Match
	asked bool // the org was asked since it was begun
}

// sendBatch makes one attempt for each of several entries: what may have arrived is looked for with one question, and what
// must be made is sent in one request. The rule of the writer holds for each entry by itself: each is marked on disk before
// the request goes out, and when its answer is lost each of them may have arrived.
func (s *sender) sendBatch(entries []journal.Entry) {
	w, ctx := s.w, s.lasting()
	var going []outgoing
	for _, e := range entries {
		e, ok := s.begin(ctx, e)
		switch {
		case !ok:
		case e.Org != entries[0].Org || e.User != entries[0].User || asksOthers(e): // given to another user this moment
			s.alone[e.ID] = true
			w.note(w.d.cfg.Journal.Retry(ctx, e.ID, w.d.cfg.Clock.Now(), fault.Fault{}, false))
		default:
			going = append(going, outgoing{Entry: e})
		}
	}
	passes := slices.ContainsFunc(going, func(o outgoing) bool { return o.Doubtful() || s.w.d.unidentified(o.Activity) })
	going = s.checkAll(ctx, going)
	going = s.ownAll(ctx, s.recordAll(ctx, s.identifyAll(ctx, going)))
	now := w.d.cfg.Clock.Now()
	var all []crm.Activity
	var ids []string
	going = slices.DeleteFunc(going, func(o outgoing) bool {
		upsert, err := s.goesOut(ctx, o.Entry, o.asked || passes, now)
		if err != nil {
			s.finish(ctx, o.Entry, crm.Logged{}, nil, err)
			return true
		}
		a := o.Activity
		a.Upsert = upsert
		all, ids = append(all, a), append(ids, o.ID)
		return false
	})
	if len(going) == 0 {
		return
	}
	written, err := w.d.cfg.Logbook.LogAll(w.leaving(w.ctx, ids...), all)
	if err == nil && len(written) != len(going) { // nothing is known of any of them
		err = &crm.Error{Class: crm.ClassAmbiguous, Fault: fault.New(Checking)}
	}
	for i, o := range going {
		switch {
		case crm.RefusedTogether(err):
			s.apart(ctx, o, err)
		case err != nil:
			s.finish(ctx, o.Entry, crm.Logged{}, o.who, err)
		default:
			s.finishOne(ctx, o, written[i])
		}
	}
}

// apart has an entry sent by itself at once, because the org refused the request that it shared with others. Nothing of that request
// was carried out.
func (s *sender) apart(ctx context.Context, o outgoing, why error) {
	s.alone[o.ID] = true
	s.w.note(s.w.d.cfg.Journal.Retry(ctx, o.ID, s.w.d.cfg.Clock.Now(), faultOf(why), false))
}

// finishOne notes what became of one entry of a batch. One that was not taken is sent by itself the next time, which can do
// more for it; at once where its record is gone, since what was refused clearly did not arrive. What the org refuses everybody says
// nothing of the entry: when that is over, they go together again.
func (s *sender) finishOne(ctx context.Context, o outgoing, is crm.Written) {
	if is.Err != nil && !crm.RefusesAll(is.Err) {
		s.alone[o.ID] = true
	}
	if crm.OwnerRefused(is.Err) && s.w.d.cfg.Owners != nil {
		s.w.d.cfg.Owners.Refused(o.Org, o.Activity.Owner)
	}
	if isGone(is.Err) || crm.OwnerRefused(is.Err) {
		s.apart(ctx, o, is.Err)
		return
	}
	s.finish(ctx, o.Entry, is.Logged, o.who, is.Err)
}

// recordAll makes the records that rules want made of the calls, and returns what can go out with them.
func (s *sender) recordAll(ctx context.Context, going []outgoing) []outgoing {
	var left []outgoing
	for _, o := range going {
		if wantsRecord(o.Activity) {
			a, who, err := s.withRecord(ctx, o.Entry, o.Activity)
			if err != nil {
				s.finish(ctx, o.Entry, crm.Logged{}, nil, err)
				continue
			}
			o.Activity, o.asked = a, true
			if who != nil {
				o.who = who
			}
		}
		left = append(left, o)
	}
	return left
}

// ownAll finds the owner of each, and returns what has one.
func (s *sender) ownAll(ctx context.Context, going []outgoing) []outgoing {
	var left []outgoing
	for _, o := range going {
		a, err := s.owned(o.Activity)
		if err != nil {
			s.finish(ctx, o.Entry, crm.Logged{}, nil, err)
			continue
		}
		o.Activity = a
		left = append(left, o)
	}
	return left
}

// checkAll looks for what may have arrived, and returns what is still to be sent.
func (s *sender) checkAll(ctx context.Context, going []outgoing) []outgoing {
	var doubtful []crm.Activity
	for _, o := range going {
		if o.Doubtful() {
			doubtful = append(doubtful, o.Activity)
		}
	}
	if len(doubtful) == 0 {
		return going
	}
	asked := s.w.d.cfg.Clock.Now()
	found, searched, err := s.w.d.cfg.Logbook.FindAll(s.w.ctx, doubtful)
	var left []outgoing
	for _, o := range going {
		switch {
		case !o.Doubtful():
			left = append(left, o)
			continue
		case crm.RefusedTogether(err):
			s.apart(ctx, o, err)
			continue
		case err != nil:
			s.finish(ctx, o.Entry, crm.Logged{}, nil, harmless(err))
			continue
		case !searched: // the org can be asked for one call only
			s.alone[o.ID] = true
			logged, who, err := s.attempt(ctx, o.Entry)
			s.finish(ctx, o.Entry, logged, who, err)
			continue
		}
		logged, sure, err := s.checked(ctx, o.Entry, found[o.ID], asked)
		if sure || err != nil {
			s.finish(ctx, o.Entry, logged, nil, err)
			continue
		}
		left = append(left, o)
	}
	return left
}

// identifyAll asks who the calls were with that could not be asked for, in one question.
func (s *sender) identifyAll(ctx context.Context, going []outgoing) []outgoing {
	var unknown, left []outgoing
	var numbers []crm.Number
	for _, o := range going {
		switch {
		case s.w.d.unidentified(o.Activity):
			unknown, numbers = append(unknown, o), append(numbers, s.numberOf(o.Entry))
			continue
		case o.Activity.Unidentified: // lookups were switched off meanwhile
			a, err := s.unnamed(o.Entry, errLookupOff)
			if err != nil {
				s.finish(ctx, o.Entry, crm.Logged{}, nil, err)
				continue
			}
			o.Activity = a
		}
		left = append(left, o)
	}
	if len(unknown) == 0 {
		return left
	}
	answers, err := s.w.d.cfg.Directory.LookupAll(crm.ForCall(s.w.ctx, unknown[0].ID), unknown[0].Org, numbers)
	if err == nil && len(answers) != len(unknown) {
		err = fault.Err(nil, "desk.org-silent")
	}
	there := map[string]*crm.Match{}
	if err == nil {
		var nobody []journal.Entry
		for i, o := range unknown {
			if len(answers[i].Matches) == 0 { // another org may know the caller
				nobody = append(nobody, o.Entry)
			}
		}
		there = s.whoElsewhere(nobody)
	}
	for i, o := range unknown {
		switch {
		case crm.RefusedTogether(err):
			s.apart(ctx, o, err)
			continue
		case err != nil:
			s.finish(ctx, o.Entry, crm.Logged{}, nil, harmless(err))
			continue
		}
		if err := s.goesElsewhere(o.Entry, there[o.ID]); err != nil {
			s.finish(ctx, o.Entry, crm.Logged{}, nil, err)
			continue
		}
		a, who, asked, err := s.identifiedBy(o.Entry, answers[i])
		if err != nil {
			s.finish(ctx, o.Entry, crm.Logged{}, nil, err)
			continue
		}
		o.Activity, o.who, o.asked = a, who, asked
		left = append(left, o)
	}
	return left
}
