package sip

import (
	"errors"

	"linecard/fault"
	"linecard/sip/dialog"
	"linecard/sip/encryption"
	"linecard/sip/sdp"
)

// An answer may take the call and refuse its sound, where the other side takes that in another profile alone: an Asterisk with DTLS-SRTP does so with an
// offer that has keys too. The sound is then offered inside the call, as encrypted and nothing else, in each way that our side has. Until one is
// taken the call is as it was, and there is nothing to hear.

// inside is what a call knows of that.
type inside struct {
	shakesFirst   bool       // it was offered with a handshake alone first
	offeredInside bool       // its sound was offered once more
	theirs        *sdp.Media // what came of an offer of the other side's own, which was sooner; nil for none
}

// offersInside offers the sound once more where err says that the answer has refused it and there is another way to offer it. then gets
// what comes of that: the answer, or why there is none.
func (c *call) offersInside(err error, then func(m sdp.Media, answer []byte, err error)) bool {
	if !errors.Is(err, sdp.ErrRefused) || c.audio != nil || !c.sdp.InsistInside() {
		return false
	}
	c.p.log.Info("sound offered again, inside the call", "call", c.id)
	text := unheard(nil, err) // should the call end before there is any sound
	if c.inbound {
		text = unacceptable(err)
	}
	c.verdict = &verdict{reason: EndFailed, text: text}
	c.offeredInside = true
	c.d.Unsettled()
	c.offerInside(then)
	return true
}

func (c *call) offerInside(then func(m sdp.Media, answer []byte, err error)) {
	this, hold := c.phase, c.hold
	c.d.Reinvite(func() []byte {
		if c.audio != nil || c.theirs != nil {
			return nil
		}
		hold = c.hold && c.phase == talking // one that was dialed is held once its sound is agreed
		return c.sdp.Offer(direction(hold))
	}, func(answer []byte, err error) {
		if c.phase != this || errors.Is(err, dialog.ErrUnneeded) {
			return
		}
		if errors.Is(err, dialog.ErrPending) { // the ACK of our 200 is on its way
			c.p.after(glare, func() {
				c.d.Guard(func() {
					if c.phase == this {
						c.offerInside(then)
					}
				})
			})
			return
		}
		var m sdp.Media
		var refused *dialog.RefusedError
		if err == nil {
			m, err = c.sdp.ReadAnswer(answer)
		} else if errors.As(err, &refused) && refusesOffer(refused.Code) {
			err = sdp.ErrRefused
		}
		if c.offersInside(err, then) {
			return
		}
		c.verdict, c.offeredHold = nil, hold
		then(m, answer, err)
		if err == nil && c.phase == talking {
			c.d.Settled()
		}
	})
}

// takesInside answers an offer of the other side's own that comes while we offer the sound of a call that was dialed: a phone system that is late with its
// sound makes one, and after a glare it may be sooner. Ours is given up. What comes of it is told once the answer is out, so that what follows waits for its ACK.
func (c *call) takesInside(offer []byte) (answer []byte, code int) {
	if offer == nil {
		return nil, 491 // it asks for the one that is on its way
	}
	answer, m, err := c.sdp.Answer(offer, sdp.SendRecv)
	if err != nil {
		return c.refuses(err)
	}
	c.theirs = &m
	c.step(func() {
		if c.phase != dialing {
			return
		}
		c.verdict = nil
		if c.agreed(*c.theirs, nil, nil); c.phase == talking {
			c.d.Settled()
		}
	})
	return answer, 0
}

// heardInside is told that a call has its sound, by whoever's offer: how it ends is no more what was noted for the want of that.
func (c *call) heardInside() {
	if c.offeredInside {
		c.verdict = nil
		c.d.Settled()
		c.step(c.sync)
	}
}

// soundless is why a call that was dialed ends for want of sound: the way to keys that the account keeps to, where others were not tried.
func (c *call) soundless(answer []byte, err error) fault.Fault {
	by := encryption.By(c.line.account.EncryptionBy)
	if c.offeredInside && errors.Is(err, sdp.ErrRefused) && (by == encryption.SDES || by == encryption.DTLS) {
		return fault.New("sip.ended.no-audio-keys")
	}
	return unheard(answer, err)
}

// learnsHandshake has the next calls of the line ask for a handshake first, where that is what the server itself has taken inside a call, and no longer
// where it takes another way. What somebody behind a proxy takes tells nothing of others.
func (c *call) learnsHandshake() {
	switch shakes := c.sdp.Handshakes(); {
	case c.d.PassedOn():
	case shakes && c.offeredInside && c.theirs == nil:
		c.shakes(true)
	case !shakes && c.shakesFirst:
		c.shakes(false)
	}
}

// shakes has the next calls of the line ask for a handshake first, or not. A call that was made before the account was changed tells nothing of its server of now.
func (c *call) shakes(first bool) {
	if c.d.Of(c.line.ua) {
		c.line.shakes = first
	}
}
