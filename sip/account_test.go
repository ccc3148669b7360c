package sip_test

import (
	"net"
	"reflect"
	"strings"
	"testing"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/wait"
)

// What cannot work is said when it is entered, and not by a server that is never found.
func TestAccountIsChecked(t *testing.T) {
	for _, server := range []string{
		"pbx.example.com", "pbx.example.com:5070", "192.0.2.7", "192.0.2.7:5060", "2001:db8::7", "[2001:db8::7]", "[2001:db8::7]:5060", "pbx",
	} {
		if err := (sip.Account{Server: server, Proxy: server, User: "2041"}).Check(); err != nil {
			t.Errorf("%s: %v", server, err)
		}
	}
	for _, tc := range []struct {
		change func(*sip.Account)
		want   fault.Fault
	}{
		{func(a *sip.Account) { a.Server = "sip:pbx.example.com" }, fault.New("sip.account.server", "address", "sip:pbx.example.com")},
		{func(a *sip.Account) { a.Server = "sip:pbx.example.com:5070" }, fault.New("sip.account.server", "address", "sip:pbx.example.com:5070")},
		{func(a *sip.Account) { a.Server = "pbx.example.com:99999" }, fault.New("sip.account.server", "address", "pbx.example.com:99999")},
		{func(a *sip.Account) { a.Server = "pbx.example.com:" }, fault.New("sip.account.server", "address", "pbx.example.com:")},
		{func(a *sip.Account) { a.Server = "https://pbx.example.com" }, fault.New("sip.account.server-characters")},
		{func(a *sip.Account) { a.Server = ":5060" }, fault.New("sip.account.server", "address", ":5060")},
		{func(a *sip.Account) { a.Server = "2041@pbx.example.com" }, fault.New("sip.account.server-characters")},
		{func(a *sip.Account) { a.Proxy = "proxy:sip" }, fault.New("sip.account.proxy", "address", "proxy:sip")},
		{func(a *sip.Account) { a.Port = 70000 }, fault.New("sip.account.port", "port", 70000)},
		{func(a *sip.Account) { a.User = "" }, fault.New("sip.account.no-user")},
		{func(a *sip.Account) { a.Transport = "sctp" }, fault.New("sip.account.transport", "transport", "sctp")},
	} {
		a := sip.Account{Server: "pbx.example.com", User: "2041"}
		tc.change(&a)
		if err := a.Check(); !reflect.DeepEqual(fault.Of(err), tc.want) {
			t.Errorf("%+v: %v, want %v %v", a, err, tc.want, tc.want.Values)
		}
	}
	if err := (sip.Account{}).Check(); err != nil {
		t.Errorf("no account: %v", err)
	}
}

// Why the phone is not registered is told with what a sentence about it needs.
func TestProblemsOfRegistration(t *testing.T) {
	taken, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.LocalAddr().(*net.UDPAddr).Port
	p := siptest.NewPeer(t)
	p.Registrar(siptest.Silent)
	refusing := siptest.NewPeer(t)
	refusing.Registrar(func(p *siptest.Peer, m siptest.Message) bool { p.Reply(m, "403 Forbidden", ""); return true })
	asking := siptest.NewPeer(t)
	asking.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		if m.Header("Authorization") == "" {
			p.Reply(m, "401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\n")
		} else {
			p.Reply(m, "403 Forbidden", "")
		}
		return true
	})
	choosy := siptest.NewPeer(t)
	choosy.Registrar(func(p *siptest.Peer, m siptest.Message) bool { p.Reply(m, "606 Not Acceptable", ""); return true })
	full := siptest.NewPeer(t) // takes the REGISTER and not the binding
	full.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		p.Reply(m, "200 OK", "Contact: <"+m.URI("Contact")+">;expires=0\n")
		return true
	})
	for name, tc := range map[string]struct {
		change func(*setup)
		state  sip.RegistrationState
		want   fault.Fault
	}{
		"silent":         {func(c *setup) { c.Account = account(p) }, sip.Unreachable, fault.New("sip.registration.silent", "server", p.Addr())},
		"wrong password": {func(c *setup) { c.Account = account(asking) }, sip.Refused, fault.New("sip.registration.password", "user", "2041")},
		"not from here":  {func(c *setup) { c.Account = account(refusing) }, sip.Refused, fault.New("sip.registration.forbidden", "user", "2041")},
		"not like this":  {func(c *setup) { c.Account = account(choosy) }, sip.Unreachable, fault.New("sip.registration.refused.later", "user", "2041", "status", 606)},
		"not kept":       {func(c *setup) { c.Account = account(full) }, sip.Unreachable, fault.New("sip.registration.no-binding.later", "user", "2041")},
		"port in use":    {func(c *setup) { c.Account, c.Port = account(p), port }, sip.Unreachable, fault.New("sip.registration.port-in-use", "user", "2041", "port", port)},
		"tcp refused": {func(c *setup) {
			c.Account = account(p)
			c.Account.Transport = "tcp"
		}, sip.Unreachable, fault.New("sip.registration.no-connection", "server", p.Addr())},
	} {
		t.Run(name, func(t *testing.T) {
			ph := startPhone(t, tc.change)
			for {
				e := next[sip.RegistrationChanged](ph)
				if e.State != tc.state {
					continue
				}
				delete(e.Reason.Values, "wait")
				if !reflect.DeepEqual(e.Reason, tc.want) {
					t.Errorf("reason %v %v, want %v %v", e.Reason, e.Reason.Values, tc.want, tc.want.Values)
				}
				return
			}
		})
	}
}

// Another account is taken without a restart: the old one is removed from its registrar, a call that is up stays up.
func TestSetAccount(t *testing.T) {
	old, other := siptest.NewPeer(t), siptest.NewPeer(t)
	off := make(chan siptest.Message, 1000)
	ph := newPhone(t, old)
	c, id := talk(ph, old)
	old.Registrar(func(p *siptest.Peer, m siptest.Message) bool { off <- m; return siptest.Accept(p, m) })
	a := account(other)
	a.User = "2042"
	ph.must(ph.SetAccount(a))
	if e := next[sip.RegistrationChanged](ph); e.Account != account(old).ID() || !e.Removed {
		t.Errorf("removed %+v", e)
	}
	if e := next[sip.RegistrationChanged](ph); e.Account != a.ID() || e.Extension != "2042" || e.State != sip.Registering {
		t.Errorf("registration %+v", e)
	}
	ph.registered()
	if m := wait.For(t, off); !strings.Contains(m.Header("Contact"), "expires=0") {
		t.Errorf("not signed off:\n%s", m.Text)
	}
	if _, err := ph.Stats(id); err != nil {
		t.Errorf("the call did not stay up: %v", err)
	}
	c.Bye()
	if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndRemote {
		t.Errorf("ended %+v", e)
	}
	ph.must(ph.SetAccount(sip.Account{}))
	for next[sip.RegistrationChanged](ph).State != sip.Unregistered {
	}
}

// A call that stays up keeps the port it is on. The new account, on the same port, registers when it is over.
func TestSetAccountOnThePortOfACall(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, _ := talk(ph, p)
	a := account(p)
	a.User, a.Port = "2042", int(c.To.Port())
	ph.must(ph.SetAccount(a))
	e := next[sip.RegistrationChanged](ph)
	for e.Removed {
		e = next[sip.RegistrationChanged](ph)
	}
	if want := fault.New("sip.registration.own-call-on-port", "user", "2042", "port", a.Port); !reflect.DeepEqual(e.Reason, want) {
		t.Errorf("reason %v %v, want %v", e.Reason, e.Reason.Values, want.Values)
	}
	c.Bye()
	ph.registered()
}
