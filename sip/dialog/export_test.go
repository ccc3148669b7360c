package dialog

import "net/netip"

// Renumber has the user agent believe that its address has changed. It must be called on the queue.
func (ua *UA) Renumber(ip netip.Addr) { ua.bound = netip.AddrPortFrom(ip, ua.bound.Port()) }
