package program

import (
	"context"
	"slices"

	"linecard/app/settings"
	"linecard/crm/salesforce/hosts"
	"linecard/fault"
)

// ImportLegacy takes note of an org that an older integration logs in to by user name and password, by its login host. Nothing else of that
// integration is kept or used: the org should be linked in its place. An org that is linked already stays as it is, and so does one that is
// set up and not linked yet.
func (p *Program) ImportLegacy(loginHost string) error {
	host, err := hosts.Login(loginHost)
	if err != nil {
		return err
	}
	if p.set.Locked("orgs") {
		return &settings.LockedError{Key: "orgs"}
	}
	return p.set.Change(func(s *settings.Settings) {
		at := slices.IndexFunc(s.Orgs, func(o settings.Org) bool { return o.OrgID == "" && o.LoginHost == host })
		if at < 0 { // one that says nothing yet
			at = slices.IndexFunc(s.Orgs, func(o settings.Org) bool { return o.OrgID == "" && o.ClientID == "" && !o.Legacy })
		}
		if at < 0 {
			at = len(s.Orgs)
			s.Orgs = append(s.Orgs, settings.DefaultOrg())
		}
		s.Orgs[at].LoginHost, s.Orgs[at].Legacy = host, true
	})
}

// NameOrg sets what people here call an org, the color that the window marks it in, and what it is for; nil leaves one as it is.
func (p *Program) NameOrg(org string, label, color, description *string) error {
	if p.set.Locked("orgs") {
		return &settings.LockedError{Key: "orgs"}
	}
	id, err := p.FindOrg(org)
	if err != nil {
		return err
	}
	return p.set.Change(func(s *settings.Settings) {
		at := slices.IndexFunc(s.Orgs, func(o settings.Org) bool { return o.OrgID == id })
		if at < 0 { // the settings were written by hand
			at = len(s.Orgs)
			o := settings.DefaultOrg()
			o.OrgID = id
			s.Orgs = append(s.Orgs, o)
		}
		if label != nil {
			s.Orgs[at].Label = *label
		}
		if color != nil {
			s.Orgs[at].Color = *color
		}
		if description != nil {
			s.Orgs[at].Description = *description
		}
	})
}

// TestOrg asks an org whether its link still holds.
func (p *Program) TestOrg(ctx context.Context, org string) error {
	id, err := p.FindOrg(org)
	if err != nil {
		return err
	}
	c := p.links.Of(id, "")
	if c == nil {
		return fault.Err(nil, "orgs.not-linked", "org", p.orgName(id), "id", id)
	}
	return c.Refresh(ctx)
}
