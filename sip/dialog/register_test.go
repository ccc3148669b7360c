package dialog_test

import (
	"context"
	"errors"
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

// What a registrar may answer, to a REGISTER without credentials and to one with them, and what is to be told of it: a
// password is called wrong only when it was looked at.
func TestRefusals(t *testing.T) {
	const challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\n"
	const proxy = "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\n"
	for _, tc := range []struct {
		status, extra string
		asked         bool // for the password, before this answer
		state         dialog.State
		problem       dialog.Problem
		wait          time.Duration // at least
	}{
		{"401 Unauthorized", challenge, true, dialog.Refused, dialog.WrongPassword, 30 * time.Second},
		{"401 Unauthorized", "", false, dialog.Refused, dialog.OddChallenge, 30 * time.Second},
		{"401 Unauthorized", "", true, dialog.Refused, dialog.WrongPassword, 30 * time.Second},
		{"407 Proxy Authentication Required", proxy, true, dialog.Refused, dialog.WrongPassword, 30 * time.Second},
		{"403 Forbidden", "", false, dialog.Refused, dialog.Forbidden, 30 * time.Second},
		{"403 Forbidden", "", true, dialog.Refused, dialog.WrongPassword, 30 * time.Second},
		{"404 Not Found", "", false, dialog.Refused, dialog.UnknownUser, 30 * time.Second},
		{"404 Not Found", "", true, dialog.Refused, dialog.UnknownUser, 30 * time.Second},
		{"423 Interval Too Brief", "", true, dialog.Unreachable, dialog.ServerTrouble, 3 * time.Second},
		{"488 Not Acceptable Here", "", true, dialog.Unreachable, dialog.ServerTrouble, 3 * time.Second},
		{"606 Not Acceptable", "", false, dialog.Unreachable, dialog.ServerTrouble, 3 * time.Second},
		{"503 Service Unavailable", "Retry-After: 120 (maintenance)\n", false, dialog.Unreachable, dialog.ServerTrouble, 110 * time.Second},
		{"503 Service Unavailable", "Retry-After: 120\n", true, dialog.Unreachable, dialog.ServerTrouble, 110 * time.Second},
		{"500 Server Internal Error", "", false, dialog.Unreachable, dialog.ServerTrouble, 0},
	} {
		p := siptest.NewPeer(t)
		p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
			if tc.asked && m.Header("Authorization")+m.Header("Proxy-Authorization") == "" {
				if strings.HasPrefix(tc.status, "407") {
					p.Reply(m, "407 Proxy Authentication Required", proxy)
				} else {
					p.Reply(m, "401 Unauthorized", challenge)
				}
				return true
			}
			p.Reply(m, tc.status, tc.extra)
			return true
		})
		s := startAgent(t, p).state(tc.state)
		if s.Problem != tc.problem || time.Until(s.RetryAt) < tc.wait {
			t.Errorf("%s, password asked for: %v: %+v, try again in %v", tc.status, tc.asked, s, time.Until(s.RetryAt))
		}
	}
}

// 423 with Min-Expires: the binding is asked for again, for as long as the registrar wants.
func TestIntervalTooBrief(t *testing.T) {
	interop.Proves(t, "S1.18")
	p := siptest.NewPeer(t)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		if m.Header("Expires") != "600" {
			p.Reply(m, "423 Interval Too Brief", "Min-Expires: 600\n")
			return true
		}
		return siptest.Accept(p, m)
	})
	a := startAgent(t, p)
	s := a.state(dialog.Registered)
	if life := time.Until(s.Expires); life < 590*time.Second {
		t.Errorf("binding lives %v", life)
	}
}

// The life that counts is our own binding's, not the Expires header's, nor another device's of the same user.
func TestLifeOfOurOwnBinding(t *testing.T) {
	interop.Proves(t, "S1.18")
	p := siptest.NewPeer(t)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		p.Reply(m, "200 OK", "Expires: 3600\nContact: <sip:2041@192.0.2.1>;expires=7, <"+m.URI("Contact")+">;expires=90\n")
		return true
	})
	s := startAgent(t, p).state(dialog.Registered)
	if life := time.Until(s.Expires); life < 85*time.Second || life > 91*time.Second {
		t.Errorf("binding lives %v, want 90 s", life)
	}
}

// A binding a killed run of this installation has left is taken back; another device's is not.
func TestFormerBindingIsTakenBack(t *testing.T) {
	p := siptest.NewPeer(t)
	const others = `, <sip:2041@192.0.2.1>;expires=60, <sip:2041@192.0.2.2>;+sip.instance="<urn:uuid:other>";expires=60`
	const left = `, <sip:2041@127.0.0.1:9>;+sip.instance="<urn:uuid:00000000-0000-4000-8000-000000002041>";expires=60`
	got := make(chan siptest.Message, 10)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		got <- m
		list := m.Headers("Contact")
		p.Reply(m, "200 OK", "Contact: "+list[len(list)-1]+others+left+"\n")
		return true
	})
	newAgent(t, p)
	arrives(t, got)
	second := arrives(t, got).Headers("Contact")
	if len(second) != 2 || !strings.HasPrefix(second[0], "<sip:2041@127.0.0.1:9>") || !strings.Contains(second[0], "expires=0") {
		t.Errorf("Contacts %q", second)
	}
	if len(got) > 0 {
		t.Error("asked again and again")
	}
}

func TestRefresh(t *testing.T) {
	p := siptest.NewPeer(t)
	var mu sync.Mutex
	var got []siptest.Message
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, m)
		p.Reply(m, "200 OK", "Contact: <"+m.URI("Contact")+">;expires=10\n")
		return true
	})
	a := newAgent(t, p, stillClock)
	p.WaitRegister()
	for range 2 {
		a.forward(6 * time.Second) // of the ten that the binding lives
		p.WaitRegister()
		a.registered()
	}
	mu.Lock()
	defer mu.Unlock()
	if len(got) != 3 {
		t.Fatalf("registered %d times", len(got))
	}
	for i, m := range got[1:] {
		if m.Header("Call-ID") != got[0].Header("Call-ID") || m.Header("CSeq") != fmt.Sprintf("%d REGISTER", i+2) {
			t.Errorf("refresh %d: Call-ID %q CSeq %q", i, m.Header("Call-ID"), m.Header("CSeq"))
		}
	}
	if c := got[0].Header("Contact"); !strings.Contains(c, `+sip.instance="<urn:uuid:`) {
		t.Errorf("Contact %q has no instance id", c)
	}
}

// A registrar that grants a second is not asked twice a second, and the agent is told that calls may not ring.
func TestBriefBinding(t *testing.T) {
	p := siptest.NewPeer(t)
	at := make(chan struct{}, 100)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		at <- struct{}{}
		p.Reply(m, "200 OK", "Contact: <"+m.URI("Contact")+">;expires=1\n")
		return true
	})
	a := startAgent(t, p, stillClock)
	if s := a.state(dialog.Registered); s.Problem != dialog.BriefBinding || s.Expires.Sub(a.clock.Now()) > time.Second {
		t.Errorf("status %+v", s)
	}
	arrives(t, at)
	a.forward(2900 * time.Millisecond)
	if len(at) > 0 {
		t.Error("asked again after less than three seconds")
	}
	a.forward(200 * time.Millisecond)
	arrives(t, at)
}

// Signing off removes our binding and no other: never Contact: *.
func TestSignOff(t *testing.T) {
	interop.Proves(t, "S1.18")
	var took time.Duration
	for range 5 { // the best of a few tells: a machine with other work to do is late at times
		if took = signsOff(t); took < time.Second { // as long as a registrar that does not answer is given
			return
		}
	}
	t.Errorf("sign-off took %v", took)
}

// signsOff returns how long the sign-off took.
func signsOff(t *testing.T) (took time.Duration) {
	t.Helper()
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	off := make(chan siptest.Message, 1)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		off <- m
		return siptest.Accept(p, m)
	})
	_, uri := p.Phone()
	begin := time.Now()
	if err := a.ua.Close(context.Background()); err != nil {
		t.Error(err)
	}
	took = time.Since(begin)
	m := arrives(t, off)
	if m.URI("Contact") != uri || !strings.Contains(m.Header("Contact"), "expires=0") || m.Header("Expires") != "0" {
		t.Errorf("sign-off:\n%s", m.Text)
	}
	return took
}

// Who leaves before the first REGISTER is answered leaves no binding behind either.
func TestSignOffBeforeTheAnswer(t *testing.T) {
	p := siptest.NewPeer(t)
	got := make(chan siptest.Message, 10)
	p.Registrar(func(_ *siptest.Peer, m siptest.Message) bool { got <- m; return true })
	a := startAgent(t, p)
	first := arrives(t, got)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		got <- m
		siptest.Accept(p, first)
		return siptest.Accept(p, m)
	})
	if err := a.ua.Close(context.Background()); err != nil {
		t.Error(err)
	}
	for {
		select {
		case m := <-got:
			if strings.Contains(m.Header("Contact"), "expires=0") {
				return
			}
		default:
			t.Fatal("the binding stays")
		}
	}
}

// A registrar that is gone must not keep the program from ending.
func TestSignOffWithoutRegistrar(t *testing.T) {
	t.Parallel()
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	p.Registrar(siptest.Silent)
	begin := time.Now()
	if err := a.ua.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > siptest.Patience/2 {
		t.Errorf("sign-off took %v", took)
	}
}

// The registrar was away and is back: we are registered again with the next brisk try, and not only with a later one, ten
// seconds away.
func TestRegistrarAwayAndBack(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S1.15")
	p := siptest.NewPeer(t)
	p.Registrar(siptest.Silent)
	a := startAgent(t, p)
	for range 2 {
		if s := a.soon(dialog.Unreachable); s.Problem != dialog.ServerSilent || s.RetryAt.Sub(a.clock.Now()) > 2*time.Second {
			t.Errorf("status %+v", s)
		}
	}
	p.Registrar(siptest.Accept)
	back := a.clock.Now()
	a.soon(dialog.Registered)
	if took := a.clock.Now().Sub(back); took > 8*time.Second {
		t.Errorf("registered %v after the registrar came back", took)
	}
}

// Two addresses behind one name: the second is taken when the first does not answer.
func TestFailover(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S1.6")
	p := siptest.NewPeer(t)
	_, port, _ := net.SplitHostPort(p.Addr())
	var n uint16
	fmt.Sscan(port, &n)
	a := startAgent(t, p, func(c *dialog.Config) {
		c.Account.Server = "pbx.example"
		c.Resolver = names{srv: []*net.SRV{{Target: "dead.example.", Port: 9}, {Target: "live.example.", Port: n}}}
	})
	a.registered()
}

func TestNameNotFound(t *testing.T) {
	p := siptest.NewPeer(t)
	a := startAgent(t, p, func(c *dialog.Config) {
		c.Account.Server, c.Resolver = "no-such.example", names{none: true}
	})
	if s := a.state(dialog.Unreachable); s.Problem != dialog.NameNotFound {
		t.Errorf("status %+v", s)
	}
}

func TestPortInUse(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	_, err := dialog.Listen(dialog.Config{Listen: "127.0.0.1", Port: int(a.ua.LocalAddr().Port()), Queue: a.queue})
	if !errors.Is(err, dialog.ErrPortInUse) {
		t.Errorf("error %v", err)
	}
}

// names is a DNS with one SRV record set, whose every name is 127.0.0.1.
type names struct {
	srv  []*net.SRV
	none bool
}

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if n.none {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

func (n names) LookupSRV(_ context.Context, _, _, name string) (string, []*net.SRV, error) {
	if len(n.srv) == 0 {
		return "", nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return name, n.srv, nil
}
