package sip

import (
	"time"

	"linecard/fault"
	"linecard/sip/dialog"
)

// A call that the other side transfers has two legs for a while: the one to whoever transfers it, and the one to where it goes. To the desk they are one
// call. The leg that is not that call for now is aside: nothing is told of it. When it takes over, it goes on under the id of the call, and the
// other one is aside until its dialog has ended.

// legs are what joins the two legs of a call that is transferred.
type legs struct {
	aside    bool
	base     *call            // aside, dialed: the call whose place it is to take
	onward   *call            // the leg that is dialed to take this one's place
	referral *dialog.Referral // the other side's wish, while it is not settled
	followed int              // how many such wishes were followed unasked
	awaited  *CallReferred    // whoever has sent us here has hung up: what is told of it until this leg is answered
}

// byePatience is how long whoever has transferred us gets to hang up (RFC 5589 §6.1 leaves it to them).
var byePatience = 10 * time.Second // a variable for tests only

// tell hands an event about the call to the desk.
func (c *call) tell(e Event) {
	if !c.aside {
		c.p.tell(e)
	}
}

// takeOver has a leg go on as the call that another one was, which is with another party from now on. What the agent has set of it stays.
func (c *call) takeOver(old *call, party Party) {
	if old.handing { // our own wish to transfer it comes too late
		e := old.transferNews()
		e.Failed = transferFailure(e.Target, 0)
		old.handing, old.transferring, old.referred = false, "", false
		old.tell(e)
		defer old.gathered(false)
	}
	if other := old.onward; other != nil && other != c {
		other.base = nil
		other.d.Hangup()
	}
	if r := old.referral; r != nil && old.onward != c {
		r.Refuse()
	}
	old.keysStay()
	held, remote := old.held, old.remoteHold
	old.aside, old.onward, old.referral = true, nil, nil
	old.phase = ended
	old.release()
	c.aside, c.base = false, nil
	c.inbound, c.arrived, c.consults, c.heldFor, c.followed = old.inbound, old.arrived, old.consults, old.heldFor, old.followed
	c.shown, c.gathering, c.focus = old.shown, old.gathering, old.focus
	if c.muted = old.muted; c.audio != nil {
		c.audio.Mute(c.muted)
	}
	c.party, c.connected = party, connected{}
	c.p.endFailureTone()
	if c.awaited == nil {
		c.tellTransferred()
	}
	kind := c.encryption
	c.encryption = old.encryption // that is what the desk knows
	c.tellEncryption(kind)
	if c.phase != talking {
		c.hold, c.held = old.hold, old.hold
		return
	}
	c.tellFocus()
	if old.hold && !c.hold {
		c.putOnHold()
	} else if c.held != held || c.remoteHold != remote {
		c.tellHold(fault.Fault{})
	}
	c.p.log.Info("call goes on with another party", "call", c.id)
}

func (c *call) tellTransferred() {
	c.tell(CallIdentity{ID: c.id, Account: c.account, At: c.p.now(), Party: c.party, Transferred: true})
}

// endedAside is the end of a leg that is aside.
func (c *call) endedAside(e dialog.End) {
	base := c.base
	c.phase, c.base = ended, nil
	c.release()
	c.p.drop(c)
	if c.over != nil {
		close(c.over)
	}
	if base != nil {
		base.onwardFailed(e, c.verdict)
	}
}

// wentOn is the end of a call whose other side had us call somebody: it goes on with the leg that is dialed, and is still the call with whoever
// has hung up until that one is answered. It is false where there is none, or where the agent has ended the call.
func (c *call) wentOn(e dialog.End) bool {
	n := c.onward
	if n == nil {
		if r := c.referral; r != nil { // the agent was asked, and need not say any more
			c.referral = nil
			r.Refuse()
		}
		return false
	}
	if e.Cause == dialog.HungUpHere {
		c.onward, c.referral, n.base = nil, nil, nil
		n.d.Hangup()
		return false
	}
	n.awaited = c.wish()
	n.takeOver(c, n.party)
	c.p.drop(c)
	if c.over != nil {
		close(c.over)
	}
	return true
}

// replaces answers a call that is to take the place of another: nothing rings, since it is the same conversation (RFC 3891).
func (l *line) replaces(d *dialog.Call, old *dialog.Call) {
	p := l.p
	c := p.callOf(old)
	if c == nil || c.aside || c.phase != talking && c.phase != dialing {
		d.Reject(481)
		return
	}
	n := &call{p: p, line: l, account: c.account, id: c.id, d: d, inbound: true, phase: ringing, legs: legs{aside: true}}
	n.hold, n.held = c.hold, c.hold
	d.Handle(n)
	p.calls = append(p.calls, n)
	n.begins()
	err := n.acceptable()
	if err == nil {
		err = n.open(d.LocalIP())
	}
	if err != nil {
		p.log.Info("call cannot take the place of another", "call", c.id, "error", err)
		d.Reject(488)
		return
	}
	_ = n.accept(func(codec string) { // at once: nothing has rung
		dialed := c.phase == dialing
		n.takeOver(c, l.known(partyOf(d.Values, d.From())))
		if dialed {
			n.tell(CallAnswered{ID: n.id, Account: n.account, At: c.p.now(), Codec: codec})
		}
		c.d.Hangup()
		n.gather()
	})
}

// callOf is the call of a SIP call, nil when it is over.
func (p *Phone) callOf(d *dialog.Call) *call {
	for _, c := range p.calls {
		if c.d == d {
			return c
		}
	}
	return nil
}
