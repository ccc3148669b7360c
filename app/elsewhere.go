package app

import (
	"linecard/app/journal"
	"linecard/crm"
)

// Where callers are looked for in all orgs, a call of which no org could say in time who it was may be with somebody whom another org
// knows. Its own org is asked first, as the log goes out; if that knows nobody, the others are, and the log goes to the one that does.

// elsewhere ends an attempt: the log is another org's.
type elsewhere struct{ to link }

func (e *elsewhere) Error() string { return e.to.org }

// ofRow is a past call, as far as the choice of its org goes.
func ofRow(r journal.Row, n crm.Number) call {
	return call{
		id: r.ID, account: r.Account, link: link{r.Org, r.User}, direction: r.Direction, number: n, called: r.Called, started: r.Started,
		answered: r.AnsweredAt, ended: r.Ended,
		told: toldOnce{diverted: r.Story.Diverted, headers: r.Story.Headers, called: r.Story.CalledNumber, divertedBy: r.Story.DivertedNumber},
	}
}

// othersOf are the further orgs in which the party of an entry is looked for, where its own knows nobody.
func (s *sender) othersOf(e journal.Entry) []string {
	now := s.w.d.now.Load()
	if !now.rules.AllOrgs || e.Kind != journal.Create || e.CheckFirst || !e.Making.IsZero() || !e.Made.IsZero() {
		return nil
	}
	row, err := s.w.d.cfg.Journal.Call(s.w.ctx, e.ID)
	if err != nil {
		return nil
	}
	c := ofRow(row, s.numberOf(e))
	var others []string
	for _, org := range now.askable(&c) {
		if org != e.Org && now.linked(link{org: org}) {
			others = append(others, org)
		}
	}
	return others
}

// foundElsewhere gives an entry to the org that knows its caller, which its own does not: the error is an [*elsewhere] then. An org that does not
// answer holds up no log of another.
func (s *sender) foundElsewhere(e journal.Entry) error {
	d := s.w.d
	var all crm.Result
	choice := ""
	n := s.numberOf(e)
	for _, org := range s.othersOf(e) {
		r, err := d.cfg.Directory.Lookup(crm.ForCall(s.w.ctx, e.ID), org, n)
		if err != nil {
			d.cfg.Log.Warn("lookup failed", "call", e.ID, "org", org, "err", cause(err))
			continue
		}
		r = r.In(org)
		if len(r.Matches) > 0 && !r.Cached {
			d.memory.Put(rememberAnswer{org, r})
		}
		if choice == "" {
			choice = d.choice(org, n)
		}
		all = all.With(r)
	}
	who := d.now.Load().card(e.Org, all, choice).Record
	if who == nil {
		return nil
	}
	to := d.now.Load().linkOrOrg(who.Org)
	if err := d.cfg.Journal.Elsewhere(s.lasting(), e.ID, to.org, to.user); err != nil {
		return unwritable(err)
	}
	return &elsewhere{to}
}

// foundThere: the log of a call was given to another org, which is about to write it.
type foundThere struct {
	stamp
	id string
	to link
}

// next moves the call, if it is still on the desk: what is typed from now on is that org's.
func (e foundThere) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, []effect{readHistory{}}
	}
	c := s.calls[i]
	c.link, c.form.what, c.log = e.to, crm.Ref{}, logStanding{state: LogQueued}
	c.lookup = LookupView{State: LookupPending}
	s, out := lookupWanted{e.stamp, e.id}.next(s.with(i, c))
	return s, append(out, readHistory{})
}
