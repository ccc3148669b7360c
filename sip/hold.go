package sip

import (
	"errors"
	"time"

	"linecard/fault"
	"linecard/sip/dialog"
	"linecard/sip/sdp"
)

// Hold puts a call on hold. From this moment nothing is heard either way, whether or not the other side agrees, but for the music of
// [Phone.SetHoldMusic] there.
func (p *Phone) Hold(id string) error {
	return p.withCall(id, func(c *call) error {
		if c.phase != talking {
			return ErrNotTalking
		}
		c.heldFor, c.comesBack = "", false     // the agent wants it held; it is not resumed by itself any more
		if first := c.joiner(); first != nil { // nor is the other one, whom the agent would talk to again if this one had gone
			first.comesBack = false
		}
		c.putOnHold()
		return nil
	})
}

// Resume takes a call off hold, and holds the others. CallHold tells when the other side agreed, or that it did not.
func (p *Phone) Resume(id string) error {
	return p.withCall(id, func(c *call) error {
		if c.phase != talking {
			return ErrNotTalking
		}
		if !c.hold {
			return nil
		}
		p.holdOthers(c)
		c.resume()
		return nil
	})
}

func (c *call) resume() {
	c.hold, c.holdRefused, c.heldFor = false, false, ""
	c.found()
	if !c.toldHold { // the other side has not agreed to a hold, so that there is none to undo, whatever it says yet
		c.talkOn()
	}
	c.sync()
	c.tellWaiting()
}

// talkOn ends the hold on our side.
func (c *call) talkOn() {
	if !c.held {
		return
	}
	c.held = false
	if c.audio != nil {
		c.update()
	}
	if c.phase == talking {
		c.tellHold(fault.Fault{})
	}
}

// waitingFor is how long the agent waits for a call to be resumed before that is told.
var waitingFor = time.Second // a variable for tests only

// tellWaiting tells, once the agent has waited, that the other side has not answered yet. A proxy that lost the question
// makes that half a minute.
func (c *call) tellWaiting() {
	c.resumes++
	this := c.resumes
	c.p.after(waitingFor, func() {
		if this == c.resumes && c.phase == talking && c.held && !c.hold {
			c.tell(CallHold{ID: c.id, Account: c.account, At: c.p.now(), Local: true, Remote: c.remoteHold, Resuming: true})
		}
	})
}

// holdFor holds what stands in the way of a call to be dialed or answered, and notes that it was for that. So is the hold of a call that is
// consulted about, also where it was held before: without an answer the agent is back with the caller.
func (p *Phone) holdFor(next *call) {
	for _, c := range p.calls {
		if c.hold && !c.aside && c.id == next.consults {
			c.heldFor = next.id
		}
		if !c.hold && !c.aside && c.talksOrWill() {
			c.heldFor = next.id
			c.putOnHold()
		}
	}
}

// resumeHeld resumes the call that was held for one that came to nothing: a dialed call which was not answered, or one that the agent has taken and
// whose caller has not confirmed that it rang. If another call is being dialed or
// answered by then, the hold is for that one. If the agent is already on another call,
// the held one stays on hold.
func (p *Phone) resumeHeld(over *call) {
	busy, other := p.closed, ""
	for _, c := range p.calls {
		switch {
		case c.hold, c.aside:
		case c.phase == talking:
			busy = true
		case c.talksOrWill():
			other = c.id
		}
	}
	for _, c := range p.calls {
		switch {
		case c.heldFor != over.id || c.aside:
		case busy:
			c.heldFor = ""
		case other != "":
			c.heldFor = other
		default:
			c.resume()
			busy = true
		}
	}
}

// holdOthers holds every call that is talked on, but one; one still being dialed is held from the moment it is answered.
func (p *Phone) holdOthers(but *call) {
	for _, c := range p.calls {
		if c != but && !c.aside && c.talksOrWill() {
			c.putOnHold()
		}
	}
}

// talksOrWill reports whether the agent talks on a call, or does once the other side has answered it, or has confirmed that it rang here.
func (c *call) talksOrWill() bool {
	return c.phase == talking || c.phase == dialing || c.phase == ringing && c.taken
}

func (c *call) putOnHold() {
	if c.hold {
		return
	}
	c.hold, c.holdRefused, c.held = true, false, true
	if c.phase == talking {
		c.tellHold(fault.Fault{})
	} else if c.audio != nil {
		c.update() // early media
	}
	c.sync()
}

// glare is the pause before a change of session that had to wait for another is tried again.
var glare = 200 * time.Millisecond // a variable for tests only

// sync brings the session to what the agent wants: our side at once when it is a hold, then the other side by a
// re-INVITE, then our side when it is a resume.
func (c *call) sync() {
	if c.phase != talking || c.audio == nil || c.negotiating {
		return
	}
	if c.hold {
		c.update()
	}
	if c.moved {
		c.offerAddress()
		return
	}
	if c.hold == c.toldHold || c.hold && c.holdRefused {
		if !c.hold { // resumed before the other side was told of the hold
			c.talkOn()
		}
		return
	}
	c.negotiating = true
	hold := c.hold
	c.d.Reinvite(func() []byte {
		if c.hold == c.toldHold {
			return nil
		}
		hold = c.hold // what is wanted by now: an attempt before this one may have waited for seconds
		return c.sdp.Offer(direction(hold))
	}, func(answer []byte, err error) {
		c.negotiating = false
		if c.phase != talking {
			return
		}
		switch {
		case errors.Is(err, dialog.ErrPending):
			c.p.after(glare, func() { c.d.Guard(c.sync) })
			return
		case errors.Is(err, dialog.ErrUnneeded):
			c.sync()
			return
		}
		var m sdp.Media
		if err == nil {
			m, err = c.sdp.ReadAnswer(answer)
		}
		if err == nil {
			c.toldHold = hold
			c.tellFocus()
			if !hold && !c.hold {
				c.talkOn()
			}
			err = c.flow(m)
		}
		if err != nil {
			c.p.log.Info("hold or resume refused", "call", c.id, "hold", hold, "error", err)
			c.refused(hold)
		}
		c.sync() // the agent may have pressed the button again in the meantime
	})
}

// refused is a hold or a resume that the other side does not agree to: the session is as it was. A refused hold is silent on
// our side only; the other side just hears no music of its phone system's. A refused resume leaves the call held, for that is what both agreed.
func (c *call) refused(hold bool) {
	switch {
	case hold:
		c.holdRefused = true
	case !c.hold && c.toldHold:
		c.hold, c.held = true, true
		c.update()
		c.tellHold(fault.New("sip.resume-refused"))
	}
}

// alive is how long ago a call's last packet may have come.
const alive = 5 * time.Second

// Alive reports whether the other side can be heard.
func (c *call) Alive() bool { return c.audio != nil && time.Since(c.audio.Heard()) < alive }

// heardSince reports whether the other side was heard later than at a time of the phone's clock.
func (c *call) heardSince(t time.Time) bool {
	return c.audio != nil && !c.audio.Heard().IsZero() && c.p.now().Add(-time.Since(c.audio.Heard())).After(t)
}

func (c *call) setRemoteHold(held bool) {
	if c.phase != talking || c.remoteHold == held {
		c.remoteHold = held
		return
	}
	c.remoteHold = held
	c.tellHold(fault.Fault{})
}

func (c *call) tellHold(failed fault.Fault) {
	if failed.IsZero() {
		c.forgetQuality()
	}
	c.tell(CallHold{ID: c.id, Account: c.account, At: c.p.now(), Local: c.held, Remote: c.remoteHold, Failed: failed})
}
