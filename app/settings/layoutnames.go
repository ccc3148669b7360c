package settings

import (
	"cmp"
	"slices"
	"strings"

	"linecard/crm"
	"linecard/crm/layout"
	"linecard/fault"
)

// Rules name the layout that a call is written by. A layout that is renamed takes them with it, and one that an org does not have is
// told: its calls would be written by the default one. They name orgs, too.

// ReplaceLayout keeps a layout in the place of the one with that org and name, which may be built in; name "" adds one. The rules that
// named the former one name the new one, wherever that is the one they get.
func (s *Settings) ReplaceLayout(l layout.Layout, org, name string) {
	before := s.Layouts
	s.Layouts = before.Replaced(l, org, name)
	if name == "" || strings.EqualFold(name, l.Name) {
		return
	}
	s.Rules = slices.Clone(s.Rules)
	for i := range s.Rules {
		r := &s.Rules[i]
		if !strings.EqualFold(r.Layout, name) {
			continue
		}
		follows := true
		for _, of := range s.orgsOf(*r) {
			was, _ := before.Find(of, name)
			now, ok := s.Layouts.Find(of, l.Name)
			follows = follows && was.Org == org && ok && now.Org == l.Org
		}
		if follows {
			r.Layout = l.Name
		}
	}
}

// MissingLayouts tells of each rule that names a layout which an org of its calls does not have.
func (s *Settings) MissingLayouts() (all []fault.Fault) {
	for _, r := range s.Rules {
		if r.Layout == "" {
			continue
		}
		for _, org := range s.orgsOf(r) {
			if _, ok := s.Layouts.Find(org, r.Layout); ok {
				continue
			}
			f := fault.New("rules.layout-missing", "rule", r.Name, "layout", r.Layout)
			if len(s.Orgs) > 1 {
				f = fault.New("rules.layout-missing-in", "rule", r.Name, "layout", r.Layout, "org", cmp.Or(s.Org(org).Label, org))
			}
			all = append(all, f)
		}
	}
	return all
}

// StrangeOrgs tells of each rule that names an org which is not here, or a name that several have: it chooses none. own is as in OrgNamed.
func (s *Settings) StrangeOrgs(own map[string]string) (all []fault.Fault) {
	for _, r := range s.Rules {
		if r.Org != "" && s.OrgNamed(r.Org, own).OrgID == "" {
			all = append(all, fault.New("rules.org-unknown", "name", r.Name, "org", r.Org))
		}
	}
	return all
}

// orgsOf are the ids of the orgs that the calls of a rule may belong to; "" stands for one that is not linked yet.
func (s *Settings) orgsOf(r crm.Rule) (orgs []string) {
	add := func(org string) {
		if !slices.Contains(orgs, org) {
			orgs = append(orgs, org)
		}
	}
	every := len(r.Accounts) == 0
	for _, entry := range r.Accounts {
		i := slices.IndexFunc(s.Accounts, func(a Account) bool { return strings.EqualFold(a.ID(), entry) || strings.EqualFold(a.User, entry) })
		switch {
		case i < 0: // a pattern
			every = true
		case s.Accounts[i].Org != "":
			add(s.Accounts[i].Org)
		case len(s.Orgs) > 0:
			add(s.Orgs[0].OrgID)
		}
	}
	if every {
		for _, o := range s.Orgs {
			add(o.OrgID)
		}
	}
	if len(orgs) == 0 {
		add("")
	}
	return orgs
}
