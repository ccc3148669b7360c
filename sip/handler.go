package sip

import (
	"errors"

	"linecard/fault"
	"linecard/sip/dialog"
	"linecard/sip/sdp"
)

// The methods of dialog.Handler are in this file, but for Info (keys.go) and Ended (ended.go).
var _ dialog.Handler = (*call)(nil)

// Progress is a provisional answer: the far end rings, or plays something.
func (c *call) Progress(code int, answer []byte) {
	if c.phase != dialing {
		return
	}
	// In a leg that is aside the agent is neither heard nor hears. What was changed early goes on with whoever changed it.
	if answer != nil && !c.aside && c.unchanged == nil {
		c.agreedEarly = true // as far as it can be
		m, err := c.sdp.ReadAnswer(answer)
		if err == nil {
			err = c.flow(m)
		}
		if err != nil {
			c.p.log.Info("early media not usable", "call", c.id, "error", err)
		}
	}
	early := c.audio != nil
	switch {
	case early:
		c.quiet() // what the far end plays takes the place of our tone
	case code == 180 && c.tone == nil && !(c.base != nil && c.base.hold):
		c.tone = c.p.play(toneRingback)
	}
	if code == 180 {
		c.onwardRings()
		c.sentOnRings()
	}
	if c.awaited != nil { // the desk has a call that was answered long ago
		return
	}
	if (code == 180 || early) && (!c.progressed || early != c.early) { // a PBX repeats its 180 every few seconds
		c.progressed, c.early = true, early
		c.tell(CallProgress{ID: c.id, Account: c.account, At: c.p.now(), EarlyMedia: early})
	}
}

// Answered is the 2xx to our INVITE.
func (c *call) Answered(answer []byte, changed bool) {
	if c.phase != dialing {
		return
	}
	c.quiet()
	if changed {
		c.unchanged = nil
		c.agreed(c.params.Media, answer, nil)
		return
	}
	c.putBack()
	m, err := c.sdp.ReadAnswer(answer)
	if c.offersInside(err, c.agreed) {
		return
	}
	c.agreed(m, answer, err)
}

// agreed is what came of the answer to a call that was dialed: the sound, or none.
func (c *call) agreed(m sdp.Media, answer []byte, err error) {
	if err == nil {
		if base := c.base; base != nil { // the agent is not heard for a moment where the call is on hold or muted
			c.hold, c.held, c.muted = base.hold, base.hold, base.muted
		}
		c.phase = talking
		err = c.flow(m)
	}
	if err != nil {
		c.phase = dialing // there never was any sound
		c.p.log.Warn("answered without usable audio", "call", c.id, "error", err)
		if base := c.base; base != nil && base.referral != nil {
			base.referral.Fail(488)
		}
		c.hangupAs(EndFailed, c.soundless(answer, err))
		return
	}
	c.learnsHandshake()
	elsewhere := c.sentOnAnswered()
	if c.base != nil {
		c.onwardAnswered()
		return
	}
	if c.awaited != nil {
		c.awaitedAnswered()
		return
	}
	c.tell(CallAnswered{ID: c.id, Account: c.account, At: c.p.now(), Codec: m.Send.Name})
	c.tellFocus()
	c.pickedUp()
	if c.held || c.remoteHold {
		c.tellHold(fault.Fault{})
	}
	c.sync()
	if elsewhere {
		c.keysStay()
	}
	c.pressThen()
	c.gather()
}

// Offer is a re-INVITE or UPDATE of the other side; or an INVITE without an offer, which gets ours while it rings.
func (c *call) Offer(offer []byte) (answer []byte, code int) {
	early := false
	switch {
	case c.phase == talking:
	case c.phase == ringing && offer == nil:
		return c.offerEarly()
	case c.phase == dialing && c.offeredInside:
		return c.takesInside(offer)
	case c.phase != dialing || offer == nil || c.audio == nil: // before it is answered, what plays already can be changed
		return nil, 488
	default:
		early = c.unchanged == nil
	}
	if offer == nil {
		c.offeredHold = c.hold
		return c.sdp.Offer(direction(c.hold)), 0
	}
	if early {
		c.unchanged = &unchanged{c.sdp.Keep(), c.toldHold}
	}
	late := c.audio == nil
	answer, m, err := c.sdp.Answer(offer, direction(c.hold))
	if err == nil {
		if c.toldHold = c.hold; !c.hold {
			c.talkOn() // a resume that waits for its turn is done with this answer
		}
		err = c.flow(m)
	}
	if err != nil && early {
		c.putBack()
	}
	if err != nil {
		return c.refuses(err)
	}
	if late {
		c.heardInside()
	}
	return answer, 0
}

// refuses is the status for an offer that cannot be taken.
func (c *call) refuses(err error) (answer []byte, code int) {
	if errors.Is(err, sdp.ErrMalformed) {
		return nil, 400
	}
	c.p.log.Info("change of session refused", "call", c.id, "error", err)
	return nil, 488
}

// unchanged is a session before one of the phones that ring has changed it. Another one may answer, and answers what we had offered.
type unchanged struct {
	sdp      *sdp.Kept
	toldHold bool
}

// putBack has our offer hold again as it went out, where somebody had changed the session before the call was answered.
func (c *call) putBack() {
	if u := c.unchanged; u != nil {
		c.unchanged = nil
		c.sdp.PutBack(u.sdp)
		c.toldHold = u.toldHold
	}
}

// offerEarly is our offer to a caller who has made none, for the 180.
func (c *call) offerEarly() (offer []byte, code int) {
	if err := c.open(c.d.LocalIP()); err != nil {
		c.p.log.Error("audio ports", "call", c.id, "error", err)
		c.verdict = &verdict{reason: EndFailed, code: 500, text: fault.New("sip.ended.audio")}
		return nil, 500
	}
	c.offer = c.sdp.Offer(sdp.SendRecv)
	return c.offer, 0
}

// Answer is the answer to an offer that went out in a 200, or in the 180 before it.
func (c *call) Answer(answer []byte) {
	if c.phase != talking {
		return
	}
	m, err := c.sdp.ReadAnswer(answer)
	if !c.offersInside(err, c.agreedLate) {
		c.agreedLate(m, answer, err)
	}
}

// agreedLate is what came of that answer.
func (c *call) agreedLate(m sdp.Media, _ []byte, err error) {
	if err == nil {
		late := c.audio == nil
		c.toldHold = c.offeredHold
		err = c.flow(m)
		if err == nil && late {
			c.p.log.Info("audio agreed late", "call", c.id, "codec", m.Send.Name)
			c.learnsHandshake()
			c.heardInside()
		}
	}
	if err != nil {
		c.p.log.Warn("no usable answer in the ACK", "call", c.id, "error", err)
		if c.audio == nil { // there never was any sound
			c.hangupAs(EndFailed, unacceptable(err))
		}
		return
	}
	c.sync()
}

// Refreshed is the answer to a session refresh. The wishes of the agent are not in it.
func (c *call) Refreshed(answer []byte) {
	if c.phase != talking || c.audio == nil {
		return
	}
	m, err := c.sdp.ReadRefresh(answer)
	if err == nil {
		err = c.flow(m)
	}
	if err != nil {
		c.p.log.Warn("no usable answer to a session refresh", "call", c.id, "error", err)
	}
}
