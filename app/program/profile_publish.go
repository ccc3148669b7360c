package program

import (
	"cmp"
	"context"
	"slices"

	"linecard/app/profile"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/fault"
)

// Published is a profile that was kept in an org.
type Published struct {
	profile.Version
	KnownAdministrator bool // the org told whether the user who published it administers it
}

// PublishProfile makes a profile of the settings of this desk, as [Program.ExportProfile] does, and keeps it in an org, where all of its users see it: as
// the next version of the file that there is, as far as it is trusted and the user may change it, or as a new file. org is the id of the org; "" is
// the only one that is linked.
func (p *Program) PublishProfile(ctx context.Context, org string, r profile.Request) (Published, error) {
	doc, err := p.ExportProfile(r)
	if err != nil {
		return Published{}, err
	}
	if len(doc) > profile.MostBytes {
		return Published{}, fault.Err(nil, "profile.too-large-to-publish")
	}
	if several := p.linkedOrgs(); org == "" && len(several) > 1 { // every desk of the org would take it
		return Published{}, orgError("profile.which-org", "orgs", listed(several))
	}
	c := p.firstLinked()
	if org != "" {
		c = p.links.Of(org, "")
	}
	if c == nil || c.Status().State != crm.Linked {
		return Published{}, fault.Err(nil, "profile.no-org")
	}
	p.orgProfiles.looking.Lock()
	defer p.orgProfiles.looking.Unlock()
	ctx, cancel := context.WithTimeout(ctx, profileTime)
	defer cancel()
	s := c.Status()
	document, err := p.publishedAs(ctx, c, s)
	if err != nil {
		return Published{}, err
	}
	f, err := c.PublishFile(ctx, profile.OrgFileName, doc, document)
	if document != "" && salesforce.MayNotChange(err) { // it is another administrator's
		f, err = c.PublishFile(ctx, profile.OrgFileName, doc, "")
	}
	if f.Document != "" { // also where it is not shared yet
		if kept := p.profile.Publishes(profile.Place{Org: s.OrgID, Document: f.Document}); err == nil {
			err = kept
		}
	}
	if err != nil {
		return Published{}, err
	}
	out := Published{Version: p.versionOf(f, s)}
	out.ByName = cmp.Or(s.DisplayName, s.Username)
	out.ByUser = s.Username
	if administers, known, err := c.Administrators(ctx, []string{s.UserID}); err == nil && known {
		out.KnownAdministrator, out.Administrator = true, administers[s.UserID]
	}
	return out, nil
}

// linkedOrgs are the orgs that are linked, each one once.
func (p *Program) linkedOrgs() (all []crm.LinkStatus) {
	for _, s := range p.Orgs() {
		if s.State == crm.Linked && !slices.ContainsFunc(all, func(o crm.LinkStatus) bool { return o.OrgID == s.OrgID }) {
			all = append(all, s)
		}
	}
	return all
}

// publishedAs is the document of which a profile becomes the next version; "" for none: the one that this desk published, one of the user's own,
// or the one that would be taken.
func (p *Program) publishedAs(ctx context.Context, c *salesforce.Client, s crm.LinkStatus) (string, error) {
	found, err := p.profilesIn(ctx, c, s)
	if err != nil {
		return "", err
	}
	kept := p.profile.Kept()
	for _, fits := range []func(profile.Version) bool{
		func(v profile.Version) bool {
			return kept.Mine != nil && kept.Mine.Org == v.Org && kept.Mine.Document == v.Document
		},
		func(v profile.Version) bool { return v.By == s.UserID },
		func(v profile.Version) bool { return v.Administrator },
	} {
		if i := slices.IndexFunc(found, fits); i >= 0 {
			return found[i].Document, nil
		}
	}
	return "", nil
}
