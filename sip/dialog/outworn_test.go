package dialog_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
)

// refusals are what servers say to a nonce that they have taken once.
var refusals = map[string]string{
	"403":                           "403 Forbidden",
	"401, the same nonce again":     "401 Unauthorized",
	"407, the same nonce again":     "407 Proxy Authentication Required",
	"401 without a challenge":       "401 Unauthorized",
	"407 stale=false, the old one ": "407 Proxy Authentication Required",
}

// Credentials that were sent unasked and refused are tried once more without: the call is hung up at the server too.
func TestHangUpWithAUsedNonce(t *testing.T) {
	for name, refusal := range refusals {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			a := newAgent(t, p)
			challenge := func(nonce string) string {
				return fmt.Sprintf("Proxy-Authenticate: Digest realm=\"pbx\", nonce=%q, algorithm=MD5, qop=\"auth\"\n", nonce)
			}
			l := a.dial("100")
			p.Reply(p.Recv("INVITE"), "407 Proxy Authentication Required", challenge("n1"))
			p.Recv("ACK")
			p.ReplyTagged(p.Recv("INVITE"), "200 OK", "pbx", contact(p, "100"), sdp("sendrecv"))
			p.Recv("ACK")
			l.hears("answered")

			a.do(l.Hangup)
			used := p.Recv("BYE")
			if auth := used.Header("Proxy-Authorization"); !strings.Contains(auth, "nc=00000002") {
				t.Fatalf("Proxy-Authorization %q", auth)
			}
			extra := ""
			if !strings.Contains(name, "403") && !strings.Contains(name, "without") {
				extra = strings.Replace(challenge("n1"), "algorithm", "stale=false, algorithm", 1)
				if strings.HasPrefix(refusal, "401") {
					extra = strings.Replace(extra, "Proxy-Authenticate", "WWW-Authenticate", 1)
				}
			}
			p.Reply(used, refusal, extra)
			again := p.Recv("BYE")
			if extra != "" && strings.HasPrefix(refusal, "401") { // another realm of the server: answered
				if !correct(again.Header("Authorization"), "BYE", "secret") {
					t.Errorf("Authorization %q", again.Header("Authorization"))
				}
			} else {
				if hasCredentials(again) {
					t.Fatalf("sent again with the credentials that were refused:\n%s", again.Text)
				}
				p.Reply(again, "407 Proxy Authentication Required", challenge("n2"))
				again = p.Recv("BYE")
				if auth := again.Header("Proxy-Authorization"); !strings.Contains(auth, `nonce="n2"`) || !strings.Contains(auth, "nc=00000001") {
					t.Errorf("Proxy-Authorization %q", auth)
				}
			}
			p.Reply(again, "200 OK", "")
		})
	}
}

// A call that really is forbidden is tried once more, and no more.
func TestForbiddenCall(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	const challenge = "Proxy-Authenticate: Digest realm=\"pbx\", nonce=\"n\", algorithm=MD5, qop=\"auth\"\n"
	for range 2 {
		l := a.dial("100")
		for end := time.Now().Add(patience); len(l.heard) == 0 && time.Now().Before(end); {
			m, ok := p.Within(100*time.Millisecond, "INVITE")
			switch {
			case !ok:
			case hasCredentials(m):
				p.Reply(m, "403 Forbidden", "")
			default:
				p.Reply(m, "407 Proxy Authentication Required", challenge)
			}
		}
		if e := l.ends(dialog.Rejected); e.Code != 403 {
			t.Errorf("ended %+v", e)
		}
	}
	a.do(func() {
		if s := a.ua.Registration(); s.State != dialog.Registered {
			t.Errorf("registration %+v", s)
		}
	})
}

// The same for REGISTER: only what is refused to fresh credentials is a wrong password.
func TestRefreshWithAUsedNonce(t *testing.T) {
	for name, refusal := range refusals {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			var mu sync.Mutex
			n, used := 0, map[string]bool{}
			p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
				mu.Lock()
				defer mu.Unlock()
				auth := m.Header("Authorization")
				_, nonce, _ := strings.Cut(auth, `nonce="`)
				nonce, _, _ = strings.Cut(nonce, `"`)
				switch {
				case auth == "":
					n++
					p.Reply(m, "401 Unauthorized", fmt.Sprintf("WWW-Authenticate: Digest realm=\"r\", nonce=\"n%d\", qop=\"auth\"\n", n))
				case used[nonce] && strings.Contains(name, "same"):
					p.Reply(m, "401 Unauthorized", fmt.Sprintf("WWW-Authenticate: Digest realm=\"r\", nonce=%q, qop=\"auth\"\n", nonce))
				case used[nonce]:
					p.Reply(m, refusal, "")
				default:
					used[nonce] = true
					p.Reply(m, "200 OK", "Contact: <"+m.URI("Contact")+">;expires=1\n")
				}
				return true
			})
			a := newAgent(t, p)
			for range 2 { // past refreshes
				a.forward(3 * time.Second)
				select {
				case s := <-a.states:
					if s.State != dialog.Registered {
						t.Fatalf("%+v", s)
					}
				case <-time.After(patience):
					t.Fatal("no refresh")
				}
			}
		})
	}
}
