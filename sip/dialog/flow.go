package dialog

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"linecard/sip/transport"
)

// server is where REGISTER and every request outside a dialog goes: the proxy, or the registrar without one.
func (ua *UA) server() target {
	a := ua.cfg.Account
	if a.Proxy != "" {
		host, port, err := net.SplitHostPort(a.Proxy)
		if err != nil {
			return target{host: strings.Trim(a.Proxy, "[]"), network: ua.network}
		}
		n, _ := strconv.Atoi(port)
		return target{host: host, port: n, network: ua.network}
	}
	host, port := SplitServer(a.Server)
	return target{host: host, port: port, network: ua.network}
}

// domain is the address of record's host part, as a Request-URI of the registrar.
func (ua *UA) domain() sip.Uri {
	host, port := SplitServer(ua.cfg.Account.Server)
	return sip.Uri{Scheme: ua.scheme(), Host: host, Port: port}
}

// scheme is what the account's addresses begin with.
func (ua *UA) scheme() string {
	if _, secure := transport.Secure(ua.cfg.Account.Server); secure {
		return "sips"
	}
	return "sip"
}

// self is the address of record, as From and To name it: without a port (RFC 3261 §19.1.1).
func (ua *UA) self() sip.Uri {
	u := ua.domain()
	u.Port = 0
	u.User = escapeUser(ua.cfg.Account.User)
	return u
}

// flow is the hop the server was last reached on, when the target is the server.
func (r *registration) flow(to target) (hop, bool) {
	if to == r.ua.server() && r.reached.addr.IsValid() {
		return r.reached, true
	}
	return hop{}, false
}

// serves reports whether a hop is our server, our proxy or a hop that our requests are routed through, and is as well
// proved as the account wants it: with TLS, by a name of theirs, for another port of an address may be somebody else's. Only there
// do credentials go.
func (r *registration) serves(h hop) bool {
	if r.ua.network == overTLS {
		return h.network == overTLS && r.ua.proofs[h.addr].isForAny(r.ua.ownNames())
	}
	return r.servesAddr(h.addr.Addr())
}

// servesAddr reports whether an address is one of theirs.
func (r *registration) servesAddr(ip netip.Addr) bool {
	return ip.IsValid() && (ip == r.reached.addr.Addr() || slices.Contains(r.routed(), ip) ||
		slices.ContainsFunc(r.hops, func(h hop) bool { return h.addr.Addr() == ip }))
}
