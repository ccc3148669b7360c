package dialog_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// zone is a name server. A question that is not in it gets the answer that there is nothing; one in silent gets none.
type zone struct {
	mu      sync.Mutex
	a       map[string]string // "ip4 host" to an address
	srv     []*net.SRV
	silent  map[string]bool // "srv", "ip4 host"; "all"
	late    map[string]time.Duration
	asked   int
	service string // that SRV was asked for last, "_sip._udp"
}

func (z *zone) ask(ctx context.Context, question string) error {
	z.mu.Lock()
	z.asked++
	silent := z.silent["all"] || z.silent[question]
	late := z.late[question]
	z.mu.Unlock()
	select {
	case <-time.After(late):
	case <-ctx.Done():
		return ctx.Err()
	}
	if silent {
		<-ctx.Done()
		return &net.DNSError{Err: ctx.Err().Error(), IsTimeout: true}
	}
	return nil
}

func (z *zone) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	if err := z.ask(ctx, network+" "+host); err != nil {
		return nil, err
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	ip, ok := z.a[network+" "+host]
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return []netip.Addr{netip.MustParseAddr(ip)}, nil
}

func (z *zone) LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error) {
	if err := z.ask(ctx, "srv"); err != nil {
		return "", nil, err
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	z.service = "_" + service + "._" + proto
	if len(z.srv) == 0 {
		return "", nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return name, z.srv, nil
}

func (z *zone) set(f func()) {
	z.mu.Lock()
	defer z.mu.Unlock()
	f()
}

// A name server that never answers one question does not cost the answer to another: registered within six seconds.
func TestSilentQuestions(t *testing.T) {
	t.Parallel()
	const host = "pbx.example.com"
	records := func(port uint16) []*net.SRV {
		return []*net.SRV{{Target: "dead.example.com.", Port: port}, {Target: "live.example.com.", Port: port}}
	}
	for name, tc := range map[string]struct {
		silent string
		srv    bool
		v6     bool
	}{
		"SRV":                        {silent: "srv"},
		"SRV and AAAA":               {silent: "srv,ip6 " + host},
		"AAAA":                       {silent: "ip6 " + host},
		"A, there is AAAA":           {silent: "ip4 " + host, v6: true},
		"AAAA of the target":         {silent: "ip6 live.example.com", srv: true},
		"A and AAAA of one target":   {silent: "ip4 dead.example.com,ip6 dead.example.com", srv: true},
		"the host's, SRV is there":   {silent: "ip4 " + host + ",ip6 " + host, srv: true},
		"nothing at all, there is A": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, listen := "127.0.0.1", "127.0.0.1"
			if tc.v6 {
				at, listen = "::1", "::1"
			}
			p := siptest.NewPeerAt(t, at)
			port := netip.MustParseAddrPort(p.Addr()).Port()
			z := &zone{a: map[string]string{"ip4 " + host: at, "ip4 live.example.com": at}, silent: map[string]bool{}}
			if tc.v6 {
				z.a = map[string]string{"ip6 " + host: at}
			}
			for _, s := range strings.Split(tc.silent, ",") {
				z.silent[s] = true
			}
			server := host
			if tc.srv {
				z.srv = records(port)
			} else if name != "SRV" && !strings.HasPrefix(name, "SRV ") {
				server = fmt.Sprintf("%s:%d", host, port)
			}
			begin := time.Now()
			a := startAgent(t, p, func(c *dialog.Config) { c.Account.Server, c.Listen, c.Resolver = server, listen, z })
			if server == host && !tc.srv { // by the default port, where nobody is: it is asked all the same
				if s := a.refusal(); s.Problem == dialog.NameNotFound {
					t.Errorf("the A record is not used: %+v", s)
				}
				if took := time.Since(begin); took > 6*time.Second+2500*time.Millisecond {
					t.Errorf("after %v", took)
				}
				return
			}
			a.registered()
			if took := time.Since(begin); took > 6*time.Second {
				t.Errorf("registered after %v", took)
			}
		})
	}
}

// What a name meant last serves for as long as the name service says nothing, and a call goes out.
func TestNamesDieLater(t *testing.T) {
	t.Parallel()
	p := siptest.NewPeer(t)
	at := netip.MustParseAddrPort(p.Addr())
	z := &zone{a: map[string]string{"ip4 pbx.example.com": "127.0.0.1"}, silent: map[string]bool{}}
	granted := make(chan time.Time, 100)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		p.Reply(m, "200 OK", "Contact: <"+m.URI("Contact")+">;expires=10\n")
		granted <- m.At
		return true
	})
	a := startAgent(t, p, func(c *dialog.Config) {
		c.Account.Server, c.Resolver = fmt.Sprintf("pbx.example.com:%d", at.Port()), z
	})
	s := a.state(dialog.Registered)
	arrives(t, granted)
	z.set(func() { z.silent["all"] = true })
	a.do(func() { a.ua.Forget() }) // as half a minute later
	for range 2 {
		a.forwardTo(s.Expires.Add(-3 * time.Second)) // at half of its life it is to be refreshed
		arrives(t, granted)
		if a.clock.Now().After(s.Expires) {
			t.Error("refreshed after the binding's end")
		}
		if s = arrives(t, a.states); s.State != dialog.Registered {
			t.Errorf("%+v", s)
		}
	}
	a.do(func() { a.ua.Forget() })
	begin := time.Now()
	a.dial("5550142")
	p.Await("INVITE")
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("the call went out after %v", took)
	}
}

// An answer that there is no such name ends what it meant.
func TestNameIsTakenAway(t *testing.T) {
	p := siptest.NewPeer(t)
	at := netip.MustParseAddrPort(p.Addr())
	z := &zone{a: map[string]string{"ip4 pbx.example.com": "127.0.0.1"}}
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		p.Reply(m, "200 OK", "Contact: <"+m.URI("Contact")+">;expires=1\n")
		return true
	})
	a := startAgent(t, p, func(c *dialog.Config) {
		c.Account.Server, c.Resolver = fmt.Sprintf("pbx.example.com:%d", at.Port()), z
	})
	a.registered()
	z.set(func() { z.a = nil })
	a.do(func() { a.ua.Forget() })
	if s := a.state(dialog.Unreachable); s.Problem != dialog.NameNotFound {
		t.Errorf("%+v", s)
	}
}

// The server has an IPv6 address that does not work from here, and the A record comes late: it is used all the same.
func TestLateAddress(t *testing.T) {
	t.Parallel()
	for name, v6 := range map[string]string{"no way there": "2001:db8::1", "nobody there": "::1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := siptest.NewPeer(t)
			z := &zone{
				a:    map[string]string{"ip4 pbx.example.com": "127.0.0.1", "ip6 pbx.example.com": v6},
				late: map[string]time.Duration{"ip4 pbx.example.com": 1200 * time.Millisecond},
			}
			begin := time.Now()
			a := startAgent(t, p, func(c *dialog.Config) {
				c.Account.Server, c.Resolver, c.Listen = fmt.Sprintf("pbx.example.com:%d", netip.MustParseAddrPort(p.Addr()).Port()), z, ""
			})
			a.registered()
			if took := time.Since(begin); took > 15*time.Second {
				t.Errorf("registered after %v", took)
			}
		})
	}
}

// A name in Service-Route that is not found at first, and moves later.
func TestServiceRouteByName(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S1.10")
	p := siptest.NewPeer(t)
	edges := []*siptest.Peer{siptest.NewPeerAt(t, "127.0.0.66"), siptest.NewPeerAt(t, "127.0.0.67")}
	z := &zone{a: map[string]string{}}
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		p.Reply(m, "200 OK", "Contact: "+m.Header("Contact")+"\nPath: <sip:edge.example.com:5060;lr>\n")
		return true
	})
	a := newAgent(t, p, func(c *dialog.Config) { c.Resolver = z })
	ring := func(edge *siptest.Peer, within time.Duration) bool {
		c := p.Call("<sip:bob@example.com>")
		c.Peer = edge
		c.Invite()
		_, ok := edge.Within(within, "SIP/2.0 1")
		return ok
	}
	if ring(edges[0], 200*time.Millisecond) {
		t.Error("a stranger rang")
	}
	move := func(ip string) {
		z.set(func() { z.a["ip4 edge.example.com"] = ip })
		a.do(func() { a.ua.Forget(); a.ua.Look() })
		a.registered()
	}
	for i, ip := range []string{"127.0.0.66", "127.0.0.67"} {
		move(ip)
		for end := time.Now().Add(patience); !ring(edges[i], 200*time.Millisecond); { // the name service answers after the registrar
			if time.Now().After(end) {
				t.Fatalf("no call comes in from %s", ip)
			}
		}
	}
	z.set(func() { z.silent = map[string]bool{"all": true} })
	a.do(func() { a.ua.Forget(); a.ua.Look() })
	a.registered()
	for _, edge := range edges { // the one that the name has left is heard for a while too
		if !ring(edge, patience) {
			t.Errorf("no call comes in from %s", edge.Addr())
		}
	}
}
