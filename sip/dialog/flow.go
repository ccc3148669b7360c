package dialog

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// flowCheck is how often the local address, the TCP connection and the clock are looked at; a look costs microseconds.
const flowCheck = 2 * time.Second

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
	return ip.IsValid() && (ip == r.reached.addr.Addr() || slices.Contains(r.routed, ip) ||
		slices.ContainsFunc(r.hops, func(h hop) bool { return h.addr.Addr() == ip }))
}

// watch looks after the flow while registered: a new local address, a lost TCP connection and a clock that jumped, as
// it does when a laptop wakes, each mean that the registrar can no longer reach us.
func (r *registration) watch() {
	r.stopFlow()
	r.lastCheck = time.Now().Round(0) // wall clock: the monotonic one stands still in sleep
	var check func()
	check = func() {
		now := time.Now().Round(0)
		slept := now.Sub(r.lastCheck) > flowCheck+10*time.Second
		r.lastCheck = now
		r.stopFlow = r.ua.after(flowCheck, check)
		moved := r.ua.localIP(r.reached.addr) != r.local
		dropped := r.reached.network == "tcp" && !r.ua.connected(r.reached)
		if moved {
			r.stale, r.public = r.contact, netip.AddrPort{}
		}
		if slept || moved || dropped {
			r.ua.log.Info("registering again", "slept", slept, "address changed", moved, "connection lost", dropped)
			r.attempt()
		}
	}
	r.stopFlow = r.ua.after(flowCheck, check)
}
