package sip

import (
	"errors"
	"time"

	"linecard/fault"
	"linecard/sip/dialog"
)

// verdict is the end of a call as we know it, when SIP does not.
type verdict struct {
	reason EndReason
	code   int
	text   fault.Fault
	silent bool // the call was not reported, so its end is not either
}

// hangupAs ends the call for a reason of our own.
func (c *call) hangupAs(reason EndReason, text fault.Fault) {
	c.verdict = &verdict{reason: reason, text: text}
	c.d.Hangup()
}

// Ended is the end of the SIP call.
func (c *call) Ended(e dialog.End) {
	if c.aside {
		c.endedAside(e)
		return
	}
	if c.wentOn(e) {
		return
	}
	reason, text := endOf(e, c.inbound, c.calledLast())
	code := e.Code
	awaited := c.awaited != nil
	switch {
	case awaited:
		reason, code, text = c.awaitedFailed(e), 0, fault.Fault{}
	case c.verdict != nil:
		reason, code, text = c.verdict.reason, c.verdict.code, c.verdict.text
	case c.referred && e.Cause == dialog.HungUpThere && c.joins != "" && !c.left:
		// Has it gone over, or just hung up? The one consulted stays, and is let go by the one who takes our place.
		c.hungUpBeforeJoined()
	case c.referred && e.Cause == dialog.HungUpThere:
		// The other side went over to the target and hung up before, or instead of, telling us so.
		c.transferDone()
		reason = EndTransferred
	case e.Cause == dialog.HungUpThere && c.joining():
		reason = EndTransferred // the party of the other call has taken our place
		c.goneOver()
	case c.phase == dialing && e.Cause == dialog.HungUpHere:
		reason = EndCancelled
	case errors.Is(e.Err, ErrNoAudio):
		text = ErrNoAudio.Fault
	case e.Cause == dialog.Rejected && !c.inbound:
		text = c.overEncryption(e, text)
	}
	if !c.inbound && e.Cause == dialog.Rejected && !awaited {
		c.failureTone(reason)
	}
	c.tellIdentity()
	stats := c.stats()
	unanswered := c.phase == dialing && !awaited
	untalked := c.phase == ringing                      // and where the agent has taken it, somebody may be held for it
	alone := c.room && c.guests == 0 && c.sending == "" // nobody has met the agent there
	joined := c.joins
	c.phase = ended
	c.release()
	c.p.drop(c)
	if c.over != nil {
		close(c.over)
	}
	if c.verdict != nil && c.verdict.silent {
		return
	}
	c.tell(CallEnded{ID: c.id, Account: c.account, At: c.p.now(), Reason: reason, Code: code, Text: text, Stats: stats})
	c.p.log.Info("call ended", "call", c.id, "reason", reason, "code", code, "mos", stats.Quality.MOS, "received", stats.PacketsReceived, "lost", stats.PacketsLost,
		"jitter", stats.Jitter.Round(time.Millisecond/10), "round trip", stats.RoundTrip.Round(time.Millisecond/10))
	if unanswered || untalked || alone {
		c.p.resumeHeld(c)
	}
	if unanswered {
		c.consultedInVain(e)
	}
	if unanswered || alone {
		c.roomUnreached(e)
	}
	c.roomOver()
	c.gathered(reason == EndTransferred)
	if reason == EndTransferred {
		c.p.letGo(joined)
	}
}

// failureToneTime is how long the tone of a failed call plays.
const failureToneTime = 3 * time.Second

// failureTone plays the busy or congestion tone for a failed call, until another sound replaces it.
func (c *call) failureTone(reason EndReason) {
	kind := toneCongestion
	if reason == EndBusy {
		kind = toneBusy
	}
	p := c.p
	p.endFailureTone()
	t := p.play(kind)
	p.failure = t
	p.after(failureToneTime, func() {
		if p.failure == t {
			p.endFailureTone()
		}
	})
}

func (p *Phone) endFailureTone() {
	p.stopTone(p.failure)
	p.failure = nil
}
