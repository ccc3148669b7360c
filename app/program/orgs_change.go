package program

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/fault"
)

// LinkRequest says what to link. Empty parts of an org that the settings know are those of the settings.
type LinkRequest struct {
	Org  string // id of the org to link again; "" is the first one
	Add  bool   // link one more, and let the others be
	Host string // where to log in
	Key  string // consumer key of the org's External Client App
}

// Link links an org; open shows the page on which the user allows it. The user may log in to another org than was expected:
// then that org takes the place of the one that was to be linked again. What worked is kept in the settings.
func (p *Program) Link(ctx context.Context, r LinkRequest, open func(url string) error) (crm.LinkStatus, error) {
	before := settings.DefaultOrg()
	if !r.Add {
		before = p.set.Get().Org(r.Org)
	}
	host, err := settings.LoginHost(cmp.Or(r.Host, before.LoginHost))
	if err != nil {
		return crm.LinkStatus{}, err
	}
	key := cmp.Or(r.Key, before.ClientID)
	if key == "" {
		return crm.LinkStatus{}, fault.Err(nil, "program.no-consumer-key")
	}
	var replace *salesforce.Client
	if !r.Add {
		replace = p.clientFor(cmp.Or(r.Org, before.OrgID))
	}
	was := before.OrgID
	if replace != nil {
		was = cmp.Or(replace.Status().OrgID, was)
	}
	status, err := p.links.Link(ctx, salesforce.LinkRequest{LoginHost: host, ClientID: key}, replace, open)
	if err != nil {
		return status, err
	}
	gone := was != "" && was != status.OrgID && p.links.Of(was, "") == nil
	if gone && replace != nil { // what is remembered of callers is the other org's
		if err := p.desk.Forget(ctx, was); err != nil {
			return status, err
		}
	}
	return status, p.set.Change(func(s *settings.Settings) {
		o := settings.Org{LoginHost: host, ClientID: key, OrgID: status.OrgID}
		place := slices.IndexFunc(s.Orgs, func(e settings.Org) bool { return e.OrgID == o.OrgID })
		if place < 0 { // a new org: in the place of the one it replaces, or in one that never had a link
			place = slices.IndexFunc(s.Orgs, func(e settings.Org) bool { return e.OrgID == "" || gone && replace != nil && e.OrgID == was })
		}
		if place < 0 {
			s.Orgs = append(s.Orgs, o)
			return
		}
		o.Beyond = s.Orgs[place].Beyond
		s.Orgs[place] = o
	})
}

// clientFor is the client whose link is renewed or replaced when the org with the id is linked; nil means that a link is added.
// A client whose org the settings do not name stands for any: the settings may have been written by hand.
func (p *Program) clientFor(org string) *salesforce.Client {
	if org != "" {
		if c := p.links.Of(org, ""); c != nil {
			return c
		}
	}
	known := orgIDs(p.set.Get())
	for _, c := range p.links.All() {
		if !slices.Contains(known, c.Status().OrgID) {
			return c
		}
	}
	return nil
}

// Unlink revokes the links to an org and forgets what was remembered of its people; "" is the only org. Where there are more
// orgs it keeps its place in the settings, so that it can be linked again as it was.
func (p *Program) Unlink(ctx context.Context, org string) error {
	if org == "" {
		var err error
		if org, err = p.onlyOrg(); err != nil {
			return err
		}
	}
	var errs []error
	for c := p.links.Of(org, ""); c != nil && org != ""; c = p.links.Of(org, "") {
		if err := p.links.Unlink(ctx, c); err != nil {
			errs = append(errs, err)
			if c.Status().OrgID != "" {
				break
			}
		}
	}
	if p.links.Of(org, "") == nil && org != "" {
		errs = append(errs, p.desk.Forget(ctx, org))
	}
	return errors.Join(append(errs, p.set.Change(func(s *settings.Settings) {
		if len(s.Orgs) == 1 && (org == "" || s.Orgs[0].OrgID == org) {
			s.Orgs[0].OrgID = ""
		}
	}))...)
}

// onlyOrg is the id of the org that is linked, "" for none; the error, an [*OrgError], lists them where there are several.
func (p *Program) onlyOrg() (string, error) {
	var linked []crm.LinkStatus
	for _, s := range p.links.Status() {
		if s.OrgID != "" {
			linked = append(linked, s)
		}
	}
	for _, s := range linked {
		if s.OrgID != linked[0].OrgID {
			return "", orgError("program.several-orgs", "orgs", listed(linked))
		}
	}
	if len(linked) == 0 {
		return p.set.Get().Org("").OrgID, nil
	}
	return linked[0].OrgID, nil
}

// Callbacks are the addresses an admin has to allow in the External Client App.
func (p *Program) Callbacks() []string { return p.links.CallbackURLs() }
