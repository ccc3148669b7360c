package sip

import (
	"strings"
	"time"

	"linecard/clean"
	"linecard/fault"
	"linecard/sip/dialog"
)

// Which transfers by the other side of a call are followed: [Account.Follow], where "" is FollowAsked. And where a dialed call goes on to that is sent
// on: [Account.Redirects], where "" is FollowInside.
const (
	FollowAsked  = "ask"    // all when the agent says so
	FollowInside = "server" // those to colleagues at the account's own server at once; others when the agent says so
	FollowNone   = "never"  // none
)

// askPatience is how long the agent has to say whether a transfer is followed.
var askPatience = time.Minute // a variable for tests only

// mostFollowed is how often a call goes on to somebody without the agent having been asked.
const mostFollowed = 2

// colleague reports whether a target at the account's own server is a colleague: a name without a telephone number in it, or a number that [Config].Colleague takes for one.
// Whoever calls through the phone system can ask for anything there, and what costs money, calls for help or switches something is the agent's to say.
func (l *line) colleague(user string) bool {
	if strings.ContainsAny(user, "*#+") {
		return false
	}
	if Named(user) {
		return !numbered(user)
	}
	return l.p.cfg.Colleague != nil && l.p.cfg.Colleague(l.account.ID(), user)
}

// numbered reports whether a name begins with a digit, as 1-800-FLOWERS does, or has a telephone number in it, which a phone system might call: five digits in a row,
// or more digits than letters.
func numbered(name string) bool {
	digits, letters, row := 0, 0, 0
	for i, r := range name {
		switch {
		case r >= '0' && r <= '9':
			if digits, row = digits+1, row+1; i == 0 || row == 5 {
				return true
			}
		default:
			row = 0
			if r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
				letters++
			}
		}
	}
	return digits > letters
}

// Referred is the other side's wish that we call somebody in its place (RFC 3515).
func (c *call) Referred(r *dialog.Referral) int {
	switch {
	case c.aside || c.phase != talking:
		return 481
	case c.line.account.Follow == FollowNone, !legible(r.User()):
		return 603
	case c.onward != nil || c.handing || c.joining():
		return 491
	}
	c.referral = r
	asks := c.line.account.Follow != FollowInside || !r.Inside() || !c.line.colleague(r.User()) || c.followed >= mostFollowed
	c.p.log.Info("the other side transfers the call", "call", c.id, "asks", asks)
	c.tellReferred(func(e *CallReferred) { e.Asks = asks })
	if !asks {
		c.followed++
		c.step(func() { c.follow(r) }) // once the REFER is answered
		return 0
	}
	c.p.after(askPatience, func() { c.d.Guard(func() { c.refuseReferral(r) }) })
	return 0
}

// legible reports whether people see a user as it is called. What somebody else has named has nothing in it that they would agree to without seeing it.
func legible(user string) bool { return clean.Line(user) == user }

// target is whom a referral names, as people read it.
func (c *call) target(r *dialog.Referral) string {
	user := clean.Line(r.User())
	if host := clean.Line(r.Host()); host != "" {
		if user == "" {
			return host
		}
		return user + "@" + host
	}
	return user
}

// wish is what is told of the other side's wish; of one whose call is over as it was then.
func (c *call) wish() *CallReferred {
	e := &CallReferred{ID: c.id, Account: c.account}
	if c.awaited != nil {
		*e = *c.awaited
	} else {
		e.Target, e.By = c.target(c.referral), c.party
	}
	e.At = c.p.now()
	return e
}

func (c *call) tellReferred(with func(*CallReferred)) {
	e := c.wish()
	with(e)
	c.tell(*e)
}

// Follow has the phone call whom the other side of a call asked for, or where a dialed call is sent on to.
func (p *Phone) Follow(id string) error {
	return p.withCall(id, func(c *call) error {
		switch {
		case c.sentOn.asks:
			c.goOn()
			return nil
		case c.referral == nil || c.onward != nil:
			return ErrNotAsked
		case c.joining():
			return ErrTransfer
		}
		c.tellReferred(func(*CallReferred) {})
		c.follow(c.referral)
		return nil
	})
}

// Refuse tells the other side of a call that nobody is called for it; where somebody is being called by then, that ends. The call goes on. A dialed
// call that is sent on is over with that.
func (p *Phone) Refuse(id string) error {
	return p.withCall(id, func(c *call) error {
		switch {
		case c.sentOn.target != "":
			c.d.Hangup()
		case c.referral == nil:
			return ErrNotAsked
		case c.onward != nil:
			c.onward.d.Hangup()
		default:
			c.refuseReferral(c.referral)
		}
		return nil
	})
}

func (c *call) refuseReferral(r *dialog.Referral) {
	if c.referral != r || c.onward != nil {
		return
	}
	c.tellReferred(func(e *CallReferred) { e.Failed = fault.New("sip.referred.refused", "target", e.Target) })
	c.referral = nil
	r.Refuse()
}

// follow dials the leg that is to take the place of this one. A call that has come to be joined with another meanwhile stays where it is.
func (c *call) follow(r *dialog.Referral) {
	if c.referral != r || c.onward != nil || c.phase != talking || c.aside {
		return
	}
	if c.joining() {
		c.refuseReferral(r)
		return
	}
	n := &call{p: c.p, line: c.line, account: c.account, id: c.id, phase: dialing, number: c.target(r), sent: r.Address(), legs: legs{aside: true, base: c}}
	n.party = Party{User: clean.Line(r.User()), Host: clean.Line(r.Host())}
	if n.party.Host == "" {
		n.party.Host, _ = dialog.SplitServer(c.line.account.Server)
	}
	c.onward = n
	c.p.calls = append(c.p.calls, n)
	n.d = r.Follow(n)
	n.d.ShowAs(c.shownOn())
	n.begins()
	n.d.Guard(func() { n.d.InviteReferred(n.offerer()) })
}

// shownOn is what somebody is to see whom the call is sent on to: what was chosen for it, or for a caller's the account's own choice.
func (c *call) shownOn() dialog.Shown {
	if !c.inbound {
		return c.shown
	}
	own, err := c.line.account.shownAs("", false)
	if err != nil { // the account's own choice never is refused
		return dialog.Shown{Withheld: true}
	}
	return own
}

// onwardRings tells that the one we were sent to rings.
func (c *call) onwardRings() {
	told := c // the other side has hung up
	if c.awaited == nil {
		if told = c.base; told == nil || told.referral == nil {
			return
		}
	}
	if !c.progressed {
		c.progressed = true
		told.tellReferred(func(e *CallReferred) { e.Ringing = true })
	}
}

// onwardAnswered has the leg that was answered go on as the call. Whoever has sent us there hangs up the other one, or we do.
func (c *call) onwardAnswered() {
	base := c.base
	base.tellReferred(func(e *CallReferred) { e.Done = true })
	c.takeOver(base, c.party)
	c.p.after(byePatience, func() { base.d.Hangup() })
	c.sync()
	c.gather()
}

// awaitedAnswered has the call be with the one it was sent to: whoever has sent us there hung up before.
func (c *call) awaitedAnswered() {
	c.tellReferred(func(e *CallReferred) { e.Done = true })
	c.awaited = nil
	c.tellTransferred()
	c.tellHold(fault.Fault{})
	c.sync()
	c.gather()
}

// awaitedFailed tells that the one we were sent to is not reached. The call is over, since whoever has sent us there has hung up: it was with them all
// the time.
func (c *call) awaitedFailed(e dialog.End) EndReason {
	if e.Cause == dialog.HungUpHere && c.verdict == nil {
		return EndLocal
	}
	c.tellReferred(func(t *CallReferred) {
		if t.Failed = transferFailure(t.Target, e.Code); c.verdict != nil {
			t.Failed = c.verdict.text
		}
	})
	return EndRemote
}

// onwardFailed tells that the one we were sent to is not reached, where known by a verdict of ours. The call goes on.
func (c *call) onwardFailed(e dialog.End, known *verdict) {
	if c.referral == nil {
		return
	}
	c.tellReferred(func(t *CallReferred) {
		switch t.Failed = transferFailure(t.Target, e.Code); {
		case known != nil:
			t.Failed = known.text
		case e.Cause == dialog.HungUpHere:
			t.Failed = fault.New("sip.referred.refused", "target", t.Target)
		}
	})
	c.onward, c.referral = nil, nil
}
