package program

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
)

// orgColleagues are the users of an org as colleagues. An org may have tens of thousands, so that they are kept until something changes that they were
// worked out from.
type orgColleagues struct {
	from    orgFrom
	at      time.Time // when the users were read
	active  int
	all     []app.Colleague // who can be called, by name
	several map[string]bool // names that several active users have, as [app.SameName] has them
}

// orgFrom is what the colleagues of an org are worked out from.
type orgFrom struct {
	lists                      int // how often the lists of users have changed
	account, user              string
	region, outside, extension string
	own                        string // ids of the users who are the agent
}

// orgColleagues are the colleagues of an org who are called at an account; the zero one has nobody called.
func (p *Program) orgColleagues(org string, account settings.Account, links []crm.LinkStatus) orgColleagues {
	plan := p.plan(account.ID())
	from := orgFrom{lists: p.owners.Changes(), region: plan.Region, outside: plan.OutsidePrefix}
	if account.Server != "" {
		from.account, from.user = account.ID(), account.User
	}
	if plan.Extension != nil {
		from.extension = plan.Extension.String()
	}
	for _, l := range links {
		if l.OrgID == org {
			from.own += l.UserID + " "
		}
	}
	if o, there := p.team.orgs[org]; there && o.from == from {
		return o
	}
	list := p.owners.Get(org)
	o := orgColleaguesOf(org, from.account, account.User, plan, list.Users, func(id string) bool {
		return slices.ContainsFunc(links, func(l crm.LinkStatus) bool { return l.OrgID == org && crm.SameID(l.UserID, id) })
	})
	o.from, o.at = from, list.At
	return o
}

// orgColleaguesOf are the users of an org, and those of them who can be called at an account, by name, each extension once. user is the account's own
// extension, and own says who the agent is, whose phone is nobody to call.
func orgColleaguesOf(org, account, user string, plan crm.NumberPlan, users []crm.Person, own func(id string) bool) orgColleagues {
	o := orgColleagues{several: map[string]bool{}}
	for _, u := range users {
		if !u.Active {
			continue
		}
		o.active++
		name := app.SameName(u.Name)
		_, again := o.several[name]
		o.several[name] = again
		if account == "" {
			continue
		}
		if extension := plan.Internal(u.Extension, u.Phone); extension != "" && extension != user && !own(u.ID) {
			o.all = append(o.all, app.Colleague{Name: u.Name, Extension: extension, Account: account, Org: org})
		}
	}
	slices.SortStableFunc(o.all, func(a, b app.Colleague) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	seen := map[string]bool{}
	o.all = slices.DeleteFunc(o.all, func(c app.Colleague) bool {
		twice := seen[c.Extension]
		seen[c.Extension] = true
		return twice
	})
	for i, c := range o.all {
		o.all[i].Namesakes = o.several[app.SameName(c.Name)]
	}
	return o
}

// with are the colleagues of the settings, and behind them those of an org. Who is in both is as the settings say, under the name that the org has
// where they say none.
func (o orgColleagues) with(listed []app.Colleague) []app.Colleague {
	at := map[[2]string]int{}
	for i, c := range listed {
		at[[2]string{c.Account, c.Extension}] = i
		if c.Listed && o.several[app.SameName(c.Name)] {
			listed[i].Namesakes = true
		}
	}
	for _, u := range o.all {
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

// accountOfOrg is the id of the account by whose phone server the users of an org are called: the first one whose calls are the org's.
func accountOfOrg(s *settings.Settings, org string, links []crm.LinkStatus) string {
	first := ""
	if all := orgIDs(s); len(all) > 0 {
		first = all[0]
	}
	home := app.HomeOrg(first, links) == org
	i := slices.IndexFunc(s.Accounts, func(a settings.Account) bool { return a.Org == org || a.Org == "" && home })
	if i < 0 {
		return ""
	}
	return s.Accounts[i].ID()
}

// hasLink reports whether an org is linked, or was and is to be again. What is left of any other is nobody's colleague.
func hasLink(links []crm.LinkStatus, org string) bool {
	return slices.ContainsFunc(links, func(l crm.LinkStatus) bool {
		return l.OrgID == org && l.State != crm.Unlinked && l.State != crm.Legacy
	})
}
