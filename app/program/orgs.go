package program

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/fault"
)

// restoreLink takes up a saved link; keepLinks goes on where the keyring does not give its token yet.
func (p *Program) restoreLink(c *salesforce.Client) {
	if err := c.Restore(p.ctx); err != nil {
		p.log.Warn("the saved link could not be taken up", "err", err)
		if f := fault.Of(err); f.Is(salesforce.LinkUnreadable) {
			p.desk.NoticeAbout(app.AboutLink, f)
		}
	}
	p.keepAlive(c)
}

// aliveEvery is the time between two looks at how old the links' tokens are.
const aliveEvery = 6 * time.Hour

// keepLinksAlive has each link renewed that was not for long, until the program ends.
func (p *Program) keepLinksAlive() {
	t := time.NewTicker(aliveEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			for _, c := range p.links.All() {
				p.keepAlive(c)
			}
		case <-p.ctx.Done():
			return
		}
	}
}

func (p *Program) keepAlive(c *salesforce.Client) {
	if err := c.KeepAlive(p.ctx); err != nil && p.ctx.Err() == nil {
		p.log.Warn("a link is not renewed yet", "err", err)
	}
}

// named adds to links what the settings know of the orgs: what people here call them, the colors that the window marks them in, and that an
// older integration logs in to one that is not linked.
func (p *Program) named(all []crm.LinkStatus) []crm.LinkStatus {
	set := p.set.Get()
	for i, s := range all {
		j := slices.IndexFunc(set.Orgs, func(o settings.Org) bool {
			return o.OrgID == s.OrgID && (o.OrgID != "" || o.Legacy && s.State == crm.Unlinked)
		})
		if j < 0 {
			continue
		}
		if s.OrgID == "" {
			all[i].State, all[i].Reason, all[i].LoginHost = crm.Legacy, fault.New("orgs.legacy"), set.Orgs[j].LoginHost
		}
		all[i].Label, all[i].Description = set.Orgs[j].Label, set.Orgs[j].Description
		if all[i].Color = set.Orgs[j].Color; all[i].Color == settings.NoColor {
			all[i].Color = ""
		}
	}
	return all
}

// Orgs is how each link stands, in the order of the settings, and behind them the orgs that the settings have and that are
// not linked. Without any of them it is one that is Unlinked.
func (p *Program) Orgs() []crm.LinkStatus {
	all := p.named(p.links.Status())
	for _, o := range p.set.Get().Orgs {
		if o.OrgID != "" && !slices.ContainsFunc(all, func(s crm.LinkStatus) bool { return s.OrgID == o.OrgID }) {
			all = append(all, crm.LinkStatus{State: crm.Unlinked, OrgID: o.OrgID, LoginHost: o.LoginHost})
		}
		if o.OrgID == "" && o.Legacy && !slices.ContainsFunc(all, func(s crm.LinkStatus) bool { return s.State == crm.Legacy && s.LoginHost == o.LoginHost }) {
			all = append(all, crm.LinkStatus{State: crm.Legacy, Reason: fault.New("orgs.legacy"), LoginHost: o.LoginHost, Label: o.Label})
		}
	}
	if len(all) > 1 { // the place of a first link says nothing where an org has a name
		all = slices.DeleteFunc(all, func(s crm.LinkStatus) bool { return s.OrgID == "" && s.State == crm.Unlinked && s.Reason.IsZero() })
	}
	return p.named(all)
}

// OrgError says that it is not clear which org is meant.
type OrgError struct{ fault.Fault }

func (e *OrgError) Error() string { return string(e.Code) }

// Failure returns the Fault; [fault.Of] finds it by this.
func (e *OrgError) Failure() fault.Fault { return e.Fault }

func orgError(code fault.Code, pairs ...any) error { return &OrgError{fault.New(code, pairs...)} }

// FindOrg finds the id of the org that a person means: by its id, or by its name or the user who is linked where only one
// has it. The error is an [*OrgError].
func (p *Program) FindOrg(name string) (string, error) {
	var known []crm.LinkStatus
	for _, s := range p.Orgs() {
		if s.OrgID != "" {
			known = append(known, s)
		}
	}
	ids := map[string]bool{}
	for _, s := range known {
		if s.OrgID == name {
			return name, nil
		}
		if slices.ContainsFunc([]string{s.Label, s.OrgName, s.Username, app.OrgTitle(s)}, func(called string) bool { return strings.EqualFold(called, name) }) {
			ids[s.OrgID] = true
		}
	}
	switch {
	case name != "" && len(ids) == 1:
		for id := range ids {
			return id, nil
		}
	case name != "" && len(ids) > 1:
		return "", orgError("program.org-ambiguous", "name", name, "orgs", listed(known))
	case len(known) == 0:
		return "", orgError("program.no-org")
	}
	return "", orgError("program.org-unknown", "name", name, "orgs", listed(known))
}

// listed names orgs, each one once.
func listed(orgs []crm.LinkStatus) (names []string) {
	for _, s := range orgs {
		name := s.OrgID
		if s.Called() != "" {
			name = catalogue.Beside(name, app.OrgTitle(s))
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// asks is the client that is asked about calls of an account; nil while none is linked.
func (p *Program) asks(account string) *salesforce.Client {
	a, _ := p.set.Get().Account(account)
	for _, c := range p.links.All() {
		if s := c.Status(); s.State == crm.Linked && (a.Org == "" || a.Org == s.OrgID) {
			return c
		}
	}
	return nil
}

// RefreshLink asks every org whether its link still holds, all at the same time.
func (p *Program) RefreshLink(ctx context.Context) error {
	clients := p.links.All()
	errs := make([]error, len(clients))
	var wg sync.WaitGroup
	for i, c := range clients {
		wg.Go(func() { errs[i] = c.Refresh(ctx) })
	}
	wg.Wait()
	return errors.Join(errs...)
}
