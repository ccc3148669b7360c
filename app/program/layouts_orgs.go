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

// PreviewEverywhere is [Program.PreviewLayout] in each org that goes by the layout: what would be written in the call's own org, or in the first,
// and what each of them would not take.
func (p *Program) PreviewEverywhere(ctx context.Context, l layout.Layout, org, call string) (layout.Preview, crm.Activity, error) {
	orgs := p.layoutOrgs(l, org)
	if len(orgs) < 2 {
		return p.PreviewLayout(ctx, l, cmp.Or(append(orgs, org)...), call)
	}
	a, orgs, err := p.layoutCallIn(ctx, orgs, call)
	if err != nil {
		return layout.Preview{}, a, err
	}
	shown, errs := inOrgs(orgs, func(org string) (layout.Preview, error) {
		shown, _, err := p.PreviewLayout(ctx, l, org, a.CallID)
		return shown, err
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
	return shown[0], a, nil
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
	tried, errs := inOrgs(orgs, func(org string) (layout.Tried, error) { return p.TestLayout(ctx, l, org, a.CallID) })
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

// inOrgs does something in several orgs at the same time.
func inOrgs[T any](orgs []string, do func(org string) (T, error)) ([]T, []error) {
	got, errs := make([]T, len(orgs)), make([]error, len(orgs))
	var wg sync.WaitGroup
	for i, org := range orgs {
		wg.Go(func() { got[i], errs[i] = do(org) })
	}
	wg.Wait()
	return got, errs
}
