package sip

import (
	"errors"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/sdp"
)

// Hold puts a call on hold. From this moment nothing is heard either way, whether or not the other side agrees.
func (p *Phone) Hold(id string) error {
	return p.withCall(id, func(c *call) error {
		if c.phase != talking {
			return ErrNotTalking
		}
		c.heldFor = "" // the agent wants it held, whatever it was held for
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
	c.hold, c.heldFor = false, ""
	c.sync()
}

// holdFor holds what stands in the way of a call to be dialed, and notes that it was for that.
func (p *Phone) holdFor(dialed *call) {
	for _, c := range p.calls {
		if !c.hold && (c.phase == talking || c.phase == dialing) {
			c.heldFor = dialed.id
			c.putOnHold()
		}
	}
}

// giveBack ends the hold that was for a dialed call nobody answered. A call that is dialed meanwhile inherits it; when one
// is talked on, the agent has moved on, and what is held waits for him.
func (p *Phone) giveBack(dialed *call) {
	busy, heir := p.closed, ""
	for _, c := range p.calls {
		switch {
		case c.hold:
		case c.phase == talking:
			busy = true
		case c.phase == dialing:
			heir = c.id
		}
	}
	for _, c := range p.calls {
		switch {
		case c.heldFor != dialed.id:
		case busy:
			c.heldFor = ""
		case heir != "":
			c.heldFor = heir
		default:
			c.resume()
			busy = true
		}
	}
}

// holdOthers holds every call that is talked on, but one; one still being dialed is held from the moment it is answered.
func (p *Phone) holdOthers(but *call) {
	for _, c := range p.calls {
		if c != but && (c.phase == talking || c.phase == dialing) {
			c.putOnHold()
		}
	}
}

func (c *call) putOnHold() {
	if c.hold {
		return
	}
	c.hold, c.held = true, true
	if c.phase == talking {
		c.tellHold("")
	} else if c.audio != nil {
		c.update() // early media
	}
	c.sync()
}

// glare is the pause before a change of session that had to wait for another is tried again.
const glare = 200 * time.Millisecond

// sync brings the session to what the agent wants: our side at once when it is a hold, then the other side by a
// re-INVITE, then our side when it is a resume.
func (c *call) sync() {
	if c.phase != talking || c.audio == nil || c.negotiating {
		return
	}
	if c.hold {
		c.update()
	}
	if c.hold == c.toldHold {
		if c.held && !c.hold { // resumed before the other side was told of the hold
			c.held = false
			c.update()
			c.tellHold("")
		}
		return
	}
	c.negotiating = true
	hold := c.hold
	c.d.Reinvite(func() []byte { return c.sdp.Offer(direction(hold)) }, func(answer []byte, err error) {
		c.negotiating = false
		if c.phase != talking {
			return
		}
		if errors.Is(err, dialog.ErrPending) {
			c.p.after(glare, func() { c.d.Guard(c.sync) })
			return
		}
		var m sdp.Media
		if err == nil {
			m, err = c.sdp.ReadAnswer(answer)
		}
		if err == nil {
			c.toldHold = hold
			if !hold && !c.hold {
				c.held = false
				c.tellHold("")
			}
			err = c.flow(m)
		}
		if err != nil {
			c.p.log.Info("hold or resume refused", "call", c.id, "hold", hold, "error", err)
			if !hold && !c.hold {
				c.hold = true
				c.tellHold("The other side did not take the call off hold. Try again.")
			}
			c.toldHold = true // a refused hold is silent on our side; the other side just hears no music
		}
		c.sync() // the agent may have changed his mind meanwhile
	})
}

func (c *call) setRemoteHold(held bool) {
	if c.phase != talking || c.remoteHold == held {
		c.remoteHold = held
		return
	}
	c.remoteHold = held
	c.tellHold("")
}

func (c *call) tellHold(failed string) {
	c.p.tell(CallHold{ID: c.id, Account: c.account, At: time.Now(), Local: c.held, Remote: c.remoteHold, Failed: failed})
}
