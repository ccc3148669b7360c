package dialog_test

import (
	"time"

	siplib "github.com/emiago/sipgo/sip"

	"linecard/sip/dialog"
)

// forward sets the agent's clock forward.
func (a *agent) forward(d time.Duration) { a.clock.Forward(d, a.queue.Wait) }

// forwardTo sets it to a moment.
func (a *agent) forwardTo(at time.Time) { a.forward(max(0, at.Sub(a.clock.Now()))) }

// longest is how long a transaction waits for an answer, and a 200 for its ACK: 64·T1.
func longest() time.Duration { return 64 * siplib.T1 }

// soon waits for a state of the registration as state does, and lets the time until then pass quickly.
func (a *agent) soon(want dialog.State) dialog.Status {
	a.t.Helper()
	pause := 5 * time.Millisecond
	for end := time.Now().Add(patience); time.Now().Before(end); pause += pause / 10 { // ever longer: a busy machine answers late
		select {
		case s := <-a.states:
			if s.State == want {
				return s
			}
		case <-time.After(pause): // for what is on its way
			a.forward(200 * time.Millisecond)
		}
	}
	a.t.Fatalf("registration never became %v", want)
	return dialog.Status{}
}
