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
		c.hold = false
		c.sync()
		return nil
	})
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
			c.p.after(glare, c.sync)
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
