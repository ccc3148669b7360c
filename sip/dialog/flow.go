package dialog

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// flowCheck is how often the local address, the TCP connection and the clock are looked at; a look costs microseconds.
const flowCheck = 2 * time.Second

// server is where REGISTER and every request outside a dialog goes: the proxy, or else the registrar.
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

// preloaded is the Route of requests outside a dialog: the outbound proxy, when there is one.
func (ua *UA) preloaded() []sip.Uri {
	if ua.cfg.Account.Proxy == "" {
		return nil
	}
	t := ua.server()
	u := sip.Uri{Scheme: "sip", Host: t.host, Port: t.port}
	if t.network != "udp" {
		u.UriParams.Add("transport", t.network)
	}
	u.UriParams.Add("lr", "")
	return []sip.Uri{u}
}

// flow is the hop the server was last reached on, when the target is the server.
func (r *registration) flow(to target) (hop, bool) {
	if to == r.ua.server() && r.reached.addr.IsValid() {
		return r.reached, true
	}
	return hop{}, false
}

// serves reports whether a packet from or to the address is our server's or proxy's.
func (r *registration) serves(source string) bool {
	ip := sourceIP(source)
	if !ip.IsValid() {
		return false
	}
	if ip == r.reached.addr.Addr() {
		return true
	}
	for _, h := range r.hops {
		if h.addr.Addr() == ip {
			return true
		}
	}
	return false
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
