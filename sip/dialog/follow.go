package dialog

import (
	"net/netip"
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

// reach is how a call is reached: the address of this machine, and the one that its Contact names, which a NAT may have given.
type reach struct {
	local   netip.Addr
	contact netip.AddrPort
}

// reachedFrom is how the other side, or the server in between, reaches us. It is not valid where there is no way to it.
func (ua *UA) reachedFrom(source hop) reach {
	local, ok := ua.localTo(netip.AddrPortFrom(source.addr.Addr(), max(source.addr.Port(), 1)))
	if !ok {
		return reach{}
	}
	if source.network == overTLS {
		if _, up := ua.flowTo(source); !up {
			return reach{} // until there is a connection again
		}
	}
	return reach{local, ua.contactAt(local, source)}
}

// knownAs notes how the other side has been told to reach us.
func (c *Call) knownAs(to hop) {
	local := c.ua.localIP(to.addr)
	c.at = reach{local, c.ua.contactAt(local, to)}
}

func (c *Call) follow() {
	if c.over || !c.source.addr.IsValid() {
		return
	}
	now := c.ua.reachedFrom(c.source)
	if !now.local.IsValid() || now == c.at || c.ua.reg.learning(c.source.addr.Addr()) {
		return
	}
	if c.h.Moved(now.local) {
		c.at = now
		c.ua.log.Info("the call follows our address", "call", c.callID)
	}
}

// learnTime is how long calls wait, after the address of this machine has changed, for the registrar to tell what a NAT makes
// of the new one. They have to be told within 3 s of the change.
const learnTime = 1500 * time.Millisecond

// learning reports whether the answer to the REGISTER that is on its way may change how the server reaches us.
func (r *registration) learning(server netip.Addr) bool {
	return r.wanted && r.busy && r.reached.network == overUDP && r.servesAddr(server) && r.ua.now().Sub(r.movedAt) < learnTime
}
