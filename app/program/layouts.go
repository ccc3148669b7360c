package program

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"linecard/app/journal"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/layout"
	"linecard/crm/salesforce"
	"linecard/fault"
)

// Layouts are those of an org in the order of the settings, with those that are built in; "" is the first org.
func (p *Program) Layouts(org string) []layout.Layout {
	all := p.set.Get().Layouts.Of(p.orgOr(org))
	for i := range all { // the settings in force must not be changed
		all[i] = all[i].Clone()
	}
	return all
}

// Layout is a layout of an org by its name; "" is the org's default one.
func (p *Program) Layout(org, name string) (layout.Layout, error) {
	l, ok := p.set.Get().Layouts.Find(p.orgOr(org), name)
	if !ok {
		return l, &OrgError{fault.New("layout.none-of-that-name", "name", name)}
	}
	return l.Clone(), nil
}

// orgOr is the id of an org; "" is the first one that is linked, or else the first one.
func (p *Program) orgOr(org string) string {
	if org != "" {
		return org
	}
	first := ""
	for _, s := range p.Orgs() {
		if s.State == crm.Linked {
			return s.OrgID
		}
		if first == "" {
			first = s.OrgID
		}
	}
	return first
}

// SaveLayout keeps a layout in the place of the one with its name and org, or with replaces of the one that had that name.
func (p *Program) SaveLayout(l layout.Layout, replaces string) error {
	l = l.Tidy()
	return p.set.Change(func(s *settings.Settings) { s.Layouts = s.Layouts.Kept(l, replaces) })
}

// ReplaceLayout keeps a layout in the place of the one with that org and name, which may be built in; name "" adds it. Rules that named the
// former one follow it.
func (p *Program) ReplaceLayout(l layout.Layout, org, name string) error {
	l = l.Tidy()
	return p.set.Change(func(s *settings.Settings) { s.ReplaceLayout(l, org, name) })
}

// AllLayouts are those of every org as they are kept, with those that are built in.
func (p *Program) AllLayouts() []layout.Layout {
	all := p.set.Get().Layouts.WithBuiltIn()
	for i := range all { // the settings in force must not be changed
		all[i] = all[i].Clone()
	}
	return all
}

// RemoveLayout removes a layout; one that is built in is as it was delivered then.
func (p *Program) RemoveLayout(org, name string) error {
	all, ok := p.set.Get().Layouts.Without(org, name)
	if !ok {
		if _, known := (layout.List{}).Find("", name); known && name != "" {
			return &OrgError{fault.New("layout.built-in", "name", name)}
		}
		return &OrgError{fault.New("layout.none-of-that-name", "name", name)}
	}
	return p.set.Change(func(s *settings.Settings) { s.Layouts = all })
}

// DefaultLayout makes a layout of an org the one for calls for which no rule chooses another. With own it is that for this org alone: a
// layout for every org is copied into it, since the other orgs go on as before.
func (p *Program) DefaultLayout(org, name string, own bool) error {
	l, err := p.Layout(org, name)
	if err != nil {
		return err
	}
	if own {
		l.Org = p.orgOr(org)
	}
	l.Default = true
	return p.SaveLayout(l, "")
}

// linkedClient is the client of an org that is linked; "" is the first one.
func (p *Program) linkedClient(org string) (*salesforce.Client, error) {
	org = p.orgOr(org)
	for _, c := range p.links.All() {
		if s := c.Status(); s.State == crm.Linked && s.OrgID == org {
			return c, nil
		}
	}
	return nil, fault.Err(nil, "layout.not-linked")
}

// LayoutObject describes what a Task or a Case of an org may hold.
func (p *Program) LayoutObject(ctx context.Context, org, object string) (*layout.Object, error) {
	c, err := p.linkedClient(org)
	if err != nil {
		return nil, err
	}
	o, err := c.Describe(ctx, object)
	switch {
	case err != nil:
		return nil, err
	case o == nil:
		return nil, fault.Err(nil, "layout.object-not-createable", "object", object)
	}
	return o, nil
}

// LayoutCall is a call of the history to show a layout with: the one with the id, or with "" the last one of the org. Without
// any call it is one that is made up.
func (p *Program) LayoutCall(ctx context.Context, org, id string) (crm.Activity, error) {
	if id != "" && id != layout.ExampleID {
		a, err := p.journal.Activity(ctx, id)
		if errors.Is(err, journal.ErrUnknown) {
			return a, fault.Err(err, "desk.no-such-call")
		}
		return a, err
	}
	calls, err := p.LayoutCalls(ctx, org)
	if err != nil {
		return crm.Activity{}, err
	}
	return calls[0], nil
}

// mostCalls is how many calls a layout is shown with, and mostPages how far back they are looked for: an org may have few among those of others.
const (
	mostCalls = 20
	mostPages = 20
)

// LayoutCalls are the latest calls of an org with customers, the latest first, or one that is made up where there is none.
func (p *Program) LayoutCalls(ctx context.Context, org string) ([]crm.Activity, error) {
	org = p.orgOr(org)
	var calls []crm.Activity
	page := journal.Filter{Limit: 5 * mostCalls}
	for range mostPages {
		rows, err := p.journal.History(ctx, page)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r.Ended.IsZero() || r.Extension || org != "" && r.Org != "" && r.Org != org || len(calls) == mostCalls {
				continue
			}
			a, err := p.journal.Activity(ctx, r.ID)
			if err != nil {
				return nil, err
			}
			calls = append(calls, a)
		}
		if len(calls) == mostCalls || len(rows) < page.Limit {
			break
		}
		page.Before = rows[len(rows)-1].Started
	}
	if len(calls) == 0 {
		calls = append(calls, p.exampleCall(org))
	}
	return calls, nil
}

// exampleCall is a call that is made up, on the first account and as the org's user, as far as there are.
func (p *Program) exampleCall(org string) crm.Activity {
	a := layout.Example(time.Now())
	if accounts := p.set.Get().Accounts; len(accounts) > 0 {
		a.Account, a.Line = accounts[0].ID(), accounts[0].Label
	}
	if c, err := p.linkedClient(org); err == nil {
		s := c.Status()
		a.Org, a.User, a.Agent = s.OrgID, s.UserID, s.DisplayName
	}
	return a
}

// PreviewLayout is what a layout would write of a call; see [Program.LayoutCall]. Nothing is written.
func (p *Program) PreviewLayout(ctx context.Context, l layout.Layout, org, call string) (layout.Preview, crm.Activity, error) {
	org = p.orgOr(org)
	a, err := p.LayoutCall(ctx, org, call)
	if err != nil {
		return layout.Preview{}, a, err
	}
	shown, err := p.previewIn(ctx, l, org, a)
	return shown, a, err
}

// previewIn is what a layout would write of a call in an org.
func (p *Program) previewIn(ctx context.Context, l layout.Layout, org string, a crm.Activity) (layout.Preview, error) {
	c, err := p.linkedClient(org)
	if err != nil {
		return layout.Preview{}, err
	}
	return p.previewOwned(ctx, c, org, l, a)
}

// TestLayout writes a record by a layout and deletes it again. What one org knows of a customer is not written into another, not even for a
// moment.
func (p *Program) TestLayout(ctx context.Context, l layout.Layout, org, call string) (layout.Tried, error) {
	org = p.orgOr(org)
	a, err := p.LayoutCall(ctx, org, call)
	if err != nil {
		return layout.Tried{}, err
	}
	if a.Org != "" && a.Org != org {
		return layout.Tried{}, fault.Err(nil, "layout.call-of-another-org", "org", p.orgName(a.Org))
	}
	return p.testIn(ctx, l, org, a)
}

// testIn writes a record of a call into an org and deletes it again.
func (p *Program) testIn(ctx context.Context, l layout.Layout, org string, a crm.Activity) (layout.Tried, error) {
	c, err := p.linkedClient(org)
	if err != nil {
		return layout.Tried{}, err
	}
	return p.tryOwned(ctx, c, org, l, a, uuid.NewString())
}
