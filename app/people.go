package app

import (
	"context"
	"slices"

	"linecard/crm"
	"linecard/fault"
)

// people finds records by name in the copy of an org's people: see app/directory. A memory without one finds nobody.
type people interface {
	Search(ctx context.Context, org, text string, limit int) ([]crm.Record, error)
}

// mostPeople is how many records a search by name returns.
const mostPeople = 20

// orgsToAsk are the orgs that a question is for which names one, or "": that is the first one, or all of them where orgs are searched
// together.
func (d *Desk) orgsToAsk(org string) []string {
	s := d.now.Load()
	if org != "" || !s.rules.AllOrgs || !s.several() {
		return []string{org}
	}
	var all []string
	for _, l := range s.links {
		if l.OrgID != "" && answers(l) && !slices.Contains(all, l.OrgID) {
			all = append(all, l.OrgID)
		}
	}
	if len(all) == 0 {
		return []string{org}
	}
	return all
}

// saidBy is what an org said, or why it said nothing.
type saidBy[T any] struct {
	org  string
	said T
	err  error
}

// inEach asks orgs at the same time, and returns what they say in their order.
func inEach[T any](orgs []string, ask func(org string) (T, error)) []saidBy[T] {
	all := make([]saidBy[T], len(orgs))
	done := make(chan struct{}, len(orgs))
	for i, org := range orgs {
		go func() {
			said, err := ask(org)
			all[i] = saidBy[T]{org, said, err}
			done <- struct{}{}
		}()
	}
	for range orgs {
		<-done
	}
	return all
}

// failedIn is the error of the first org that did not answer; nil where all have.
func failedIn[T any](all []saidBy[T]) error {
	for _, a := range all {
		if a.err != nil {
			return a.err
		}
	}
	return nil
}

// Nearby finds people by the beginnings of words of their name or company in what is on this computer, without a request.
func (d *Desk) Nearby(ctx context.Context, org, text string) []crm.Record {
	memory, ok := d.cfg.Memory.(people)
	if !ok {
		return nil
	}
	var each [][]crm.Record
	for _, org := range d.orgsToAsk(org) {
		found, err := memory.Search(ctx, d.orgOr(org), text, mostPeople)
		if err != nil {
			d.cfg.Log.Warn("people not searched by name", "err", err)
		}
		each = append(each, found)
	}
	all := inTurn(each)
	return all[:min(len(all), mostPeople)]
}

// inTurn is what several orgs have found, best first: the best of each, then the second ones, and so on. A list that is cut has the best of
// every org then.
func inTurn(each [][]crm.Record) (all []crm.Record) {
	for i, some := 0, true; some; i++ {
		some = false
		for _, found := range each {
			if i < len(found) {
				all, some = append(all, found[i]), true
			}
		}
	}
	return all
}

// FindPeople finds records of an org by text: the org is asked, and where it does not answer, what is on this computer. Without an org it is
// the first one, or all of them where orgs are searched together; the error is then that of one while nobody is found.
func (d *Desk) FindPeople(ctx context.Context, org, text string) ([]crm.Record, error) {
	return d.findIn(ctx, d.orgsToAsk(org), text)
}

func (d *Desk) findIn(ctx context.Context, orgs []string, text string) ([]crm.Record, error) {
	each := inEach(orgs, func(org string) ([]crm.Record, error) {
		found, err := d.cfg.Directory.Search(ctx, org, text)
		if err != nil {
			if here := d.Nearby(ctx, d.orgOr(org), text); len(here) > 0 {
				return here, nil
			}
		}
		return found, err
	})
	lists := make([][]crm.Record, len(each))
	for i, a := range each {
		for _, r := range a.said {
			if r.Org == "" {
				r.Org = a.org
			}
			lists[i] = append(lists[i], r)
		}
	}
	if all := inTurn(lists); len(all) > 0 {
		return all, nil
	}
	return nil, failedIn(each)
}

// lookUp asks an org who has a number, and where it does not answer, what is on this computer.
func (d *Desk) lookUp(ctx context.Context, org string, n crm.Number) (crm.Result, error) {
	r, err := d.cfg.Directory.Lookup(ctx, org, n)
	if err != nil {
		if k, known := d.cfg.Memory.Recall(d.orgOr(org), n); known {
			return k.Result, nil
		}
	}
	return r, err
}

// lookUpIn asks orgs at the same time who has a number. Where some have somebody, silent are those that did not answer; the error is that of
// one of them while nobody is found.
func (d *Desk) lookUpIn(ctx context.Context, orgs []string, n crm.Number) (r crm.Result, silent []string, err error) {
	each := inEach(orgs, func(org string) (crm.Result, error) { return d.lookUp(ctx, org, n) })
	if len(each) == 1 {
		return each[0].said, nil, each[0].err
	}
	r = crm.Result{Number: n, Cached: true}
	for _, a := range each {
		if a.err != nil {
			silent = append(silent, a.org)
			continue
		}
		at := a.said.At
		if at.Before(r.At) {
			at = r.At
		}
		r = r.With(a.said.In(a.org))
		r.At = at
	}
	if err = failedIn(each); err != nil && len(r.Matches) == 0 {
		return crm.Result{Number: n}, nil, err
	}
	crm.Rank(r.Matches, crm.OrderOf(d.rules().Objects, "")...)
	return r, silent, nil
}

// Found is who a number belongs to.
type Found struct {
	crm.Result
	Silent fault.Fault // which orgs have not answered, where others have; the zero Fault for none
}

// orgOr is the id of an org; "" stands for the first one.
func (d *Desk) orgOr(org string) string {
	if org != "" {
		return org
	}
	for _, o := range d.View().Orgs {
		if o.OrgID != "" {
			return o.OrgID
		}
	}
	return ""
}
