package dialog_test

import (
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
)

// asterisk is a challenge of the registrar's, with a nonce that it takes in any request.
const asterisk = `Digest realm="asterisk", nonce="n", algorithm=MD5, qop="auth"` + "\n"

// only fails the test when a request carries other credentials than in the one header, "" for none at all.
func only(t *testing.T, m siptest.Message, header string) {
	t.Helper()
	for _, h := range []string{"Authorization", "Proxy-Authorization"} {
		if got := len(m.Headers(h)); (h == header) != (got == 1) || got > 1 {
			t.Errorf("%d of %s in the %s:\n%s", got, h, m.Method(), m.Text)
		}
	}
}

// A proxy challenges REGISTER with 401 and a call with 407, and takes out the credentials that it has asked for. Those over the nonce of the
// REGISTER would go on to whoever is called.
func TestCredentialsStayWithWhoAsked(t *testing.T) {
	p, far := siptest.NewPeer(t), siptest.NewPeerAt(t, "127.0.0.66")
	r := &digestRegistrar{nonce: "n", challenges: []string{"WWW-Authenticate: " + asterisk}}
	p.Registrar(r.serve)
	a := newAgent(t, p)
	ask := func(m siptest.Message) siptest.Message {
		t.Helper()
		only(t, m, "")
		p.Reply(m, "407 Proxy Authentication Required", "Proxy-Authenticate: "+asterisk)
		if m.Method() == "INVITE" {
			p.Recv("ACK")
		}
		again := p.Recv(m.Method())
		only(t, again, "Proxy-Authorization")
		if !correct(again.Header("Proxy-Authorization"), m.Method(), "secret") {
			t.Errorf("Proxy-Authorization %q", again.Header("Proxy-Authorization"))
		}
		return again
	}
	l := a.dial("100")
	p.ReplyTagged(ask(p.Recv("INVITE")), "200 OK", "eve", contact(far, "eve")+"Record-Route: <sip:"+p.Addr()+";lr>\n", sdp("sendrecv"))
	only(t, p.Recv("ACK"), "")
	l.hears("answered")
	a.do(func() { l.Refer("102", func(int, error) {}) })
	p.Reply(ask(p.Recv("REFER")), "603 Decline", "")
	a.do(func() { l.Call.Info("application/dtmf-relay", []byte("Signal=1\r\n"), func(error) {}) })
	p.Reply(ask(p.Recv("INFO")), "200 OK", "")

	second := a.dial("101") // the proxy may not ask for these, and would pass them on
	only(t, p.Recv("INVITE"), "")
	a.do(second.Hangup)

	a.do(l.Hangup)
	p.Reply(ask(p.Await("BYE")), "200 OK", "")
}

// A phone system that is one end of the call itself has its credentials in the requests of that call, and is not asked to ask again.
func TestCredentialsOfTheCall(t *testing.T) {
	p := siptest.NewPeer(t)
	r := &digestRegistrar{nonce: "n", challenges: []string{"WWW-Authenticate: " + asterisk}}
	p.Registrar(r.serve)
	a := newAgent(t, p)
	l := a.dial("100")
	invite := p.Recv("INVITE")
	only(t, invite, "")
	p.Reply(invite, "401 Unauthorized", "WWW-Authenticate: "+asterisk)
	p.Recv("ACK")
	p.ReplyTagged(p.Recv("INVITE"), "200 OK", "pbx", contact(p, "100"), sdp("sendrecv"))
	p.Recv("ACK")
	l.hears("answered")
	a.do(l.Hangup)
	bye := p.Recv("BYE")
	only(t, bye, "Authorization")
	// Every use of the nonce counts, that of the REGISTER and of the question whether it is genuine too.
	if auth := bye.Header("Authorization"); !correct(auth, "BYE", "secret") || strings.Contains(auth, "nc=00000001") {
		t.Errorf("Authorization %q", auth)
	}
	p.Reply(bye, "200 OK", "")
	counts := map[string]bool{}
	for _, m := range append(r.all(), invite, bye) {
		if _, nc, ok := strings.Cut(m.Text, "nc="); ok {
			if counts[nc[:8]] {
				t.Errorf("nc=%s twice", nc[:8])
			}
			counts[nc[:8]] = true
		}
	}
}

// An app that quits signs off and hangs up: a phone system that challenges the BYE is answered, and is not asked anything by a REGISTER that would bring
// the binding back.
func TestHangUpWhileSigningOff(t *testing.T) {
	p := siptest.NewPeer(t)
	r := &digestRegistrar{nonce: "n", challenges: []string{"WWW-Authenticate: " + asterisk}}
	p.Registrar(r.serve)
	a := newAgent(t, p)
	_, l := a.talks(p)
	a.do(func() {
		a.ua.SignOff(func() {})
		l.Hangup()
	})
	bye := p.Await("BYE")
	only(t, bye, "")
	p.Reply(bye, "401 Unauthorized", "WWW-Authenticate: "+asterisk)
	again := p.Await("BYE")
	only(t, again, "Authorization")
	p.Reply(again, "200 OK", "")
	left := false
	for _, m := range r.all() {
		gone := strings.Contains(m.Header("Contact"), "expires=0") || m.Header("Expires") == "0"
		if left && !gone {
			t.Errorf("registered again:\n%s", m.Text)
		}
		left = left || gone
	}
}

// Where a call goes on to another address of the server, or is sent on to somebody else, nothing goes along that another one has asked for.
func TestCredentialsOfARedirectedCall(t *testing.T) {
	p := siptest.NewPeer(t)
	r := &digestRegistrar{nonce: "n", challenges: []string{"WWW-Authenticate: " + asterisk}}
	p.Registrar(r.serve)
	a := newAgent(t, p)
	a.dial("100")
	p.Reply(p.Recv("INVITE"), "401 Unauthorized", "WWW-Authenticate: "+asterisk)
	p.Recv("ACK")
	again := p.Recv("INVITE")
	only(t, again, "Authorization")
	p.ReplyTagged(again, "302 Moved Temporarily", "eve", contact(p, "eve"), "")
	p.Recv("ACK")
	only(t, p.Recv("INVITE sip:eve@"), "")
}

// The server has asked, was answered and has passed the call on. What asks next may be whoever is called, with a nonce that the server has given
// to them for a question of their own: each kind of challenge is answered once in a realm, and once more where it is stale.
func TestChallengedAgain(t *testing.T) {
	const same = "407 Proxy Authentication Required\nProxy-Authenticate: " + asterisk
	for name, tc := range map[string]struct {
		second string
		most   int // answers, however often it comes
	}{
		"the same again":        {same, 0},
		"the other header":      {"401 Unauthorized\nWWW-Authenticate: " + asterisk, 1},
		"stale":                 {strings.Replace(same, "qop", "stale=true, qop", 1), 1},
		"stale, another header": {"401 Unauthorized\nWWW-Authenticate: " + strings.Replace(asterisk, "qop", "stale=true, qop", 1), 2},
		"stale, not genuine":    {strings.Replace(same, `nonce="n"`, `stale=true, nonce="evil"`, 1), 0},
		"stale, another realm":  {strings.Replace(same, `realm="asterisk"`, `stale=true, realm="eve"`, 1), 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			r := &digestRegistrar{nonce: "n", challenges: []string{"WWW-Authenticate: " + asterisk}}
			p.Registrar(r.serve)
			a := newAgent(t, p)
			l := a.dial("100")
			p.Reply(p.Recv("INVITE"), "407 Proxy Authentication Required", "Proxy-Authenticate: "+asterisk)
			p.Recv("ACK")
			status, header, _ := strings.Cut(tc.second, "\n")
			for range tc.most + 1 {
				invite := p.Recv("INVITE")
				p.Reply(invite, "100 Trying", "")
				p.ReplyTagged(invite, status, "eve", header, "")
				p.Recv("ACK")
			}
			if e := l.ends(dialog.Rejected); e.Challenge != dialog.ChallengeForeign {
				t.Errorf("end %+v", e)
			}
			if m, ok := p.Within(50*time.Millisecond, "INVITE"); ok {
				t.Errorf("the callee is answered:\n%s", m.Text)
			}
		})
	}
}

// Several servers behind one address have a secret each for their nonces: one does not know the other's, and asks for another answer. The call goes
// out, also where the registrar can prove no nonce.
func TestAnotherServerBehindTheAddress(t *testing.T) {
	registrars := map[string]func(*digestRegistrar) func(*siptest.Peer, siptest.Message) bool{
		"it proves nonces": func(r *digestRegistrar) func(*siptest.Peer, siptest.Message) bool { return r.serve },
	}
	for kind, registrar := range unprovable {
		registrars[kind] = func(*digestRegistrar) func(*siptest.Peer, siptest.Message) bool { return registrar() }
	}
	for kind, registrar := range registrars {
		t.Run(kind, func(t *testing.T) {
			p := siptest.NewPeer(t)
			r := &digestRegistrar{nonce: "a", challenges: []string{`WWW-Authenticate: Digest realm="pbx", nonce="a", algorithm=MD5, qop="auth"` + "\n"}}
			p.Registrar(registrar(r))
			a := newAgent(t, p)
			l := a.dial("100")
			p.Reply(p.Recv("INVITE"), "407 Proxy Authentication Required", `Proxy-Authenticate: Digest realm="pbx", nonce="a", algorithm=MD5, qop="auth"`+"\n")
			p.Recv("ACK")
			invite := p.Recv("INVITE")
			only(t, invite, "Proxy-Authorization")
			r.mu.Lock()
			r.nonce = "b"
			r.mu.Unlock()
			p.Reply(invite, "407 Proxy Authentication Required", `Proxy-Authenticate: Digest realm="pbx", nonce="b", algorithm=MD5, qop="auth", stale=TRUE`+"\n")
			p.Recv("ACK")
			invite = p.Recv("INVITE")
			only(t, invite, "Proxy-Authorization")
			if auth := invite.Header("Proxy-Authorization"); !strings.Contains(auth, `nonce="b"`) || !correct(auth, "INVITE", "secret") {
				t.Errorf("Proxy-Authorization %q", auth)
			}
			p.ReplyTagged(invite, "200 OK", "far", contact(p, "far"), sdp("sendrecv"))
			p.Await("ACK")
			l.hears("answered")
		})
	}
}

// unprovable are registrars that cannot tell whether a nonce is the server's: one asks for nothing, one takes a nonce in the request alone that it
// was made for.
var unprovable = map[string]func() func(*siptest.Peer, siptest.Message) bool{
	"asks for nothing": func() func(*siptest.Peer, siptest.Message) bool { return siptest.Accept },
	"a nonce serves one Call-ID": func() func(*siptest.Peer, siptest.Message) bool {
		return func(p *siptest.Peer, m siptest.Message) bool {
			nonce := "n-" + m.Header("Call-ID")
			if auth := m.Header("Authorization"); strings.Contains(auth, nonce) && correct(auth, "REGISTER", "secret") {
				return siptest.Accept(p, m)
			}
			p.Reply(m, "401 Unauthorized", `WWW-Authenticate: Digest realm="pbx", nonce="`+nonce+`", algorithm=MD5, qop="auth"`+"\n")
			return true
		}
	},
}

// A server says 100 and asks then. Where the registrar can prove no nonce, it is answered in a realm of the account's: one that checks Max-Forwards before it
// asks could not be asked whether it was it.
func TestAServerThatAsksLate(t *testing.T) {
	for kind, realm := range map[string]string{"asks for nothing": "127.0.0.1", "a nonce serves one Call-ID": "pbx"} {
		t.Run(kind, func(t *testing.T) {
			challenge := `Proxy-Authenticate: Digest realm="` + realm + `", nonce="late", algorithm=MD5, qop="auth"` + "\n"
			p := siptest.NewPeer(t)
			p.Registrar(unprovable[kind]())
			a := newAgent(t, p)
			l := a.dial("100")
			invite := p.Recv("INVITE")
			p.Reply(invite, "100 Trying", "")
			p.Reply(invite, "407 Proxy Authentication Required", challenge)
			p.Recv("ACK")
			again := p.Recv("INVITE")
			only(t, again, "Proxy-Authorization")
			if auth := again.Header("Proxy-Authorization"); !strings.Contains(auth, `nonce="late"`) || !correct(auth, "INVITE", "secret") || again.Header("Max-Forwards") == "0" {
				t.Errorf("Proxy-Authorization %q in\n%s", auth, again.Text)
			}
			p.Reply(again, "100 Trying", "")
			p.ReplyTagged(again, "407 Proxy Authentication Required", "eve", challenge, "") // and this is the callee's
			p.Recv("ACK")
			l.ends(dialog.Rejected)
			if m, ok := p.Within(50*time.Millisecond, "INVITE"); ok {
				t.Errorf("the callee is answered:\n%s", m.Text)
			}
		})
	}
}

// A proxy says 100 and passes the call on. Whether the challenge in a realm that nobody knows is its own is asked by an INVITE that nobody may pass on.
func TestChallengeAfterTrying(t *testing.T) {
	const challenge = `Proxy-Authenticate: Digest realm="pbx", nonce="late", algorithm=MD5, qop="auth"` + "\n"
	begin := func(t *testing.T) (*agent, *siptest.Peer, *leg, siptest.Message) {
		p := siptest.NewPeer(t)
		a := newAgent(t, p) // the registrar asks for nothing
		l := a.dial("100")
		invite := p.Recv("INVITE")
		p.Reply(invite, "100 Trying", "")
		p.ReplyTagged(invite, "407 Proxy Authentication Required", "eve", challenge, "")
		p.Recv("ACK")
		again := p.Recv("INVITE")
		only(t, again, "")
		if got := again.Header("Max-Forwards"); got != "0" {
			t.Fatalf("Max-Forwards %s:\n%s", got, again.Text)
		}
		return a, p, l, again
	}
	for _, refusal := range []string{"483 Too Many Hops", "404 Not Found", "500 Server Internal Error"} {
		t.Run("a proxy, "+refusal, func(t *testing.T) {
			a, p, l, again := begin(t)
			p.Reply(again, refusal, "")
			p.Recv("ACK")
			if e := l.ends(dialog.Rejected); e.Code != 407 || e.Challenge != dialog.ChallengeForeign {
				t.Errorf("end %+v", e)
			}
			a.dial("101")
			only(t, p.Recv("INVITE"), "")
		})
	}
	t.Run("a server that asks late", func(t *testing.T) {
		_, p, l, again := begin(t)
		p.Reply(again, "100 Trying", "")
		p.Reply(again, "407 Proxy Authentication Required", strings.Replace(challenge, "late", "later", 1))
		p.Recv("ACK")
		third := p.Recv("INVITE")
		only(t, third, "Proxy-Authorization")
		if auth := third.Header("Proxy-Authorization"); !strings.Contains(auth, `nonce="later"`) || !correct(auth, "INVITE", "secret") || third.Header("Max-Forwards") == "0" {
			t.Errorf("Proxy-Authorization %q in\n%s", auth, third.Text)
		}
		p.Reply(third, "100 Trying", "")
		p.ReplyTagged(third, "401 Unauthorized", "eve", strings.Replace(challenge, "Proxy-", "WWW-", 1), "") // and this is the callee's
		p.Recv("ACK")
		if e := l.ends(dialog.Rejected); e.Code != 401 {
			t.Errorf("end %+v", e)
		}
		if m, ok := p.Within(50*time.Millisecond, "INVITE"); ok {
			t.Errorf("the callee is answered:\n%s", m.Text)
		}
	})
	t.Run("it rings after all", func(t *testing.T) {
		_, p, l, again := begin(t)
		p.ReplyTagged(again, "180 Ringing", "eve", contact(p, "eve"), "")
		l.hears("progress")
		p.ReplyTagged(again, "407 Proxy Authentication Required", "eve", challenge, "")
		p.Recv("ACK")
		l.ends(dialog.Rejected)
		if m, ok := p.Within(50*time.Millisecond, "INVITE"); ok {
			t.Errorf("the callee is answered:\n%s", m.Text)
		}
	})
}
