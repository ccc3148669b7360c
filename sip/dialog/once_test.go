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

// onceRegistrar takes each of its nonces once, in whatever request.
type onceRegistrar struct {
	mu     sync.Mutex
	n      int
	issued map[string]string // nonce to the Call-ID it was made for; "" where credentials had come
	fails  func(p *siptest.Peer, m siptest.Message, kind string) bool
}

// challenge is a challenge with a new nonce, as a header's value.
func (r *onceRegistrar) challenge(callID string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.issued == nil {
		r.issued = map[string]string{}
	}
	r.n++
	nonce := fmt.Sprintf("n%d", r.n)
	r.issued[nonce] = callID
	return fmt.Sprintf("Digest realm=\"pbx\", nonce=%q, algorithm=MD5, qop=\"auth\"\n", nonce)
}

// kind is what a REGISTER is: "bare", a "proof" of the nonce that another bare one was given, an "answer" to a challenge, or "wrong".
func (r *onceRegistrar) kind(m siptest.Message) (kind, nonce string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	auth := m.Header("Authorization")
	_, nonce, _ = strings.Cut(auth, `nonce="`)
	nonce, _, _ = strings.Cut(nonce, `"`)
	id, known := r.issued[nonce]
	switch {
	case auth == "":
		return "bare", ""
	case !known || !correct(auth, "REGISTER", "secret"):
		return "wrong", nonce
	case id != "" && id != m.Header("Call-ID"):
		return "proof", nonce
	}
	return "answer", nonce
}

func (r *onceRegistrar) serve(p *siptest.Peer, m siptest.Message) bool {
	kind, nonce := r.kind(m)
	r.mu.Lock()
	fails := r.fails
	r.mu.Unlock()
	if fails != nil && fails(p, m, kind) {
		return true
	}
	if kind == "bare" || kind == "wrong" {
		id := m.Header("Call-ID")
		if kind == "wrong" {
			id = ""
		}
		p.Reply(m, "401 Unauthorized", "WWW-Authenticate: "+r.challenge(id))
		return true
	}
	r.mu.Lock()
	delete(r.issued, nonce)
	r.mu.Unlock()
	return siptest.Accept(p, m)
}

// calleesChallenge says "stale", so that it is not taken for a refusal of the password.
const calleesChallenge = `Digest realm="pbx", nonce="evil", algorithm=MD5, qop="auth", stale=true` + "\n"

// The server's own two challenges are answered: the one that was proved, and the one it asked afresh with. What comes next is the callee's,
// and the first proof says nothing about that.
func TestOneProofIsForOneChallenge(t *testing.T) {
	p := siptest.NewPeer(t)
	r := &onceRegistrar{}
	p.Registrar(r.serve)
	a := newAgent(t, p)
	l := a.dial("100")
	invite := p.Recv("INVITE")
	for range 2 {
		p.Reply(invite, "407 Proxy Authentication Required", "Proxy-Authenticate: "+r.challenge(invite.Header("Call-ID")))
		p.Recv("ACK")
		invite = p.Recv("INVITE")
	}
	if !correct(invite.Header("Proxy-Authorization"), "INVITE", "secret") {
		t.Fatalf("the server is not answered:\n%s", invite.Text)
	}
	p.ReplyTagged(invite, "401 Unauthorized", "eve", "WWW-Authenticate: "+calleesChallenge, "")
	p.Recv("ACK")
	if e := l.ends(dialog.Rejected); e.Code != 401 {
		t.Errorf("end %+v", e)
	}
	if m, ok := p.Within(50*time.Millisecond, "INVITE"); ok {
		t.Errorf("the callee is answered:\n%s", m.Text)
	}
}

// A registrar in trouble says nothing of its nonces. It was taken for one that proves none, for as long as the registration lived, and then
// every callee's challenge for the server's own.
func TestTroubleSaysNothingOfNonces(t *testing.T) {
	for name, trouble := range map[string]struct{ kind, status string }{
		"the question is refused":   {"bare", "503 Service Unavailable"},
		"the question, for now":     {"bare", "480 Temporarily Unavailable"},
		"the proof is refused":      {"proof", "503 Service Unavailable"},
		"the proof, an odd trouble": {"proof", "500 Server Internal Error"},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			r := &onceRegistrar{}
			p.Registrar(r.serve)
			a := newAgent(t, p)
			failed := "" // Call-ID of the one that fails
			r.mu.Lock()
			r.fails = func(p *siptest.Peer, m siptest.Message, kind string) bool {
				if failed == "" && kind == trouble.kind {
					failed = m.Header("Call-ID")
				}
				if failed != m.Header("Call-ID") {
					return false
				}
				p.Reply(m, trouble.status, "")
				return true
			}
			r.mu.Unlock()
			for _, number := range []string{"100", "101"} {
				l := a.dial(number)
				p.ReplyTagged(p.Await("INVITE sip:"+number+"@"), "407 Proxy Authentication Required", "eve", "Proxy-Authenticate: "+calleesChallenge, "")
				if e := l.ends(dialog.Rejected); e.Code != 407 {
					t.Errorf("end %+v", e)
				}
				if m, ok := p.Within(50*time.Millisecond, "INVITE"); ok {
					t.Fatalf("the callee is answered:\n%s", m.Text)
				}
			}
			if failed == "" {
				t.Error("the registrar was not asked")
			}
		})
	}
}
