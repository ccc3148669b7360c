package program

import (
	"context"
	"errors"
	"slices"

	"linecard/app"
	"linecard/app/profile"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/fault"
)

// takeProfile reads a version of an org's profile and puts it in force. unfit says why it cannot be used, which is told once; err that it could not
// be read or kept, or errOnCall that busy puts it off. With either the earlier one stays.
func (p *Program) takeProfile(ctx context.Context, c *salesforce.Client, v profile.Version, busy func() bool) (unfit fault.Fault, err error) {
	if why := p.orgProfiles.why(v.ID); !why.IsZero() {
		return why, nil
	}
	var doc []byte
	if v.Size > profile.MostBytes {
		return p.unfitProfile(v, fault.New("profile.too-large")), nil
	}
	if doc, err = c.FileContent(ctx, salesforce.File{Version: v.ID, Size: v.Size, Checksum: v.Checksum}, profile.MostBytes); err != nil {
		return unfit, err
	}
	if busy() {
		return unfit, errOnCall
	}
	before := p.profile.Now()
	inForce, err := p.profile.Take(v, doc)
	switch f := fault.Of(err); {
	case err != nil && (f.IsZero() || f.Is("profile.not-kept")):
		return unfit, err
	case err != nil:
		return p.unfitProfile(v, f), nil
	case !inForce:
		return unfit, nil // one that was imported by hand outweighs it
	}
	code := fault.Code("profile.applied-from-org")
	if before != nil {
		code = "profile.changed-in-org"
	}
	p.desk.NoticeAbout(app.AboutProfile, fault.New(code, "by", titleOf(p.profile.Now(), v), "who", v.ByName, "org", p.orgOf(v)))
	p.remakeAccounts()
	return unfit, nil
}

// titleOf is what a profile is called, or else who made the version.
func titleOf(now *profile.Profile, v profile.Version) string {
	if now != nil && now.Title() != "" {
		return now.Title()
	}
	return v.ByName
}

// unfitProfile tells that a version cannot be used, and why.
func (p *Program) unfitProfile(v profile.Version, why fault.Fault) fault.Fault {
	switch why.Code { // in its own words each would speak of an import
	case "profile.too-new":
		why = fault.New("profile.too-new-in-org")
	case "profile.too-large":
		why = fault.New("profile.too-large-in-org")
	case "profile.unreadable":
		why = fault.New("profile.unreadable-in-org")
	case "profile.none":
		why = fault.New("profile.none-in-org")
	}
	f := fault.New("profile.unfit-in-org", "who", v.ByName, "org", p.orgOf(v), "why", why)
	p.orgProfiles.mu.Lock()
	p.orgProfiles.unfit[v.ID] = f
	p.orgProfiles.mu.Unlock()
	p.desk.NoticeAbout(app.AboutProfile, f)
	return f
}

// why is the reason for which a version cannot be used, as far as that is known since the start.
func (o *orgProfiles) why(version string) fault.Fault {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.unfit[version]
}

// AcceptProfile uses the version that is offered, if the org still has it as it was when it was offered.
func (p *Program) AcceptProfile(ctx context.Context) error {
	p.orgProfiles.looking.Lock()
	defer p.orgProfiles.looking.Unlock()
	v := p.profile.Kept().Offered
	if v == nil {
		return fault.Err(nil, "profile.nothing-offered")
	}
	c := p.links.Of(v.Org, "")
	if c == nil || c.Status().State != crm.Linked {
		return fault.Err(nil, "profile.offer-not-linked", "org", p.orgOf(*v))
	}
	ctx, cancel := context.WithTimeout(ctx, profileTime)
	defer cancel()
	files, err := c.FilesNamed(ctx, profile.OrgFileName)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(files, func(f salesforce.File) bool { return f.Version == v.ID }) {
		return errors.Join(fault.Err(nil, "profile.offer-gone", "org", p.orgOf(*v)), p.lookForProfile(ctx, p.rings))
	}
	unfit, err := p.takeProfile(ctx, c, *v, p.rings)
	if errors.Is(err, errOnCall) {
		return fault.Err(nil, "profile.call-rings")
	}
	if err == nil && !unfit.IsZero() {
		err = &fault.Error{Fault: unfit}
	}
	return err
}

// tellUnlinked tells that the profile in force is of an org that was unlinked: it stays as it was last.
func (p *Program) tellUnlinked(org string) {
	if v := p.profile.Kept().Taken; v != nil && org != "" && v.Org == org && p.profile.Source() == profile.FromOrg && p.links.Of(org, "") == nil {
		p.desk.NoticeAbout(app.AboutProfile, fault.New("profile.org-unlinked", "org", p.orgOf(*v)))
	}
}
