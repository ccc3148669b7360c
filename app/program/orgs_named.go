package program

import (
	"maps"

	"linecard/app/checkup"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/fault"
)

// Rules may name an org as it names itself, which only its link tells: the settings do not have it.

// ownNames are the names that the linked orgs have themselves, by id.
func (p *Program) ownNames() map[string]string {
	if names := p.names.Load(); names != nil {
		return *names
	}
	return nil
}

func namesOf(links []crm.LinkStatus) map[string]string {
	names := map[string]string{}
	for _, s := range links {
		if s.OrgID != "" && s.OrgName != "" {
			names[s.OrgID] = s.OrgName
		}
	}
	return names
}

// renamed has the rules go by the names that the orgs have by now.
func (p *Program) renamed(links []crm.LinkStatus) {
	names := namesOf(links)
	if was := p.names.Swap(&names); was == nil || !maps.Equal(*was, names) {
		p.useRules()
	}
}

// useRules gives the desk the rules as they are now.
func (p *Program) useRules() {
	p.ruling.Lock()
	defer p.ruling.Unlock()
	p.desk.SetRules(rulesOf(p.set.Get(), p.ownNames()))
}

// StrangeOrgs tells of each rule that names an org which is not here.
func (p *Program) StrangeOrgs() []fault.Fault { return p.set.Get().StrangeOrgs(p.ownNames()) }

// checkRuleOrgs is the doctor's look at the orgs that rules name; nothing where all are there.
func checkRuleOrgs(set *settings.Settings, own map[string]string) (all []checkup.Finding) {
	for _, f := range set.StrangeOrgs(own) {
		all = append(all, checkup.Finding{Check: "rules.check-orgs", Minor: true, Remedy: f})
	}
	return all
}
