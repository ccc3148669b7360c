package program

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"linecard/app"
	"linecard/app/checkup"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/fault"
)

// Doctor checks this computer, the accounts and the orgs, and says what to do where something is wrong. Where there are several
// accounts or orgs the name of each check says whose it is.
func (p *Program) Doctor(ctx context.Context) []checkup.Line {
	all := p.examine(ctx)
	said := make([]checkup.Line, len(all))
	for i, f := range all {
		said[i] = f.Line()
	}
	return said
}

// examine makes all checks. Those that wait for others run at the same time.
func (p *Program) examine(ctx context.Context) []checkup.Finding {
	v := p.desk.View()
	var keyring, bell checkup.Finding
	var orgs []checkup.Finding
	var asked sync.WaitGroup
	asked.Go(func() { keyring = p.checkKeyring(ctx) })
	asked.Go(func() { bell = checkNotifications(ctx) })
	asked.Go(func() { orgs = p.checkOrgs(ctx) })
	all := append(p.checkAccounts(v.Phones), checkup.Sound(v.Audio))
	all = append(append(all, p.checkProfile()...), checkLayouts(p.set.Get())...)
	all = append(all, checkRuleOrgs(p.set.Get(), p.ownNames())...)
	all = append(all, checkListed(p.set.Get())...)
	asked.Wait()
	return append(append(append(all, keyring, bell), orgs...), p.checkCopies()...)
}

// checkAccounts looks at every account: whether it is registered, and whether the org that its calls belong to is linked.
func (p *Program) checkAccounts(phones []app.PhoneView) (all []checkup.Finding) {
	accounts := p.set.Get().Accounts
	if len(accounts) == 0 {
		return []checkup.Finding{checkup.Phone(app.PhoneView{})}
	}
	for _, a := range accounts {
		v := app.PhoneView{Configured: true, Extension: a.User, Server: a.Server}
		if i := slices.IndexFunc(phones, func(p app.PhoneView) bool { return p.Account == a.ID() }); i >= 0 && phones[i].Server != "" {
			v = phones[i]
		}
		found := []checkup.Finding{checkup.Phone(v)}
		if v.Encrypted {
			found = append(found, checkup.Certificate(v, time.Now()))
			if f, any := checkup.OwnCertificate(a, time.Now()); any {
				found = append(found, f)
			}
		}
		if a.STUN != "" {
			found = append(found, checkup.STUN(v.STUN))
		}
		if a.Org != "" {
			found = append(found, p.checkOrgOf(a.Org))
		}
		if f, any := p.checkUninvited(a); any {
			found = append(found, f)
		}
		for _, f := range found {
			f.Account = a.ID()
			if len(accounts) > 1 {
				f.Whose = fault.New(fault.Plain, "text", cmp.Or(a.Label, a.ID()))
			}
			all = append(all, f)
		}
	}
	return all
}

// checkLayouts is the doctor's look at the layouts that rules name; nothing where all are there.
func checkLayouts(set *settings.Settings) (all []checkup.Finding) {
	for _, f := range set.MissingLayouts() {
		all = append(all, checkup.Finding{Check: "rules.check-layouts", Minor: true, Remedy: f})
	}
	return all
}

// checkUninvited tells who has tried to call an account from an address that it does not take calls from: a scanner, which
// is well, or another edge of the phone system, which is for the admin to know. any is false when nobody has.
func (p *Program) checkUninvited(a settings.Account) (f checkup.Finding, any bool) {
	all := p.Uninvited(a.ID())
	if len(all) == 0 {
		return checkup.Finding{}, false
	}
	calls, from := 0, []string{}
	for i, u := range all {
		calls += u.Count
		if i < app.ShownUninvited {
			from = append(from, u.From.String())
		}
	}
	return checkup.Finding{Check: "program.check-uninvited", OK: true, Detail: fault.New("program.uninvited", "count", calls, "addresses", from, "account", a.ID())}, true
}

// Uninvited is who tried to call an account and was not answered, the latest first.
func (p *Program) Uninvited(account string) []app.Uninvited { return p.phone.Uninvited(account) }

// checkOrgOf is the doctor's look at the org that an account names.
func (p *Program) checkOrgOf(org string) checkup.Finding {
	name := p.orgName(org)
	f := checkup.Finding{Org: org, Check: "orgs.check-account", Detail: fault.New(fault.Plain, "text", name)}
	c := p.links.Of(org, "")
	switch {
	case c != nil && c.Status().State == crm.Linked:
		f.OK = true
	case c == nil && !slices.Contains(p.set.Get().OrgIDs(), org):
		f.Remedy = fault.New("orgs.account-unknown", "org", org)
	default:
		f.Remedy = fault.New("orgs.account-not-linked", "org", name, "id", org)
	}
	return f
}

// checkOrgs asks all orgs at the same time, so that none waits for a slow one. The port that a link needs is this computer's,
// and is told once.
func (p *Program) checkOrgs(ctx context.Context) (all []checkup.Finding) {
	clients := p.links.All()
	found := make([][]crm.Finding, len(clients))
	var asked sync.WaitGroup
	for i, c := range clients {
		asked.Go(func() { found[i] = append(c.Doctor(ctx), p.checkOwners(ctx, c)...) })
	}
	asked.Wait()
	for i, c := range clients {
		s := c.Status()
		for _, f := range found[i] {
			one := checkup.Finding{Check: f.Check, Org: s.OrgID, OK: f.OK, Minor: f.Minor, Detail: f.Detail, Remedy: f.Remedy, Setup: f.Setup}
			if f.Check == salesforce.CheckLink && s.OrgID != "" {
				one.Detail = fault.New("program.org-and-id", "org", p.orgName(s.OrgID), "id", s.OrgID)
			}
			switch {
			case f.Check == salesforce.CheckPort && i > 0:
				continue
			case f.Check == salesforce.CheckPort:
				one.Org = ""
			case len(clients) > 1:
				one.Whose = p.nameOf(s)
			}
			all = append(all, one)
		}
	}
	return all
}

// nameOf names a linked org and its user.
func (p *Program) nameOf(s crm.LinkStatus) fault.Fault {
	name := p.orgName(s.OrgID)
	if s.Username == "" {
		return fault.New(fault.Plain, "text", name)
	}
	return fault.New("program.org-as-user", "org", name, "user", s.Username)
}
