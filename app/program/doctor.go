package program

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/fault"
	"linecard/sip"
)

// Finding is one thing the doctor looked at, in words, with their codes for programs.
type Finding struct {
	Account    string     `json:"account,omitempty"`    // id of the account that was looked at
	Org        string     `json:"org,omitempty"`        // id of the org that was looked at
	Check      string     `json:"check"`                // what was looked at
	OK         bool       `json:"ok"`                   // there is nothing to do
	Minor      bool       `json:"minor,omitempty"`      // a warning: not OK, and calls are taken, found and logged all the same
	Detail     string     `json:"detail,omitempty"`     // what was found
	Remedy     string     `json:"remedy,omitempty"`     // what to do, with the Setup path, when it is not OK
	Setup      string     `json:"setup,omitempty"`      // address of the page in Setup that the remedy names
	ReasonCode fault.Code `json:"reasonCode,omitempty"` // of the remedy
	CheckCode  fault.Code `json:"checkCode,omitempty"`
}

// finding is one thing the doctor looked at. whose names the account or the org where there are several.
type finding struct {
	account, org string // ids
	whose        fault.Fault
	check        fault.Code
	ok, minor    bool
	detail       fault.Fault
	remedy       fault.Fault
	setup        string
}

// Doctor checks this computer, the accounts and the orgs, and says what to do where something is wrong. Where there are several
// accounts or orgs the name of each check says whose it is.
func (p *Program) Doctor(ctx context.Context) []Finding {
	all := p.examine(ctx)
	said := make([]Finding, len(all))
	for i, f := range all {
		said[i] = f.say()
	}
	return said
}

// examine makes all checks. Those that wait for others run at the same time.
func (p *Program) examine(ctx context.Context) []finding {
	v := p.desk.View()
	var keyring, bell finding
	var orgs []finding
	var asked sync.WaitGroup
	asked.Go(func() { keyring = p.checkKeyring(ctx) })
	asked.Go(func() { bell = checkNotifications(ctx) })
	asked.Go(func() { orgs = p.checkOrgs(ctx) })
	all := append(p.checkAccounts(v.Phones), checkSound(v.Audio))
	all = append(append(all, p.checkProfile()...), checkLayouts(p.set.Get())...)
	all = append(all, checkRuleOrgs(p.set.Get(), p.ownNames())...)
	asked.Wait()
	return append(append(append(all, keyring, bell), orgs...), p.checkCopies()...)
}

func (f finding) say() Finding {
	said := Finding{
		Account: f.account, Org: f.org, Check: catalogue.Text(string(f.check)), CheckCode: f.check, OK: f.ok, Minor: f.minor, Setup: f.setup,
		Detail: catalogue.Say(f.detail), Remedy: catalogue.Say(f.remedy), ReasonCode: f.remedy.Code,
	}
	if !f.whose.IsZero() {
		said.Check = catalogue.Text("program.check-of", "org", f.whose, "check", said.Check)
	}
	return said
}

// checkAccounts looks at every account: whether it is registered, and whether the org that its calls belong to is linked.
func (p *Program) checkAccounts(phones []app.PhoneView) (all []finding) {
	accounts := p.set.Get().Accounts
	if len(accounts) == 0 {
		return []finding{checkPhone(app.PhoneView{})}
	}
	for _, a := range accounts {
		v := app.PhoneView{Configured: true, Extension: a.User, Server: a.Server}
		if i := slices.IndexFunc(phones, func(p app.PhoneView) bool { return p.Account == a.ID() }); i >= 0 && phones[i].Server != "" {
			v = phones[i]
		}
		found := []finding{checkPhone(v)}
		if v.Encrypted {
			found = append(found, checkCertificate(v, time.Now()))
			if f, any := checkOwnCertificate(a, time.Now()); any {
				found = append(found, f)
			}
		}
		if a.STUN != "" {
			found = append(found, checkSTUN(v.STUN))
		}
		if a.Org != "" {
			found = append(found, p.checkOrgOf(a.Org))
		}
		if f, any := p.checkUninvited(a); any {
			found = append(found, f)
		}
		for _, f := range found {
			f.account = a.ID()
			if len(accounts) > 1 {
				f.whose = fault.New(fault.Plain, "text", cmp.Or(a.Label, a.ID()))
			}
			all = append(all, f)
		}
	}
	return all
}

// checkLayouts is the doctor's look at the layouts that rules name; nothing where all are there.
func checkLayouts(set *settings.Settings) (all []finding) {
	for _, f := range set.MissingLayouts() {
		all = append(all, finding{check: "rules.check-layouts", minor: true, remedy: f})
	}
	return all
}

// checkUninvited tells who has tried to call an account from an address that it does not take calls from: a scanner, which
// is well, or another edge of the phone system, which is for the admin to know. any is false when nobody has.
func (p *Program) checkUninvited(a settings.Account) (f finding, any bool) {
	all := p.Uninvited(a.ID())
	if len(all) == 0 {
		return finding{}, false
	}
	calls, from := 0, []string{}
	for i, u := range all {
		calls += u.Count
		if i < app.ShownUninvited {
			from = append(from, u.From.String())
		}
	}
	return finding{check: "program.check-uninvited", ok: true, detail: fault.New("program.uninvited", "count", calls, "addresses", from, "account", a.ID())}, true
}

// Uninvited is who tried to call an account and was not answered, the latest first.
func (p *Program) Uninvited(account string) []app.Uninvited { return p.phone.Uninvited(account) }

// checkOrgOf is the doctor's look at the org that an account names.
func (p *Program) checkOrgOf(org string) finding {
	name := p.orgName(org)
	f := finding{org: org, check: "orgs.check-account", detail: fault.New(fault.Plain, "text", name)}
	c := p.links.Of(org, "")
	switch {
	case c != nil && c.Status().State == crm.Linked:
		f.ok = true
	case c == nil && !slices.Contains(orgIDs(p.set.Get()), org):
		f.remedy = fault.New("orgs.account-unknown", "org", org)
	default:
		f.remedy = fault.New("orgs.account-not-linked", "org", name, "id", org)
	}
	return f
}

// checkOrgs asks all orgs at the same time, so that none waits for a slow one. The port that a link needs is this computer's,
// and is told once.
func (p *Program) checkOrgs(ctx context.Context) (all []finding) {
	clients := p.links.All()
	found := make([][]crm.Finding, len(clients))
	var asked sync.WaitGroup
	for i, c := range clients {
		asked.Go(func() { found[i] = c.Doctor(ctx) })
	}
	asked.Wait()
	for i, c := range clients {
		s := c.Status()
		for _, f := range found[i] {
			one := finding{check: f.Check, org: s.OrgID, ok: f.OK, minor: f.Minor, detail: f.Detail, remedy: f.Remedy, setup: f.Setup}
			if f.Check == salesforce.CheckLink && s.OrgID != "" {
				one.detail = fault.New("program.org-and-id", "org", p.orgName(s.OrgID), "id", s.OrgID)
			}
			switch {
			case f.Check == salesforce.CheckPort && i > 0:
				continue
			case f.Check == salesforce.CheckPort:
				one.org = ""
			case len(clients) > 1:
				one.whose = p.nameOf(s)
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

// checkPhone is the doctor's look at the registration.
func checkPhone(v app.PhoneView) finding {
	f := finding{check: "program.check-phone", ok: v.State == sip.Registered && v.Why.IsZero(), remedy: v.Why}
	f.minor = !f.ok && v.State == sip.Registered // calls come, but perhaps not all
	switch {
	case !v.Configured:
		f.remedy = fault.New("program.no-account")
		return f
	case !f.ok && f.remedy.IsZero():
		f.remedy = fault.New("program.not-answered-yet")
	}
	f.detail = fault.New("program.extension-at", "extension", v.Extension, "server", v.Server)
	return f
}
