package app

import (
	"slices"

	"linecard/crm"
)

// A call belongs to the org that a rule chooses for it as it begins, else to that of the called number, else to that of its account, else
// to the first one. Where nobody has chosen and the admin wants that, its party is looked for in all orgs, and the call belongs to the org
// of the record that is found: owner, layout and log follow. Once it has ended only the agent moves it.

// chosen is the org that the rules choose for a call; "" leaves it to the account.
func (s *state) chosen(c *call) string {
	if !s.rules.ChoosesOrg() {
		return ""
	}
	return s.rules.Judge(c.facts()).Org
}

// linkOfCall is the link that a call belongs to; ok is false while there is none.
func (s *state) linkOfCall(c *call) (l crm.LinkStatus, ok bool) {
	if org := s.chosen(c); org != "" {
		return s.linkTo(org)
	}
	return s.linkFor(c.account)
}

// ownerOf is whose a call is before anybody was found: as [state.owner], with what the rules choose.
func (s *state) ownerOf(c *call) link {
	if org := s.chosen(c); org != "" {
		return s.linkOrOrg(org)
	}
	return s.owner(c.account)
}

// linkOrOrg is the link to an org, or the org alone while there is none.
func (s *state) linkOrOrg(org string) link {
	if l, ok := s.linkTo(org); ok {
		return link{l.OrgID, l.UserID}
	}
	return link{org: org}
}

// searched reports whether the party of a call is looked for in all orgs.
func (s *state) searched(c *call) bool { return c.number.Public() && s.together(c) }

// together reports whether a call may be with somebody in any of the orgs, since nobody has chosen one for it.
func (s *state) together(c *call) bool {
	return s.rules.AllOrgs && s.several() && s.account(c.account).Org == "" && s.chosen(c) == ""
}

// several reports whether there are links to more than one org.
func (s *state) several() bool {
	for _, l := range s.links {
		if l.OrgID != "" && l.OrgID != s.links[0].OrgID {
			return s.links[0].OrgID != "" || slices.ContainsFunc(s.links, func(o crm.LinkStatus) bool { return o.OrgID != "" && o.OrgID != l.OrgID })
		}
	}
	return false
}

// orgName is what people call an org; "" while there is no other, when it needs no name.
func (s *state) orgName(org string) string {
	if org == "" || !s.several() {
		return ""
	}
	return OrgTitleAmong(s.links, org)
}

// places are the orgs in which the party of a call is looked for, its own first.
func (s *state) places(c *call) []string { return s.orgsFor(c, s.searched(c)) }

// orgsFor are the orgs of a call, its own first, and with all every other one that has a link.
func (s *state) orgsFor(c *call, all bool) []string {
	own := c.org
	if own == "" {
		own = s.ownerOf(c).org
	}
	orgs := []string{own}
	if !all {
		return orgs
	}
	for _, l := range s.links {
		if l.OrgID != "" && l.State != crm.Unlinked && l.State != crm.Legacy && !slices.Contains(orgs, l.OrgID) {
			orgs = append(orgs, l.OrgID)
		}
	}
	return slices.DeleteFunc(orgs, func(org string) bool { return org == "" })
}

// askable are those of the places that can be asked now.
func (s *state) askable(c *call) []string {
	return slices.DeleteFunc(s.places(c), func(org string) bool { return !answers(s.linkOf(org)) })
}

// ask is the question who a call is with, to its org or to all of them.
func (s *state) ask(c *call, again bool) effect {
	if s.searched(c) && (c.org == "" || len(s.heardBy(c)) > 1) {
		if orgs := s.askable(c); len(orgs) > 1 || len(orgs) == 1 && orgs[0] != c.org {
			return askOrgs{id: c.id, orgs: orgs, number: c.number, again: again}
		}
	}
	return askOrg{c.id, c.org, c.number, again}
}

// follows is a call that goes on with whoever was found, in the org of that record; without a record it is in the org that it began in. It stays its
// user's as long as it is in that user's org, whoever is linked there by now.
func (s *state) follows(c call) (call, []effect) {
	if !c.live() || c.echo || c.stays() || !s.searched(&c) {
		return c, nil
	}
	to := s.ownerOf(&c)
	if m, ok := c.who(); ok {
		if m.Org == "" || m.Org == c.org {
			return c, nil
		}
		to = s.linkOrOrg(m.Org)
	}
	if to == c.link || to.org == "" || to.org == c.org && c.user != "" {
		return c, nil
	}
	c.link = to
	return c, []effect{moveOrg{c.id, to}}
}

// stays reports whether a call goes to no other org: a rule had a record of it made in its own.
func (c *call) stays() bool { return c.making != "" || !c.made.IsZero() }

// stays reports that of the call with an id.
func (s *state) stays(id string) bool {
	i := s.find(id)
	return i >= 0 && s.calls[i].stays()
}
