package program

import (
	"slices"
	"strings"

	"linecard/app/settings"
	"linecard/crm"
	"linecard/fault"
)

// CallOrg says which called numbers and queues have their calls belong to an org, which is named as a person names it. None is those that
// nothing else gives it.
func (p *Program) CallOrg(org string, called []string) error {
	if p.set.Locked("orgs") {
		return &settings.LockedError{Key: "orgs"}
	}
	id, err := p.FindOrg(org)
	if err != nil {
		return err
	}
	var patterns []string
	for _, text := range called {
		if text = strings.TrimSpace(text); text == "" || slices.Contains(patterns, text) {
			continue
		}
		if why := crm.WrongCalled(text); !why.IsZero() {
			return &settings.KeyError{Fault: why}
		}
		patterns = append(patterns, text)
	}
	if len(patterns) > settings.MostCalled {
		return &settings.KeyError{Fault: fault.New("settings.must-be-fewer", "key", "called", "most", settings.MostCalled)}
	}
	return p.set.Change(func(s *settings.Settings) {
		at := slices.IndexFunc(s.Orgs, func(o settings.Org) bool { return o.OrgID == id })
		if at < 0 { // the settings were written by hand
			at = len(s.Orgs)
			o := settings.DefaultOrg()
			o.OrgID = id
			s.Orgs = append(s.Orgs, o)
		}
		s.Orgs[at].Called = patterns
	})
}

// SearchOrgs says who is asked who a caller is: "own" for the call's own org, "all" for every one.
func (p *Program) SearchOrgs(which string) error {
	if p.set.Locked("records.orgs") {
		return &settings.LockedError{Key: "records.orgs"}
	}
	if !slices.Contains(settings.OrgSearches, which) {
		return &settings.KeyError{Fault: fault.New("settings.must-be-one-of", "key", "records.orgs", "values", settings.OrgSearches)}
	}
	return p.set.Change(func(s *settings.Settings) { s.Records.Orgs = which })
}
