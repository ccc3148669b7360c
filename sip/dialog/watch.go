package dialog

import (
	"net/netip"
	"time"
)

// flowCheck is how often the local address, the TCP connection and the clock are looked at; a look costs microseconds.
const flowCheck = time.Second

// A server may close each connection soon after it was made. The pauses between new ones grow then, from half of
// reconnectBase on (RFC 5626 §4.5).
const reconnectBase = 30 * time.Second

// steadyFlow is how long a connection lives that was not closed for that. A variable for tests only.
var steadyFlow = time.Minute

// watch looks after the flow for as long as the account should be registered or has calls. A new local address, a lost TCP
// connection and a clock that jumped, as it does when a laptop wakes, each mean that the registrar can no longer reach us,
// and that what was refused or unreachable before may be neither any more.
func (r *registration) watch() {
	if r.watching {
		return
	}
	r.watching = true
	r.lastCheck = r.ua.now().Round(0) // wall clock: the monotonic one stands still in sleep
	var check func()
	check = func() {
		if r.watching = r.wanted || len(r.ua.calls) > 0; !r.watching {
			return
		}
		r.stopFlow = r.ua.after(flowCheck, check)
		if r.wanted {
			r.look()
		}
		r.ua.followCalls()
	}
	r.stopFlow = r.ua.after(flowCheck, check)
}

func (r *registration) look() {
	ua, now := r.ua, r.ua.now().Round(0)
	slept := now.Sub(r.lastCheck) > flowCheck+10*time.Second
	r.lastCheck = now
	moved := r.moved()
	dropped := r.dropped(now)
	if slept || moved || dropped {
		ua.log.Info("registering again", "slept", slept, "address changed", moved, "connection lost", dropped)
		r.attempt()
	}
}

// moved reports whether packets to the server leave from another address now than the one that was registered.
func (r *registration) moved() bool {
	local, ok := r.ua.localTo(r.reached.addr)
	if !ok || !r.local.IsValid() || local == r.local {
		return false
	}
	if r.bound && r.stale == nil { // after two moves without an answer the first binding is the one to remove
		r.stale = r.contact
	}
	r.local, r.public, r.publicAt, r.movedAt = local, netip.AddrPort{}, time.Time{}, r.ua.now()
	r.ua.disconnect(r.reached) // the other end sends to an address that we no longer have
	return true
}

// dropped reports whether the TCP connection of the registration is gone, and a new one is due.
func (r *registration) dropped(now time.Time) bool {
	if r.busy || r.status.State != Registered || !r.reached.network.streamed() || r.ua.connected(r.reached) {
		return false
	}
	if r.lostAt.IsZero() {
		r.lostAt = now
		if now.Sub(r.flowAt) > steadyFlow {
			r.drops, r.reconnectAfter = 0, 0 // it lasted: it is made again at once, as the first one
		}
		r.drops++
	}
	return now.Sub(r.lostAt) >= r.reconnectAfter
}

// remade registers when a request has made the server's TCP or TLS connection again before the loss was seen: the server knows us by the one
// before, and no call would come.
func (r *registration) remade(to hop) {
	if to != r.reached || !r.wanted || r.busy || r.status.State != Registered {
		return
	}
	if own, ok := r.ua.flowTo(to); ok && own != r.boundBy {
		r.ua.log.Info("registering again: a request has opened the connection again")
		r.attempt()
	}
}

// accepted again over TCP: how soon a connection that is lost from now on is made again. The first time at once. It reports whether the server
// reaches us by another connection than before.
func (r *registration) reconnected() bool {
	if !r.lostAt.IsZero() || r.flowAt.IsZero() {
		r.flowAt = r.ua.now().Round(0)
	}
	before := r.boundBy
	r.boundBy, _ = r.ua.flowTo(r.reached)
	r.lostAt, r.reconnectAfter = time.Time{}, 0
	if r.drops > 0 {
		r.reconnectAfter = halfOrMore(min(reconnectBase<<min(r.drops-1, 10), retryRefusedMax))
	}
	return before.IsValid() && before != r.boundBy
}
