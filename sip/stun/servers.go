package stun

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Resolver is what is asked of the DNS; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
}

// mostServers bounds how many of a name's servers are tried.
const mostServers = 4

// Split takes host, host:port, an IPv6 address, or [IPv6]:port apart; the port is 0 where none is named. ok is false where the text is none of them.
func Split(server string) (host string, port uint16, ok bool) {
	host = strings.Trim(server, "[]")
	if h, text, err := net.SplitHostPort(server); err == nil {
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil || n == 0 {
			return "", 0, false
		}
		host, port = h, uint16(n)
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return host, port, true
	}
	return host, port, host != "" && !strings.ContainsAny(host, ": \t\r\n<>\"@;/,[]")
}

// Servers are the addresses of a server that a port in the family of local can ask, the best first: by the SRV records of _stun._udp where no port
// is named and there are some (RFC 8489 §8.1), else those of the name itself.
func Servers(ctx context.Context, dns Resolver, server string, local netip.Addr) (all []netip.AddrPort, err error) {
	host, port, ok := Split(server)
	if !ok {
		return nil, &net.DNSError{Err: "no address", Name: server, IsNotFound: true}
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if port == 0 {
			port = Port
		}
		return []netip.AddrPort{netip.AddrPortFrom(ip.Unmap(), port)}, nil
	}
	family := "ip4"
	if local.Is6() && !local.Is4In6() {
		family = "ip6"
	}
	add := func(host string, port uint16) {
		ips, e := dns.LookupNetIP(ctx, family, host)
		if e != nil {
			err = e
		}
		for _, ip := range ips {
			if len(all) < mostServers {
				all = append(all, netip.AddrPortFrom(ip.Unmap(), port))
			}
		}
	}
	if port == 0 {
		if _, records, err := dns.LookupSRV(ctx, "stun", "udp", host); err == nil {
			for _, r := range records {
				add(strings.TrimSuffix(r.Target, "."), r.Port)
			}
		}
		port = Port
	}
	if len(all) == 0 {
		add(host, port)
	}
	if len(all) == 0 {
		if err == nil {
			err = &net.DNSError{Err: "no address", Name: host, IsNotFound: true}
		}
		return nil, err
	}
	return all, nil
}
