package dialog

import (
	"math/rand/v2"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Reinvite offers the other side a changed session, for hold and resume. offer is asked when it is about to be sent,
// again for each attempt: what was offered and what is answered must belong together. Where it returns nil, nothing is sent.
// done gets the answer, or why there is none: ErrPending when a change is under way already; a glare is waited out and tried again
// first (RFC 3261 §14.1). It is not called when the call has ended.
func (c *Call) Reinvite(offer func() []byte, done func(answer []byte, err error)) {
	if c.over || !c.answered || c.d == nil {
		done(nil, &RefusedError{Code: 481, Phrase: phrases[481]})
		return
	}
	r := &reinvite{c: c, offer: offer, done: done, tries: 3}
	r.start()
}

// Restate sets who says what a refresh of the session says of our half of it, where that is not what was sent last; nil where it is. It is
// asked when a refresh is about to be sent, since what it says counts as sent then.
func (c *Call) Restate(sdp func() []byte) { c.restate = sdp }

// halfOfOurs is our half of the session for a refresh.
func (c *Call) halfOfOurs() []byte {
	if c.restate != nil {
		if sdp := c.restate(); sdp != nil {
			c.local = sdp
		}
	}
	return c.local
}

// reinvite is a re-INVITE that this side sends, in as many attempts as it takes.
type reinvite struct {
	c     *Call
	offer func() []byte
	done  func(answer []byte, err error)
	tries int // left

	sdp   []byte // of the attempt in hand
	early []byte // the answer to it that a reliable provisional answer has brought
	x     *exchange
	acked bool
	halt  func() // of the timer that runs once a provisional answer has come
}

func (r *reinvite) start() {
	c := r.c
	if c.offering || c.waiting() && !c.strayed { // whoever has not got our 200 yet refuses the offer for now
		r.done(nil, ErrPending)
		return
	}
	if r.sdp = r.offer(); r.sdp == nil {
		r.done(nil, ErrUnneeded)
		return
	}
	c.changing, c.offering, r.acked, r.early = r, true, false, nil
	r.x = c.d.exchange(c.ua, sip.INVITE, func(req *sip.Request, _ hop) error {
		c.timer.ask(req)
		req.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		req.SetBody(r.sdp)
		return nil
	}, r.received)
}

// follow has the offer that waits for an answer asked by the connection that there is now. Whoever has it already takes it for repeated; a new one would
// be refused there until this one is acknowledged, and on the connection that is gone neither an answer nor an ACK can come.
func (r *reinvite) follow() {
	if r != nil && r.x != nil && r.x.tx != nil {
		r.x.tx.resend()
	}
}

func (r *reinvite) received(res *sip.Response, err error) {
	c := r.c
	if err == nil && res.StatusCode < 200 {
		r.hurry()
		if rseq, ok := numbered(res); ok && c.d.due(c, res, rseq) && SDP(res) != nil {
			r.early = SDP(res)
		}
		return
	}
	r.rest()
	switch {
	case err == nil && res.StatusCode < 300:
		r.accepted(res)
	case err == nil && r.tries > 1 && !c.over && r.again(res):
	default:
		r.failed(res, err)
	}
}

func (r *reinvite) accepted(res *sip.Response) {
	c := r.c
	c.d.acknowledge(c.ua, r.x.tx.req)
	if r.acked {
		return
	}
	r.acked, c.offering, c.local = true, false, r.sdp
	c.d.refresh(res.Contact())
	if c.waiting() { // for an ACK that is lost: only who has our 200 takes an offer
		c.confirmed()
	}
	c.timer.agreed(c, res, true)
	answer := SDP(res)
	if answer == nil {
		answer = r.early
	}
	if !c.over {
		r.done(answer, nil)
	}
	c.identified(c.ua.answerIdentity(res, r.x.tx.to))
}

// again has the offer tried once more after a refusal that is only for now.
func (r *reinvite) again(res *sip.Response) bool {
	c := r.c
	pause, ok := c.comeAgain(res)
	if !ok {
		return false
	}
	c.offering = false
	r.tries--
	c.after(pause, func() {
		if !c.over {
			r.start()
		}
	})
	return true
}

func (r *reinvite) failed(res *sip.Response, err error) {
	c := r.c
	c.offering = false
	if c.over {
		return
	}
	if err == nil {
		err = &RefusedError{res.StatusCode, res.Reason}
	}
	if res != nil || !c.h.Alive() {
		c.lost(res, err)
	}
	if !c.over {
		r.done(nil, err)
	}
}

// hurry bounds the wait for the final answer once a provisional one has come: from then on the transaction itself would wait without end, and
// the session could not be changed by either side. The offer is cancelled, and then forgotten (§9.1).
func (r *reinvite) hurry() {
	if r.halt != nil {
		return
	}
	r.halt = r.c.after(64*sip.T1, func() {
		r.x.cancel()
		r.halt = r.c.after(64*sip.T1, func() {
			r.x.abandon()
			r.failed(nil, errNoAnswer)
		})
	})
}

func (r *reinvite) rest() {
	if r.halt != nil {
		r.halt()
		r.halt = nil
	}
}

// ackWait is how soon a 500 with Retry-After 0 is tried again: as long as an ACK needs that was overtaken on its way.
const ackWait = 100 * time.Millisecond

// comeAgain is the pause after a refusal that is only for now; ok is false for any other. That is a 491, or a 500 with
// Retry-After from a side that still waits for the ACK of the offer before, which a proxy may have let the new one overtake
// (§14.1, §14.2).
func (c *Call) comeAgain(res *sip.Response) (pause time.Duration, ok bool) {
	switch res.StatusCode {
	case sip.StatusRequestPending:
		return c.glareWait(), true
	case sip.StatusInternalServerError:
		after, ok := seconds(header(res, "Retry-After"))
		return max(time.Duration(after)*time.Second, ackWait), ok && after <= 10
	}
	return 0, false
}

// glareWait is the pause after a 491, in steps of 10 ms: who owns the Call-ID waits for 2.1 s to 4 s, the other side for at most 2 s
// (§14.1). Like the other timers it goes by T1, which is 500 ms.
func (c *Call) glareWait() time.Duration {
	step := sip.T1 / 50
	if c.inbound {
		return time.Duration(rand.IntN(201)) * step
	}
	return 210*step + time.Duration(rand.IntN(191))*step
}
