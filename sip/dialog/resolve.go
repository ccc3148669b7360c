package dialog

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// hopTTL is how long an answer of the DNS serves. The resolver of the operating system hides the record's own TTL. It is also
// the pause before a name service that says nothing is waited for again.
const hopTTL = 30 * time.Second

// staleAfter is how long a fresh answer is waited for where there is an earlier one (RFC 8767 §5 has 1.8 s).
const staleAfter = 1800 * time.Millisecond

// target is a next hop by name, before the DNS is asked.
type target struct {
	host    string
	port    int // 0: none was given
	network network
}

// hopCache remembers what names resolved to, so that requests inside a call do not wait for the DNS, and that a server which
// is up stays in use while the name service is down.
type hopCache struct {
	known   map[target]resolved
	awaited map[target]bool // late answers are waited for
}

type resolved struct {
	hops  []hop
	sure  bool // every question about the name was answered
	until time.Time
}

// maxKnown bounds how many names are remembered.
const maxKnown = 100

func (c *hopCache) keep(t target, r resolved) {
	if c.known == nil {
		c.known = make(map[target]resolved)
	}
	for old := range c.known {
		if len(c.known) < maxKnown {
			break
		}
		delete(c.known, old)
	}
	c.known[t] = r
}

// doubt notes that the hops of a target do not work: the next answer of the DNS counts, if only half a one.
func (c *hopCache) doubt(t target) {
	if r, ok := c.known[t]; ok {
		r.sure = false
		c.known[t] = r
	}
}

// nextHop is where a request goes by RFC 3261 §8.1.2: to the topmost Route, otherwise to its Request-URI. An account with TLS has
// it whatever the URI says: the other side of a call must not have it speak in the clear.
func (ua *UA) nextHop(uri sip.Uri) target {
	t := target{host: strings.Trim(uri.Host, "[]"), port: uri.Port, network: ua.network}
	if v, ok := param(uri.UriParams, "transport"); ok {
		if n, known := networkNamed(v); known {
			t.network = n
		}
	}
	if secure(uri) || ua.network == overTLS {
		t.network = overTLS
	}
	if v, ok := param(uri.UriParams, "maddr"); ok && v != "" {
		t.host = v
	}
	return t
}

// resolve gives then the hops of a target, best first. For an address, and for a name asked for a moment ago, it calls then
// immediately; otherwise when the DNS has answered. What the name meant last still serves when the name service says
// nothing, for as long as that lasts.
func (ua *UA) resolve(t target, found func([]hop, error)) {
	then := func(hops []hop, err error) { found(ua.named(t, hops), err) }
	if ip, err := netip.ParseAddr(t.host); err == nil {
		port := uint16(t.port)
		if port == 0 {
			port = t.network.port()
		}
		then([]hop{{network: t.network, addr: netip.AddrPortFrom(ip.Unmap(), port)}}, nil)
		return
	}
	last, known := ua.hops.known[t]
	if known && ua.now().Before(last.until) {
		then(last.hops, nil)
		return
	}
	told := false
	tell := func(hops []hop, err error) {
		if !told {
			told = true
			then(hops, err)
		}
	}
	goOn := func() { // with the last answer, for now
		if r, ok := ua.hops.known[t]; ok {
			last = r
		}
		last.until = ua.now().Add(hopTTL)
		ua.hops.keep(t, last)
		tell(last.hops, nil)
	}
	stop := func() {}
	if known {
		stop = ua.after(staleAfter, goOn)
	}
	ua.background(func(ctx context.Context) func() {
		hops, sure, err := lookup(ctx, ua.cfg.Resolver, t, soon)
		return func() {
			stop()
			switch {
			case err == nil && (sure || !known || !ua.hops.known[t].sure):
				ua.hops.keep(t, resolved{hops, sure, ua.now().Add(hopTTL)})
				tell(hops, nil)
				if !sure {
					ua.awaitLate(t)
				}
			case known && !sure:
				goOn()
			default:
				delete(ua.hops.known, t)
				tell(nil, err)
			}
		}
	})
}

// awaitLate has the answers that came too late for a look-up serve the next one: an address of the other family, or SRV.
func (ua *UA) awaitLate(t target) {
	if ua.hops.awaited[t] {
		return
	}
	if ua.hops.awaited == nil {
		ua.hops.awaited = make(map[target]bool)
	}
	ua.hops.awaited[t] = true
	ua.background(func(ctx context.Context) func() {
		hops, sure, err := lookup(ctx, ua.cfg.Resolver, t, patient)
		return func() {
			delete(ua.hops.awaited, t)
			if now, ok := ua.hops.known[t]; err == nil && ok && !now.sure {
				ua.hops.keep(t, resolved{hops, sure, now.until})
			}
		}
	})
}

// sameHops reports whether two lists have the same addresses, in any order.
func sameHops(a, b []hop) bool {
	if len(a) != len(b) {
		return false
	}
	in := make(map[netip.AddrPort]bool, len(a))
	for _, h := range a {
		in[h.addr] = true
	}
	for _, h := range b {
		if !in[h.addr] {
			return false
		}
	}
	return true
}
