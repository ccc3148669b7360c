package media

import (
	"errors"
	"slices"
	"testing"
	"time"

	"linecard/sip/sdp"
)

// awaitFlights waits for some of a side's datagrams that nobody answers.
func awaitFlights(t *testing.T, to *shaker, n int) {
	t.Helper()
	buf := make([]byte, 2048)
	for range n {
		if err := to.socket.rtp.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := to.socket.rtp.Read(buf); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.socket.rtp.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
}

func early(p *Params) { p.Early = true }

// A gateway plays something from its 183 on and makes its handshake at the 200: however long it rings, the call is not without keys before that.
func TestPatienceCountsFromTheAnswer(t *testing.T) {
	t.Parallel()
	for _, comes := range []bool{true, false} {
		a, b := newShaker(t), newShaker(t)
		a.patience = time.Millisecond
		mb, ma := agree(t, b, a) // a begins
		a.follow(ma, early)
		awaitFlights(t, b, 4) // the last after more than the patience
		if len(a.told) > 0 {
			t.Fatalf("told %+v before the answer", a.secured())
		}
		if comes {
			b.follow(mb)
			mustHear(t, a, b)
		}
		a.follow(ma)
		if comes {
			continue
		}
		if e := a.secured(); !errors.Is(e.err, ErrHandshake) {
			t.Errorf("told %+v", e)
		}
	}
}

// A stranger on the peer's machine throws records that break handshakes, far more than there are pauses: the peer is heard all the same.
func TestStrangerBreaksHandshakes(t *testing.T) {
	t.Parallel()
	a, b := newShaker(t), newShaker(t)
	ma, mb := agree(t, a, b) // b begins
	stranger := open(t)
	a.follow(ma)
	bad := slices.Concat([]byte{message, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 54, 1, 0, 0, 42, 0, 0, 0, 0, 0, 0, 0, 42, 254, 253},
		make([]byte, 32), []byte{0, 0, 0, 2, 0, 0, 1, 0}) // a question with no cipher that we know
	sound := slices.Repeat([]byte{1}, 33)
	copy(sound, []byte{23, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 20}) // what comes after a handshake, in clear
	buf := make([]byte, 2048)
	for range 7 {
		eventually(t, "end of a handshake", func() bool { // one that ends may swallow what is for the next
			for _, data := range [][]byte{sound, bad} {
				if _, err := stranger.rtp.WriteToUDPAddrPort(data, a.socket.Addr()); err != nil {
					t.Fatal(err)
				}
			}
			if err := stranger.rtp.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			n, err := stranger.rtp.Read(buf)
			return err == nil && n > 0 && buf[0] == alert
		})
	}
	b.follow(mb)
	mustHear(t, a, b)
}

// A call that begins on hold has no keys, and goes on all the same: they are waited for from the moment on which opens it.
func TestPatienceWaitsForTheEndOfAHold(t *testing.T) {
	t.Parallel()
	for name, hold := range map[string]func(*Params){
		"inactive": func(p *Params) { p.Direction = sdp.Inactive },
		"0.0.0.0":  func(p *Params) { p.Host = "0.0.0.0" },
	} {
		a, b := newShaker(t), newShaker(t)
		a.patience = time.Millisecond
		mb, ma := agree(t, b, a) // a begins
		a.follow(ma, hold)
		h := a.session.shaking[forRTP].Load()
		h.mu.Lock()
		hurried := h.until != nil
		h.mu.Unlock()
		if hurried {
			t.Errorf("%s: keys are waited for", name)
		}
		a.follow(ma)
		if e := a.secured(); !errors.Is(e.err, ErrHandshake) {
			t.Errorf("%s: told %+v", name, e)
		}
		a.session.patience = time.Minute // nothing runs
		b.follow(mb)
		a.follow(ma)
		mustHear(t, a, b)
	}
}
