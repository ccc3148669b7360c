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

// steadyFlow is how long a connection lives that was not closed for that.
const steadyFlow = time.Minute

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

// How much longer than a second the wall clock may take for one, and what is thought of it.
const (
	// sleep is that the machine slept: whatever there was of a connection, nobody knows whether the other end still has it, and an answer
	// by it could be waited for in vain.
	sleep = 10 * time.Second
	// nap is that something may have been missed. The server is asked, where it answers pings.
	nap = 2 * time.Second
	// napPatience is how long that answer is waited for.
	napPatience = time.Second
)

func (r *registration) look() {
	ua, now := r.ua, r.ua.now().Round(0)
	jump := now.Sub(r.lastCheck) - flowCheck
	r.lastCheck = now
	slept := jump > sleep
	if slept {
		ua.disconnect(r.reached)
	}
	moved := r.moved()
	dropped := r.dropped(now)
	switch {
	case slept || moved || dropped:
		ua.log.Info("registering again", "slept", slept, "address changed", moved, "connection lost", dropped)
		if slept || moved {
			r.downSince = time.Time{} // an outage of another place, or time, tells nothing of this one
		}
		r.attempt()
	case jump > nap && r.reached.network.streamed():
		r.ping(napPatience)
	}
}

// anywhere stands for any server, where its address is not known: whatever reaches it leaves by the way to everywhere else. It is of
// RFC 5737, and nothing is sent there.
var anywhere = netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, 1}), 5060)

// moved reports whether packets to the server leave from another address now than the one that was registered, or leave again after there was
// no way to it: that the address is the same then does not make it the same network.
func (r *registration) moved() bool {
	to := r.reached.addr
	if !to.IsValid() {
		to = anywhere
	}
	local, ok := r.ua.localTo(to)
	if !ok {
		r.away = true
		return false
	}
	back := r.away
	r.away = false
	if !r.local.IsValid() {
		return back
	}
	if local == r.local && !back {
		return false
	}
	if r.bound && r.stale == nil { // after two moves without an answer the first binding is the one to remove
		r.stale = r.contact
	}
	r.local, r.public, r.publicAt, r.movedAt = local, netip.AddrPort{}, time.Time{}, r.ua.now()
	r.outbound = outbounding{asked: r.outbound.asked} // the way to the server may be another one
	r.ua.disconnect(r.reached)                        // the other end sends to an address that we no longer have
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
