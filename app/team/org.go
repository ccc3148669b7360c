package team

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
)

// Org are the users of an org as colleagues.
type Org struct {
	At     time.Time       // when the users were read
	Active int             // users
	All    []app.Colleague // who can be called, by name

	several map[string]bool // names that several active users have, as [app.SameName] has them
}

// Users are the users of an org, and those of them who can be called at an account, by name, each extension once. user is the account's own
// extension, and own says who the agent is, whose phone is nobody to call.
func Users(org, account, user string, plan crm.NumberPlan, users []crm.Person, own func(id string) bool) Org {
	o := Org{several: map[string]bool{}}
	for _, u := range users {
		if !u.Active {
			continue
		}
		o.Active++
		name := app.SameName(u.Name)
		_, again := o.several[name]
		o.several[name] = again
		if account == "" {
			continue
		}
		if extension := plan.Internal(u.Extension, u.Phone); extension != "" && extension != user && !own(u.ID) {
			o.All = append(o.All, app.Colleague{Name: u.Name, Extension: extension, Account: account, Org: org})
		}
	}
	slices.SortStableFunc(o.All, func(a, b app.Colleague) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	seen := map[string]bool{}
	o.All = slices.DeleteFunc(o.All, func(c app.Colleague) bool {
		twice := seen[c.Extension]
		seen[c.Extension] = true
		return twice
	})
	for i, c := range o.All {
		o.All[i].Namesakes = o.several[app.SameName(c.Name)]
	}
	return o
}

// With are the colleagues of the settings, and behind them those of an org. Who is in both is as the settings say, under the name that the org has
// where they say none.
func (o Org) With(listed []app.Colleague) []app.Colleague {
	at := map[[2]string]int{}
	for i, c := range listed {
		at[[2]string{c.Account, c.Extension}] = i
		if c.Listed && o.several[app.SameName(c.Name)] {
			listed[i].Namesakes = true
		}
	}
	for _, u := range o.All {
		i, there := at[[2]string{u.Account, u.Extension}]
		switch {
		case !there:
			listed = append(listed, u)
		case listed[i].Org == "":
			l := &listed[i]
			l.Name, l.Org, l.Namesakes = cmp.Or(l.Name, u.Name), u.Org, l.Namesakes || l.Name == "" && u.Namesakes
		}
	}
	return listed
}

// AccountOf is the id of the account by whose phone server the users of an org are called: the first one whose calls are the org's.
func AccountOf(s *settings.Settings, org string, links []crm.LinkStatus) string {
	first := ""
	if all := s.OrgIDs(); len(all) > 0 {
		first = all[0]
	}
	home := app.HomeOrg(first, links) == org
	i := slices.IndexFunc(s.Accounts, func(a settings.Account) bool { return a.Org == org || a.Org == "" && home })
	if i < 0 {
		return ""
	}
	return s.Accounts[i].ID()
}
