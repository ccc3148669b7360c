package dialog

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"linecard/sip/stun"
)

// A registrar that does not say where a REGISTER came from (RFC 3581) leaves a phone behind a NAT without an address to name in its Contact.
// Where the account has a STUN server, that one is asked then, over the socket that signalling uses. What a registrar says counts more: the
// NAT may give the way to another server another port.

// stunAsked is a question under way. The reader of the socket looks at it too, so that it never changes.
type stunAsked struct {
	question stun.Question
	servers  []netip.AddrPort
}

const (
	stunAgain  = 500 * time.Millisecond // before the question is repeated; the pauses double
	mostStun   = 5
	stunLookup = 5 * time.Second
)

// askSTUN asks the account's STUN server, if it has one, how it sees our port.
func (r *registration) askSTUN() {
	ua, local := r.ua, r.local
	if ua.cfg.Account.STUN == "" || r.reached.network != overUDP {
		return
	}
	ua.background(func(ctx context.Context) func() {
		ctx, cancel := context.WithTimeout(ctx, stunLookup)
		defer cancel()
		servers, err := stun.Servers(ctx, ua.cfg.Resolver, ua.cfg.Account.STUN, local)
		return func() {
			if err != nil {
				ua.log.Info("STUN server not found", "error", err)
				return
			}
			asked := &stunAsked{stun.NewQuestion(), servers}
			r.stun.Store(asked)
			r.sendSTUN(asked, 0)
		}
	})
}

func (r *registration) sendSTUN(asked *stunAsked, sent int) {
	if r.stun.Load() != asked || sent == mostStun {
		return
	}
	if _, err := r.ua.udp.WriteToUDPAddrPort(asked.question.Bytes(), asked.servers[sent%len(asked.servers)]); err != nil {
		r.ua.log.Debug("STUN question not sent", "error", err)
	}
	r.ua.after(stunAgain<<sent, func() { r.sendSTUN(asked, sent+1) })
}

// stunAnswered takes a STUN message off the socket of signalling. The reader of the socket calls it.
func (ua *UA) stunAnswered(data []byte, from netip.AddrPort) {
	asked := ua.reg.stun.Load()
	if asked == nil || !slices.Contains(asked.servers, netip.AddrPortFrom(from.Addr().Unmap(), from.Port())) {
		return
	}
	if at, ok := asked.question.Answered(data); ok {
		ua.queue.Put(func() { ua.reg.stunned(asked, at) })
	}
}

// stunned has the Contact name the address that a STUN server sees.
func (r *registration) stunned(asked *stunAsked, at netip.AddrPort) {
	ua := r.ua
	if ua.closing || !r.stun.CompareAndSwap(asked, nil) {
		return
	}
	if at == netip.AddrPortFrom(r.local, ua.bound.Port()) {
		at = netip.AddrPort{} // no NAT in between
	}
	if at == r.public || r.busy || r.status.State != Registered || ua.now().Sub(r.publicAt) < natSettles {
		return
	}
	r.public, r.publicAt = at, ua.now()
	r.stale, r.movedAt = r.contact, time.Time{}
	ua.followCalls()
	r.stopNext()
	r.attempt()
}

// LocalIP is the own address that packets to the account's server leave from; false where there is no way to it.
func (ua *UA) LocalIP() (netip.Addr, bool) { return ua.localTo(ua.reg.reached.addr) }
