package dialog_test

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
)

// others is a TLS port that proves names of its own, with the peer behind it.
func others(t *testing.T, ca *siptest.Authority, names ...string) (*siptest.Peer, *siptest.Front, uint16) {
	t.Helper()
	p := siptest.NewPeer(t)
	config := ca.Issue(names).Server()
	config.ClientAuth = tls.RequestClientCert
	f := siptest.NewFront(t, p, config)
	return p, f, netip.MustParseAddrPort(f.Addr()).Port()
}

// A connection that was proved for the name that a stranger gave as Contact is not the server's, when the DNS leads the server's
// name to it later: no REGISTER leaves by it.
func TestConnectionOfAnotherName(t *testing.T) {
	t.Parallel()
	ca := siptest.NewAuthority(t, "Example CA")
	p := siptest.NewPeer(t)
	evil, f, port := others(t, ca, "evil.example.net")
	at := fmt.Sprintf("127.0.0.2:%d", port)
	server := siptest.NewFront(t, p, ca.Issue([]string{"pbx.example.com"}).Server(), at)
	z := &zone{a: map[string]string{"ip4 pbx.example.com": "127.0.0.2", "ip4 evil.example.net": "127.0.0.1"}}
	registers := make(chan siptest.Message, 1000)
	evil.Registrar(func(p *siptest.Peer, m siptest.Message) bool { registers <- m; return siptest.Accept(p, m) })
	a := newAgent(t, p, overTLS(fmt.Sprintf("pbx.example.com:%d", port), ca), func(c *dialog.Config) { c.Resolver = z })
	l := a.dial("2050")
	invite := p.Recv("INVITE")
	p.ReplyTagged(invite, "200 OK", "x", fmt.Sprintf("Contact: <sip:m@evil.example.net:%d;transport=tls>\n", port), siptest.SDP(4002, "sendrecv"))
	l.hears("answered")
	evil.Recv("ACK")
	l.hangup()
	evil.Reply(evil.Recv("BYE"), "200 OK", "")
	l.ends(dialog.HungUpHere)
	z.set(func() { z.a["ip4 pbx.example.com"] = "127.0.0.1" })
	server.Close()
	a.do(a.ua.Forget)
	a.do(a.ua.Look)
	for s := a.state(dialog.Unreachable); s.Problem != dialog.NotProved; s = a.state(dialog.Unreachable) {
	}
	if len(registers) > 0 {
		t.Error("REGISTER went to another name")
	}
	if met := f.Met(); len(met) == 0 || met[0].ServerName != "evil.example.net" {
		t.Error("the target's own name was not asked for")
	}
}

// A hop that the registrar names proves that name: an address that the DNS leads to is not enough, and no INVITE goes there.
func TestServiceRouteProvesItsName(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{"127.0.0.1": false, "edge.example.com": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ca := siptest.NewAuthority(t, "Example CA")
			p := siptest.NewPeer(t)
			server := siptest.NewFront(t, p, ca.Issue([]string{"pbx.example.com"}).Server())
			edge, f, port := others(t, ca, name)
			p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
				p.Reply(m, "200 OK", fmt.Sprintf("Contact: %s\nService-Route: <sip:edge.example.com:%d;transport=tls;lr>\n", m.Header("Contact"), port))
				return true
			})
			z := &zone{a: map[string]string{"ip4 pbx.example.com": "127.0.0.1", "ip4 edge.example.com": "127.0.0.1"}}
			a := newAgent(t, p, overTLS(strings.Replace(server.Addr(), "127.0.0.1", "pbx.example.com", 1), ca), func(c *dialog.Config) { c.Resolver = z })
			l := a.dial("2050")
			if good {
				edge.Reply(edge.Recv("INVITE"), "486 Busy Here", "")
				l.ends(dialog.Rejected)
				return
			}
			l.ends(dialog.Unsendable)
			if n := f.Heard(); n != 0 {
				t.Errorf("%d octets of SIP", n)
			}
		})
	}
}

// Whoever proves another name on another port of the server's address is not the server: there is no answer to its challenge, the
// phone's own certificate is not shown, and what it sends starts nothing.
func TestAnotherNameAtTheServersAddress(t *testing.T) {
	t.Parallel()
	ca := siptest.NewAuthority(t, "Example CA")
	p := siptest.NewPeer(t)
	config := ca.Issue([]string{"127.0.0.1"}).Server()
	config.ClientAuth = tls.RequestClientCert
	server := siptest.NewFront(t, p, config)
	evil, f, port := others(t, ca, "evil.example.net")
	phone := ca.Issue([]string{"phone 2041"})
	turnedAway := make(chan netip.Addr, 10)
	a := newAgent(t, p, overTLS(server.Addr(), ca), func(c *dialog.Config) {
		c.Account.TLSCert, c.Account.TLSKey = phone.Cert, phone.Key
		c.Resolver = &zone{a: map[string]string{"ip4 evil.example.net": "127.0.0.1"}}
		c.Uninvited = func(from netip.Addr) { turnedAway <- from }
	})
	l := a.dial("2050")
	p.ReplyTagged(p.Recv("INVITE"), "200 OK", "x", fmt.Sprintf("Contact: <sip:m@evil.example.net:%d;transport=tls>\n", port), siptest.SDP(4002, "sendrecv"))
	l.hears("answered")
	ack := evil.Recv("ACK")
	evil.Send(ack.From, fmt.Sprintf("INVITE sip:2041@127.0.0.1 SIP/2.0\nVia: SIP/2.0/TLS %s;branch=z9hG4bKother;rport\nMax-Forwards: 70\n"+
		"From: <sip:bank@127.0.0.1>;tag=1\nTo: <sip:2041@127.0.0.1>\nCall-ID: other\nCSeq: 1 INVITE\nContact: <sip:bank@%[1]s>\nContent-Length: 0\n\n", f.Addr()))
	select {
	case <-turnedAway:
	case l := <-a.calls:
		t.Error("it rang: ", l.From())
	case <-time.After(patience):
		t.Error("nothing came of it")
	}
	l.hangup()
	bye := evil.Recv("BYE")
	evil.Reply(bye, "401 Unauthorized", "WWW-Authenticate: Digest realm=\"127.0.0.1\", nonce=\"abc\"\n")
	l.ends(dialog.HungUpHere)
	if m, again := evil.Within(time.Second, "BYE"); again || strings.Contains(bye.Text, "Authorization") {
		t.Errorf("credentials went out\n%s", m.Text)
	}
	for _, met := range f.Met() {
		if len(met.PeerCertificates) > 0 {
			t.Error("the phone's certificate was shown")
		}
	}
	if met := server.Met(); len(met) == 0 || len(met[0].PeerCertificates) == 0 {
		t.Error("the server was not shown the phone's certificate")
	}
}

// A Contact that asks for UDP takes no request of an account with TLS down to clear text: it goes to the server by TLS as the others do.
func TestContactBesideTLS(t *testing.T) {
	t.Parallel()
	ca := siptest.NewAuthority(t, "Example CA")
	p, clear := siptest.NewPeer(t), siptest.NewPeer(t)
	f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
	a := newAgent(t, p, overTLS(f.Addr(), ca))
	for _, network := range []string{"udp", "tcp"} {
		l := a.dial("2050")
		p.ReplyTagged(p.Await("INVITE"), "200 OK", "x", "Contact: <sip:x@"+clear.Addr()+";transport="+network+">\n", siptest.SDP(4002, "sendrecv"))
		p.Await("ACK")
		l.hears("answered")
		held := make(chan error, 1)
		a.do(func() { l.Reinvite(hold, func(_ []byte, err error) { held <- err }) })
		p.ReplyTagged(p.Await("INVITE"), "200 OK", "", "", siptest.SDP(4002, "recvonly"))
		select {
		case err := <-held:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(patience):
			t.Fatal("the hold has no end")
		}
		l.hangup()
		l.ends(dialog.HungUpHere)
	}
	clear.Quiet(0)
}

// Phone systems with sips: accounts name who is to be called with sips: as well.
func TestReferredToSIPS(t *testing.T) {
	t.Parallel()
	ca := siptest.NewAuthority(t, "Example CA")
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
	a := newAgent(t, p, overTLS("sips:"+f.Addr(), ca))
	c, l := a.talks(p)
	c.Send("REFER", "Refer-To: <sips:2050@"+f.Addr()+">\n", "")
	p.Await("SIP/2.0 202")
	if h := l.hears("referred"); h.sdp != "2050@" {
		t.Errorf("asked for %q", h.sdp)
	}
	notified(t, p, "100 Trying", "active")
	l.follow()
	if got := p.Await("INVITE").Start(); !strings.HasPrefix(got, "INVITE sips:2050@") {
		t.Errorf("called %q", got)
	}
}
