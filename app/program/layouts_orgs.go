package program

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"linecard/crm"
	"linecard/crm/layout"
	"linecard/fault"
)

// A layout for every org is judged, and tested, in each linked org that goes by it: a field may be in one org and not in another.

// layoutOrgs are the orgs that a layout is judged in: the one that is named, else its own, else each linked one that has no layout of that name
// for itself.
func (p *Program) layoutOrgs(l layout.Layout, org string) (orgs []string) {
	if own := cmp.Or(org, l.Org); own != "" {
		return []string{own}
	}
	all := p.set.Get().Layouts
	for _, s := range p.links.Status() {
		if s.State != crm.Linked || slices.Contains(orgs, s.OrgID) {
			continue
		}
		if named, ok := all.Find(s.OrgID, l.Name); l.Name == "" || !ok || named.Org == "" {
			orgs = append(orgs, s.OrgID)
		}
	}
	return orgs
}

// layoutCallIn is the call that a layout is shown with, and its orgs with the call's own first.
func (p *Program) layoutCallIn(ctx context.Context, orgs []string, call string) (crm.Activity, []string, error) {
	a, err := p.LayoutCall(ctx, orgs[0], call)
	if at := slices.Index(orgs, a.Org); err == nil && at > 0 {
		orgs = slices.Insert(slices.Delete(slices.Clone(orgs), at, at+1), 0, a.Org)
	}
	return a, orgs, err
}

// callIn is the call that the org at i of several is shown the layout with: the chosen one in its own org, and in another one of that org's own. What one
// org knows of a customer is not to be written into another.
func (p *Program) callIn(ctx context.Context, orgs []string, i int, a crm.Activity) (crm.Activity, error) {
	org := orgs[i]
	if a.Org == org || a.Org == "" && i == 0 { // one of no org is shown with the first
		return a, nil
	}
	calls, err := p.LayoutCalls(ctx, org)
	if err != nil {
		return a, err
	}
	if at := slices.IndexFunc(calls, func(c crm.Activity) bool { return c.Org == org && c.CallID != layout.ExampleID }); at >= 0 {
		return calls[at], nil
	}
	own := p.exampleCall(org)
	own.Account, own.Line = "", ""
	for _, account := range p.set.Get().Accounts { // the extension of another org's account has nobody here
		if cmp.Or(account.Org, p.orgOr("")) == org {
			own.Account, own.Line = account.ID(), account.Label
			break
		}
	}
	return own, nil
}

// PreviewEverywhere is [Program.PreviewLayout] in each org that goes by the layout: what would be written in the call's own org, or in the first,
// and what each of them would not take, with a call of its own.
func (p *Program) PreviewEverywhere(ctx context.Context, l layout.Layout, org, call string) (layout.Preview, crm.Activity, error) {
	orgs := p.layoutOrgs(l, org)
	if len(orgs) < 2 {
		return p.PreviewLayout(ctx, l, cmp.Or(append(orgs, org)...), call)
	}
	a, orgs, err := p.layoutCallIn(ctx, orgs, call)
	if err != nil {
		return layout.Preview{}, a, err
	}
	calls := make([]crm.Activity, len(orgs))
	shown, errs := inOrgs(orgs, func(i int) (_ layout.Preview, err error) {
		if calls[i], err = p.callIn(ctx, orgs, i, a); err != nil {
			return layout.Preview{}, err
		}
		return p.previewIn(ctx, l, orgs[i], calls[i])
	})
	if errs[0] != nil {
		return layout.Preview{}, a, errs[0]
	}
	var problems []layout.Problem
	for i, id := range orgs {
		of := shown[i].Problems
		if errs[i] != nil {
			of = []layout.Problem{{Why: faultIn(errs[i])}}
		}
		for _, problem := range of {
			problem.Org, problem.Why = id, fault.New("layout.in-org", "org", p.orgName(id), "what", problem.Why)
			problems = append(problems, problem)
		}
	}
	shown[0].Problems = problems
	return shown[0], calls[0], nil
}

// TestEverywhere is [Program.TestLayout] in each org that goes by the layout.
func (p *Program) TestEverywhere(ctx context.Context, l layout.Layout, org, call string) (layout.Tried, error) {
	orgs := p.layoutOrgs(l, org)
	if len(orgs) < 2 {
		return p.TestLayout(ctx, l, cmp.Or(append(orgs, org)...), call)
	}
	a, orgs, err := p.layoutCallIn(ctx, orgs, call)
	if err != nil {
		return layout.Tried{}, err
	}
	tried, errs := inOrgs(orgs, func(i int) (layout.Tried, error) {
		call, err := p.callIn(ctx, orgs, i, a)
		if err != nil {
			return layout.Tried{}, err
		}
		return p.testIn(ctx, l, orgs[i], call)
	})
	if !slices.Contains(errs, nil) { // it could be tried nowhere
		return layout.Tried{}, errs[0]
	}
	var all []layout.TriedIn
	for i, id := range orgs {
		in := layout.TriedIn{Org: id, Name: p.orgName(id), Tried: tried[i]}
		if errs[i] != nil {
			in.Failed = faultIn(errs[i])
		}
		all = append(all, in)
	}
	tried[0].Orgs = all
	return tried[0], nil
}

// inOrgs does something in several orgs at the same time; it is told of each by its place.
func inOrgs[T any](orgs []string, do func(i int) (T, error)) ([]T, []error) {
	got, errs := make([]T, len(orgs)), make([]error, len(orgs))
	var wg sync.WaitGroup
	for i := range orgs {
		wg.Go(func() { got[i], errs[i] = do(i) })
	}
	wg.Wait()
	return got, errs
}
