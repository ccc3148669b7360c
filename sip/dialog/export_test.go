package dialog

import (
	"net/netip"
	"time"
)

// Renumber has the user agent believe that its address has changed. It must be called on the queue.
func (ua *UA) Renumber(ip netip.Addr) { ua.bound = netip.AddrPortFrom(ip, ua.bound.Port()) }

// Forget has the answers of the DNS grow old. It must be called on the queue.
func (ua *UA) Forget() {
	for t, r := range ua.hops.known {
		r.until = time.Now()
		ua.hops.known[t] = r
	}
}
