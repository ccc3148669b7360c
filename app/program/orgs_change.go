package program

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/crm/salesforce/hosts"
	"linecard/fault"
)

// LinkRequest says what to link. Empty parts of an org that the settings know are those of the settings.
type LinkRequest struct {
	Org string // id of the org to link again; "" is the first one
	Add bool   // link one more, and let the others be

	Legacy string // login host of the older integration whose note it takes the place of, "" for none
	Host   string // where to log in
	Key    string // consumer key of the org's External Client App

	Silent func([]crm.ShownError) // as in [salesforce.LinkRequest]
}

// Link links an org; open shows the page on which the user allows it. The user may log in to another org than was expected:
// then that org takes the place of the one that was to be linked again, also as the org of accounts. What worked is kept in
// the settings.
func (p *Program) Link(ctx context.Context, r LinkRequest, open func(url string) error) (crm.LinkStatus, error) {
	before := settings.DefaultOrg()
	if !r.Add {
		before = p.set.Get().Org(r.Org)
	}
	host, err := hosts.Login(cmp.Or(r.Host, before.LoginHost))
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
	status, err := p.links.Link(ctx, salesforce.LinkRequest{LoginHost: host, ClientID: key, Silent: r.Silent}, replace, open)
	if err != nil {
		return status, err
	}
	p.desk.NoticeAbout(app.AboutLink, fault.Fault{})
	replaced := ""
	if was != status.OrgID && p.links.Of(was, "") == nil && (replace != nil || !slices.Contains(p.set.Get().OrgIDs(), status.OrgID)) {
		replaced = was
	}
	if replaced != "" { // what is remembered of callers is the other org's
		if err := p.forgetCallers(ctx, replaced); err != nil {
			return status, err
		}
	}
	defer p.orgProfiles.newLink() // once the settings know the org
	return status, p.set.Change(func(s *settings.Settings) {
		org := settings.DefaultOrg()
		org.LoginHost, org.ClientID, org.OrgID = host, key, status.OrgID
		legacy := r.Legacy
		if before.OrgID == "" && before.Legacy {
			legacy = before.LoginHost
		}
		takePlace(s, org, replaced, legacy)
		p.follow(s, replaced, status.OrgID)
	})
}

// takePlace puts an org that was linked where it belongs in the list: where it is, or in the place of the one it replaces, of one
// that never had a link, or behind all others. The note of an older integration is for its own org: one that logs in at the same host,
// or is linked in its place; legacy is its login host then.
func takePlace(s *settings.Settings, o settings.Org, replaced, legacy string) {
	at := func(id string) int {
		return slices.IndexFunc(s.Orgs, func(e settings.Org) bool { return e.OrgID == id })
	}
	if replaced != "" && at(o.OrgID) >= 0 && at(replaced) >= 0 {
		s.Orgs = slices.Delete(s.Orgs, at(replaced), at(replaced)+1)
	}
	noted := slices.IndexFunc(s.Orgs, func(e settings.Org) bool {
		return e.OrgID == "" && e.Legacy && (e.LoginHost == legacy || e.LoginHost == o.LoginHost && e.LoginHost != hosts.Production && e.LoginHost != hosts.Sandbox)
	})
	free := slices.IndexFunc(s.Orgs, func(e settings.Org) bool { return e.OrgID == "" && !e.Legacy })
	replacedAt := -1
	if replaced != "" {
		replacedAt = at(replaced)
	}
	for _, i := range []int{at(o.OrgID), replacedAt, noted, free} {
		if i >= 0 {
			if i != noted && noted >= 0 { // the note has done its work
				defer func() { s.Orgs = slices.Delete(s.Orgs, noted, noted+1) }()
			}
			o.Label, o.Color, o.Description, o.Called, o.Beyond = s.Orgs[i].Label, s.Orgs[i].Color, s.Orgs[i].Description, s.Orgs[i].Called, s.Orgs[i].Beyond
			s.Orgs[i] = o
			return
		}
	}
	s.Orgs = append(s.Orgs, o)
}

// follow makes accounts whose calls belong to an org that goes name the one that takes its place; "" is the first one.
// Accounts that the administrator fixed stay as they are: the doctor tells.
func (p *Program) follow(s *settings.Settings, from, to string) {
	if from == "" || p.set.Locked("accounts") {
		return
	}
	for i := range s.Accounts {
		if a := &s.Accounts[i]; a.Org == from {
			a.Org = to
			p.log.Info("the account's calls belong to another org now", "account", a.ID(), "before", from, "now", to)
		}
	}
}

// forgetCallers forgets what is remembered of an org's people.
func (p *Program) forgetCallers(ctx context.Context, org string) error {
	defer p.kept.tell(p)
	if err := p.owners.Forget(org); err != nil {
		p.log.Warn("the list of users was not dropped", "err", err)
	}
	p.lookColleagues()
	if err := p.desk.Forget(ctx, org); err != nil {
		return fault.Err(err, "orgs.callers-left")
	}
	return nil
}

// clientFor is the client whose link is renewed or replaced when the org with the id is linked; nil means that a link is added.
// Of several users' links it is one that does not work. A client whose org the settings do not name stands for any: the settings may have been written by hand.
func (p *Program) clientFor(org string) *salesforce.Client {
	if org != "" {
		for _, c := range p.links.All() {
			if s := c.Status(); s.OrgID == org && s.State != crm.Linked {
				return c
			}
		}
		if c := p.links.Of(org, ""); c != nil {
			return c
		}
	}
	known := p.set.Get().OrgIDs()
	for _, c := range p.links.All() {
		if !slices.Contains(known, c.Status().OrgID) {
			return c
		}
	}
	return nil
}

// Unlink revokes the links to an org and forgets what was remembered of its people; "" is the only org. Where there are more
// orgs it keeps its place in the settings, so that it can be linked again as it was.
func (p *Program) Unlink(ctx context.Context, org string) error { return p.UnlinkUser(ctx, org, "") }

// UnlinkUser is [Program.Unlink] of the link of one user alone, by id; those of other users of the org stay, and with them what was
// remembered. With user "" it is all of them.
func (p *Program) UnlinkUser(ctx context.Context, org, user string) error {
	if org == "" {
		var err error
		if org, err = p.onlyOrg(); err != nil {
			return err
		}
	}
	var errs []error
	for c := p.links.Of(org, user); c != nil && org != ""; c = p.links.Of(org, user) {
		if err := p.links.Unlink(ctx, c); err != nil {
			errs = append(errs, err)
			if c.Status().OrgID != "" {
				break
			}
		}
	}
	if user != "" && p.links.Of(org, "") != nil { // the org is still linked
		return errors.Join(errs...)
	}
	if p.links.Of(org, "") == nil && org != "" {
		errs = append(errs, p.forgetCallers(ctx, org))
	}
	p.tellUnlinked(org)
	if p.set.Locked("orgs") { // the org stays as the administrator has it, for the next link
		return errors.Join(errs...)
	}
	return errors.Join(append(errs, p.set.Change(func(s *settings.Settings) {
		if len(s.Orgs) == 1 && (org == "" || s.Orgs[0].OrgID == org) {
			s.Orgs[0].OrgID = ""
			p.follow(s, org, "")
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
