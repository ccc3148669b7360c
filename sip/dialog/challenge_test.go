package dialog_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// proxied has the agent call a far end whose dialog the server only passes on: requests come by the server, and the
// far end writes the answers.
func proxied(t *testing.T, a *agent, p, far *siptest.Peer) *leg {
	t.Helper()
	l := a.dial("100")
	invite := p.Recv("INVITE")
	p.ReplyTagged(invite, "200 OK", "eve", contact(far, "eve")+"Record-Route: <sip:"+p.Addr()+";lr>\n", sdp("sendrecv"))
	p.Recv("ACK")
	l.hears("answered")
	return l
}

// The far end of a call asks for the hash of the password, in the server's own realm, which is no secret. What it may get is
// nothing, however it asks.
func TestFarEndsChallenge(t *testing.T) {
	interop.Proves(t, "S8.4")
	const registrar = `Digest realm="asterisk", nonce="n", algorithm=MD5, qop="auth"`
	for name, challenge := range map[string]string{
		"a nonce of its choice": `Digest realm="asterisk", nonce="evil", algorithm=MD5, qop="auth"`,
		"and without qop":       `Digest realm="asterisk", nonce="evil"`,
		"stale":                 `Digest realm="asterisk", nonce="evil", algorithm=MD5, qop="auth", stale=true`,
		"weaker, nonce genuine": `Digest realm="asterisk", nonce="n"`,
		"another realm":         `Digest realm="eve", nonce="evil", algorithm=MD5, qop="auth"`,
	} {
		for _, status := range []string{"401 Unauthorized", "407 Proxy Authentication Required"} {
			for _, way := range []string{"through the server", "direct"} {
				t.Run(name+", "+status[:3]+" "+way, func(t *testing.T) {
					p, eve := siptest.NewPeer(t), siptest.NewPeerAt(t, "127.0.0.66")
					r := &digestRegistrar{nonce: "n", challenges: []string{"WWW-Authenticate: " + registrar + "\n"}}
					p.Registrar(r.serve)
					a := newAgent(t, p)
					at := p
					var l *leg
					if way == "direct" {
						at = eve
						l = a.dial("100")
						p.ReplyTagged(p.Recv("INVITE"), "200 OK", "eve", contact(eve, "eve"), sdp("sendrecv"))
						if ack := eve.Recv("ACK"); hasCredentials(ack) {
							t.Errorf("the ACK brings the digest: %s", ack.Text)
						}
						l.hears("answered")
					} else {
						l = proxied(t, a, p, eve)
					}
					a.do(l.Hangup)
					bye := at.Recv("BYE")
					if hasCredentials(bye) {
						t.Errorf("the BYE brings the digest unasked: %s", bye.Text)
					}
					header := "WWW-Authenticate: "
					if status[:3] == "407" {
						header = "Proxy-Authenticate: "
					}
					at.Reply(bye, status, header+challenge+"\n")
					if m, ok := at.Within(100*time.Millisecond, "BYE"); ok {
						t.Errorf("the challenge is answered: %s", m.Text)
					}
				})
			}
		}
	}
}

// A proxy that asks for credentials inside a call is answered: its nonce is one that the registrar takes.
func TestProxysChallengeInsideTheCall(t *testing.T) {
	interop.Proves(t, "S1.5")
	p, far := siptest.NewPeer(t), siptest.NewPeerAt(t, "127.0.0.66")
	r := &digestRegistrar{nonce: "n", challenges: []string{`WWW-Authenticate: Digest realm="pbx", nonce="n", algorithm=MD5, qop="auth"` + "\n"}}
	p.Registrar(r.serve)
	a := newAgent(t, p)
	l := proxied(t, a, p, far)
	r.mu.Lock()
	r.nonce = "fresh"
	r.mu.Unlock()
	a.do(l.Hangup)
	p.Reply(p.Recv("BYE"), "407 Proxy Authentication Required", `Proxy-Authenticate: Digest realm="pbx", nonce="fresh", algorithm=MD5, qop="auth"`+"\n")
	again := p.Recv("BYE")
	if auth := again.Header("Proxy-Authorization"); !strings.Contains(auth, `nonce="fresh"`) || !correct(auth, "BYE", "secret") {
		t.Errorf("Proxy-Authorization %q", auth)
	}
	p.Reply(again, "200 OK", "")
}

func hasCredentials(m siptest.Message) bool {
	return m.Header("Authorization") != "" || m.Header("Proxy-Authorization") != ""
}

// A server that has asked with qop, or with a better hash, is not answered with less.
func TestNeverWeaker(t *testing.T) {
	interop.Proves(t, "S1.4")
	strong := `Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth"`
	for name, weak := range map[string]string{
		"no qop":        `Digest realm="r", nonce="n2", algorithm=SHA-256`,
		"a weaker hash": `Digest realm="r", nonce="n2", algorithm=MD5, qop="auth"`,
		"neither":       `Digest realm="r", nonce="n2"`,
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			r := &digestRegistrar{nonce: "n", challenges: []string{"WWW-Authenticate: " + strong + "\n"}}
			p.Registrar(r.serve)
			a := newAgent(t, p)
			l := a.dial("100")
			p.Reply(p.Recv("INVITE"), "401 Unauthorized", "WWW-Authenticate: "+weak+"\n")
			if e := l.ends(dialog.Rejected); e.Code != 401 {
				t.Errorf("end %+v", e)
			}
		})
	}
}

// Service-Route is the way of what is sent outside a dialog, behind the configured proxy; a 200 without it ends that.
func TestServiceRoute(t *testing.T) {
	interop.Proves(t, "S1.10")
	p, edge := siptest.NewPeer(t), siptest.NewPeerAt(t, "127.0.0.66")
	route := fmt.Sprintf("<sip:%s;lr>", edge.Addr())
	lives := []string{"Service-Route: " + route + ",\n <sip:127.0.0.68;lr>\nPath: <sip:127.0.0.67;lr>\n", ""}
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		extra := lives[0]
		lives = lives[min(1, len(lives)-1):]
		p.Reply(m, "200 OK", "Contact: <"+m.URI("Contact")+">;expires=1\n"+extra)
		return true
	})
	a := newAgent(t, p)
	a.dial("100")
	invite := edge.Recv("INVITE")
	if got := invite.Headers("Route"); !slices.Equal(got, []string{route, "<sip:127.0.0.68;lr>"}) {
		t.Errorf("Route %q", got)
	}
	c := p.Call("<sip:bob@example.com>") // the edge brings calls too, and so does the hop of Path
	c.Peer = edge
	c.Ringing()
	c = p.Call("<sip:bob@example.com>")
	c.Peer = siptest.NewPeerAt(t, "127.0.0.67")
	c.Ringing()
	a.registered()
	a.dial("101")
	if got := p.Recv("INVITE").Headers("Route"); len(got) != 0 {
		t.Errorf("Route %q after a 200 without Service-Route", got)
	}
}

// A registrar that grants the life of a universe is asked again after an hour at the latest.
func TestGrantedLifeIsBounded(t *testing.T) {
	p := siptest.NewPeer(t)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		p.Reply(m, "200 OK", "Contact: <"+m.URI("Contact")+">;expires=4294967295\n")
		return true
	})
	a := startAgent(t, p)
	if s := a.state(dialog.Registered); time.Until(s.Expires) > time.Hour {
		t.Errorf("registered until %v", s.Expires)
	}
}

// Whoever is called answers the INVITE itself with a challenge, which the server hands on. The nonce is not one of the
// server's, and so no digest goes out for it, in whatever realm: not at once, and not with a later call.
func TestCalleesChallenge(t *testing.T) {
	interop.Proves(t, "S8.4")
	const registrar = `Digest realm="asterisk", nonce="n", algorithm=MD5, qop="auth"`
	for name, challenge := range map[string]string{
		"another realm":         `Digest realm="eve", nonce="evil"`,
		"the server's realm":    `Digest realm="asterisk", nonce="evil", algorithm=MD5, qop="auth"`,
		"stale":                 `Digest realm="asterisk", nonce="evil", algorithm=MD5, qop="auth", stale=true`,
		"without qop":           `Digest realm="asterisk", nonce="evil"`,
		"behind a genuine one":  `Digest realm="asterisk", nonce="n", algorithm=MD5, qop="auth", Digest realm="eve", nonce="evil"`,
		"stale, after a ring":   `Digest realm="asterisk", nonce="evil", algorithm=MD5, qop="auth", stale=true`,
		"no qop, another realm": `Digest realm="", nonce="evil"`,
	} {
		for _, status := range []string{"401 Unauthorized", "407 Proxy Authentication Required"} {
			t.Run(name+", "+status[:3], func(t *testing.T) {
				p := siptest.NewPeer(t)
				r := &digestRegistrar{nonce: "n", challenges: []string{"WWW-Authenticate: " + registrar + "\n"}}
				p.Registrar(r.serve)
				a := newAgent(t, p)
				header := "WWW-Authenticate: "
				if status[:3] == "407" {
					header = "Proxy-Authenticate: "
				}
				l := a.dial("100")
				invite := p.Recv("INVITE")
				if strings.Contains(name, "ring") {
					p.ReplyTagged(invite, "180 Ringing", "eve", "", "")
				}
				p.ReplyTagged(invite, status, "eve", header+challenge+"\n", "")
				p.Recv("ACK")
				if name == "behind a genuine one" {
					p.Within(100*time.Millisecond, "INVITE")
				} else if e := l.ends(dialog.Rejected); fmt.Sprint(e.Code) != status[:3] {
					t.Errorf("end %+v", e)
				}
				a.dial("101")
				for _, m := range append(r.all(), p.Await("INVITE sip:101@")) {
					evil := strings.Contains(m.Text, `nonce="evil"`)
					if strings.Contains(m.Text, `realm="eve"`) || evil && m.Method() != "REGISTER" || evil && !strings.Contains(m.Text, `realm="asterisk"`) {
						t.Errorf("the digest for a nonce of the callee's:\n%s", m.Text)
					}
				}
			})
		}
	}
}

// Whoever is called asks for the digest where the server lets calls pass unasked. One that asks for nothing could be the one that
// asks only when a call is placed, but not once a phone has rung. One whose nonces serve once takes none of the callee's.
func TestCalleesChallengeWhereTheServerAsksForNothing(t *testing.T) {
	registrars := map[string]func() func(*siptest.Peer, siptest.Message) bool{
		"asks for nothing": func() func(*siptest.Peer, siptest.Message) bool { return siptest.Accept },
		"takes a nonce once": func() func(*siptest.Peer, siptest.Message) bool {
			n, issued := 0, map[string]bool{}
			return func(p *siptest.Peer, m siptest.Message) bool {
				auth := m.Header("Authorization")
				_, nonce, _ := strings.Cut(auth, `nonce="`)
				nonce, _, _ = strings.Cut(nonce, `"`)
				if issued[nonce] && correct(auth, "REGISTER", "secret") {
					delete(issued, nonce)
					return siptest.Accept(p, m)
				}
				n++
				fresh := fmt.Sprintf("n%d", n)
				issued[fresh] = true
				p.Reply(m, "401 Unauthorized", fmt.Sprintf("WWW-Authenticate: Digest realm=\"pbx\", nonce=%q, algorithm=MD5, qop=\"auth\"\n", fresh))
				return true
			}
		},
	}
	for kind, registrar := range registrars {
		for _, realm := range []string{"pbx", "eve"} {
			for _, rings := range []bool{true, false} {
				for _, header := range []string{"401 Unauthorized\nWWW-Authenticate", "407 Proxy Authentication Required\nProxy-Authenticate"} {
					if kind == "asks for nothing" && !rings {
						continue // it cannot be told from a server that asks when a call is placed
					}
					t.Run(fmt.Sprintf("%s, realm %s, rings %v, %s", kind, realm, rings, header[:3]), func(t *testing.T) {
						p := siptest.NewPeer(t)
						p.Registrar(registrar())
						a := newAgent(t, p)
						l := a.dial("100")
						invite := p.Recv("INVITE")
						if rings {
							p.ReplyTagged(invite, "180 Ringing", "eve", "", "")
						}
						status, name, _ := strings.Cut(header, "\n")
						p.ReplyTagged(invite, status, "eve", name+`: Digest realm="`+realm+`", nonce="evil", algorithm=MD5, qop="auth"`+"\n", "")
						p.Recv("ACK")
						l.ends(dialog.Rejected)
						if m, ok := p.Within(50*time.Millisecond, "INVITE"); ok {
							t.Errorf("the callee is answered:\n%s", m.Text)
						}
					})
				}
			}
		}
	}
}

// The server asks for credentials when a call is placed, with a nonce of its own: also one whose nonces serve once, or serve
// only the request that they were made for. The call goes out.
func TestServersChallengeOfTheCall(t *testing.T) {
	for _, kind := range []string{"a nonce serves any request", "a nonce serves once", "a nonce serves one Call-ID"} {
		t.Run(kind, func(t *testing.T) {
			p := siptest.NewPeer(t)
			issued := map[string]string{} // nonce to the Call-ID it was made for; "" once it is used up
			n := 0
			ask := func(m siptest.Message) (nonce string, ok bool) {
				auth := m.Header("Authorization")
				_, nonce, _ = strings.Cut(auth, `nonce="`)
				nonce, _, _ = strings.Cut(nonce, `"`)
				id := issued[nonce]
				switch {
				case id == "" || !correct(auth, m.Method(), "secret"), strings.HasSuffix(kind, "Call-ID") && id != m.Header("Call-ID"):
					n++
					nonce = fmt.Sprintf("n%d", n)
					issued[nonce] = m.Header("Call-ID")
					return nonce, false
				case strings.HasSuffix(kind, "once"):
					issued[nonce] = ""
				}
				return nonce, true
			}
			var mu sync.Mutex
			serve := func(p *siptest.Peer, m siptest.Message) bool {
				mu.Lock()
				defer mu.Unlock()
				if nonce, ok := ask(m); !ok {
					p.Reply(m, "401 Unauthorized", fmt.Sprintf("WWW-Authenticate: Digest realm=\"pbx\", nonce=%q, algorithm=MD5, qop=\"auth\", stale=true\n", nonce))
					return false
				}
				return true
			}
			p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
				if serve(p, m) {
					siptest.Accept(p, m)
				}
				return true
			})
			a := newAgent(t, p)
			mu.Lock()
			clear(issued) // all have grown old
			mu.Unlock()
			l := a.dial("100")
			for {
				invite := p.Await("INVITE sip:100@")
				if serve(p, invite) {
					p.ReplyTagged(invite, "200 OK", "far", contact(p, "far"), sdp("sendrecv"))
					break
				}
			}
			l.hears("answered")
		})
	}
}

// The Contact of whoever is called names the server, and its Record-Route leads through the server all the same.
func TestFarEndInTheServersName(t *testing.T) {
	p, eve := siptest.NewPeer(t), siptest.NewPeerAt(t, "127.0.0.66")
	r := &digestRegistrar{nonce: "n", challenges: []string{`WWW-Authenticate: Digest realm="asterisk", nonce="n", algorithm=MD5, qop="auth"` + "\n"}}
	p.Registrar(r.serve)
	a := newAgent(t, p)
	l := a.dial("100")
	p.ReplyTagged(p.Recv("INVITE"), "200 OK", "eve", contact(p, "eve")+
		"Record-Route: <sip:"+eve.Addr()+";lr>\nRecord-Route: <sip:"+p.Addr()+";lr>\n", sdp("sendrecv"))
	if ack := p.Recv("ACK"); hasCredentials(ack) {
		t.Errorf("credentials for the far end:\n%s", ack.Text)
	}
	l.hears("answered")
	for method, do := range map[string]func(){
		"INFO":   func() { l.Call.Info("application/dtmf-relay", []byte("Signal=1\r\n"), func(error) {}) },
		"INVITE": func() { l.Reinvite(hold, func([]byte, error) {}) },
		"REFER":  func() { l.Refer("102", func(int, error) {}) },
	} {
		a.do(do)
		req := p.Recv(method)
		if hasCredentials(req) {
			t.Errorf("credentials unasked:\n%s", req.Text)
		}
		p.Reply(req, "407 Proxy Authentication Required", `Proxy-Authenticate: Digest realm="eve", nonce="evil"`+"\n")
		if m, ok := p.Within(100*time.Millisecond, method); ok {
			t.Errorf("the challenge is answered:\n%s", m.Text)
		}
	}
}
