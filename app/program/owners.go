package program

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"linecard/app/owners"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/fault"
)

// ownersAge is how old a list of users may grow while logs go by it.
const ownersAge = 24 * time.Hour

func (p *Program) openOwners() (err error) {
	p.owners, err = owners.OpenBook(filepath.Join(p.cfg.Dir, owners.FileName))
	if err != nil {
		p.log.Warn("the lists of users could not be read; they are read from the orgs again", "err", err)
	}
	return nil
}

// Owner implements app.Owners.
func (p *Program) Owner(org, account, wish string) (id string, why fault.Fault, instead bool) {
	return p.owners.Owner(p.set.Get(), org, account, wish)
}

// Refused implements app.Owners.
func (p *Program) Refused(org, id string) {
	if err := p.owners.Refused(org, id); err != nil {
		p.log.Warn("the list of users could not be saved", "err", err)
	}
}

// OwnersReport is who owns the logs of which extension's calls in an org.
type OwnersReport struct {
	Org     string       `json:"org"`
	OrgName string       `json:"orgName,omitempty"`
	At      time.Time    `json:"at,omitzero"` // when the users were read
	Users   []crm.Person `json:"users"`
	Rows    []owners.Row `json:"extensions"`
	Use     string       `json:"owner"`   // who owns a log where no rule says
	Missing string       `json:"noOwner"` // what becomes of a log whose owner is not there
	Locked  bool         `json:"locked"`
}

// Owners tells who owns what in an org; "" is the first that is linked.
func (p *Program) Owners(org string) OwnersReport {
	set := p.set.Get()
	c := p.clientOf(org)
	if c != nil {
		org = c.Status().OrgID
	}
	list := p.owners.Get(org)
	r := OwnersReport{
		Org: org, OrgName: p.orgName(org), At: list.At, Users: list.Users, Rows: owners.Table(set, org, list.Users),
		Use: set.Logging.Owner, Missing: set.Logging.NoOwner, Locked: p.set.Locked("owners"),
	}
	if r.Users == nil {
		r.Users = []crm.Person{}
	}
	if r.Rows == nil {
		r.Rows = []owners.Row{}
	}
	return r
}

// Found is the report with the extensions only that a person looks for by words; "" leaves all.
func (r OwnersReport) Found(words string) OwnersReport {
	r.Rows = slices.DeleteFunc(slices.Clone(r.Rows), func(row owners.Row) bool { return !row.Fits(words, r.Users) })
	return r
}

// FoundUsers is the report with the users only that a person looks for.
func (r OwnersReport) FoundUsers(words string) OwnersReport {
	r.Users = slices.DeleteFunc(slices.Clone(r.Users), func(u crm.Person) bool {
		return !crm.HasWords(words, u.Name, u.Username, u.Email, u.Extension)
	})
	return r
}

// clientOf is the linked client of an org, of the first linked one with ""; nil for none.
func (p *Program) clientOf(org string) *salesforce.Client {
	for _, c := range p.links.All() {
		if s := c.Status(); s.State == crm.Linked && (org == "" || s.OrgID == org) {
			return c
		}
	}
	return nil
}

// RefreshOwners reads the users of an org again, and has logs that wait for an owner try again.
func (p *Program) RefreshOwners(ctx context.Context, org string) error {
	c := p.clientOf(org)
	if c == nil {
		return orgError("program.no-org")
	}
	org = c.Status().OrgID
	var known []string
	for _, o := range p.set.Get().Owners {
		if o.User != "" && (o.Org == org || o.Org == "") {
			known = append(known, o.User)
		}
	}
	for _, r := range p.set.Get().Rules {
		known = append(known, r.Owner)
	}
	users, err := c.Users(ctx, known)
	if err != nil {
		return err
	}
	if p.links.Of(org, "") == nil { // it was unlinked in the meantime, and nothing of it is to be kept
		return orgError("program.no-org")
	}
	if err := p.owners.Put(org, owners.List{At: p.now(), Users: users}); err != nil {
		p.log.Warn("the list of users could not be saved", "err", err)
	}
	if p.links.Of(org, "") == nil { // in the moment between
		if err := p.owners.Forget(org); err != nil {
			p.log.Warn("the list of users was not dropped", "err", err)
		}
		return orgError("program.no-org")
	}
	p.lookColleagues()
	return p.desk.RetryOwners(ctx)
}

// retryOwners has logs that wait for an owner try again, after the settings say otherwise who owns what.
func (p *Program) retryOwners() {
	if err := p.desk.RetryOwners(p.ctx); err != nil {
		p.log.Warn("logs that wait for an owner were not tried again", "err", err)
	}
}

// AutoOwners reads the users of an org and associates each extension with the one user who fits. It tells how many
// associations are new.
func (p *Program) AutoOwners(ctx context.Context, org string) (found int, err error) {
	c := p.clientOf(org)
	if c == nil {
		return 0, orgError("program.no-org")
	}
	org = c.Status().OrgID // once: the first one may be another in a moment
	if err := p.RefreshOwners(ctx, org); err != nil {
		return 0, err
	}
	err = p.set.Change(func(s *settings.Settings) {
		s.Owners, found = owners.Associate(s, org, p.owners.Get(org).Users)
	})
	if err != nil {
		return 0, err
	}
	return found, nil // what waits for an owner tries again as the settings change
}

func (p *Program) clientOrg(org string) string {
	if c := p.clientOf(org); c != nil {
		return c.Status().OrgID
	}
	return org
}

// NoOwner takes an association away, in place of a user's name.
const NoOwner = "none"

// SetOwner associates an extension with a user by hand; [NoOwner] takes the association away. What waits for an owner tries again as the
// settings change.
func (p *Program) SetOwner(ctx context.Context, org, extension, user string) error {
	org = p.clientOrg(org)
	var chosen crm.Person
	if user != NoOwner {
		if len(p.owners.Get(org).Users) == 0 {
			if err := p.RefreshOwners(ctx, org); err != nil {
				return err
			}
		}
		var why fault.Fault
		if chosen, why = owners.FindUser(p.owners.Get(org).Users, user); !why.IsZero() {
			return &settings.KeyError{Fault: why}
		}
		if !chosen.Active {
			return &settings.KeyError{Fault: fault.New("owners.inactive", "name", chosen.Name)}
		}
	}
	return p.set.Change(func(s *settings.Settings) { s.Owners = owners.Choose(s.Owners, extension, org, chosen) })
}

// SetOwnerEmail notes the e-mail address of who has an extension; "" drops it. See [settings.Settings.SetOwnerEmail].
func (p *Program) SetOwnerEmail(extension, email string) error {
	return p.set.Change(func(s *settings.Settings) { s.SetOwnerEmail(extension, email) })
}

// keepOwners reads the users of each org again now and then, as long as logs go by them, or they are the agent's colleagues.
func (p *Program) keepOwners() {
	t := time.NewTicker(time.Minute)
	defer t.Stop()
	tried := map[string]time.Time{} // an org that does not say is asked again in an hour
	for {
		select {
		case <-t.C:
		case <-p.team.look:
		case <-p.ctx.Done():
			return
		}
		ctx, set := p.ctx, p.set.Get()
		switch used := ownersUsed(set); {
		case !used && !set.Directory.Colleagues:
			continue
		case !used: // it may wait, near the org's limit
			ctx = crm.ForUse(ctx, crm.UseDirectory)
		}
		p.lookColleagues() // some may be too old by now, and others have called
		for _, c := range p.links.All() {
			s := c.Status()
			if s.State != crm.Linked || p.now().Sub(p.owners.Get(s.OrgID).At) < ownersAge || p.now().Sub(tried[s.OrgID]) < time.Hour {
				continue
			}
			tried[s.OrgID] = p.now()
			if err := p.RefreshOwners(ctx, s.OrgID); err != nil {
				p.log.Warn("the users of the org were not read", "err", err)
			}
		}
	}
}

// ownersUsed reports whether any log may be another user's than the linked one's.
func ownersUsed(s *settings.Settings) bool {
	return s.Logging.Owner == crm.OwnerExtension || slices.ContainsFunc(s.Rules, func(r crm.Rule) bool {
		return r.On && r.Owner != "" && r.Owner != crm.OwnerLinked
	})
}
