package app

import (
	"context"
	"slices"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// othersTime is how long an answer that has somebody waits for those of the other orgs.
const othersTime = 2 * time.Second

// orgAnswer is what one of several orgs has said.
type orgAnswer struct {
	org    string
	result crm.Result
	err    error
	choice crm.Ref // the record of the org that the agent picked for this number before
}

// errSilent is an org that has not answered in time, where another has.
var errSilent = &crm.Error{Class: crm.ClassTransient, Fault: fault.New("desk.org-silent")}

// ask asks the orgs at the same time. One that is slow or down delays nobody who was found elsewhere for longer than othersTime. What it says
// later is told later, until it is asked again.
func (f askOrgs) ask(d *Desk) {
	if d.rules().NoLookup && !f.again {
		d.post(orgsAnswered{d.stamp(), f.id, f.number, []orgAnswer{{org: f.orgs[0], err: errLookupOff}}, f.rest, false})
		return
	}
	ctx, cancel := context.WithCancel(d.ctx)
	defer cancel()
	came := make(chan orgAnswer, len(f.orgs))
	for _, org := range f.orgs {
		d.work.Go(func() { came <- f.askOne(ctx, d, org) })
	}
	enough, over := make(chan struct{}), make(chan struct{})
	stop := func() {}
	defer func() { stop() }()
	timer := func(after time.Duration, ends chan struct{}) {
		stop = d.cfg.Clock.AfterFunc(after, func() { close(ends) })
	}
	answers := map[string]orgAnswer{}
	timed, told := false, false
	for len(answers) < len(f.orgs) {
		select {
		case a := <-came:
			answers[a.org] = a
			switch {
			case told:
				d.post(orgsAnswered{d.stamp(), f.id, f.number, []orgAnswer{a}, f.rest, true})
			case len(a.result.Matches) > 0 && !timed:
				timed = true
				timer(othersTime, enough)
			}
		case <-enough:
			enough, told = nil, true
			d.post(orgsAnswered{d.stamp(), f.id, f.number, f.inOrder(answers), f.rest, false})
			timer(askPause, over)
		case <-over:
			return
		case <-d.ctx.Done():
			return
		}
	}
	if told {
		return
	}
	all := f.inOrder(answers)
	d.post(orgsAnswered{d.stamp(), f.id, f.number, all, f.rest, false})
	if f.rest || slices.ContainsFunc(all, func(a orgAnswer) bool { return len(a.result.Matches) > 0 }) { // see [askRest]
		return
	}
	if i := slices.IndexFunc(all, func(a orgAnswer) bool { return a.err != nil && mayTellLater(a.err) }); i >= 0 {
		d.askLater(f.id, all[i].err)
	}
}

// inOrder are the answers in the order of the orgs.
func (f askOrgs) inOrder(answers map[string]orgAnswer) []orgAnswer {
	all := make([]orgAnswer, 0, len(f.orgs))
	for _, org := range f.orgs {
		a, ok := answers[org]
		if !ok {
			a = orgAnswer{org: org, err: errSilent}
		}
		all = append(all, a)
	}
	return all
}

// askOne asks one of the orgs, or the memory of it, if that is fresh.
func (f askOrgs) askOne(ctx context.Context, d *Desk, org string) orgAnswer {
	k, known := d.cfg.Memory.Recall(org, f.number)
	a := orgAnswer{org: org, choice: chosenBefore(org, k)}
	if known && !f.again && k.Fresh {
		a.result = k.Result.In(org)
		return a
	}
	ctx = crm.ForCall(ctx, f.id)
	if !known && !f.again {
		ctx = crm.ForUse(ctx, crm.UseStranger)
	}
	if a.result, a.err = d.whoHas(ctx, org, f.number, f.again); a.err != nil {
		d.cfg.Log.Warn("lookup failed", "call", f.id, "org", org, "err", cause(a.err))
		d.failed(LookupFailure, org, "", "", a.err)
	}
	a.result = a.result.In(org)
	return a
}

// orgsAnswered is what several orgs have said of a number.
type orgsAnswered struct {
	stamp
	id      string
	number  crm.Number
	answers []orgAnswer
	rest    bool // only those were asked that had not answered before
	late    bool // it comes after the others: what the orgs have said by then was told before
}

// next makes one answer of them and of what the other orgs have said before. A call that stays in its org, as one that has ended does, hears
// that one alone.
func (e orgsAnswered) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 || !s.calls[i].isWith(e.number) {
		return s, nil
	}
	c := s.calls[i]
	orgs := s.heardBy(&c)
	var failed, first error
	var news []crm.Result
	some, told := false, false // any of them counts; any has somebody
	for _, a := range e.answers {
		if !slices.Contains(orgs, a.org) {
			continue
		}
		some = true
		c = c.hears(a)
		switch {
		case a.err == nil:
			news, told = append(news, a.result), told || len(a.result.Matches) > 0
			continue
		case first == nil:
			first = a.err
		}
		if failed == nil && (a.org == c.org || s.linked(link{org: a.org})) { // one whose link is broken says nothing for long
			failed = a.err
		}
	}
	if !some {
		return s, nil
	}
	of, found := c.heardOf(orgs)
	of.stamp, of.id, of.org, of.number = e.stamp, e.id, c.org, e.number
	switch afterwards := e.rest || e.late; {
	case !found && failed != nil, len(news) == 0 && !afterwards:
		of.err = failed
		if failed == nil {
			of.err = first
		}
		c.silent = nil // all are asked again
		return lookupFailed(s.with(i, c), i, of)
	case afterwards && !told: // what is known of the others stands
		return c.waitsForRest(s, i, e)
	case afterwards:
		of.result.Matches = c.withDetails(of.result.Matches)
	}
	s, out := of.taken(s.with(i, c), i, news)
	s, more := s.calls[i].waitsForRest(s, i, e)
	return s, append(out, more...)
}

// heardBy are the orgs whose answers about a call count.
func (s *state) heardBy(c *call) []string {
	if !c.live() || c.stays() {
		return []string{c.org}
	}
	return s.places(c)
}

// hears is the call with what an org has said. An error takes nothing back; an org that has told nobody yet and may answer later is silent.
func (c call) hears(a orgAnswer) call {
	of := func(h orgAnswer) bool { return h.org == a.org }
	before := slices.IndexFunc(c.heard, of)
	c.silent = slices.DeleteFunc(slices.Clone(c.silent), func(org string) bool { return org == a.org })
	switch {
	case a.err == nil:
		c.heard = append(slices.DeleteFunc(slices.Clone(c.heard), of), a)
	case mayTellLater(a.err) && (before < 0 || len(c.heard[before].result.Matches) == 0):
		c.silent = append(c.silent, a.org)
	}
	return c
}

// heardOf is what orgs have said of a call's number, as one answer, and whether they know anybody.
func (c *call) heardOf(orgs []string) (all lookupEnded, found bool) {
	some := false
	for _, org := range orgs {
		i := slices.IndexFunc(c.heard, func(h orgAnswer) bool { return h.org == org })
		if i < 0 {
			continue
		}
		h := c.heard[i]
		switch {
		case len(h.result.Matches) > 0 && found:
			all.result = all.result.With(h.result)
		case len(h.result.Matches) > 0 || !some:
			all.result = h.result
		}
		some, found = true, found || len(h.result.Matches) > 0
		if all.choice.IsZero() {
			all.choice = h.choice
		}
	}
	return all, found
}

// withDetails are matches with what stands beside the record that the call is with, which need not be asked for again.
func (c *call) withDetails(matches []crm.Match) []crm.Match {
	m, ok := c.who()
	if !ok || m.Details == nil {
		return matches
	}
	matches = slices.Clone(matches)
	for i := range matches {
		if matches[i].Is(m.Ref) && matches[i].Details == nil {
			matches[i].Details = m.Details
		}
	}
	return matches
}
