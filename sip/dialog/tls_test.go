package dialog_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// overTLS has an agent reach a TLS port, and know an authority.
func overTLS(at string, ca *siptest.Authority) func(*dialog.Config) {
	return func(c *dialog.Config) {
		c.Account.Server, c.Account.Transport, c.Account.TLSCA = at, "tls", ca.CA
	}
}

// By TLS the phone registers, calls and is called by the one connection: its Contact names that, and there is no other way to it.
func TestOverTLS(t *testing.T) {
	t.Parallel()
	for name, scheme := range map[string]string{"tls": "sip", "sips": "sips"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ca := siptest.NewAuthority(t, "Example CA")
			p := siptest.NewPeer(t)
			f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
			a := startAgent(t, p, overTLS(f.Addr(), ca), func(c *dialog.Config) {
				if scheme == "sips" {
					c.Account.Server, c.Account.Transport = "sips:"+c.Account.Server, ""
				}
			})
			s := a.state(dialog.Registered)
			if !s.Encrypted || s.Certificate.Subject != "127.0.0.1" || s.Certificate.Issuer != "Example CA" || time.Until(s.Certificate.Until) < 24*time.Hour {
				t.Errorf("registered: %+v", s)
			}
			_, contact := p.Phone()
			own := netip.MustParseAddrPort("127.0.0.1:1")
			a.do(func() { own = a.ua.FlowTo(f.Addr()) })
			if want := fmt.Sprintf("%s:2041@%s;transport=tls", scheme, own); contact != want {
				t.Errorf("Contact %q, want %q", contact, want)
			}
			_, l := a.talks(p)
			l.hangup()
			p.Reply(p.Recv("BYE"), "200 OK", "")
			out := a.dial("2050")
			invite := p.Recv("INVITE " + scheme + ":2050@")
			if got := invite.URI("Contact"); got != contact || !strings.HasPrefix(invite.Header("Via"), "SIP/2.0/TLS "+own.String()) {
				t.Errorf("INVITE with Contact %q and Via %q", got, invite.Header("Via"))
			}
			p.ReplyTagged(invite, "200 OK", "x", "Contact: <"+scheme+":2050@"+f.Addr()+";transport=tls>\n", siptest.SDP(4002, "sendrecv"))
			out.hears("answered")
			p.Recv("ACK")
			out.hangup()
			p.Reply(p.Recv("BYE"), "200 OK", "")
			out.ends(dialog.HungUpHere)
			if met := f.Met(); len(met) == 0 || met[0].Version != tls.VersionTLS13 {
				t.Errorf("%d connections", len(met))
			}
		})
	}
}

// doubts waits until the agent says why its server is not proved. On a busy machine a handshake may not be done in time, which is
// another doubt before it.
func (a *agent) doubts(want dialog.Doubt) {
	a.t.Helper()
	for {
		s := a.state(dialog.Unreachable)
		var doubt *dialog.TLSError
		if s.Problem == dialog.NotProved && errors.As(s.Err, &doubt) && doubt.Doubt == want {
			return
		}
	}
}

// A server that is not proved, or takes no TLS, gets not one octet of SIP, and the phone knows why.
func TestUnprovedServers(t *testing.T) {
	t.Parallel()
	ca, other := siptest.NewAuthority(t, "Example CA"), siptest.NewAuthority(t, "Other CA")
	here := []string{"127.0.0.1"}
	now := time.Now()
	wants := func(version uint16, by *siptest.Authority) *tls.Config {
		pool := x509.NewCertPool()
		pool.AddCert(by.Certificate)
		c := ca.Issue(here).Server()
		c.ClientAuth, c.ClientCAs, c.MaxVersion = tls.RequireAndVerifyClientCert, pool, version
		return c
	}
	phone := other.Issue([]string{"phone"})
	for name, tc := range map[string]struct {
		server *tls.Config
		change func(*dialog.Account)
		want   dialog.Doubt
		spoke  bool // the server was proved, and refuses the phone's certificate after the handshake
	}{
		"unknown CA":   {server: other.Issue(here).Server(), want: dialog.UnknownIssuer},
		"another name": {server: ca.Issue([]string{"pbx.example.com", "192.0.2.1"}).Server(), want: dialog.OtherName},
		"expired": {server: ca.Issue(here, func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = now.Add(-48*time.Hour), now.Add(-24*time.Hour)
		}).Server(), want: dialog.ExpiredCertificate},
		"not yet valid": {server: ca.Issue(here, func(c *x509.Certificate) { c.NotBefore = now.Add(24 * time.Hour) }).Server(), want: dialog.EarlyCertificate},
		"no server's": {
			server: ca.Issue(here, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} }).Server(),
			want:   dialog.BadCertificate,
		},
		"TLS 1.1": {
			server: &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11, Certificates: ca.Issue(here).Server().Certificates},
			want:   dialog.NoCommonVersion,
		},
		"client certificate wanted, TLS 1.2":  {server: wants(tls.VersionTLS12, ca), want: dialog.ClientWanted},
		"client certificate wanted, TLS 1.3":  {server: wants(tls.VersionTLS13, ca), want: dialog.ClientWanted, spoke: true},
		"client certificate refused, TLS 1.2": {server: wants(tls.VersionTLS12, ca), want: dialog.ClientRefused, change: func(a *dialog.Account) { a.TLSCert, a.TLSKey = phone.Cert, phone.Key }},
		"client certificate refused, TLS 1.3": {server: wants(tls.VersionTLS13, ca), want: dialog.ClientRefused, spoke: true, change: func(a *dialog.Account) { a.TLSCert, a.TLSKey = phone.Cert, phone.Key }},
		"no CA file":                          {server: ca.Issue(here).Server(), want: dialog.BadCAFile, change: func(a *dialog.Account) { a.TLSCA = filepath.Join(t.TempDir(), "none.pem") }},
		"a key for a CA file":                 {server: ca.Issue(here).Server(), want: dialog.BadCAFile, change: func(a *dialog.Account) { a.TLSCA = phone.Key }},
		"no key for the client certificate":   {server: ca.Issue(here).Server(), want: dialog.BadClientFiles, change: func(a *dialog.Account) { a.TLSCert = phone.Cert }},
		"the key of another certificate":      {server: ca.Issue(here).Server(), want: dialog.BadClientFiles, change: func(a *dialog.Account) { a.TLSCert, a.TLSKey = phone.Cert, ca.Issue(here).Key }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := siptest.NewPeer(t)
			f := siptest.NewFront(t, p, tc.server)
			a := startAgent(t, p, overTLS(f.Addr(), ca), func(c *dialog.Config) {
				if tc.change != nil {
					tc.change(&c.Account)
				}
			})
			a.doubts(tc.want)
			if n := f.Heard(); n != 0 && !tc.spoke {
				t.Errorf("%d octets of SIP went out", n)
			}
		})
	}
}

// A port that takes no TLS is told apart from a server that is away.
func TestNotTLS(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{"SIP without TLS": "SIP/2.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "closes": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					_, _ = c.Read(make([]byte, 4096))
					_, _ = c.Write([]byte(answer))
					_ = c.Close()
				}
			}()
			t.Cleanup(func() { _ = l.Close(); <-done })
			a := startAgent(t, siptest.NewPeer(t), overTLS(l.Addr().String(), siptest.NewAuthority(t, "CA")))
			a.doubts(dialog.NotTLS)
		})
	}
}

// The certificate is for the account's domain, by any of the ways that a certificate can be, and never for where SRV leads.
func TestNamesOfServers(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S1.3")
	ca := siptest.NewAuthority(t, "Example CA")
	uri := func(text string) func(*x509.Certificate) {
		return func(c *x509.Certificate) {
			u, _ := url.Parse(text)
			c.DNSNames, c.URIs = nil, []*url.URL{u}
		}
	}
	bare := func(c *x509.Certificate) { c.DNSNames = nil }
	for name, tc := range map[string]struct {
		cert siptest.Issued
		good bool
	}{
		"the domain":                 {ca.Issue([]string{"example.com"}), true},
		"the domain among others":    {ca.Issue([]string{"pbx.example.com", "example.com"}), true},
		"a SIP URI":                  {ca.Issue([]string{"x"}, uri("sip:example.com")), true},
		"the common name alone":      {ca.Issue([]string{"example.com"}, bare), true},
		"where SRV leads":            {ca.Issue([]string{"node1.example.net"}), false},
		"another domain's SIP URI":   {ca.Issue([]string{"example.com"}, uri("sip:example.net")), false},
		"a user's SIP URI":           {ca.Issue([]string{"x"}, uri("sip:2041@example.com")), false},
		"the common name of another": {ca.Issue([]string{"example.net"}, bare), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := siptest.NewPeer(t)
			f := siptest.NewFront(t, p, tc.cert.Server())
			port := netip.MustParseAddrPort(f.Addr()).Port()
			z := &zone{a: map[string]string{"ip4 node1.example.net": "127.0.0.1"}, srv: []*net.SRV{{Target: "node1.example.net.", Port: port}}}
			a := startAgent(t, p, overTLS("example.com", ca), func(c *dialog.Config) { c.Resolver = z })
			if !tc.good {
				if s := a.state(dialog.Unreachable); s.Problem != dialog.NotProved || f.Heard() != 0 {
					t.Errorf("%+v, %d octets of SIP", s, f.Heard())
				}
				return
			}
			a.registered()
			if met := f.Met(); met[0].ServerName != "example.com" {
				t.Errorf("asked for the certificate of %q", met[0].ServerName)
			}
			z.set(func() {
				if z.service != "_sips._tcp" {
					t.Errorf("SRV of %s was asked", z.service)
				}
			})
		})
	}
}

// The phone shows its own certificate to a server that asks for one, from two files or from one.
func TestClientCertificate(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S1.3")
	ca := siptest.NewAuthority(t, "Example CA")
	pool := x509.NewCertPool()
	pool.AddCert(ca.Certificate)
	server := ca.Issue([]string{"127.0.0.1"}).Server()
	server.ClientAuth, server.ClientCAs = tls.RequireAndVerifyClientCert, pool
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, server)
	phone := ca.Issue([]string{"phone 2041"})
	a := startAgent(t, p, overTLS(f.Addr(), ca), func(c *dialog.Config) { c.Account.TLSCert, c.Account.TLSKey = phone.Cert, phone.Key })
	a.registered()
	if met := f.Met(); met[0].PeerCertificates[0].Subject.CommonName != "phone 2041" {
		t.Error("another certificate was shown")
	}
}

// A connection that is gone is made again, the binding that named it is taken back, and a call that is up is told.
func TestTLSConnectionLost(t *testing.T) {
	t.Parallel()
	ca := siptest.NewAuthority(t, "Example CA")
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
	a := newAgent(t, p, overTLS(f.Addr(), ca))
	p.WaitRegister()
	_, before := p.Phone()
	_, l := a.talks(p)
	p.Registrar(func(*siptest.Peer, siptest.Message) bool { return false })
	f.Cut()
	m := p.Await("REGISTER")
	contacts := m.Headers("Contact")
	if len(contacts) != 2 || !strings.Contains(contacts[0], before) || !strings.Contains(contacts[0], "expires=0") || strings.Contains(contacts[1], before) {
		t.Errorf("Contacts %q after %q", contacts, before)
	}
	p.Registrar(siptest.Accept)
	p.Reply(m, "200 OK", "Contact: "+contacts[1]+"\n")
	l.hears("moved")
	if met := f.Met(); len(met) < 2 {
		t.Errorf("%d connections", len(met))
	}
}

// By TLS the phone pings as by TCP, and a server that does not answer any more is left.
func TestTLSPing(t *testing.T) {
	interop.Proves(t, "S1.12")
	ca := siptest.NewAuthority(t, "Example CA")
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
	newAgent(t, p, overTLS(f.Addr(), ca), func(c *dialog.Config) { c.Account.Keepalive = 50 * time.Millisecond })
	if ping := p.Keepalive(patience); ping != "\r\n\r\n" {
		t.Errorf("ping %q", ping)
	}
}

// With TLS the server's address proves nothing: a datagram from it rings no phone, and is told nothing.
func TestDatagramsFromTheServersAddress(t *testing.T) {
	t.Parallel()
	ca := siptest.NewAuthority(t, "Example CA")
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
	turnedAway := make(chan netip.Addr, 1)
	a := newAgent(t, p, overTLS(f.Addr(), ca), func(c *dialog.Config) { c.Uninvited = func(from netip.Addr) { turnedAway <- from } })
	forger := siptest.NewPeer(t)
	forger.Send(a.ua.LocalAddr(), fmt.Sprintf("INVITE sip:2041@127.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bKforged\nMax-Forwards: 70\n"+
		"From: <sip:bank@127.0.0.1>;tag=1\nTo: <sip:2041@127.0.0.1>\nCall-ID: forged\nCSeq: 1 INVITE\nContact: <sip:bank@%[1]s>\nContent-Length: 0\n\n", forger.Addr()))
	select {
	case <-turnedAway:
	case l := <-a.calls:
		t.Error("it rang: ", l.From())
	case <-time.After(patience):
		t.Error("nothing came of it")
	}
}

// A server that is reached by TLS and names in its Contact the port that it has in the clear, as phone systems do that were not told about
// their TLS, hears everything of the call by the connection there is: ACK, hold, BYE. A port that is said to take TLS is another thing.
func TestTheContactNamesAPortWithoutTLS(t *testing.T) {
	t.Parallel()
	ca := siptest.NewAuthority(t, "Example CA")
	for _, way := range []string{"Contact: <sip:100@%s>\n", "Contact: <sip:100@%s;transport=tcp>\n", "Record-Route: <sip:%s;lr>\nContact: <sip:100@192.0.2.1>\n"} {
		p := siptest.NewPeer(t)
		f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
		a := newAgent(t, p, overTLS(f.Addr(), ca))
		l := a.dial("100")
		invite := p.Await("INVITE")
		p.ReplyTagged(invite, "200 OK", "far", strings.ReplaceAll(way, "%s", p.Addr()), sdp("sendrecv"))
		p.Await("ACK")
		l.hears("answered")
		done := make(chan error, 1)
		a.do(func() { l.Reinvite(hold, func(_ []byte, err error) { done <- err }) })
		p.ReplyTagged(p.Await("INVITE"), "200 OK", "", "", sdp("recvonly"))
		p.Await("ACK")
		if err := arrives(t, done); err != nil {
			t.Error(err)
		}
		l.hangup()
		p.Reply(p.Await("BYE"), "200 OK", "")
		if n := len(f.Met()); n != 1 {
			t.Errorf("%s: %d connections", way, n)
		}
	}
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
	a := newAgent(t, p, overTLS(f.Addr(), ca))
	other := siptest.NewPeer(t)
	edge := siptest.NewFront(t, other, ca.Issue([]string{"127.0.0.1"}).Server())
	a.dial("100")
	p.ReplyTagged(p.Await("INVITE"), "200 OK", "far", "Contact: <sip:100@"+edge.Addr()+";transport=tls>\n", sdp("sendrecv"))
	other.Await("ACK")
}
