package dialog

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// server is where REGISTER and every request outside a dialog goes: the proxy, or the registrar without one.
func (ua *UA) server() target {
	a := ua.cfg.Account
	if a.Proxy != "" {
		host, port, err := net.SplitHostPort(a.Proxy)
		if err != nil {
			return target{host: strings.Trim(a.Proxy, "[]"), network: a.Transport}
		}
		n, _ := strconv.Atoi(port)
		return target{host: host, port: n, network: a.Transport}
	}
	host, port := SplitServer(a.Server)
	return target{host: host, port: port, network: a.Transport}
}

// domain is the address of record's host part, as a Request-URI of the registrar.
func (ua *UA) domain() sip.Uri {
	host, port := SplitServer(ua.cfg.Account.Server)
	return sip.Uri{Scheme: "sip", Host: host, Port: port}
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

// serves reports whether an address, with its port, is our server's, our proxy's or a hop that our requests are routed
// through. Only there do credentials go.
func (r *registration) serves(at string) bool { return r.servesAddr(sourceIP(at)) }

func (r *registration) servesAddr(ip netip.Addr) bool {
	return ip.IsValid() && (ip == r.reached.addr.Addr() || slices.Contains(r.routed(), ip) ||
		slices.ContainsFunc(r.hops, func(h hop) bool { return h.addr.Addr() == ip }))
}
