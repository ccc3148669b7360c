package media

import (
	"errors"
	"testing"
	"time"
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
