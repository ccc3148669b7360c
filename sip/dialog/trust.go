package dialog

import (
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Trust is whose requests may start something, besides the account's own server, proxy and the hops that the registrar
// named in Service-Route and Path.
type Trust struct {
	Direct bool           // take calls from every address: "accept direct calls"
	From   []netip.Prefix // further addresses and networks, as of a PBX that calls from another edge than it registers at
}

// trusted is what the readers of the sockets may look at too: whom to listen to, as it stands at the moment. It is
// replaced as a whole and never changed.
type trusted struct {
	direct   bool
	tls      bool // the server is known by what its connections have proved alone
	proved   map[netip.AddrPort]bool
	addrs    map[netip.Addr]bool
	prefixes []netip.Prefix
}

// knows reports whether a hop is the server's or one that the account lists. Where the account has TLS, the server's address
// proves nothing: whoever is on the way can write it into a datagram, and another port of it may be somebody else's.
func (t *trusted) knows(from hop) bool {
	ip := from.addr.Addr().Unmap()
	return t.isServer(from) || t != nil && ip.IsValid() && slices.ContainsFunc(t.prefixes, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// isServer reports whether a hop is the account's own server's.
func (t *trusted) isServer(from hop) bool {
	ip := from.addr.Addr().Unmap()
	switch {
	case t == nil || !ip.IsValid():
		return false
	case t.tls:
		return from.network == overTLS && t.proved[netip.AddrPortFrom(ip, from.addr.Port())]
	}
	return t.addrs[ip]
}

// hears reports whether a request from a hop is looked at when it starts something.
func (t *trusted) hears(from hop) bool {
	return t != nil && t.direct || t.knows(from)
}

// SetTrust changes whom calls are taken from, at once. Calls that are up stay.
func (ua *UA) SetTrust(t Trust) {
	ua.cfg.Account.Trust = t
	ua.retrust()
}

// retrust publishes whom to listen to. It must be called whenever one of the things it reads has changed.
func (ua *UA) retrust() {
	t := &trusted{direct: ua.cfg.Account.Trust.Direct, tls: ua.network == overTLS, addrs: make(map[netip.Addr]bool), proved: make(map[netip.AddrPort]bool)}
	own := ua.ownNames()
	for at, p := range ua.proofs {
		t.proved[at] = p.isForAny(own)
	}
	for _, p := range ua.cfg.Account.Trust.From {
		t.prefixes = append(t.prefixes, p.Masked())
	}
	for _, ip := range ua.reg.addresses() {
		t.addrs[ip] = true
	}
	ua.trusted.Store(t)
}

// Serves reports whether an address is the account's server's, as its name and the registrar tell it.
func (ua *UA) Serves(ip netip.Addr) bool {
	t := ua.trusted.Load()
	return t != nil && t.addrs[ip.Unmap()]
}

// knows reports whether a request comes from our server, or from who calls as our server does.
func (ua *UA) knows(req *sip.Request) bool { return ua.trusted.Load().knows(sourceOf(req)) }

// uninvited reports whether a request comes from an address that has no business with us: neither the account's nor the
// other side's of a call that is up. It gets no answer, not even a refusal, which would tell a scanner that a phone is
// here and which extension it has.
func (ua *UA) uninvited(req *sip.Request) bool {
	if ua.trusted.Load().hears(sourceOf(req)) {
		return false
	}
	if !identified(req) {
		return true
	}
	return !ua.goesOn(req) && ua.calls[dialogKey(req.CallID().Value(), tagOf(req.To().Params))] == nil // nobody else knows the tag
}

// goesOn reports whether a request belongs to one from the same address that was let in: it is that one again, because its answer
// was lost, or its ACK or CANCEL (RFC 3261 §17.2.2). The call may be over by now, or the list of addresses another one.
func (ua *UA) goesOn(req *sip.Request) bool {
	methods := []sip.RequestMethod{req.Method}
	if req.IsAck() || req.IsCancel() {
		methods = append(methods, sip.INVITE)
	}
	for _, method := range methods {
		if t := ua.servers[serverKey(req, method)]; t != nil && sourceIP(t.req.Source()) == sourceIP(req.Source()) {
			return true
		}
	}
	return false
}

// addresses are those that the account's server can call from: where its name leads and led, the hop in use, and
// the hops that the registrar has routed us through.
func (r *registration) addresses() []netip.Addr {
	var all []netip.Addr
	add := func(ip netip.Addr) {
		if ip = ip.Unmap(); ip.IsValid() && !slices.Contains(all, ip) {
			all = append(all, ip)
		}
	}
	add(r.reached.addr.Addr())
	for _, h := range r.hops {
		add(h.addr.Addr())
	}
	now := r.ua.now()
	for ip, until := range r.left {
		if now.After(until) {
			delete(r.left, ip)
			continue
		}
		add(ip)
	}
	for _, ip := range r.routed() {
		add(ip)
	}
	return all
}

// formerFor is how long an address that the server's name no longer leads to is listened to after it was left, or longer where
// the registrar has asked for a longer life: no binding that was made there lives longer.
const formerFor = longestLife

// leaves keeps the addresses that a new answer of the DNS no longer has, for a while.
func (r *registration) leaves(addrs ...netip.Addr) {
	for _, ip := range addrs {
		r.left[ip] = r.ua.now().Add(max(formerFor, r.expires))
	}
	r.forgetLeft()
}

// forgetLeft has the first of the former addresses forgotten when its time is up, and then the next.
func (r *registration) forgetLeft() {
	r.stopLeft()
	if len(r.left) == 0 {
		return
	}
	first := slices.MinFunc(slices.Collect(maps.Values(r.left)), time.Time.Compare)
	r.stopLeft = r.ua.after(first.Sub(r.ua.now())+time.Millisecond, func() {
		r.ua.retrust()
		r.forgetLeft()
	})
}
