package dialog_test

import (
	"fmt"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// S4: the 200 is repeated after T1, then doubling up to T2, not every T2 from the second on. One lost ACK costs half a
// second of silence, not four.
func TestRepeatsOf200(t *testing.T) {
	interop.Proves(t, "S2.12")
	var why string
	for range 20 { // a machine with other work to do is late at times
		if why = repeats(t); why == "" {
			return
		}
	}
	t.Error(why)
}

// repeats answers a call and says what was wrong with the times of the 200s.
func repeats(t *testing.T) string {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.called(p)
	l.accept()
	why := ""
	first := c.Learn(p.Recv("SIP/2.0 200")).At
	for i, want := range []float64{0.5, 1.5, 3.5, 7.5} {
		got := p.Repeat("SIP/2.0 200").At.Sub(first).Seconds() * scale
		if got < want*0.9 || got > want+0.8 { // early, when the first was seen late
			why = fmt.Sprintf("repeat %d after %.1f s, want %.1f", i+1, got, want)
		}
	}
	c.Send("ACK", "", "")
	c.There()
	p.Still(6 * time.Second / scale)
	c.Bye()
	return why
}

// S5: no ACK ever comes. After 64·T1 the call is hung up by BYE and reported.
func TestUnacknowledged200(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S2.12")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	_, l := a.called(p)
	l.accept()
	a.forward(longest())
	p.Reply(p.Await("BYE"), "200 OK", "")
	l.ends(dialog.Unacknowledged)
}

// RFC 3261 §15: a callee hangs up only when the ACK is here.
func TestHangupWaitsForACK(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.called(p)
	l.accept()
	c.Learn(p.Recv("SIP/2.0 200"))
	l.hangup()
	l.ends(dialog.HungUpHere)
	p.Repeat("SIP/2.0 200")
	c.Send("ACK", "", "")
	p.Reply(p.Await("BYE"), "200 OK", "")
}
