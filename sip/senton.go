package sip

import (
	"strings"

	"linecard/clean"
	"linecard/fault"
	"linecard/sip/dialog"
)

// A dialed call that is sent on: whoever is called, or a server on the way, answers with another number (3xx, RFC 3261 §8.1.3.4). [Account.Redirects] says
// whether it is called. Whoever is called chooses that number, and the account pays for it; so it is judged like that of a transfer (referred.go).

// sentOn is where a dialed call was sent on to, until it is answered; the zero value where it was not.
type sentOn struct {
	target string // as people read it; "" for nowhere
	party  Party
	same   bool // it is what was dialed, in another spelling
	asks   bool // the agent has to say whether: no INVITE is under way
	rings  bool // as the desk knows
}

// SentOn judges an address that the call is sent on to.
func (c *call) SentOn(to dialog.Redirect) dialog.Onward {
	how := c.line.account.Redirects
	if c.phase != dialing || to.User == "" || !legible(to.User) {
		return dialog.NotThere
	}
	same := to.Host == "" && c.writes(to.User)
	if same && c.sentOn.target == "" { // what was dialed, as the server writes it
		c.startAfresh()
		return dialog.AtOnce
	}
	helps := to.Host == "" && c.callsForHelp()
	asks := !same && !helps && (how == FollowAsked || to.Host != "" || !c.line.colleague(to.User))
	if how == FollowNone && !helps || asks && !c.askable() {
		return dialog.NotThere
	}
	c.sentOn = sentOn{target: named(to), party: Party{User: to.User, Host: to.Host}.clean(), same: same, asks: asks}
	if to.Host == "" {
		c.sentOn.party.Host, _ = dialog.SplitServer(c.line.account.Server)
	}
	c.startAfresh()
	c.p.log.Info("a call is sent on", "call", c.id, "asks", asks)
	c.tellSentOn(func(e *CallReferred) { e.Asks = asks })
	if !asks {
		return dialog.AtOnce
	}
	c.quiet() // nothing rings
	asked := c.sentOn
	c.p.after(askPatience, func() {
		c.d.Guard(func() {
			if c.phase == dialing && c.sentOn == asked {
				c.hangupAs(EndFailed, sentOnTo(c.party.User, asked.target))
			}
		})
	})
	return dialog.WhenAsked
}

// writes reports whether a user is another way to write the number that was dialed.
func (c *call) writes(user string) bool {
	return user == c.sent || user == c.number || c.p.cfg.Spells != nil && c.p.cfg.Spells(c.account, c.number, user)
}

// callsForHelp reports whether what the agent dialed is an emergency number. Which desk takes such a call only the server knows, and nobody who needs help is to
// be asked or refused. A code that has such a number in it is none.
func (c *call) callsForHelp() bool {
	return c.askable() && strings.Trim(c.number, "0123456789") == "" && c.p.cfg.Emergency != nil && c.p.cfg.Emergency(c.account, c.number)
}

// askable reports whether the agent can be asked where the call goes: it is one that the agent dialed, to talk to whoever was called.
func (c *call) askable() bool {
	return !c.aside && c.awaited == nil && c.picks == nil && c.instead == nil && !c.room
}

// named is a [dialog.Redirect] as people read it.
func named(to dialog.Redirect) string {
	user, host := clean.Line(to.User), clean.Line(to.Host)
	if host == "" {
		return user
	}
	return user + "@" + host
}

func (c *call) tellSentOn(with func(*CallReferred)) {
	if c.awaited != nil { // the desk has a call that was answered long ago
		return
	}
	e := CallReferred{ID: c.id, Account: c.account, At: c.p.now(), Target: c.sentOn.target, By: c.party, Redirect: true}
	with(&e)
	c.tell(e)
}

// goOn calls where the call is sent, once the agent has said so.
func (c *call) goOn() {
	c.sentOn.asks = false
	c.tellSentOn(func(*CallReferred) {})
	c.d.GoOn()
}

// sentOnRings tells that the phone rings that the call was sent on to.
func (c *call) sentOnRings() {
	if c.sentOn.target != "" && !c.sentOn.rings {
		c.sentOn.rings = true
		c.tellSentOn(func(e *CallReferred) { e.Ringing = true })
	}
}

// sentOnAnswered has the call be with whom it was sent on to, before it is told that it is answered. elsewhere reports that this is not who was dialed.
func (c *call) sentOnAnswered() (elsewhere bool) {
	if c.sentOn.target == "" {
		return false
	}
	c.tellSentOn(func(e *CallReferred) { e.Done = true })
	to := c.sentOn
	c.sentOn = sentOn{}
	if to.asks || c.picks != nil || c.room { // it is with whoever was called before, with whoever called, or with those in the room
		return false
	}
	c.number = to.target
	if c.party = to.party; c.awaited == nil && c.base == nil { // of a leg it is told as the leg takes over
		c.tellTransferred()
	}
	return !to.same
}

// callsNow is the number of a dialed call whose phone rings; where the agent is asked, the one before, since nobody is to be sent elsewhere without a word.
// sentOn reports that it is not the one dialed.
func (c *call) callsNow() (number string, sentOn bool) {
	at := c.d.Calls()
	if c.sentOn.target == "" || at.Host == "" && c.writes(at.User) {
		return c.number, false
	}
	return named(at), true
}

// calledLast is the number that was called last.
func (c *call) calledLast() string {
	if c.sentOn.target != "" {
		return c.sentOn.target
	}
	return c.party.User
}

// sentOnTo says that whoever was called is reached elsewhere, where the call did not go.
func sentOnTo(number, target string) fault.Fault {
	return fault.New("sip.ended.sent-on", "number", number, "target", target)
}
