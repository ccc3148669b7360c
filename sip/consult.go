package sip

import (
	"slices"

	"linecard/fault"
	"linecard/sip/dialog"
)

// Consult dials somebody about a call, which is held meanwhile: the first step of an attended transfer (RFC 5589 §7). It is as Dial, from the account of the
// call, and returns the id of the new call. [Phone.Complete] joins the two others, [Phone.CancelConsult] goes back.
func (p *Phone) Consult(id, target string) (consultation string, err error) {
	if id == "" {
		return "", ErrNoCall
	}
	return p.dial(wish{number: target, consults: id})
}

// accountToConsult is the account that is dialed from: that of the call to consult about, where there is one.
func (p *Phone) accountToConsult(account, consults string) (string, error) {
	if consults == "" {
		return account, nil
	}
	c := p.find(consults)
	switch {
	case c == nil:
		return "", ErrNoCall
	case c.phase != talking:
		return "", ErrNotTalking
	case c.handing:
		return "", ErrTransfer
	case c.isGathered():
		return "", ErrGathering
	case c.consults != "" && p.find(c.consults) != nil || p.consultation(c) != nil:
		return "", ErrConsult
	}
	return c.account, nil
}

// consultation is the call in which the agent consults somebody about a call, nil for none.
func (p *Phone) consultation(about *call) *call {
	i := slices.IndexFunc(p.calls, func(c *call) bool { return c.consults == about.id && !c.aside })
	if i < 0 {
		return nil
	}
	return p.calls[i]
}

// pair is a call and the consultation about it, by either of them. Both are nil where there are not both.
func (c *call) pair() (first, second *call) {
	if c.consults != "" {
		if first := c.p.find(c.consults); first != nil {
			return first, c
		}
		return nil, nil
	}
	if second := c.p.consultation(c); second != nil {
		return c, second
	}
	return nil, nil
}

// Swap talks on the one of a call and its consultation that is held, and holds the other. id is of either.
func (p *Phone) Swap(id string) error {
	return p.withCall(id, func(c *call) error {
		first, second := c.pair()
		switch {
		case second == nil:
			return ErrNoConsult
		case first.phase != talking || second.phase != talking:
			return ErrNotTalking
		}
		next := second
		if first.hold {
			next = first
		}
		p.holdOthers(next)
		if next.hold {
			next.resume()
		}
		return nil
	})
}

// Complete joins the party of a call with the one that was consulted about it: an attended transfer. id is of either. CallTransfer tells about the first call how
// it goes. Where it works both calls end with EndTransferred; where it does not, both go on.
//
// While the one consulted still rings, the consultation is cancelled and the call is transferred blind to the same number, as RFC 5589 §7.6 and
// phone systems have it: a call that rings there cannot be taken over by another.
func (p *Phone) Complete(id string) error {
	return p.withCall(id, func(c *call) error {
		first, second := c.pair()
		switch {
		case second == nil:
			return ErrNoConsult
		case first.phase != talking || second.phase != talking && second.phase != dialing:
			return ErrNotTalking
		case first.handing, second.handing: // either may be on its way to a conference room
			return ErrTransfer
		case first.isGathered(), second.isGathered():
			return ErrGathering
		case first.referral != nil: // the other side wants to go elsewhere at this moment
			return ErrTransfer
		}
		target := second.number
		if target == "" {
			target = second.party.User
		}
		first.handing, first.transferring, first.referred, first.comesBack, first.left = true, target, false, true, false
		on := func(code int, err error) { first.transferred(target, code, err) }
		if second.phase == dialing {
			first.heldFor = "" // it is not resumed for the end of the consultation
			first.tellTransfer()
			second.d.Hangup()
			first.d.Guard(func() { first.d.Refer(second.sent, on) })
			return nil
		}
		first.joins = second.id
		first.tellTransfer()
		first.d.ReferTo(second.d, on)
		return nil
	})
}

// CancelConsult ends the consultation about a call, and talks on with the call. id is of either.
func (p *Phone) CancelConsult(id string) error {
	return p.withCall(id, func(c *call) error {
		first, second := c.pair()
		if second == nil {
			return ErrNoConsult
		}
		second.d.Hangup()
		if first.phase == talking && first.hold {
			p.holdOthers(first)
			first.resume()
		}
		return nil
	})
}

// joining reports whether the party of the call is about to be joined with that of another.
func (c *call) joining() bool {
	first := c.p.find(c.consults)
	return c.joined != nil || c.consults != "" && first != nil && first.joins == c.id && first.handing
}

// hungUpBeforeJoined notes of the one consulted that the caller has hung up, and has perhaps gone over.
func (c *call) hungUpBeforeJoined() {
	if second := c.p.find(c.joins); second != nil {
		second.joined = &CallTransfer{ID: c.id, Account: c.account, Target: c.transferring, With: c.joins, Done: true}
		c.p.after(byePatience, func() { second.joined = nil }) // whoever still talks then has not been joined with anybody
	}
}

// goneOver is the hang-up of the one consulted while the two are joined. The transfer is done where the caller has hung up, too; otherwise that is still
// to come, or news that it has failed.
func (c *call) goneOver() {
	if e := c.joined; e != nil {
		e.At = c.p.now()
		c.p.tell(*e)
		return
	}
	c.p.find(c.consults).left = true
}

// letGo ends a consultation whose party has gone over.
func (p *Phone) letGo(id string) {
	if c := p.find(id); c != nil && id != "" {
		c.hangupAs(EndTransferred, fault.Fault{})
	}
}

// comeBack resumes a call whose transfer has failed, unless the agent talks to somebody.
func (c *call) comeBack() {
	back := c.comesBack
	c.comesBack, c.joins = false, ""
	if !back || !c.hold || slices.ContainsFunc(c.p.calls, func(o *call) bool {
		return o != c && !o.aside && !o.hold && (o.phase == talking || o.phase == dialing)
	}) {
		return
	}
	c.p.holdOthers(c)
	c.resume()
}

// consultedInVain tells of the call that was to be transferred why the one consulted was not reached, unless the agent has given it up.
func (c *call) consultedInVain(e dialog.End) {
	first := c.p.find(c.consults)
	if c.consults == "" || first == nil || e.Cause == dialog.HungUpHere {
		return
	}
	code := e.Code
	if e.Cause == dialog.NoResponse {
		code = 408
	}
	first.tell(CallTransfer{ID: first.id, Account: first.account, At: c.p.now(), Target: c.number, With: c.id, Failed: transferFailure(c.number, code)})
}
