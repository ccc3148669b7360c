package dialog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
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
