package sip

import (
	"strings"
	"time"

	"linecard/sip/dialog"
)

// identityPause is the least time between two identities told of one call. What is said meanwhile is told at its end, the
// last of it alone: a transfer often says who it is twice in a moment, and a phone system that cannot make up its mind
// must not cost a lookup each time.
var identityPause = time.Second // a variable for tests only

// connected is who a call is with, as its messages say.
type connected struct {
	said    *identified // the latest that was said and not told; nil when all is told
	told    time.Time
	waiting bool
}

// identified is a party with how it was said.
type identified struct {
	party  Party
	answer bool
}

// Identity is what the other side says inside the call of who it is.
func (c *call) Identity(i dialog.Identity) {
	c.tellFocus()
	party, ok := c.connectedParty(i)
	if !ok {
		return
	}
	c.connected.said = &identified{c.line.known(party.clean()), i.Answer}
	if c.connected.waiting {
		return
	}
	wait := identityPause - c.p.now().Sub(c.connected.told)
	if c.connected.told.IsZero() || wait <= 0 {
		c.tellIdentity()
		return
	}
	c.connected.waiting = true
	c.p.after(wait, func() {
		c.connected.waiting = false
		c.d.Guard(c.tellIdentity)
	})
}

// tellIdentity tells what was said last, if it is news.
func (c *call) tellIdentity() {
	said := c.connected.said
	c.connected.said = nil
	if said == nil || c.phase == ended {
		return
	}
	if c.picks != nil {
		c.picks.told = true
	}
	if party := said.party; party.User != c.party.User || party.Withheld != c.party.Withheld || party.Name != c.party.Name {
		c.party, c.connected.told = party, c.p.now()
		if c.awaited != nil { // the call is not with them yet
			return
		}
		c.tell(CallIdentity{ID: c.id, Account: c.account, At: c.connected.told, Party: party, Answer: said.answer})
	}
}

// connectedParty reads who the other side is by now. It is false when the message does not say, or says what cannot be: us,
// or a name that phone systems put where they know nobody. An answer that withholds who took the call says nothing either:
// whom we called we know.
func (c *call) connectedParty(i dialog.Identity) (Party, bool) {
	party, found, withheld := asserted(i.Values, "calling", "called")
	if a, ok := parseAddress(i.From); ok && !found {
		switch {
		case i.Changed:
			party, found, withheld = a.party("From"), true, anonymous(a)
		case c.party.Source == "From" && a.user == c.party.User && a.party("").Name != "": // another name, perhaps
			return a.party("From"), true
		}
	}
	if found && (withheld || withheldBy(i.Values("Privacy"))) {
		return Party{Withheld: true, Source: party.Source}, !i.Answer
	}
	if !found || nobody(party.User) || strings.EqualFold(party.User, c.line.account.User) || i.Answer && c.isDialed(party.User) {
		return Party{}, false
	}
	if party.Name == "" && party.User == c.party.User {
		party.Name = c.party.Name
	}
	return party, true
}

// nobody recognises the users that phone systems write where they do not know who it is.
func nobody(user string) bool {
	switch strings.ToLower(user) {
	case "", "s", "asterisk", "freeswitch", "unknown", "none", "invalid":
		return true
	}
	return false
}
