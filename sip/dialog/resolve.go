package dialog

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// hopTTL is how long an answer of the DNS serves. The resolver of the operating system hides the record's own TTL.
const hopTTL = 30 * time.Second

// resolveTimeout bounds one look-up.
const resolveTimeout = 4 * time.Second

// target is a next hop by name, before the DNS is asked.
type target struct {
	host    string
	port    int // 0: none was given
	network string
}

// hopCache remembers what names resolved to, so that requests inside a call do not wait for the DNS.
type hopCache struct {
	known map[target]resolved
}

type resolved struct {
	hops  []hop
	until time.Time
}

func defaultPort(network string) uint16 {
	if network == "tls" {
		return 5061
	}
	return 5060
}

// nextHop is where a request goes by RFC 3261 §8.1.2: to the topmost Route, otherwise to its Request-URI.
func (ua *UA) nextHop(uri sip.Uri) target {
	t := target{host: strings.Trim(uri.Host, "[]"), port: uri.Port, network: ua.cfg.Account.Transport}
	if v, ok := param(uri.UriParams, "transport"); ok && (strings.EqualFold(v, "udp") || strings.EqualFold(v, "tcp")) {
		t.network = strings.ToLower(v)
	}
	if v, ok := param(uri.UriParams, "maddr"); ok && v != "" {
		t.host = v
	}
	return t
}

// resolve gives then the hops of a target, best first. For an address, and for a name known from before, it calls then
// immediately; otherwise when the DNS has answered.
func (ua *UA) resolve(t target, then func([]hop, error)) {
	if ip, err := netip.ParseAddr(t.host); err == nil {
		port := uint16(t.port)
		if port == 0 {
			port = defaultPort(t.network)
		}
		then([]hop{{t.network, netip.AddrPortFrom(ip.Unmap(), port)}}, nil)
		return
	}
	if r, ok := ua.hops.known[t]; ok && time.Now().Before(r.until) {
		then(r.hops, nil)
		return
	}
	ua.background(func(ctx context.Context) func() {
		ctx, cancel := context.WithTimeout(ctx, resolveTimeout)
		defer cancel()
		hops, err := lookup(ctx, ua.cfg.Resolver, t)
		return func() {
			if err == nil {
				if ua.hops.known == nil || len(ua.hops.known) > 100 {
					ua.hops.known = make(map[target]resolved)
				}
				ua.hops.known[t] = resolved{hops, time.Now().Add(hopTTL)}
			}
			then(hops, err)
		}
	})
}

// lookup asks the DNS as RFC 3263 §4.2 says, without NAPTR: the transport is configured. A name without a port is
// looked up by SRV first; the records come ordered by priority and weight.
func lookup(ctx context.Context, dns Resolver, t target) ([]hop, error) {
	if t.port == 0 {
		if _, records, err := dns.LookupSRV(ctx, "sip", t.network, t.host); err == nil {
			var hops []hop
			for _, r := range records {
				hops = append(hops, lookupHost(ctx, dns, t.network, strings.TrimSuffix(r.Target, "."), r.Port)...)
			}
			if len(hops) > 0 {
				return hops, nil
			}
		}
	}
	port := uint16(t.port)
	if port == 0 {
		port = defaultPort(t.network)
	}
	hops := lookupHost(ctx, dns, t.network, t.host, port)
	if len(hops) == 0 {
		return nil, fmt.Errorf("resolve %s: %w", t.host, &net.DNSError{Err: "no address", Name: t.host, IsNotFound: true})
	}
	return hops, nil
}

// lookupHost puts IPv4 first: phone systems without IPv6 that publish it all the same are common.
func lookupHost(ctx context.Context, dns Resolver, network, host string, port uint16) []hop {
	ips, err := dns.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil
	}
	var v4, v6 []hop
	for _, ip := range ips {
		ip = ip.Unmap()
		h := hop{network, netip.AddrPortFrom(ip, port)}
		if ip.Is4() {
			v4 = append(v4, h)
		} else {
			v6 = append(v6, h)
		}
	}
	return append(v4, v6...)
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
