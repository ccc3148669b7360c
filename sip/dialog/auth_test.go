package dialog_test

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// digestRegistrar asks for a password and notes what it got.
type digestRegistrar struct {
	mu         sync.Mutex
	challenges []string // header lines of the 401
	nonce      string
	got        []siptest.Message
}

func (r *digestRegistrar) serve(p *siptest.Peer, m siptest.Message) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.got = append(r.got, m)
	auth := m.Header("Authorization")
	if !strings.Contains(auth, `nonce="`+r.nonce+`"`) || !correct(auth, "REGISTER", "secret") {
		p.Reply(m, "401 Unauthorized", strings.Join(r.challenges, ""))
		return true
	}
	return siptest.Accept(p, m)
}

func (r *digestRegistrar) last() siptest.Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.got[len(r.got)-1]
}

func (r *digestRegistrar) all() []siptest.Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]siptest.Message(nil), r.got...)
}

// correct computes the digest of RFC 7616 §3.4.1 a second time, so that the test shares no code with what it tests.
func correct(auth, method, password string) bool {
	f := map[string]string{}
	for _, part := range dialog.SplitList(strings.TrimPrefix(auth, "Digest ")) {
		k, v, _ := strings.Cut(part, "=")
		f[strings.TrimSpace(k)] = strings.Trim(v, `"`)
	}
	var h hash.Hash
	algorithm, session := strings.CutSuffix(f["algorithm"], "-sess")
	switch algorithm {
	case "SHA-256":
		h = sha256.New()
	case "SHA-512-256":
		h = sha512.New512_256()
	default:
		h = md5.New()
	}
	sum := func(s string) string {
		h.Reset()
		h.Write([]byte(s))
		return hex.EncodeToString(h.Sum(nil))
	}
	a1 := sum(f["username"] + ":" + f["realm"] + ":" + password)
	if session {
		a1 = sum(a1 + ":" + f["nonce"] + ":" + f["cnonce"])
	}
	a2 := sum(method + ":" + f["uri"])
	if f["qop"] == "" {
		return f["response"] == sum(a1+":"+f["nonce"]+":"+a2)
	}
	return f["response"] == sum(strings.Join([]string{a1, f["nonce"], f["nc"], f["cnonce"], f["qop"], a2}, ":"))
}

// RFC 8760: the first challenge that can be answered is, whatever stands before it and however they are written down.
func TestDigest(t *testing.T) {
	interop.Proves(t, "S1.4")
	for name, tc := range map[string]struct {
		lines []string
		want  string
	}{
		"MD5":                {[]string{`Digest realm="r", nonce="n", algorithm=MD5, qop="auth"`}, "MD5"},
		"RFC 2069":           {[]string{`Digest realm="r",nonce="n",opaque="", stale=FALSE,algorithm=md5`}, "MD5"},
		"no algorithm":       {[]string{`Digest realm="r", nonce="n", qop="auth,auth-int"`}, ""},
		"SHA-256":            {[]string{`Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth"`}, "SHA-256"},
		"SHA-512-256":        {[]string{`Digest realm="r", nonce="n", algorithm=SHA-512-256, qop="auth"`}, "SHA-512-256"},
		"unknown, then MD5":  {[]string{`Digest realm="r", nonce="x", algorithm=FOO-1, qop="auth"`, `Digest realm="r", nonce="n", algorithm=MD5, qop="auth"`}, "MD5"},
		"preference":         {[]string{`Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth"`, `Digest realm="r", nonce="x", algorithm=MD5, qop="auth"`}, "SHA-256"},
		"in one line":        {[]string{`Digest realm="r", nonce="x", algorithm=FOO, qop="auth", Digest realm="r", nonce="n", algorithm=MD5, qop="auth"`}, "MD5"},
		"MD5-sess":           {[]string{`Digest realm="example.com", nonce="n", qop="auth", algorithm=MD5-sess`}, "MD5-sess"},
		"SHA-256-sess":       {[]string{`Digest realm="r", nonce="n", qop="auth", algorithm=sha-256-SESS`}, "SHA-256-sess"},
		"MD5-sess, no qop":   {[]string{`Digest realm="r", nonce="n", algorithm=MD5-sess`}, "MD5-sess"},
		"empty opaque":       {[]string{`Digest realm="example.com",nonce="n",opaque="",qop="auth",algorithm=MD5`}, "MD5"},
		"blanks around =":    {[]string{`Digest realm = "r" , nonce= "n", opaque ="o\"x", qop = "auth" ,algorithm = MD5`}, "MD5"},
		"folded, a tab":      {[]string{"Digest\trealm=\"r\",\n nonce=\"n\",\n\topaque=\"\""}, ""},
		"no quotes":          {[]string{`Digest realm=r, nonce=n, qop=auth`}, ""},
		"after NTLM":         {[]string{`NTLM realm="SIP", targetname="x", Digest realm="r", nonce="n", qop="auth"`}, ""},
		"a flag":             {[]string{`Digest realm="r", nonce="n", qop="auth",, foo, x-y=z`}, ""},
		"other scheme first": {[]string{`Basic realm="r"`, `Digest realm="r", nonce="n", algorithm=MD5`}, "MD5"},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			r := &digestRegistrar{nonce: "n"}
			for _, l := range tc.lines {
				r.challenges = append(r.challenges, "WWW-Authenticate: "+l+"\n")
			}
			p.Registrar(r.serve)
			newAgent(t, p)
			auth := r.last().Header("Authorization")
			for _, l := range tc.lines {
				if _, opaque, ok := strings.Cut(l, "opaque"); ok { // it is given back as it came, an empty one too
					opaque = strings.TrimLeft(opaque, " =")
					opaque = opaque[:strings.LastIndex(opaque[:strings.IndexAny(opaque+",", ",")], `"`)+1]
					if !strings.Contains(auth, "opaque="+opaque) {
						t.Errorf("Authorization %q, want opaque=%s", auth, opaque)
					}
				}
			}
			if tc.want != "" && !strings.Contains(auth, "algorithm="+tc.want) {
				t.Errorf("Authorization %q, want %s", auth, tc.want)
			}
		})
	}
}

// A challenge that we cannot answer is told as that, and not as a wrong password, and the server is not asked again and again.
func TestOddChallenge(t *testing.T) {
	interop.Proves(t, "S1.4")
	for name, lines := range map[string]string{
		"unknown algorithm": `WWW-Authenticate: Digest realm="r", nonce="n", algorithm=AKAv1-MD5, qop="auth"` + "\n",
		"unknown qop":       `WWW-Authenticate: Digest realm="r", nonce="n", qop="token"` + "\n",
		"another scheme":    `WWW-Authenticate: Basic realm="r"` + "\n" + `WWW-Authenticate: Bearer realm="r"` + "\n",
		"no nonce":          `WWW-Authenticate: Digest realm="r", qop="auth"` + "\n",
		"broken":            `WWW-Authenticate: Digest realm="r, nonce=n` + "\n",
		"no challenge":      "",
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			p.Registrar((&digestRegistrar{challenges: []string{lines}}).serve)
			began := time.Now()
			s := startAgent(t, p).state(dialog.Refused)
			if s.Problem != dialog.OddChallenge || s.Code != 401 || s.RetryAt.Sub(began) < 30*time.Second {
				t.Errorf("status %+v", s)
			}
		})
	}
}

// The same where the password is asked for a second time, by the next hop or in another way than before, and of a call.
func TestOddChallengeLater(t *testing.T) {
	const known = `Digest realm="r", nonce="n", algorithm=MD5, qop="auth"`
	const strange = `Digest realm="r2", nonce="n2", algorithm=AKAv1-MD5, qop="auth"`
	changed := false
	var mu sync.Mutex
	for name, answer := range map[string]func(p *siptest.Peer, m siptest.Message){
		"the next hop": func(p *siptest.Peer, m siptest.Message) {
			if m.Header("Authorization") == "" {
				p.Reply(m, "401 Unauthorized", "WWW-Authenticate: "+known+"\n")
			} else {
				p.Reply(m, "407 Proxy Authentication Required", "Proxy-Authenticate: "+strange+"\n")
			}
		},
		"another algorithm than before": func(p *siptest.Peer, m siptest.Message) {
			mu.Lock()
			defer mu.Unlock()
			switch {
			case changed:
				p.Reply(m, "401 Unauthorized", "WWW-Authenticate: "+strings.Replace(strange, "r2", "r", 1)+"\n")
			case m.Header("Authorization") == "":
				p.Reply(m, "401 Unauthorized", "WWW-Authenticate: "+known+"\n")
			default:
				siptest.Accept(p, m)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			p.Registrar(func(p *siptest.Peer, m siptest.Message) bool { answer(p, m); return true })
			a := startAgent(t, p)
			if strings.HasPrefix(name, "another") {
				a.registered()
				mu.Lock()
				changed = true
				mu.Unlock()
				a.do(a.ua.Look)
			}
			if s := a.state(dialog.Refused); s.Problem != dialog.OddChallenge {
				t.Errorf("status %+v", s)
			}
		})
	}
	for name, tc := range map[string]struct {
		challenge string
		want      dialog.Challenge
	}{
		"unknown algorithm":  {strange, dialog.ChallengeOdd},
		"another scheme":     {`Basic realm="r"`, dialog.ChallengeOdd},
		"another realm":      {`Digest realm="eve", nonce="x", qop="auth"`, dialog.ChallengeForeign},
		"weaker than before": {`Digest realm="r", nonce="x"`, dialog.ChallengeForeign},
		"a strange nonce":    {`Digest realm="r", nonce="evil", algorithm=MD5, qop="auth"`, dialog.ChallengeForeign},
		"the wrong password": {known, dialog.ChallengeRefused},
	} {
		t.Run("a call, "+name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			p.Registrar((&digestRegistrar{nonce: "n", challenges: []string{"WWW-Authenticate: " + known + "\n"}}).serve)
			a := newAgent(t, p)
			l := a.dial("100")
			for len(l.heard) == 0 {
				if m, ok := p.Within(20*time.Millisecond, "INVITE"); ok {
					p.Reply(m, "401 Unauthorized", "WWW-Authenticate: "+tc.challenge+"\n")
				}
			}
			if e := l.ends(dialog.Rejected); e.Code != 401 || e.Challenge != tc.want {
				t.Errorf("end %+v", e)
			}
		})
	}
}

// A registrar whose nonces are always too old has not looked at the password.
func TestAlwaysStale(t *testing.T) {
	p := siptest.NewPeer(t)
	n := 0
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		n++
		p.Reply(m, "401 Unauthorized", fmt.Sprintf("WWW-Authenticate: Digest realm=\"r\", nonce=\"n%d\", qop=\"auth\", stale=true\n", n))
		return true
	})
	began := time.Now()
	if s := startAgent(t, p).refusal(); s.Problem != dialog.ServerTrouble || s.RetryAt.Sub(began) < 3*time.Second {
		t.Errorf("status %+v", s)
	}
}

func TestWrongPassword(t *testing.T) {
	p := siptest.NewPeer(t)
	r := &digestRegistrar{nonce: "n", challenges: []string{`WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"` + "\n"}}
	p.Registrar(r.serve)
	began := time.Now()
	a := startAgent(t, p, func(c *dialog.Config) { c.Account.Password = "guess" })
	s := a.state(dialog.Refused)
	if s.Problem != dialog.WrongPassword || s.Code != 401 {
		t.Errorf("status %+v", s)
	}
	if wait := s.RetryAt.Sub(began); wait < 30*time.Second {
		t.Errorf("tried again in %v: that locks accounts", wait)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.got) != 2 {
		t.Errorf("%d REGISTERs, want 2: without and with the password", len(r.got))
	}
}

// The credentials of the first answer are sent along with every further REGISTER, with nc counting up.
func TestNonceIsRemembered(t *testing.T) {
	p := siptest.NewPeer(t)
	r := &digestRegistrar{nonce: "n", challenges: []string{`WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"` + "\n"}}
	p.Registrar(r.serve)
	a := newAgent(t, p)
	a.do(a.ua.Look)
	a.registered()
	if auth := r.last().Header("Authorization"); !strings.Contains(auth, "nc=00000002") || len(r.all()) != 3 {
		t.Errorf("Authorization %q of %d REGISTERs", auth, len(r.all()))
	}
}

// A nonce that has grown old is replaced, by registrars that say so and by those that just send another.
func TestStaleNonce(t *testing.T) {
	interop.Proves(t, "S1.4")
	for _, stale := range []string{", stale=true", ""} {
		p := siptest.NewPeer(t)
		r := &digestRegistrar{nonce: "n1", challenges: []string{`WWW-Authenticate: Digest realm="r", nonce="n1", qop="auth"` + "\n"}}
		p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
			if m.Header("CSeq") == "3 REGISTER" { // the refresh
				r.mu.Lock()
				r.nonce, r.challenges = "n2", []string{`WWW-Authenticate: Digest realm="r", nonce="n2", qop="auth"` + stale + "\n"}
				r.mu.Unlock()
			}
			m.Text = strings.Replace(m.Text, ";expires=60", ";expires=1", 1) // a short life, so that there is a refresh
			return r.serve(p, m)
		})
		a := newAgent(t, p)
		a.forward(3 * time.Second)
		a.registered() // again, past the refresh
	}
}

// A stranger who is called directly and asks for our password's digest does not get it.
func TestStrangersChallenge(t *testing.T) {
	interop.Proves(t, "S8.4")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	l := a.dial("sip:eve@" + conn.LocalAddr().String())
	buf := make([]byte, 65535)
	n, from, err := conn.ReadFromUDPAddrPort(buf)
	if err != nil {
		t.Fatal(err)
	}
	invite := siptest.Message{Text: string(buf[:n]), From: from}
	conn.WriteToUDPAddrPort([]byte(siptest.CRLF(siptest.Response(invite, "401 Unauthorized", "eve",
		`WWW-Authenticate: Digest realm="eve", nonce="n", qop="auth"`+"\n", ""))), from)
	if e := l.ends(dialog.Rejected); e.Code != 401 {
		t.Errorf("end %+v", e)
	}
}

// S7: a proxy asks for credentials inside the call, for every method that can be challenged.
func TestChallengeInsideTheCall(t *testing.T) {
	interop.Proves(t, "S1.5")
	const challenge = "Proxy-Authenticate: Digest realm=\"pbx\", nonce=\"%s\", algorithm=MD5, qop=\"auth\"\n"
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	l := a.dial("100")
	invite := p.Recv("INVITE")
	p.ReplyTagged(invite, "200 OK", "peer", contact(p, "b"), sdp("sendrecv"))
	p.Recv("ACK")
	l.hears("answered")
	for _, step := range []struct {
		method string
		do     func()
	}{
		{"INVITE", func() { l.Reinvite(hold, func([]byte, error) {}) }},
		{"INFO", func() { l.Call.Info("application/dtmf-relay", []byte("Signal=1\r\n"), func(error) {}) }},
		{"REFER", func() { l.Refer("102", func(int, error) {}) }},
		{"BYE", l.Hangup},
	} {
		a.do(step.do)
		req := p.Recv(step.method)
		nonce := "n-" + step.method // new each time: the remembered one has gone stale without a word
		p.Reply(req, "407 Proxy Authentication Required", fmt.Sprintf(challenge, nonce))
		if step.method == "INVITE" {
			p.Recv("ACK")
		}
		again := p.Recv(step.method)
		if auth := again.Header("Proxy-Authorization"); !strings.Contains(auth, `nonce="`+nonce+`"`) || !strings.Contains(auth, "nc=00000001") {
			t.Errorf("%s: Proxy-Authorization %q", step.method, auth)
		}
		if req.Header("CSeq") == again.Header("CSeq") || req.Branch() == again.Branch() {
			t.Errorf("%s was sent again with the same CSeq or branch", step.method)
		}
		if step.method == "INVITE" {
			p.ReplyTagged(again, "200 OK", "peer", contact(p, "b"), sdp("recvonly"))
			if ack := p.Recv("ACK"); ack.Header("Proxy-Authorization") != again.Header("Proxy-Authorization") {
				t.Error("the ACK does not carry the credentials of its INVITE")
			}
			continue
		}
		p.Reply(again, "200 OK", "")
	}
}

// Of two requests that are on their way while the server takes to another nonce, both are answered: what the one has learned is news to the other.
func TestNewNonceWhileTwoAreOnTheirWay(t *testing.T) {
	p := siptest.NewPeer(t)
	r := &digestRegistrar{}
	asks := func(nonce string) string {
		return `WWW-Authenticate: Digest realm="r", nonce="` + nonce + `", qop="auth"` + "\n"
	}
	takes := func(nonce string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.nonce, r.challenges = nonce, []string{asks(nonce)}
	}
	takes("n1")
	p.Registrar(r.serve)
	a := newAgent(t, p)
	a.dial("100")
	first := p.Recv("INVITE sip:100@")
	a.dial("101")
	second := p.Recv("INVITE sip:101@")
	takes("n2")
	for _, invite := range []siptest.Message{first, second} {
		p.Reply(invite, "401 Unauthorized", asks("n2"))
		again := p.Await(strings.Join(strings.Fields(invite.Start())[:2], " "))
		if auth := again.Header("Authorization"); !strings.Contains(auth, `nonce="n2"`) || !correct(auth, "INVITE", "secret") {
			t.Errorf("sent again with %q", auth)
		}
	}
}
