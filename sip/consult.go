package sip

import (
	"cmp"
	"slices"

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
	case c.handing, c.joiner() != nil:
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
// While the one consulted still rings, the consultation is cancelled and the call is transferred blind to the number that is called then, as RFC 5589 §7.6 and
// phone systems have it: a call that rings there cannot be taken over by another.
func (p *Phone) Complete(id string) error {
	return p.withCall(id, func(c *call) error {
		first, second := c.pair()
		if second == nil {
			return ErrNoConsult
		}
		return first.joinWith(second)
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
	target := cmp.Or(c.sentOn.target, c.number)
	first.tell(CallTransfer{ID: first.id, Account: first.account, At: c.p.now(), Target: target, With: c.id, Failed: transferFailure(target, code)})
}
