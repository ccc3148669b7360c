package dialog_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"testing"
	"time"

	siplib "github.com/emiago/sipgo/sip"

	"linecard/inorder"
	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/wait"
)

// scale is how much faster the RFC's timers run in these tests: T1 is 50 ms.
const scale = 10

func TestMain(m *testing.M) {
	siplib.SetTimers(500*time.Millisecond/scale, 4*time.Second/scale, 5*time.Second/scale)
	wait.Main(m)
}

const patience = siptest.Patience

// agent is a user agent under test.
type agent struct {
	t      testing.TB
	ua     *dialog.UA
	queue  *inorder.Queue[func()]
	clock  *siptest.Clock
	calls  chan *leg
	states chan dialog.Status
}

// leg is one call of the agent and what was heard of it.
type leg struct {
	*dialog.Call
	a      *agent
	heard  chan heard
	answer func(offer []byte) ([]byte, int)
	alive  bool
	refuse int              // what a REFER is refused with; 0 accepts it
	asked  *dialog.Referral // the last one accepted
	stays  int              // how often the call cannot move yet
	onward *dialog.Onward   // what becomes of it where it is sent on; nil goes there untold
}

// heard is one call of a dialog.Handler method.
type heard struct {
	what    string
	code    int
	sdp     string
	changed bool // what answers had changed the session
	end     dialog.End
}

func newAgent(t testing.TB, p *siptest.Peer, change ...func(*dialog.Config)) *agent {
	t.Helper()
	a := startAgent(t, p, change...)
	a.registered()
	return a
}

func startAgent(t testing.TB, p *siptest.Peer, change ...func(*dialog.Config)) *agent {
	t.Helper()
	at := netip.MustParseAddrPort(p.Addr())
	a := &agent{t: t, calls: make(chan *leg, 10000), states: make(chan dialog.Status, 10000), clock: siptest.NewClock()}
	a.queue = inorder.Functions(func(err error) { t.Errorf("on the queue: %v", err) })
	cfg := dialog.Config{
		Account:      dialog.Account{Server: at.String(), User: "2041", Password: "secret", Expires: time.Minute},
		Listen:       "127.0.0.1",
		UserAgent:    "Linecard test",
		Instance:     "urn:uuid:00000000-0000-4000-8000-000000002041",
		Queue:        a.queue,
		Clock:        a.clock,
		Registration: func(s dialog.Status) { a.states <- s },
		Incoming: func(c *dialog.Call) {
			l := &leg{Call: c, a: a, heard: make(chan heard, 1000)}
			c.Handle(l)
			c.Ring()
			a.calls <- l
		},
	}
	if os.Getenv("SIP_LOG") != "" {
		cfg.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	for _, f := range change {
		f(&cfg)
	}
	a.queue = cfg.Queue
	if c, ok := cfg.Clock.(*siptest.Clock); ok {
		a.clock = c
	}
	var err error
	if a.ua, err = dialog.Listen(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		closed := make(chan error, 1)
		go func() { closed <- a.ua.Close(ctx) }()
		for waits := true; waits; {
			select {
			case err := <-closed:
				if waits = false; err != nil {
					t.Errorf("close: %v", err)
				}
			case <-time.After(20 * time.Millisecond): // for answers that are on their way
				a.forward(time.Second)
			}
		}
		a.queue.Close()
	})
	a.do(a.ua.Register)
	return a
}

// do runs f on the queue.
func (a *agent) do(f func()) {
	a.t.Helper()
	if !inorder.Do(a.queue, f) {
		a.t.Fatal("the queue is closed")
	}
}

func (a *agent) state(want dialog.State) dialog.Status {
	a.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case s := <-a.states:
			if s.State == want {
				return s
			}
		case <-deadline:
			a.t.Fatalf("registration never became %v", want)
		}
	}
}

func (a *agent) registered() { a.t.Helper(); a.state(dialog.Registered) }

// rings waits for an inbound call.
func (a *agent) rings() *leg {
	a.t.Helper()
	select {
	case l := <-a.calls:
		return l
	case <-time.After(patience):
		a.t.Fatal("no call came in")
		return nil
	}
}

// called has the peer place a call, and waits until it rings.
func (a *agent) called(p *siptest.Peer) (*siptest.Caller, *leg) {
	a.t.Helper()
	c := p.Call("<sip:bob@example.com>")
	c.Ringing()
	return c, a.rings()
}

// talks has the peer place a call, which is answered and acknowledged.
func (a *agent) talks(p *siptest.Peer) (*siptest.Caller, *leg) {
	a.t.Helper()
	c, l := a.called(p)
	l.accept()
	c.Answered()
	return c, l
}

// dial places a call.
func (a *agent) dial(number string) *leg {
	l := &leg{a: a, heard: make(chan heard, 1000)}
	a.do(func() {
		l.Call = a.ua.NewCall(l)
		l.Invite(number, func(netip.Addr) ([]byte, error) { return []byte(sdp("sendrecv")), nil })
	})
	return l
}

func (l *leg) hangup() { l.a.do(l.Hangup) }
func (l *leg) accept() {
	l.a.do(func() {
		l.Accept([]byte(sdp("sendrecv")), func(answer []byte) {
			if answer != nil {
				l.heard <- heard{what: "answer", sdp: string(answer)}
			}
		})
	})
}
func (l *leg) reject(status int) { l.a.do(func() { l.Reject(status) }) }

// hears waits for the next thing heard of the call and fails unless it is what.
func (l *leg) hears(what string) heard {
	l.a.t.Helper()
	select {
	case h := <-l.heard:
		if h.what != what {
			l.a.t.Fatalf("heard %+v, want %s", h, what)
		}
		return h
	case <-time.After(patience):
		l.a.t.Fatalf("heard nothing, want %s", what)
		return heard{}
	}
}

// ends waits for the end of the call, passing over progress.
func (l *leg) ends(want dialog.Cause) dialog.End {
	l.a.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case h := <-l.heard:
			if h.what != "ended" {
				continue
			}
			if h.end.Cause != want {
				l.a.t.Fatalf("ended %+v, want cause %v", h.end, want)
			}
			return h.end
		case <-deadline:
			l.a.t.Fatalf("never ended, want cause %v", want)
		}
	}
}

func (l *leg) Progress(code int, s []byte) {
	l.heard <- heard{what: "progress", code: code, sdp: string(s)}
}

func (l *leg) Answered(s []byte, changed bool) {
	l.heard <- heard{what: "answered", sdp: string(s), changed: changed}
}

func (l *leg) Offer(s []byte) ([]byte, int) {
	l.heard <- heard{what: "offer", sdp: string(s)}
	if l.answer != nil {
		return l.answer(s)
	}
	return []byte(sdp("recvonly")), 0
}
func (l *leg) Answer(s []byte)    { l.heard <- heard{what: "answer", sdp: string(s)} }
func (l *leg) Refreshed(s []byte) { l.heard <- heard{what: "refreshed", sdp: string(s)} }
func (l *leg) Info(kind string, body []byte) bool {
	l.heard <- heard{what: "info", sdp: string(body)}
	return kind == "application/dtmf-relay"
}

func (l *leg) Referred(r *dialog.Referral) int {
	l.asked = r
	l.heard <- heard{what: "referred", code: l.refuse, sdp: r.User() + "@" + r.Host()}
	return l.refuse
}

func (l *leg) Moved(netip.Addr) bool {
	l.heard <- heard{what: "moved"}
	l.stays--
	return l.stays < 0
}
func (l *leg) Identity(dialog.Identity) {} // package sip tests what becomes of it
func (l *leg) Alive() bool              { return l.alive }
func (l *leg) Refused(dialog.End) bool  { return false }
func (l *leg) SentOn(to dialog.Redirect) dialog.Onward {
	if l.onward == nil {
		return dialog.AtOnce
	}
	l.heard <- heard{what: "sent on", sdp: to.User + "@" + to.Host}
	return *l.onward
}
func (l *leg) Ended(e dialog.End) { l.heard <- heard{what: "ended", end: e} }

func sdp(direction string) string { return siptest.CRLF(siptest.SDP(4002, direction)) }

// contact is the Contact line of a fork at the peer.
func contact(p *siptest.Peer, user string) string {
	return fmt.Sprintf("Contact: <sip:%s@%s>\n", user, p.Addr())
}

// hold is the offer of a hold.
func hold() []byte { return []byte(sdp("sendonly")) }
