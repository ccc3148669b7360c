package app

import (
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
	choice string
}

// errSilent is an org whose answer nobody waits for any more, since another has answered.
var errSilent = &crm.Error{Class: crm.ClassTransient, Fault: fault.New("desk.org-silent")}

// ask asks all orgs at the same time. One that is slow or down delays nobody who was found elsewhere for longer than othersTime.
func (f askOrgs) ask(d *Desk) {
	if d.rules().NoLookup && !f.again {
		d.post(orgsAnswered{d.stamp(), f.id, f.number, []orgAnswer{{org: f.orgs[0], err: errLookupOff}}})
		return
	}
	came := make(chan orgAnswer, len(f.orgs))
	for _, org := range f.orgs {
		d.work.Go(func() { came <- f.askOne(d, org) })
	}
	enough := make(chan struct{})
	stop := func() {}
	defer func() { stop() }()
	answers := map[string]orgAnswer{}
	waits, timed := true, false
	for waits && len(answers) < len(f.orgs) {
		select {
		case a := <-came:
			answers[a.org] = a
			if len(a.result.Matches) > 0 && !timed {
				timed = true
				stop = d.cfg.Clock.AfterFunc(othersTime, func() { close(enough) })
			}
		case <-enough:
			waits = false
		case <-d.ctx.Done():
			return
		}
	}
	all := make([]orgAnswer, 0, len(f.orgs))
	for _, org := range f.orgs {
		a, ok := answers[org]
		if !ok {
			a = orgAnswer{org: org, err: errSilent}
		}
		all = append(all, a)
	}
	d.post(orgsAnswered{d.stamp(), f.id, f.number, all})
	for _, a := range all {
		if a.err != nil {
			d.askLater(f.id, a.err)
			break
		}
	}
}

// askOne asks one of the orgs, or the memory of it, if that is fresh.
func (f askOrgs) askOne(d *Desk, org string) orgAnswer {
	k, known := d.cfg.Memory.Recall(org, f.number)
	a := orgAnswer{org: org, choice: k.Choice}
	if known && !f.again && k.Fresh {
		a.result = k.Result.In(org)
		return a
	}
	ctx := crm.ForCall(d.ctx, f.id)
	if !known && !f.again {
		ctx = crm.ForUse(ctx, crm.UseStranger)
	}
	if a.result, a.err = d.cfg.Directory.Lookup(ctx, org, f.number); a.err != nil {
		d.cfg.Log.Warn("lookup failed", "call", f.id, "org", org, "err", cause(a.err))
		d.failed(LookupFailure, org, "", a.err)
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
}

// next makes one answer of them. A call that has ended by now stays in its org: what that one says counts.
func (e orgsAnswered) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 || !s.calls[i].isWith(e.number) {
		return s, nil
	}
	c := s.calls[i]
	of := lookupEnded{stamp: e.stamp, id: e.id, org: c.org, number: e.number}
	var failed error
	var each []crm.Result
	some, own := false, false
	for _, a := range e.answers {
		if a.org == c.org {
			own = true
		} else if !c.live() {
			continue
		}
		switch {
		case a.err != nil:
			if failed == nil && (a.org == c.org || s.linked(link{org: a.org})) { // one whose link is broken says nothing for long
				failed = a.err
			}
			continue
		case len(a.result.Matches) > 0 && some:
			of.result = of.result.With(a.result)
		case len(a.result.Matches) > 0 || !some && len(each) == 0:
			of.result = a.result
		}
		some = some || len(a.result.Matches) > 0
		each = append(each, a.result)
		if of.choice == "" {
			of.choice = a.choice
		}
	}
	switch {
	case !own && !c.live(), c.org != "" && !own && !s.searched(&c): // it was given to another org since
		return s, nil
	case !some && failed != nil:
		of.err = failed
		return lookupFailed(s, i, of)
	}
	return of.taken(s, i, each)
}
