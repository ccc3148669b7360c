package dialog

import "net/netip"

// followCalls looks whether calls are reached at another address now than the other side knows, as when a laptop changes from
// the cable to the radio. Sound would go on to an address that nobody has (RFC 3261 §12.2.1.1, §14.1).
func (ua *UA) followCalls() {
	for _, c := range ua.calls {
		ua.guard(c.callID, c.follow)
	}
}

func (c *Call) follow() {
	if c.over || !c.source.IsValid() {
		return
	}
	local, ok := c.ua.localTo(netip.AddrPortFrom(c.source, 5060))
	if !ok || local == c.at {
		return
	}
	c.at = local
	c.ua.log.Info("the call follows our address", "call", c.callID)
	c.h.Moved(local)
}
