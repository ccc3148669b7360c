package team

import (
	"slices"

	"linecard/app/owners"
	"linecard/app/settings"
	"linecard/crm"
)

// Kept is an Org with what it was worked out from. An org may have tens of thousands of users, so that it is kept until some of that changes.
type Kept struct {
	Org
	from from
}

// from is what the colleagues of an org are worked out from.
type from struct {
	lists                      int // how often the lists of users have changed
	account, user              string
	region, outside, extension string
	own                        string // ids of the users who are the agent
}

// Look works out the colleagues of an org who are called at an account by its dial plan; the zero account has nobody called. Where nothing has changed
// since the last time, it is what was then.
func (k Kept) Look(org string, account settings.Account, plan crm.NumberPlan, links []crm.LinkStatus, users *owners.Book) Kept {
	now := from{lists: users.Changes(), region: plan.Region, outside: plan.OutsidePrefix}
	if account.Server != "" {
		now.account, now.user = account.ID(), account.User
	}
	if plan.Extension != nil {
		now.extension = plan.Extension.String()
	}
	for _, l := range links {
		if l.OrgID == org {
			now.own += l.UserID + " "
		}
	}
	if k.from == now {
		return k
	}
	list := users.Get(org)
	k = Kept{from: now, Org: Users(org, now.account, account.User, plan, list.Users, func(id string) bool {
		return slices.ContainsFunc(links, func(l crm.LinkStatus) bool { return l.OrgID == org && crm.SameID(l.UserID, id) })
	})}
	k.At = list.At
	return k
}
