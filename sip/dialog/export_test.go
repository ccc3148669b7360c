package dialog

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"linecard/inorder"
)

// UninvitedLife sets how long a connection stays by which nobody calls, for a test.
func UninvitedLife(t *testing.T, d time.Duration) {
	old := uninvitedLife
	uninvitedLife = d
	t.Cleanup(func() { uninvitedLife = old })
}

// UninvitedLife sets how long a connection stays by which nobody calls, as [UninvitedLife] does in a test that has called that: from now on,
// and for those that have a deadline.
func (ua *UA) UninvitedLife(d time.Duration) {
	ua.tcp.mu.Lock()
	defer ua.tcp.mu.Unlock()
	uninvitedLife = d
	for _, a := range ua.tcp.open {
		if a.TCPConn != nil && !a.until.IsZero() {
			_ = a.limit()
		}
	}
}

// LetCrowdsIn has as many requests of strangers answered as come, for a test that is not about their number.
func (ua *UA) LetCrowdsIn() {
	ua.strangers.SetLimit(1e6)
	ua.strangers.SetBurst(1e6)
}

// Look has the registration be renewed. It must be called on the queue.
func (ua *UA) Look() { ua.reg.attempt() }

// Renumber has the user agent believe that its address has changed. It must be called on the queue.
func (ua *UA) Renumber(ip netip.Addr) { ua.bound = netip.AddrPortFrom(ip, ua.bound.Port()) }

// SetAddresses sets what addresses this machine has.
func (ua *UA) SetAddresses(f func() ([]net.Addr, error)) {
	inorder.Do(ua.queue, func() { ua.addresses = f })
}

// SetWay sets whether, and from where, packets leave for an address.
func (ua *UA) SetWay(f func(netip.AddrPort) (netip.Addr, bool)) {
	inorder.Do(ua.queue, func() { ua.way = f })
}

// SetPublic has the registrar see us at another address. It must be called on the queue.
func (ua *UA) SetPublic(at netip.AddrPort) { ua.reg.public, ua.reg.publicAt = at, ua.now() }

// Forget has the answers of the DNS grow old. It must be called on the queue.
func (ua *UA) Forget() {
	for t, r := range ua.hops.known {
		r.until = ua.now()
		ua.hops.known[t] = r
	}
}

// Left is how many calls are remembered, those that are over among them. It must be called on the queue.
func (ua *UA) Left() int { return len(ua.calls) }

// Connected reports whether there is a TCP connection to a host:port. It must be called on the queue.
func (ua *UA) Connected(addr string) bool {
	return ua.connected(hop{network: overTCP, addr: netip.MustParseAddrPort(addr)})
}

// FlowTo is our end of the TLS connection to a host:port. It must be called on the queue.
func (ua *UA) FlowTo(addr string) netip.AddrPort {
	own, _ := ua.flowTo(hop{network: overTLS, addr: netip.MustParseAddrPort(addr)})
	return own
}

// Drop ends the TLS connection to a host:port. It must be called on the queue.
func (ua *UA) Drop(addr string) {
	ua.disconnect(hop{network: overTLS, addr: netip.MustParseAddrPort(addr)})
}
