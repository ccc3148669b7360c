package dialog

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// The questions about one name are asked at the same time, and each waits for its own answer: a name server that never
// answers one of them, as some do with SRV or AAAA, must not cost the answer to another.
const (
	// lookupTimeout bounds one question, and so a look-up where nothing is answered. The resolver of the system goes on to its
	// second name server after five seconds.
	lookupTimeout = 12 * time.Second

	// srvGrace is how long SRV may take while an address of the name is known already.
	srvGrace = 2500 * time.Millisecond

	// familyGrace is how long the other family of addresses may take.
	familyGrace = 500 * time.Millisecond
)

// How long an answer is waited for: what a call can bear, or as long as one may take.
func soon(grace time.Duration) time.Duration { return grace }
func patient(time.Duration) time.Duration    { return lookupTimeout }

// found is what one question, or several, came to. Where there are no hops and it is not sure, the name service has said
// nothing.
type found struct {
	hops   []hop
	sure   bool
	offers []string // the transports that NAPTR names in the place of the one asked for
}

// lookup asks the DNS as RFC 3263 §4.2 says; the transport is configured. A name without a port is
// looked up by SRV, under the name that NAPTR gives; the records come ordered by priority and weight. It reports whether all questions were answered.
// wait is how long one answer is waited for where another one is here, of how long it would be by default.
func lookup(ctx context.Context, dns Resolver, t target, wait func(time.Duration) time.Duration) ([]hop, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	port := uint16(t.port)
	if port == 0 {
		port = t.network.port()
	}
	host := make(chan found, 1)
	go func() { host <- lookupHost(ctx, dns, t.network, t.host, port, wait) }()
	f := found{sure: true}
	if t.port == 0 {
		f = lookupSRV(ctx, dns, t, host, wait)
	}
	if len(f.hops) == 0 {
		h := <-host
		f = found{h.hops, f.sure && h.sure, f.offers}
	}
	if len(f.hops) == 0 {
		err := fmt.Errorf("resolve %s: %w", t.host, &net.DNSError{Err: "no address", Name: t.host, IsNotFound: f.sure, IsTimeout: !f.sure})
		if len(f.offers) > 0 {
			err = &OtherTransportError{Asked: t.network.inVia(), Offers: f.offers, Err: err}
		}
		return nil, f.sure, err
	}
	return f.hops, f.sure, nil
}

// lookupSRV follows the SRV records of a name, in their order. It gives up waiting for them a while after host has brought
// an address, which it puts back.
func lookupSRV(ctx context.Context, dns Resolver, t target, host chan found, wait func(time.Duration) time.Duration) found {
	type answer struct {
		records []*net.SRV
		sure    bool
	}
	srv := make(chan answer, 1)
	service, proto := t.network.service()
	naptr := askNAPTR(ctx, dns, t)
	go func() {
		_, records, err := dns.LookupSRV(ctx, service, proto, t.host)
		srv <- answer{records, heard(err)}
	}()
	var got answer
	select {
	case got = <-srv:
	case h := <-host:
		host <- h
		grace := lookupTimeout
		if len(h.hops) > 0 {
			grace = wait(srvGrace)
		}
		late := time.NewTimer(grace)
		defer late.Stop()
		select {
		case got = <-srv:
		case <-late.C:
		}
	}
	names, offers := naptr(wait)
	for _, name := range names {
		ctx, cancel := context.WithTimeout(ctx, wait(srvGrace))
		_, records, err := dns.LookupSRV(ctx, "", "", name)
		cancel()
		if len(records) > 0 {
			got = answer{records, true}
			break
		}
		got.sure = got.sure && heard(err)
	}
	var targets []func() found
	for _, r := range got.records {
		targets = append(targets, func() found {
			return lookupHost(ctx, dns, t.network, strings.TrimSuffix(r.Target, "."), r.Port, wait)
		})
	}
	f := gather(func(found) time.Duration { return wait(srvGrace) }, targets)
	f.sure, f.offers = f.sure && got.sure, offers
	return f
}

// lookupHost puts IPv4 first: phone systems without IPv6 that publish it all the same are common.
func lookupHost(ctx context.Context, dns Resolver, over network, host string, port uint16, wait func(time.Duration) time.Duration) found {
	family := func(name string, is func(netip.Addr) bool) func() found {
		return func() found {
			ips, err := dns.LookupNetIP(ctx, name, host)
			f := found{sure: heard(err)}
			for _, ip := range ips {
				if ip = ip.Unmap(); is(ip) {
					f.hops = append(f.hops, hop{network: over, addr: netip.AddrPortFrom(ip, port)})
				}
			}
			return f
		}
	}
	return gather(func(first found) time.Duration {
		if !reachable(first.hops) { // IPv6 only, and no way there from this machine: A is what matters
			return wait(srvGrace)
		}
		return wait(familyGrace)
	}, []func() found{family("ip4", netip.Addr.Is4), family("ip6", netip.Addr.Is6)})
}

// reachable reports whether this machine has a way to any of the hops. Nothing is sent.
func reachable(hops []hop) bool {
	return slices.ContainsFunc(hops, func(h hop) bool {
		c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(h.addr))
		if err != nil {
			return false
		}
		_ = c.Close()
		return true
	})
}

// gather asks at the same time and puts what is found together in the order of the questions. Once something is found, what
// does not come within a grace is left out.
func gather(grace func(first found) time.Duration, ask []func() found) found {
	type numbered struct {
		i int
		found
	}
	answers := make(chan numbered, len(ask))
	for i, f := range ask {
		go func() { answers <- numbered{i, f()} }()
	}
	got := make([]found, len(ask)) // unsure until answered
	var late <-chan time.Time
wait:
	for range ask {
		select {
		case a := <-answers:
			got[a.i] = a.found
			if len(a.hops) > 0 && late == nil {
				t := time.NewTimer(grace(a.found))
				defer t.Stop()
				late = t.C
			}
		case <-late:
			break wait
		}
	}
	all := found{sure: true}
	for _, f := range got {
		all.hops, all.sure = append(all.hops, f.hops...), all.sure && f.sure
	}
	return all
}

// heard reports whether the name service has answered a question, if only that there is nothing.
func heard(err error) bool {
	var none *net.DNSError
	var other *net.AddrError // addresses of the other family only
	return err == nil || errors.As(err, &none) && none.IsNotFound || errors.As(err, &other)
}
