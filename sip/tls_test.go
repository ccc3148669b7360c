package sip_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// secureUser is one of Kamailio's users, by TLS.
func secureUser(k *siptest.Proxy, ca *siptest.Authority, name, password string, change ...func(*setup)) func(*setup) {
	return func(c *setup) {
		c.Account = sip.Account{
			Server: k.Secure, User: name, Password: password, DisplayName: name, Transport: "tls", TLSCA: ca.CA, Expires: time.Minute,
		}
		for _, f := range change {
			f(c)
		}
	}
}

// Through a real proxy by TLS: calls to and from phones by TLS and by UDP, and again after the proxy has restarted. Neither the
// password nor a key is in any log.
func TestTLSThroughKamailio(t *testing.T) {
	interop.Proves(t, "S1.3", interop.Kamailio)
	ca := siptest.NewAuthority(t, "Example CA")
	k := siptest.StartKamailio(t, &siptest.KamailioTLS{Issued: ca.Issue([]string{"127.0.0.1"})})
	log := &safeBuffer{}
	alice := startPhone(t, secureUser(k, ca, "alice", "secret1", func(c *setup) {
		c.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}))
	bob := startPhone(t, secureUser(k, ca, "bob", "secret2", func(c *setup) { c.Account.Server = "sips:" + c.Account.Server }))
	carol := startPhone(t, func(c *setup) {
		c.Account = sip.Account{Server: k.Addr, User: "carol", Password: "secret3", DisplayName: "carol", Expires: time.Minute}
	})
	for _, ph := range []*phone{alice, bob, carol} {
		ph.registered()
	}
	if r := alice.Registration(); !r.Encrypted || r.Certificate.Issuer != "Example CA" || r.Certificate.Until.Before(time.Now()) {
		t.Errorf("alice is registered: %+v", r)
	}
	if r := carol.Registration(); r.Encrypted {
		t.Errorf("carol is registered: %+v", r)
	}
	call := func(from, to *phone) {
		t.Helper()
		out, in := connect(t, from, to)
		eventually(t, "audio both ways", func() bool {
			a, errA := from.Stats(out)
			b, errB := to.Stats(in)
			return errA == nil && errB == nil && a.PacketsReceived > 10 && b.PacketsReceived > 10
		})
		from.must(from.Hold(out))
		next[sip.CallHold](to)
		from.must(from.Resume(out))
		next[sip.CallHold](to)
		to.must(to.Hangup(in))
		next[sip.CallEnded](from)
		next[sip.CallEnded](to)
	}
	both := func() {
		t.Helper()
		call(alice, bob)
		call(bob, alice)
		call(alice, carol)
		call(carol, alice)
	}
	both()
	id, err := alice.Dial("sips:bob")
	alice.must(err)
	if e := next[sip.CallDialing](alice); !e.Secure || e.Party.User != "bob" {
		t.Errorf("a sips: address is dialed as %+v", e)
	}
	next[sip.CallIncoming](bob)
	alice.must(alice.Hangup(id))
	next[sip.CallEnded](alice)
	next[sip.CallEnded](bob)
	k.Restart()
	for _, ph := range []*phone{alice, bob} { // they notice by their connections
		ph.registered()
	}
	call(alice, bob)
	call(bob, alice)
	for _, secret := range []string{"secret1", "response=", "PRIVATE KEY"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
}

// unproved waits until the phone says that it is kept from its server by that, and fails when it registers all the same. On a busy
// machine a handshake may not be done in time, which is told as another code first.
func unproved(ph *phone, code string) {
	ph.t.Helper()
	for {
		switch e := next[sip.RegistrationChanged](ph); {
		case e.State == sip.Registered:
			ph.t.Fatalf("registered, want %s", code)
		case e.State == sip.Unreachable && string(e.Reason.Code) == code:
			return
		}
	}
}

// What keeps a phone from a server by TLS is told with its code, and by a server that is mended or an account that is, it goes on.
func TestTLSRefusals(t *testing.T) {
	interop.Proves(t, "S1.3", interop.Kamailio)
	ca, other := siptest.NewAuthority(t, "Example CA"), siptest.NewAuthority(t, "Other CA")
	past := func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().AddDate(0, -2, 0), time.Now().AddDate(0, -1, 0)
	}
	mine := ca.Issue([]string{"phone"})
	for name, tc := range map[string]struct {
		server siptest.KamailioTLS
		code   string
		mend   func(*sip.Account)
	}{
		"unknown CA":                {siptest.KamailioTLS{Issued: other.Issue([]string{"127.0.0.1"})}, "sip.tls.unknown-issuer", func(a *sip.Account) { a.TLSCA = other.CA }},
		"wrong name":                {siptest.KamailioTLS{Issued: ca.Issue([]string{"localhost"})}, "sip.tls.other-name", func(a *sip.Account) { a.Server = strings.Replace(a.Server, "127.0.0.1", "localhost", 1) }},
		"expired":                   {siptest.KamailioTLS{Issued: ca.Issue([]string{"127.0.0.1"}, past)}, "sip.tls.expired", nil},
		"client certificate wanted": {siptest.KamailioTLS{Issued: ca.Issue([]string{"127.0.0.1"}), ClientCA: ca.CA}, "sip.tls.client-wanted", func(a *sip.Account) { a.TLSCert, a.TLSKey = mine.Cert, mine.Key }},
		"not TLS":                   {siptest.KamailioTLS{}, "sip.tls.none", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var side *siptest.KamailioTLS
			if tc.server.Cert != "" {
				side = &tc.server
			}
			k := siptest.StartKamailio(t, side)
			if side == nil {
				k.Secure = k.Addr // TCP without TLS
			}
			ph := startPhone(t, secureUser(k, ca, "alice", "secret1"))
			unproved(ph, tc.code)
			if tc.mend == nil {
				return
			}
			a := sip.Account{Server: k.Secure, User: "alice", Password: "secret1", Transport: "tls", TLSCA: ca.CA, Expires: time.Minute}
			tc.mend(&a)
			ph.must(ph.SetAccount(a))
			ph.registered()
		})
	}
}

// A man in the middle with a certificate for the right name from another authority gets a handshake that fails, and not
// one octet of a REGISTER, neither in the clear nor in what can be decrypted.
func TestManInTheMiddle(t *testing.T) {
	ca, foreign := siptest.NewAuthority(t, "Example CA"), siptest.NewAuthority(t, "Example CA")
	peer := siptest.NewPeer(t)
	peer.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		t.Errorf("he has the REGISTER:\n%s", m.Text)
		return siptest.Accept(p, m)
	})
	front := siptest.NewFront(t, peer, foreign.Issue([]string{"127.0.0.1"}).Server())
	tapped := newTap(t, front.Addr())
	ph := startPhone(t, func(c *setup) {
		c.Account = sip.Account{Server: tapped.addr, User: "2041", Password: "secret", Transport: "tls", TLSCA: ca.CA, Expires: time.Minute}
	})
	for range 2 {
		unproved(ph, "sip.tls.unknown-issuer")
		ph.must(ph.Reconnect(""))
	}
	if n := front.Heard(); n != 0 {
		t.Errorf("%d octets were decrypted", n)
	}
	sent := tapped.bytes()
	if len(sent) == 0 {
		t.Error("nothing was sent at all")
	}
	for _, word := range []string{"REGISTER", "SIP/2.0", "2041", "secret"} {
		if bytes.Contains(sent, []byte(word)) {
			t.Errorf("%q went out in the clear", word)
		}
	}
}

// tap hands bytes on between phone and server, and keeps what the phone sent.
type tap struct {
	addr string
	sent safeBuffer
}

func newTap(t *testing.T, to string) *tap {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &tap{addr: l.Addr().String()}
	var wait sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	wait.Go(func() {
		for {
			phone, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", to)
			if err != nil {
				_ = phone.Close()
				continue
			}
			mu.Lock()
			open = append(open, phone, server)
			mu.Unlock()
			wait.Go(func() { pass(server, phone, &w.sent) })
			wait.Go(func() { pass(phone, server, &safeBuffer{}) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for _, c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		wait.Wait()
	})
	return w
}

func (w *tap) bytes() []byte { return []byte(w.sent.String()) }

func pass(to, from net.Conn, keep *safeBuffer) {
	defer to.Close()
	buf := make([]byte, 4096)
	for {
		n, err := from.Read(buf)
		_, _ = keep.Write(buf[:n])
		if _, werr := to.Write(buf[:n]); err != nil || werr != nil {
			return
		}
	}
}

type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// A CA file may have more than one certificate.
func TestSeveralAuthoritiesInOneFile(t *testing.T) {
	ca, other := siptest.NewAuthority(t, "Example CA"), siptest.NewAuthority(t, "Other CA")
	file := t.TempDir() + "/both.pem"
	var both []byte
	for _, a := range []*siptest.Authority{other, ca} {
		both = append(both, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate.Raw})...)
	}
	if err := os.WriteFile(file, both, 0o600); err != nil {
		t.Fatal(err)
	}
	peer := siptest.NewPeer(t)
	front := siptest.NewFront(t, peer, ca.Issue([]string{"127.0.0.1"}).Server())
	ph := startPhone(t, func(c *setup) {
		c.Account = sip.Account{Server: front.Addr(), User: "2041", Transport: "tls", TLSCA: file, Expires: time.Minute}
	})
	ph.registered()
	if want := fmt.Sprint(ph.Registration().Certificate.Subject); want != "127.0.0.1" {
		t.Errorf("the certificate of %q", want)
	}
}
