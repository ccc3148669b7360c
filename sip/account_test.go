package sip_test

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
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
		want   string // is in the sentence
	}{
		{func(a *sip.Account) { a.Server = "sip:pbx.example.com" }, "The server sip:pbx.example.com is no address."},
		{func(a *sip.Account) { a.Server = "sip:pbx.example.com:5070" }, "is no address"},
		{func(a *sip.Account) { a.Server = "pbx.example.com:99999" }, "is no address"},
		{func(a *sip.Account) { a.Server = "pbx.example.com:" }, "is no address"},
		{func(a *sip.Account) { a.Server = "https://pbx.example.com" }, "characters"},
		{func(a *sip.Account) { a.Server = ":5060" }, "is no address"},
		{func(a *sip.Account) { a.Server = "2041@pbx.example.com" }, "characters"},
		{func(a *sip.Account) { a.Proxy = "proxy:sip" }, "The proxy proxy:sip is no address."},
		{func(a *sip.Account) { a.Port = 70000 }, "There is no port 70000."},
		{func(a *sip.Account) { a.User = "" }, "no user"},
		{func(a *sip.Account) { a.Transport = "sctp" }, `"sctp"`},
	} {
		a := sip.Account{Server: "pbx.example.com", User: "2041"}
		tc.change(&a)
		if err := a.Check(); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%+v: %v, want %q", a, err, tc.want)
		}
	}
	if err := (sip.Account{}).Check(); err != nil {
		t.Errorf("no account: %v", err)
	}
}

// What the user reads when the phone is not signed on.
func TestSentencesOfRegistration(t *testing.T) {
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
	full := siptest.NewPeer(t) // one device each, and another has the place
	full.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		p.Reply(m, "200 OK", "Contact: <sip:2041@192.0.2.1>;+sip.instance=\"<urn:uuid:other>\";expires=60\n")
		return true
	})
	for name, tc := range map[string]struct {
		change func(*setup)
		state  sip.RegistrationState
		want   string
	}{
		"silent":         {func(c *setup) { c.Account = account(p) }, sip.Unreachable, "Can't reach " + p.Addr() + ": no answer, trying again. Check the server in Settings > Phone, and the network."},
		"wrong password": {func(c *setup) { c.Account = account(refusing) }, sip.Refused, "The phone server refused the password for 2041. Check it in Settings > Phone."},
		"not kept":       {func(c *setup) { c.Account = account(full) }, sip.Unreachable, "The phone server accepted 2041 but did not keep this phone's address, trying again. Ask your phone administrator whether another device is registered in its place."},
		"port in use":    {func(c *setup) { c.Account, c.Port = account(p), port }, sip.Unreachable, fmt.Sprintf("Port %d, which 2041 is to use, is taken by another program. Choose another port in Settings > Phone, or end that program; trying again.", port)},
		"tcp refused": {func(c *setup) {
			c.Account = account(p)
			c.Account.Transport = "tcp"
		}, sip.Unreachable, "Can't reach " + p.Addr() + ": no connection, trying again. Check the server in Settings > Phone, and the network."},
	} {
		t.Run(name, func(t *testing.T) {
			ph := startPhone(t, tc.change)
			for {
				e := next[sip.RegistrationChanged](ph)
				if e.State != tc.state {
					continue
				}
				if e.Reason != tc.want {
					t.Errorf("reason %q\nwant   %q", e.Reason, tc.want)
				}
				return
			}
		})
	}
}

// Another account is taken without a restart: the old one is signed off, a call that is up stays up.
func TestSetAccount(t *testing.T) {
	old, other := siptest.NewPeer(t), siptest.NewPeer(t)
	off := make(chan siptest.Message, 10)
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
	if m := <-off; !strings.Contains(m.Header("Contact"), "expires=0") {
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

// A call that stays up keeps the port it is on. The new account, on the same port, signs on when it is over.
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
	if want := fmt.Sprintf("A call of the account before still uses port %d. 2042 registers when it is over.", a.Port); e.Reason != want {
		t.Errorf("reason %q\nwant   %q", e.Reason, want)
	}
	c.Bye()
	ph.registered()
}
