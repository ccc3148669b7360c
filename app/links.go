package app

import (
	"cmp"
	"reflect"
	"slices"

	"linecard/crm"
)

// Account is a phone account, as far as the desk has to know it.
type Account struct {
	ID             string   // as sip events carry it
	Label          string   // what the agent calls it
	Org            string   // id of the org its calls belong to, linked or not; "" is the first one
	CallerID       string   // what others are shown; "" leaves it to the server
	CallerIDs      []string // what the agent may have them shown, see [sip.ReadCallerID]
	RecordCallerID string   // field of records with the number that callees are to see; "" for none
	Voicemail      string   // number that its messages are fetched from; "" where only the phone server may know it
	Conference     string   // the conference room of its phone system; "" where there is none
	EchoTest       string   // number that plays back what is said; "" for none
	PickupCode     string   // code that picks up what rings at a colleague's phone, with EXT for the extension; "" where there is none
	Forward        Forward  // where its calls go that are not taken here
	ByPBX          bool     // the phone system forwards them, told by codes
	First          string   // id of the first org of the settings, the same for all accounts: its callers are known while no link tells its own
}

// linkFor is the link that a call on the account belongs to: that of the account's org. Without one it is that of the first org of the
// settings, also while that is out of order: it comes back, and a call of its people is nothing for another org. Only where that org has no
// link is it the first one that is linked, else the first one that ever was. ok is false while there is none.
func (s state) linkFor(account string) (l crm.LinkStatus, ok bool) {
	org := s.account(account).Org
	if org != "" {
		return s.linkTo(org)
	}
	if l, ok = s.linkTo(s.first()); ok {
		return l, true
	}
	return s.firstLink()
}

// HomeOrg is the id of the org that the calls of accounts belong to which name none: first is the first one of the settings.
func HomeOrg(first string, links []crm.LinkStatus) string {
	s := state{links: links, accounts: []Account{{First: first}}}
	l, _ := s.linkFor("")
	return cmp.Or(l.OrgID, first)
}

// first is the id of the first org of the settings, "" while no account has told it.
func (s state) first() string {
	if len(s.accounts) == 0 {
		return ""
	}
	return s.accounts[0].First
}

// linkTo is the link to an org: one that works, else one that does not. ok is false where there is none.
func (s state) linkTo(org string) (l crm.LinkStatus, ok bool) {
	for _, is := range s.links {
		if org == "" || is.OrgID != org || is.State == crm.Unlinked || is.State == crm.Legacy {
			continue
		}
		if !ok || is.State == crm.Linked && l.State != crm.Linked {
			l, ok = is, true
		}
	}
	return l, ok
}

// firstLink is the first link that works, else the first one that ever did. ok is false while there is none.
func (s state) firstLink() (l crm.LinkStatus, ok bool) {
	i := slices.IndexFunc(s.links, func(l crm.LinkStatus) bool { return l.State == crm.Linked })
	if i < 0 {
		i = slices.IndexFunc(s.links, func(l crm.LinkStatus) bool { return l.OrgID != "" })
	}
	if i < 0 {
		return crm.LinkStatus{}, false
	}
	return s.links[i], true
}

// owner is whose a call on the account is: that of its link. While that is not there the call belongs to the org that the
// account names, whoever its user is, and else to nobody yet.
func (s state) owner(account string) link {
	if l, ok := s.linkFor(account); ok {
		return link{l.OrgID, l.UserID}
	}
	return link{org: s.account(account).Org}
}

// callers is the org whose callers are known on the account, before any link has told its own too.
func (s state) callers(account string) string {
	return cmp.Or(s.owner(account).org, s.first())
}

// account is the account of an id; the zero Account when there is none.
func (s state) account(id string) Account {
	for _, a := range s.accounts {
		if a.ID == id {
			return a
		}
	}
	return Account{}
}

// linkOf is the link to an org, of its users the first who is linked; "" is the first one linked. The zero status is of one that is not there.
func (s state) linkOf(org string) crm.LinkStatus {
	if org == "" {
		l, ok := s.firstLink()
		if !ok && len(s.links) > 0 {
			return s.links[0]
		}
		return l
	}
	var found crm.LinkStatus
	for _, l := range s.links {
		if l.OrgID == org && (found.OrgID == "" || l.State == crm.Linked && found.State != crm.Linked) {
			found = l
		}
	}
	return found
}

// linked reports whether what belongs to l can be written now.
func (s state) linked(l link) bool { return linked(s.links, l) }

func linked(links []crm.LinkStatus, l link) bool {
	return slices.ContainsFunc(links, func(is crm.LinkStatus) bool {
		return is.State == crm.Linked && (l.org == "" || l.org == is.OrgID) && (l.user == "" || l.user == is.UserID)
	})
}

// elsewhere reports whether l is of an org or user that is not linked, while another is.
func (s state) elsewhere(l link) bool {
	return l.org != "" && !s.linked(l) && slices.ContainsFunc(s.links, func(is crm.LinkStatus) bool { return is.State == crm.Linked })
}

// label is what the agent calls the account; "" while there is no other, when it needs no name.
func (s state) label(account string) string {
	if len(s.accounts) < 2 {
		return ""
	}
	for _, a := range s.accounts {
		if a.ID == account {
			if a.Label == "" {
				return a.ID
			}
			return a.Label
		}
	}
	return account
}

// accountsSet are the accounts of the phone, all of them.
type accountsSet struct {
	stamp
	accounts []Account
}

func (e accountsSet) next(s state) (state, []effect) {
	phones := make([]PhoneView, 0, len(e.accounts))
	var told []effect
	for i, a := range e.accounts {
		p := PhoneView{}
		if j := s.phone(a.ID); j >= 0 {
			p = s.phones[j]
		} else if len(s.accounts) == 0 && i == 0 && len(s.phones) > 0 && s.phones[0].Account == "" {
			p = s.phones[0] // heard of before it had a name
		}
		was, is := forwardsHere(p.Forward, p.ByPBX), forwardsHere(a.Forward, a.ByPBX) // what the phone system does is told when it was told
		if was.Somewhere() != is.Somewhere() || is.Somewhere() && was != is {
			told = append(told, say{Event{Event: "forward", At: e.at(), Account: a.ID, State: onOff(is.Somewhere()), Target: is.Always}})
		}
		p.Account, p.Label, p.Configured, p.Forward, p.ByPBX, p.CallerID, p.CallerIDs = a.ID, a.Label, true, a.Forward, a.ByPBX, a.CallerID, a.CallerIDs
		phones = append(phones, p)
	}
	s.accounts, s.phones = slices.Clone(e.accounts), phones
	s = s.stunSettled()
	s.history = s.placed(s.history) // a name for each account is wanted from the second on
	if !s.linked(link{}) {
		return s, told
	}
	s, out := s.home(e.stamp) // an account may name an org now that is linked
	return s, append(told, out...)
}

// forwardsHere is where the calls of an account go, as far as this phone forwards them.
func forwardsHere(f Forward, byPBX bool) Forward {
	if byPBX {
		return Forward{}
	}
	return f
}

// phone is the index of the account's registration, or -1.
func (s state) phone(account string) int {
	return slices.IndexFunc(s.phones, func(p PhoneView) bool { return p.Account == account })
}

// orgsChanged is the standing of all links.
type orgsChanged struct {
	stamp
	links []crm.LinkStatus
}

// next redraws the orgs. A fresh link takes the calls that rang while their account had none, answers those that could
// not be looked up, and has what its user's logs wait for sent. A call is never moved from one org or user to another.
func (e orgsChanged) next(s state) (state, []effect) {
	was := s.links
	s.links = e.links
	if sameButUsage(was, e.links) {
		return s, nil
	}
	s = s.limited(was)
	var out []effect
	var fresh, answer []crm.LinkStatus
	before, gone := linksBefore(was, e.links)
	for i, l := range e.links {
		old := before[i]
		if old.State != l.State || !reflect.DeepEqual(old.Reason, l.Reason) || !sameUser(old, l) {
			out = append(out, say{Event{
				Event: "link", At: e.at(), State: string(l.State), Why: l.Reason, Org: cmp.Or(l.OrgID, old.OrgID), User: cmp.Or(l.UserID, old.UserID),
			}})
		}
		switch {
		case l.State != crm.Linked:
		case old.State != crm.Linked || !sameUser(old, l):
			fresh = append(fresh, l)
		case !old.Trouble.IsZero() && l.Trouble.IsZero(): // it answers again
			answer = append(answer, l)
		}
	}
	for _, l := range gone {
		out = append(out, say{Event{Event: "link", At: e.at(), State: string(crm.Unlinked), Org: l.OrgID, User: l.UserID}})
	}
	out = append(out, followLinks{e.links})
	s.history = s.placed(s.history)
	if len(fresh) == 0 {
		for _, l := range answer {
			var more []effect
			s, more = s.answering(e.stamp, l.OrgID)
			out = append(out, more...)
		}
		return s, out
	}
	s, more := s.home(e.stamp)
	return s, append(append(out, more...), sendAll{fresh})
}

// home gives what has no org to the links that there are, and asks who the calls are with that could not be asked for.
func (s state) home(now stamp) (state, []effect) {
	var out []effect
	joined := map[string]bool{}
	for i, c := range s.calls {
		l, ok := s.linkOfCall(&c)
		switch {
		case !ok || c.user != "" || c.org != "" && c.org != l.OrgID:
			continue
		case l.State == crm.Linked:
			c.link = link{l.OrgID, l.UserID}
			joined[c.id] = true
		case c.org == "":
			c.link = link{org: l.OrgID} // it waits for that org, whoever its user will be
		default:
			continue
		}
		s = s.with(i, c)
		out = append(out, belong{c.id, c.link})
	}
	out = append(out, s.adoption())
	for _, c := range s.calls {
		var more []effect
		again := joined[c.id] && c.lookup.Known // what was remembered must be confirmed
		if !again && c.lookup.State != LookupNotLinked && c.lookup.State != LookupFailed {
			s, more = s.askedRest(s.find(c.id))
			out = append(out, more...)
			continue
		}
		s, more = lookupWanted{now, c.id}.next(s)
		out = append(out, more...)
	}
	return s, together(out)
}

// adoption says whose the entries become that have no org yet.
func (s state) adoption() adopt {
	owner := func(account string) link {
		if l, ok := s.linkFor(account); ok && l.State == crm.Linked {
			return link{l.OrgID, l.UserID}
		}
		return link{}
	}
	f := adopt{accounts: map[string]link{}, first: owner("")}
	for _, a := range s.accounts {
		f.accounts[a.ID] = owner(a.ID)
	}
	return f
}

// logAsWanted is the agent's word that a call of another org or user should be logged with the link there is.
type logAsWanted struct {
	stamp
	id string
	to link
}

// next gives the call to the other org; what the first one said of its people goes, for they are none of the other's.
func (e logAsWanted) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, []effect{readHistory{}}
	}
	c := s.calls[i]
	if c.link == e.to {
		return s, nil
	}
	otherOrg := c.org != e.to.org
	c.link = e.to
	if otherOrg && c.number.Public() {
		c.lookup, c.asked, c.leftOff, c.form.what = LookupView{State: LookupNotLinked}, false, s.rules.NoLookup, crm.Ref{}
	}
	s, more := lookupWanted{e.stamp, c.id}.next(s.with(i, c))
	return s, append(more, readHistory{})
}
