package program

import (
	"cmp"
	"context"
	"slices"
	"time"

	"linecard/app"
	"linecard/app/profile"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/fault"
)

// Profile is the profile in force, nil for none.
func (p *Program) Profile() *profile.Profile { return p.profile.Now() }

// ProfileSource is where the profile in force comes from.
func (p *Program) ProfileSource() profile.Source { return p.profile.Source() }

// ProfileTrouble is why the last look at the orgs failed, or why what it found is not used; the zero Fault when it went well.
func (p *Program) ProfileTrouble() fault.Fault {
	p.orgProfiles.mu.Lock()
	defer p.orgProfiles.mu.Unlock()
	if f := fault.Of(p.orgProfiles.trouble); p.orgProfiles.trouble == nil || !f.IsZero() {
		return f
	}
	return fault.New(fault.Plain, "text", p.orgProfiles.trouble.Error())
}

// MayLookForProfile reports whether an org is linked that can be looked at.
func (p *Program) MayLookForProfile() bool { return p.firstLinked() != nil }

// HasOrg reports whether an org is linked, or was and is broken for now.
func (p *Program) HasOrg(id string) bool { return p.links.Of(id, "") != nil }

// KeptProfile is what is known of the profile that is kept in an org. Its orgs have the names that people know them by now.
func (p *Program) KeptProfile() profile.Kept {
	k := p.profile.Kept()
	for _, v := range []**profile.Version{&k.Taken, &k.Offered} {
		if *v != nil {
			now := **v
			now.OrgName = p.orgOf(now)
			*v = &now
		}
	}
	k.Others = slices.Clone(k.Others)
	for i, v := range k.Others {
		k.Others[i].OrgName = p.orgOf(v)
	}
	return k
}

// orgOf is what the org of a version is called, also when it is linked no longer.
func (p *Program) orgOf(v profile.Version) string {
	if name := p.orgName(v.Org); name != v.Org {
		return name
	}
	return cmp.Or(v.OrgName, v.Org)
}

// ExportProfile makes a profile of the settings of this desk; see [profile.Export].
func (p *Program) ExportProfile(r profile.Request) ([]byte, error) {
	made, err := profile.Export(p.set, r, time.Now())
	if err != nil {
		return nil, err
	}
	return made.Document()
}

// ImportProfile puts a profile in force, at once.
func (p *Program) ImportProfile(doc []byte) error {
	if err := p.ringing(); err != nil {
		return err
	}
	if err := p.profile.Import(doc); err != nil {
		return err
	}
	p.desk.NoticeAbout(app.AboutProfile, fault.New("profile.applied", "by", p.profile.Now().Title()))
	p.remakeAccounts()
	return nil
}

// RemoveProfile takes away the profile in force, unless it was installed; see [profile.Keeper.Remove].
func (p *Program) RemoveProfile() error {
	if p.profile.Source() == profile.Installed {
		return fault.Err(nil, "profile.stays-installed")
	}
	if err := p.ringing(); err != nil {
		return err
	}
	if err := p.profile.Remove(); err != nil {
		return err
	}
	told := fault.New("profile.removed")
	if now := p.profile.Now(); now != nil {
		told = fault.New("profile.applied", "by", now.Title())
	}
	p.desk.NoticeAbout(app.AboutProfile, told)
	p.remakeAccounts()
	return nil
}

// remakeAccounts has the agent's account made as the profile in force describes it.
func (p *Program) remakeAccounts() {
	p.agents.again()
	p.agents.look()
}

// keepAgents makes the agent's account whenever a link has changed, until the program ends.
func (p *Program) keepAgents() {
	for {
		select {
		case <-p.agents.wake:
			p.makeAccounts()
		case <-p.ctx.Done():
			return
		}
	}
}

// makeAccounts makes the agent's account as the profile describes it, from the agent's User record in the first org that is linked. It asks a
// link once in a while, so that a field that is filled in later is found. It waits for the end of a call.
func (p *Program) makeAccounts() {
	now := p.profile.Now()
	if now == nil || now.Agent == nil {
		return
	}
	for _, c := range p.links.All() {
		s := c.Status()
		if s.State == crm.Linked && p.agents.known(s) || p.onCall() {
			return
		}
		if s.State != crm.Linked || !p.agents.begin(s) {
			continue
		}
		ctx, cancel := context.WithTimeout(p.ctx, accountTime)
		values, err := c.UserFields(ctx, now.Agent.UserField, now.Agent.DisplayNameField, now.Agent.CallerIDField)
		cancel()
		user, seen := values[now.Agent.UserField]
		if err != nil || user == "" { // the next look at the links asks again, not before the pause is over
			p.noAccount(now.Agent.UserField, seen, err)
			continue
		}
		if p.onCall() { // a change of the account would end one that rings
			p.agents.later(s)
			return
		}
		p.agents.named(s)
		had := len(p.set.Get().Accounts)
		changed, err := p.profile.SetPerson(profile.Person{
			User: user, DisplayName: values[now.Agent.DisplayNameField], CallerID: settings.TidyCallerID(values[now.Agent.CallerIDField]),
		})
		switch {
		case err != nil:
			p.noAccount(now.Agent.UserField, seen, err)
		case changed && had == 0:
			p.desk.NoticeAbout(app.AboutProfile, fault.New("profile.account-made", "user", user))
		}
		if err == nil {
			p.tellOfAccount(now.Agent, values)
		}
		return // the first org that knows the agent
	}
}

// noAccount tells why the agent's account is not made.
func (p *Program) noAccount(field string, seen bool, err error) {
	why := fault.New("profile.no-extension", "field", field)
	switch {
	case p.ctx.Err() != nil:
		return
	case err != nil:
		p.log.Warn("the agent's account is not made yet", "err", err)
		why = fault.New("profile.account-not-made", "why", faultIn(err))
	case !seen:
		why = fault.New("profile.no-field", "field", field)
	}
	if p.agents.tell(why) && (err == nil || len(p.set.Get().Accounts) == 0) { // one that is there stays as it is
		p.desk.NoticeAbout(app.AboutProfile, why)
	}
}

// tellOfAccount notes, for the doctor, which of the fields that the account is made with besides its user there are not.
func (p *Program) tellOfAccount(a *profile.Agent, values map[string]string) {
	was, lacks := p.agents.trouble(), fault.Fault{}
	for _, field := range []string{a.DisplayNameField, a.CallerIDField} {
		if _, seen := values[field]; field != "" && !seen && lacks.IsZero() {
			lacks = fault.New("profile.no-further-field", "field", field)
		}
	}
	p.agents.tell(lacks)
	p.desk.DismissNotice(was)
}

// accountTime bounds the question for the agent's User record.
const accountTime = 30 * time.Second
