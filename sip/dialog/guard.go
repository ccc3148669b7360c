package dialog

import (
	"errors"
	"time"

	"github.com/emiago/sipgo/sip"
)

// A panic on the queue is a bug in this program. The queue logs it and goes on, but the step it was in is half applied:
// a call may believe that it was answered and have no timer, or wait for an answer to a request that was never sent.
// The call that the step was for is therefore ended, on both sides as far as that still works.

// errFault says that a step of the call panicked.
var errFault = errors.New("a step of the call panicked")

// Guard runs a step of the call on the queue. If it panics, the call ends with the cause Fault, and the panic goes on.
func (c *Call) Guard(step func()) { c.ua.guard(c.callID, step) }

// guard runs a step of the calls with a Call-ID; "" is none.
func (ua *UA) guard(callID string, step func()) {
	finished := false
	defer func() {
		if finished || callID == "" {
			return
		}
		for _, c := range ua.calls {
			if c.callID == callID {
				c.abort()
			}
		}
	}()
	step()
	finished = true
}

// callIDOf is the Call-ID of a message, "" where it has none.
func callIDOf(msg interface{ CallID() *sip.CallIDHeader }) string {
	if id := msg.CallID(); id != nil {
		return id.Value()
	}
	return ""
}

// after is UA.after for a step of the call.
func (c *Call) after(d time.Duration, step func()) (stop func()) {
	return c.ua.after(d, func() { c.Guard(step) })
}

// abort ends the call after a panic. What it does may panic too, as the state of the call is not known.
func (c *Call) abort() {
	if c.aborted { // by a guard inside this one
		return
	}
	c.aborted = true
	if c.over {
		c.try(c.forget)
		return
	}
	told := c.try(func() {
		switch {
		case c.inbound && !c.answered:
			c.refuse(500)
		case !c.answered:
			c.giveUp() // a 487 or its timer forgets the call
		default:
			c.sendBye() // its answer forgets the call
		}
	})
	c.try(func() { c.ended(End{Cause: Fault, Err: errFault}) })
	if !told || c.inbound && !c.answered {
		c.try(c.forget)
	}
}

// try runs f and reports whether it did without a panic.
func (c *Call) try(f func()) (ok bool) {
	defer func() {
		if v := recover(); v != nil {
			c.ua.log.Error("ending a call after a panic", "panic", v)
		}
	}()
	f()
	return true
}
