package app

import (
	"errors"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
)

// Whom a call was with is asked once more before it is written, where no org could be asked while it rang.

// identified asks who the activity was with if no org could be asked before.
func (s *sender) identified(e journal.Entry) (a crm.Activity, who *crm.Match, asked bool, err error) {
	a = e.Activity
	switch {
	case !a.Unidentified:
		return a, nil, false, nil
	case !s.w.d.unidentified(a):
		a, err = s.unnamed(e, errLookupOff)
		return a, nil, false, err
	}
	r, err := s.w.d.whoHas(crm.ForCall(s.w.ctx, e.ID), e.Org, s.numberOf(e), false)
	if tooManyFound(err) { // its own org knows nobody for sure: another one may
		if err := s.foundElsewhere(e); err != nil {
			return a, nil, true, err
		}
	}
	switch {
	case refusesToSay(err):
		a, err = s.unnamed(e, err)
		return a, nil, true, err
	case err != nil:
		return a, nil, true, harmless(err)
	}
	if len(r.Matches) == 0 {
		if err := s.foundElsewhere(e); err != nil {
			return a, nil, true, err
		}
	}
	return s.identifiedBy(e, r)
}

// refusesToSay reports whether the org refuses to look for a number, and would refuse it again: the user may not search, or sees no
// object with numbers.
func refusesToSay(err error) bool {
	var ce *crm.Error
	return errors.As(err, &ce) && parks(ce.Class)
}

// unnamed is the activity without a record: the org refuses to say whom the call was with, or nobody is looked for any more. It is
// written all the same, unless it was kept only for what a record might have said, and the agent can point it at somebody.
func (s *sender) unnamed(e journal.Entry, why error) (crm.Activity, error) {
	s.w.d.cfg.Log.Warn("caller not looked up for the log", "call", e.ID, "err", cause(why))
	verdict := crm.Log("")
	rejudge := s.rejudge(s.lasting(), e, answer{leftOff: true})
	a, err := s.w.d.cfg.Journal.Amend(s.w.ctx, e.ID, func(a crm.Activity) crm.Activity {
		a, verdict = rejudge(a)
		a.Unidentified = verdict != ""
		return a
	})
	if err != nil {
		return a, unwritable(err)
	}
	return a, s.heed(e, verdict)
}

// heed ends the attempt where the rules say by now that the call is not to be written, or only if the agent says so.
func (s *sender) heed(e journal.Entry, verdict crm.Log) error {
	if verdict == "" {
		return nil
	}
	heeded, err := s.w.d.cfg.Journal.Rejudge(s.lasting(), e.ID, verdict, s.w.d.cfg.Clock.Now())
	switch {
	case err != nil:
		return unwritable(err)
	case heeded:
		return &rejudged{verdict}
	}
	return nil
}

// numberOf is the number of the other party.
func (s *sender) numberOf(e journal.Entry) crm.Number {
	return crm.ParseNumber(e.Activity.Number, s.w.d.plan(e.Activity.Account))
}

// identifiedBy makes the activity about whom the org's answer tells.
func (s *sender) identifiedBy(e journal.Entry, r crm.Result) (a crm.Activity, who *crm.Match, asked bool, err error) {
	a = e.Activity
	d := s.w.d
	if r.Undecided() {
		a, err = s.unnamed(e, errors.New("the org has more records than it tells"))
		return a, nil, true, err
	}
	if a.Org != "" && r.Org != "" && r.Org != a.Org {
		return a, nil, true, &crm.Error{Class: crm.ClassNotLinked, Fault: fault.New(waitsElsewhere)}
	}
	if len(r.Matches) > 0 && !r.Cached {
		d.memory.Put(rememberAnswer{e.Org, r}) // the next call has it on its first card
	}
	who = d.now.Load().card(e.Org, r, d.choice(e.Org, r.Number)).Record
	taken, verdict := false, crm.Log("")
	rejudge := s.rejudge(s.lasting(), e, answer{several: len(r.Matches) > 1})
	a, err = d.cfg.Journal.Amend(s.w.ctx, e.ID, func(a crm.Activity) crm.Activity {
		taken = who != nil && a.Unidentified && a.Who.IsZero() // the agent may have said in the meantime who it was
		if taken {
			a = pointAt(a, *who)
		}
		a, verdict = rejudge(a) // on disk with whom it was with: the next attempt does not ask again
		a.Unidentified = verdict != ""
		return a
	})
	if err != nil {
		return a, nil, true, unwritable(err)
	}
	if !taken {
		who = nil
		d.disk.Put(noteAsked{e.ID, len(r.Matches) > 1})
	} else {
		d.disk.Put(identify{e.ID, *who})
	}
	if err := s.heed(e, verdict); err != nil {
		return a, nil, true, err
	}
	return a, who, true, nil
}

// pointAt makes the activity about a record.
func pointAt(a crm.Activity, m crm.Match) crm.Activity {
	a.Who, a.What = crm.Target(m.Record)
	a.PartyName, a.Company = m.Name, m.Company
	return a
}
