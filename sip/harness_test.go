package sip_test

import (
	"context"
	"log/slog"
	"net"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	siplib "github.com/emiago/sipgo/sip"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/wait"
)

func TestMain(m *testing.M) {
	// A tenth of the RFC's timers: a 200 nobody acknowledges is given up after 3.2 s in place of 32.
	siplib.SetTimers(50*time.Millisecond, 400*time.Millisecond, 500*time.Millisecond)
	wait.Main(m)
}

const patience = siptest.Patience

// setup is how a phone is made, and the account it has.
type setup struct {
	sip.Config
	Account sip.Account
}

// phone is a Phone under test, its events, and what it asked of the sound.
type phone struct {
	*sip.Phone
	t      testing.TB
	events chan sip.Event
	audio  *clock
	time   *siptest.Clock
}

// account is extension 2041 at a peer.
func account(p *siptest.Peer) sip.Account {
	return sip.Account{Server: p.Addr(), User: "2041", DisplayName: "Agent", Password: "secret", Expires: time.Minute, Follow: sip.FollowInside}
}

// newPhone starts a phone registered with the peer.
func newPhone(t testing.TB, p *siptest.Peer, change ...func(*setup)) *phone {
	t.Helper()
	ph := startPhone(t, append([]func(*setup){func(c *setup) { c.Account = account(p) }}, change...)...)
	ph.registered()
	return ph
}

func startPhone(t testing.TB, change ...func(*setup)) *phone {
	t.Helper()
	ph := &phone{t: t, events: make(chan sip.Event, 100000), audio: newClock(t), time: siptest.NewClock()}
	cfg := setup{Config: sip.Config{
		Listen: "127.0.0.1", Audio: ph.audio, UserAgent: "Linecard test",
		Events: func(e sip.Event) { ph.events <- e }, Clock: ph.time, Colleague: short,
	}}
	if os.Getenv("SIP_LOG") != "" {
		cfg.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	for _, f := range change {
		f(&cfg)
	}
	var err error
	if ph.Phone, err = sip.New(cfg.Config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := ph.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	ph.must(ph.SetAccount(cfg.Account))
	return ph
}

// short takes numbers of three or four digits for colleagues.
func short(_, number string) bool {
	return (len(number) == 3 || len(number) == 4) && strings.Trim(number, "0123456789") == ""
}

// forward sets the phone's clock forward.
func (ph *phone) forward(d time.Duration) { ph.time.Forward(d, func() { ph.Registrations() }) }

// Dial calls from the first account.
func (ph *phone) Dial(number string) (id string, err error) { return ph.Phone.Dial("", number, "") }

// Registration is where the first account stands.
func (ph *phone) Registration() sip.RegistrationChanged {
	if all := ph.Registrations(); len(all) > 0 {
		return all[0]
	}
	return sip.RegistrationChanged{State: sip.Unregistered}
}

// SetAccount makes a the only account; the zero Account leaves none.
func (ph *phone) SetAccount(a sip.Account) error { return ph.SetAccounts([]sip.Account{a}) }

func (ph *phone) registered() {
	ph.t.Helper()
	for end := time.Now().Add(patience); ; {
		switch e := next[sip.RegistrationChanged](ph); {
		case e.State == sip.Registered:
			return
		case time.Now().After(end): // it is told of each attempt
			ph.t.Fatalf("it is not registered: %+v", e)
		}
	}
}

// next waits for the next event of one kind, and passes over those of others.
func next[E sip.Event](ph *phone) E {
	ph.t.Helper()
	deadline := time.After(patience)
	var seen []string
	for {
		select {
		case e := <-ph.events:
			if e, ok := e.(E); ok {
				return e
			}
			seen = append(seen, reflect.TypeOf(e).Name())
		case <-deadline:
			var want E
			ph.t.Fatalf("no %T came, only %v", want, seen)
		}
	}
}

// within waits for an event of one kind for as long as d, and reports whether it came.
func within[E sip.Event](ph *phone, d time.Duration) (E, bool) {
	deadline := time.After(d)
	for {
		select {
		case e := <-ph.events:
			if e, ok := e.(E); ok {
				return e, true
			}
		case <-deadline:
			var none E
			return none, false
		}
	}
}

// must fails the test on an error of a command.
func (ph *phone) must(err error) {
	ph.t.Helper()
	if err != nil {
		ph.t.Fatal(err)
	}
}

// clock is the sound of a test: it ticks for the ports it is given, hears silence, and notes the tones it plays.
type clock struct {
	mu    sync.Mutex
	ports []sip.Port
	tones []string // those playing
	voice int16    // what the microphone hears
}

func newClock(t testing.TB) *clock {
	c := &clock{}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		pcm := make([]int16, 480)
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			c.mu.Lock()
			ports, voice := slices.Clone(c.ports), c.voice
			c.mu.Unlock()
			for _, p := range ports {
				for i := range pcm {
					pcm[i] = voice
				}
				p.WriteMicrophone(pcm)
				p.ReadSpeaker(pcm)
			}
		}
	}()
	t.Cleanup(func() { close(stop); <-done })
	return c
}

func (c *clock) Attach(p sip.Port) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ports = append(c.ports, p)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.ports = slices.DeleteFunc(c.ports, func(o sip.Port) bool { return o == p })
	}
}

func (c *clock) Ring(kind string) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tones = append(c.tones, kind)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if i := slices.Index(c.tones, kind); i >= 0 {
			c.tones = slices.Delete(c.tones, i, i+1)
		}
	}
}

// eventually polls what no event tells: the sound queue runs behind the events.
func eventually(t testing.TB, what string, f func() bool) {
	t.Helper()
	if !soon(patience, f) {
		t.Fatalf("never: %s", what)
	}
}

// soon polls until f is true, for at most d.
func soon(d time.Duration, f func() bool) bool {
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if f() {
			return true
		}
	}
	return false
}

func (c *clock) playing() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.tones)
}

// rtpPeer is the far end's audio port.
type rtpPeer struct {
	t    testing.TB
	conn *net.UDPConn
	port int
}

func listenRTP(t testing.TB) *rtpPeer {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &rtpPeer{t, conn, conn.LocalAddr().(*net.UDPAddr).Port}
}

// echo sends back what comes, until the test ends.
func (r *rtpPeer) echo() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 2000)
		for {
			n, from, err := r.conn.ReadFromUDP(buf)
			if err != nil {
				return
			}
			_, _ = r.conn.WriteToUDP(buf[:n], from)
		}
	}()
	r.t.Cleanup(func() { r.conn.Close(); <-done })
}

// next waits for a packet and says when it came.
func (r *rtpPeer) next() time.Time {
	r.t.Helper()
	if _, err := r.read(make([]byte, 2000)); err != nil {
		r.t.Fatal("no RTP came: ", err)
	}
	return time.Now()
}

// read waits for a packet.
func (r *rtpPeer) read(buf []byte) (int, error) {
	r.conn.SetReadDeadline(time.Now().Add(patience))
	n, _, err := r.conn.ReadFromUDP(buf)
	return n, err
}

// drain throws away what is left of an earlier call.
func (r *rtpPeer) drain() {
	buf := make([]byte, 2000)
	for {
		r.conn.SetReadDeadline(time.Now().Add(time.Millisecond))
		if _, _, err := r.conn.ReadFromUDP(buf); err != nil {
			return
		}
	}
}
