package dialog

import (
	"net"
	"net/netip"
	"slices"
	"time"
)

// followCalls looks whether calls are reached at another address now than the other side knows, as when a laptop changes from
// the cable to the radio, or a router gives it another port. Sound would go on to an address that nobody has, and requests of
// the other side would too (RFC 3261 §12.2.1.1, §14.1).
func (ua *UA) followCalls() {
	for _, c := range ua.calls {
		ua.guard(c.callID, c.follow)
	}
}

// reach is how a call is reached: the address of this machine, the one that its Contact names, which a NAT may have given, and our end of the
// TCP or TLS connection that we made. A phone system behind a NAT sends to the other end of that, whatever the Contact says, and loses its requests once
// the connection is gone. flow is not valid where that end is not known, or where the other side has made the connection: it can do so again.
type reach struct {
	local   netip.Addr
	contact netip.AddrPort
	flow    netip.AddrPort
}

// reachedFrom is how the other side, or the server in between, reaches us, and whether there is a connection to it where it takes one. It is not
// valid where there is no way to it.
func (ua *UA) reachedFrom(source hop) (now reach, up bool) {
	local, ok := ua.localTo(netip.AddrPortFrom(source.addr.Addr(), max(source.addr.Port(), 1)))
	if !ok {
		return reach{}, false
	}
	flow, up := ua.madeTo(source)
	if source.network == overTLS && !up {
		return reach{}, false // until there is a connection again
	}
	return reach{local, ua.contactAt(local, source), flow}, up
}

// madeTo is our end of the connection to a hop, where we made it, and whether there is one.
func (ua *UA) madeTo(to hop) (own netip.AddrPort, up bool) {
	if !to.network.streamed() {
		return netip.AddrPort{}, false
	}
	if own, up = ua.flowTo(to); own.Port() == ua.bound.Port() {
		own = netip.AddrPort{}
	}
	return own, up
}

// knownAs notes how the other side has been told to reach us.
func (c *Call) knownAs(to hop) {
	local := c.ua.localIP(to.addr)
	flow, _ := c.ua.madeTo(to)
	c.at = reach{local, c.ua.contactAt(local, to), flow}
}

// comesFrom notes where the other side's messages come from now, by a connection that it has just used.
func (c *Call) comesFrom(source hop) {
	c.source = source
	if flow, up := c.ua.madeTo(source); up {
		c.at.flow = flow
	}
}

func (c *Call) follow() {
	if c.over || !c.source.addr.IsValid() {
		return
	}
	now, up := c.ua.reachedFrom(c.source)
	if !now.local.IsValid() || c.ua.reg.learning(c.source.addr.Addr()) {
		return
	}
	if c.adrift(now) {
		c.ua.log.Info("a call that rings is given up: its answer cannot arrive", "call", c.callID)
		c.giveUp()
		c.ended(End{Cause: Moved})
		return
	}
	known := c.at
	if !up || !now.flow.IsValid() || !known.flow.IsValid() { // nothing to compare
		known.flow = now.flow
	}
	switch {
	case now == known:
		if up {
			c.at = now
		}
		return
	case !up && c.at.flow.IsValid() && c.ua.reg.wanted && c.ua.reg.servesAddr(c.source.addr.Addr()):
		return // the REGISTER that is on its way makes the connection
	}
	c.strayed = c.waiting()
	c.changing.follow()
	if c.h.Moved(now.local) {
		c.at = now
		c.ua.log.Info("the call follows our address", "call", c.callID)
	}
}

// adrift reports whether the answer to our INVITE can no longer find us. It goes to where the INVITE came from (RFC 3261 §18.2.2, RFC 3581 §4), and
// an UPDATE with another Contact does not change that, where it is allowed at all: the callee would pick up to silence, and the
// agent would hear ringing without end. Our Contact does not show this, since the registrar may reveal a NAT only while the phone rings. A call that waits
// to be sent on has its answer; its next INVITE leaves from where we are then.
func (c *Call) adrift(now reach) bool {
	o := &c.out
	if c.inbound || c.answered || o.gaveUp || o.waits != nil || !o.local.IsValid() || o.x == nil || o.x.tx == nil {
		return false
	}
	tx := o.x.tx
	switch {
	case now.local != o.local && !c.ua.has(o.local): // beside a cable the radio goes on
		return true
	case !tx.to.network.streamed():
		return c.rebound()
	}
	own, up := c.ua.flowTo(tx.to)
	if !up || !tx.own.IsValid() || own == tx.own {
		return false
	}
	// By TCP the server can make a connection to us, unless a NAT is in between; by TLS nobody can.
	return tx.to.network == overTLS || o.seen.IsValid() && o.seen.Addr() != tx.own.Addr()
}

// rebound reports whether a NAT has another port for us by now than the one that the INVITE came from. That is so where the registrar has
// learned of another one since an answer to the INVITE came by; what it knew before may have been old, and another server may see another port.
func (c *Call) rebound() bool {
	o, r := &c.out, c.ua.reg
	return o.seen.Port() != 0 && r.public.IsValid() && r.public != o.seen && r.publicAt.After(o.seenAt) && r.reached.at(o.x.tx.to)
}

// has reports whether an address is one of this machine's. Where that cannot be told, it is.
func (ua *UA) has(ip netip.Addr) bool {
	all, err := ua.addresses()
	return err != nil || slices.ContainsFunc(all, func(a net.Addr) bool {
		n, ok := a.(*net.IPNet)
		if !ok {
			return false
		}
		own, ok := netip.AddrFromSlice(n.IP)
		return ok && own.Unmap() == ip.WithZone("")
	})
}

// learnTime is how long calls wait, after the address of this machine has changed, for the registrar to tell what a NAT makes
// of the new one. They have to be told within 3 s of the change.
const learnTime = 1500 * time.Millisecond

// learning reports whether the answer to the REGISTER that is on its way may change how the server reaches us.
func (r *registration) learning(server netip.Addr) bool {
	return r.wanted && r.busy && r.reached.network == overUDP && r.servesAddr(server) && r.ua.now().Sub(r.movedAt) < learnTime
}
