package sip

import (
	"slices"
	"strings"
	"time"

	"linecard/fault"
)

// Two calls of the agent's are joined into one without the agent: an attended transfer (RFC 5589 §7). The far end of the first is asked by REFER to call the
// far end of the second, and to take the agent's place there (Replaces, RFC 3891). The second is a consultation about the first, or any other call.

var (
	// ErrOneCall says that two calls are connected, and not one with itself.
	ErrOneCall = fault.Err(nil, "sip.connect.one-call")
	// ErrApart says that the calls are at different phone systems, where neither knows the other's call.
	ErrApart = fault.Err(nil, "sip.connect.servers")
)

// Connect joins the far ends of two calls that are answered, whoever placed them and whether or not they are held: that of the call is sent to the one of
// other. The accounts may be two of one phone system. CallTransfer with With tells about the call how it goes. Where it works both calls end with
// EndTransferred; where it does not, both go on, and the agent talks on with the call where the one talked to has gone. Of a call and the
// consultation about it, it is Complete.
func (p *Phone) Connect(id, other string) error {
	return p.withCall(id, func(c *call) error {
		o := p.find(other)
		switch first, second := c.pair(); {
		case o == nil:
			return ErrNoCall
		case o == c:
			return ErrOneCall
		case second == o, second != nil && first == o:
			return first.joinWith(second)
		case c.room, o.room:
			return ErrIsRoom
		case o.phase != talking:
			return ErrNotTalking
		}
		return c.joinWith(o)
	})
}

// joinWith has the far end of the call take the agent's place in another one. Where that is a consultation that still rings, it is given up for a
// blind transfer.
func (c *call) joinWith(second *call) error {
	switch {
	case c.phase != talking || second.phase != talking && second.phase != dialing:
		return ErrNotTalking
	case c.goesElsewhere(), second.handing, second.onward != nil, second.joiner() != nil: // that the second's other side only wants to go elsewhere is settled by this
		return ErrTransfer
	case c.isGathered(), second.isGathered():
		return ErrGathering
	case !c.sameServer(second):
		return ErrApart
	}
	target, sentOn := second.number, false
	if second.phase == dialing {
		target, sentOn = second.callsNow()
	}
	if target == "" {
		target = second.party.User
	}
	// The agent who had both on hold has them both on hold again when it fails.
	comesBack := !c.hold || !second.hold
	c.handing, c.transferring, c.referred, c.comesBack, c.left = true, target, false, comesBack, false
	on := func(code int, err error) { c.transferred(target, code, err) }
	if second.phase == dialing {
		c.heldFor = "" // it is not resumed for the end of the consultation
		c.tellTransfer()
		second.d.Hangup()
		c.d.Guard(func() {
			if sentOn {
				c.d.ReferAsCalled(second.d, on)
				return
			}
			c.d.Refer(second.sent, on)
		})
		return nil
	}
	c.joins = second.id
	c.tellTransfer()
	c.d.ReferTo(second.d, on)
	return nil
}

// sameServer reports whether two calls are at one phone system.
func (c *call) sameServer(o *call) bool {
	return c.account == o.account || strings.EqualFold(c.line.account.Server, o.line.account.Server)
}

// joiner is the call whose far end is to take the agent's place in this one; nil for none.
func (c *call) joiner() *call {
	i := slices.IndexFunc(c.p.calls, func(first *call) bool { return first.handing && first.joins == c.id && !first.aside })
	if i < 0 {
		return nil
	}
	return c.p.calls[i]
}

// wake is how long somebody may be heard who has gone over to another call: what was on its way then.
const wake = time.Second

// joining reports whether the party of the call is about to be joined with that of another, or may have been. Who is heard when the other one has
// gone is not.
func (c *call) joining() bool {
	if c.joined != nil && c.heardSince(c.joined.At.Add(wake)) {
		c.joined = nil
	}
	return c.joined != nil || c.joiner() != nil
}

// hungUpBeforeJoined notes of the second of two calls that the far end of the first has hung up, and has perhaps gone over.
func (c *call) hungUpBeforeJoined() {
	second := c.p.find(c.joins)
	if second == nil {
		return
	}
	e := &CallTransfer{ID: c.id, Account: c.account, At: c.p.now(), Target: c.transferring, With: c.joins, Done: true}
	second.joined = e
	c.p.after(byePatience, func() { // whoever still talks then has not been joined with anybody
		if second.joined == e {
			second.joined = nil
		}
	})
}

// goneOver is the hang-up of the second of two calls while they are joined. The transfer is done where the far end of the first has hung up, too; otherwise that is still
// to come, or news that it has failed.
func (c *call) goneOver() {
	if e := c.joined; e != nil {
		e.At = c.p.now()
		c.p.tell(*e)
		return
	}
	c.joiner().left = true
}

// letGo ends the second of two calls whose far ends are joined.
func (p *Phone) letGo(id string) {
	if c := p.find(id); c != nil && id != "" {
		c.hangupAs(EndTransferred, fault.Fault{})
	}
}

// comeBack resumes a call whose transfer has failed, unless the agent talks to somebody, or had it on hold.
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
