package dialog

import (
	"context"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"linecard/inorder"
	"linecard/sip/internal/siptest"
)

// strangersInvite is an INVITE of an address that nobody knows.
func strangersInvite(t *testing.T, callID string) *sip.Request {
	t.Helper()
	msg, err := newParser().ParseSIP([]byte("INVITE sip:2041@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.66;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n" +
		"From: <sip:eve@127.0.0.66>;tag=1\r\nTo: <sip:2041@127.0.0.1>\r\nCall-ID: " + callID + "\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	req := msg.(*sip.Request)
	req.SetSource("127.0.0.66:5060")
	return req
}

// strange is a user agent whose clock stands still, and which hears what strangers send.
func strange(t *testing.T, step func(ua *UA, clock *siptest.Clock, from chan netip.Addr)) {
	t.Helper()
	queue, clock, from := inorder.Functions(nil), siptest.NewStillClock(), make(chan netip.Addr, 2*mostTurnedAway)
	defer queue.Close()
	ua, err := Listen(Config{
		Account: Account{Server: "pbx.example", User: "2041"}, Listen: "127.0.0.1", Queue: queue, Clock: clock,
		Uninvited: func(ip netip.Addr) { from <- ip },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer ua.Close(context.Background())
	step(ua, clock, from)
}

// Who sends calls with Call-IDs as long as a datagram takes no more of the memory than anybody else, and the phone has forgotten them soon,
// whether anybody else calls or not.
func TestAStrangerPinsNoMemory(t *testing.T) {
	strange(t, func(ua *UA, clock *siptest.Clock, from chan netip.Addr) {
		long := strings.Repeat("x", 30_000)
		used := func() uint64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		before := used()
		for i := range 2 * mostTurnedAway {
			req := strangersInvite(t, fmt.Sprintf("%d%s", i, long))
			inorder.Do(ua.queue, func() { ua.receiveRequest(req) })
		}
		if after := used(); after > before+20<<20 {
			t.Errorf("%d MB are kept of %d calls", (after-before)>>20, 2*mostTurnedAway)
		}
		if len(from) != 2*mostTurnedAway {
			t.Errorf("%d calls are told of", len(from))
		}
		kept := func() (n int) {
			inorder.Do(ua.queue, func() { n = len(ua.turnedAway.until) })
			return n
		}
		if n := kept(); n != mostTurnedAway {
			t.Errorf("%d calls are kept", n)
		}
		clock.Forward(repeatedFor, func() { kept() })
		if n := kept(); n != 0 {
			t.Errorf("%d calls are kept when none is repeated any more", n)
		}
	})
}

// A call that is turned away is told of once, however often it is repeated; another one, or the same much later, is told of again.
func TestARepeatedCallIsTurnedAwayOnce(t *testing.T) {
	strange(t, func(ua *UA, clock *siptest.Clock, from chan netip.Addr) {
		settle := func() { inorder.Do(ua.queue, func() {}) }
		calls := func(id string, want int) {
			t.Helper()
			for range 11 {
				req := strangersInvite(t, id)
				inorder.Do(ua.queue, func() { ua.receiveRequest(req) })
			}
			if len(from) != want {
				t.Errorf("%s: told of %d times, want %d", id, len(from), want)
			}
		}
		calls("a", 1)
		clock.Forward(20*time.Second, settle)
		calls("b", 2)
		clock.Forward(11*time.Second, settle)
		calls("a", 2)
		clock.Forward(2*time.Second, settle) // the first is swept, the second stays
		calls("b", 2)
		calls("a", 3)
		clock.Forward(2*repeatedFor, settle)
		inorder.Do(ua.queue, func() {
			if ua.turnedAway.until != nil {
				t.Errorf("%d calls are kept", len(ua.turnedAway.until))
			}
		})
	})
}

// Where strangers may call, the longer a request the more it counts: what is kept of a flood stays small.
func TestALongRequestCountsAsSeveral(t *testing.T) {
	strange(t, func(ua *UA, _ *siptest.Clock, _ chan netip.Addr) {
		inorder.Do(ua.queue, func() { ua.SetTrust(Trust{Direct: true}) })
		short, long := strangersInvite(t, "a"), strangersInvite(t, strings.Repeat("x", 30_000))
		for range strangerBurst {
			if !ua.admits(short) {
				t.Fatal("a short one is not let in")
			}
		}
		began, kept := time.Now(), 0
		for range 1000 {
			if ua.admits(long) {
				kept += 30_000
			}
		}
		if most := strangerBytes * (strangerBurst + int(strangerRate)*(1+int(time.Since(began)/time.Second))); kept > most {
			t.Errorf("%d bytes are let in, at most %d should be", kept, most)
		}
	})
}
