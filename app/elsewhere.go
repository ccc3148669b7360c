package app

import (
	"cmp"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
)

// Where callers are looked for in all orgs, a call of which no org could say in time who it was may be with somebody whom another org
// knows. Its own org is asked first, as the log goes out; if that knows nobody, the others are, and the log goes to the one that does.

// elsewhere ends an attempt: the log is another org's, which knows who the caller is.
type elsewhere struct {
	to  link
	who crm.Match
}

func (e *elsewhere) Error() string { return e.to.org }

// ofRow is a past call, as far as the choice of its org goes.
func ofRow(r journal.Row, n crm.Number) call {
	return call{
		id: r.ID, account: r.Account, link: link{r.Org, r.User}, direction: r.Direction, number: n, called: r.Called, started: r.Started,
		answered: r.AnsweredAt, ended: r.Ended,
		told: toldOnce{diverted: r.Story.Diverted, queue: r.Story.Queue, headers: r.Story.Headers, signalling: r.Story.Signalling, called: r.Story.CalledNumber, divertedBy: r.Story.DivertedNumber},
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

// foundElsewhere gives an entry to the org that knows its caller, which its own does not: the error is an [*elsewhere] then.
func (s *sender) foundElsewhere(e journal.Entry) error {
	return s.goesElsewhere(e, s.whoElsewhere([]journal.Entry{e})[e.ID])
}

// goesElsewhere gives an entry to the org of the record that its call was with; nil is nobody.
func (s *sender) goesElsewhere(e journal.Entry, who *crm.Match) error {
	if who == nil {
		return nil
	}
	to := s.w.d.now.Load().linkOrOrg(who.Org)
	if err := s.w.d.cfg.Journal.Elsewhere(s.lasting(), e.ID, to.org, to.user); err != nil {
		return unwritable(err)
	}
	return &elsewhere{to, *who}
}

// whoElsewhere is who the further orgs know of the callers of entries, by call id. Each org is asked for all of them together, and one that
// does not answer holds up no log of another.
func (s *sender) whoElsewhere(entries []journal.Entry) map[string]*crm.Match {
	d := s.w.d
	asked := map[string][]journal.Entry{}
	var orgs []string
	for _, e := range entries {
		for _, org := range s.othersOf(e) {
			if asked[org] == nil {
				orgs = append(orgs, org)
			}
			asked[org] = append(asked[org], e)
		}
	}
	all, choices := map[string]crm.Result{}, map[string]crm.Ref{}
	for _, org := range orgs {
		for i, r := range s.knownIn(org, asked[org]) {
			e := asked[org][i]
			if len(r.Matches) > 0 && !r.Cached {
				d.memory.Put(rememberAnswer{org, r})
			}
			all[e.ID] = all[e.ID].With(r)
			choices[e.ID] = cmp.Or(choices[e.ID], d.choice(org, s.numberOf(e)))
		}
	}
	found := map[string]*crm.Match{}
	for _, e := range entries {
		if r, ok := all[e.ID]; ok {
			found[e.ID] = d.now.Load().card(e.Org, r, choices[e.ID]).Record
		}
	}
	return found
}

// knownIn is who an org knows of the callers of entries, in their order; nothing where it does not answer.
func (s *sender) knownIn(org string, entries []journal.Entry) []crm.Result {
	d := s.w.d
	ctx := crm.ForCall(s.w.ctx, entries[0].ID)
	numbers := make([]crm.Number, len(entries))
	for i, e := range entries {
		numbers[i] = s.numberOf(e)
	}
	var all []crm.Result
	var err error
	if len(entries) == 1 {
		var r crm.Result
		r, err = d.whoHas(ctx, org, numbers[0], false)
		all = []crm.Result{r}
	} else if all, err = d.cfg.Directory.LookupAll(ctx, org, numbers); err == nil && len(all) != len(entries) {
		err = fault.Err(nil, "desk.org-silent")
	}
	switch {
	case err == nil:
	case len(entries) > 1 && crm.RefusedTogether(err): // one of them may be what it refuses
		all = nil
		for _, e := range entries {
			all = append(all, append(s.knownIn(org, []journal.Entry{e}), crm.Result{})[0])
		}
	default:
		d.cfg.Log.Warn("lookup failed", "call", entries[0].ID, "calls", len(entries), "org", org, "err", cause(err))
		return nil
	}
	for i := range all {
		all[i] = all[i].In(org)
	}
	return all
}

// foundThere: the log of a call was given to another org, which is about to write it.
type foundThere struct {
	stamp
	id     string
	to     link
	number crm.Number // of the log
	who    crm.Match
}

// next moves the call, if it is still on the desk: what is typed from now on is that org's.
func (e foundThere) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, []effect{readHistory{}}
	}
	c := s.calls[i]
	c.link, c.form.what, c.log = e.to, crm.Ref{}, logStanding{state: LogQueued}
	if !c.isWith(e.number) { // the log is that of an earlier party
		return s.with(i, c), []effect{readHistory{}}
	}
	c.lookup = LookupView{}
	r := crm.Result{Number: c.number, Matches: []crm.Match{e.who}, At: e.at(), Org: e.to.org}
	s, out := lookupEnded{stamp: e.stamp, id: e.id, org: e.to.org, number: c.number, result: r}.taken(s.with(i, c), i, nil)
	return s, append(out, readHistory{})
}
