package sip

import (
	"errors"
	"net/netip"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/media"
	"linecard/sip/sdp"
)

// Moved takes the sound of the call to the address that this machine has now, and tells the other side. A held call is
// told too: it would be resumed at an address that nobody has. false asks to be called again: an address that was just given
// may not be ready to be bound.
func (c *call) Moved(local netip.Addr) bool {
	if c.sdp == nil || c.phase == ended {
		return true // the address is read when the call is answered
	}
	if local != c.local {
		socket, err := c.moveTo(local)
		if err != nil {
			if c.unbound != local { // once for each address
				c.unbound = local
				c.p.log.Warn("the call's sound stays at the old address for now", "call", c.id, "error", err)
			}
			return false
		}
		c.local, c.unbound = local, netip.Addr{}
		c.sdp.Move(socket.Addr(), socket.RTCPAddr().Port())
		c.seek(socket, media.Seen{})
		c.askSTUN(true)
	} else if c.sameAddress() {
		return true
	}
	if c.phase == dialing { // one that waits to be sent on offers what is true by then
		c.offer = nil
	}
	c.moved, c.offered = true, 0
	c.sync()
	return true
}

// sameAddress is what a move does where this machine's address is the same, and the one by which others know it need not be: another search for the way begins, and a STUN server
// is asked where the ports are seen now. later reports that its answer is waited for, for a moment: the address it has seen before leads nowhere, perhaps.
func (c *call) sameAddress() (later bool) {
	if c.params.ICE != nil {
		c.sdp.SeekAnew()
	}
	if later = c.asksSTUN(); later {
		c.offered = 0
		c.offerLater(seenSoon)
	}
	c.askSTUN(true)
	return later
}

// seenSoon is how long a new address waits to be offered for what a STUN server says.
var seenSoon = time.Second // a variable for tests only

func (c *call) moveTo(local netip.Addr) (*media.Socket, error) {
	ports := c.p.cfg.RTPPorts
	if c.audio != nil {
		return c.audio.Move(local, ports[0], ports[1])
	}
	socket, err := c.socket.Move(local, ports[0], ports[1])
	if err == nil {
		c.socket = socket
	}
	return socket, err
}

// offerAgain is the pause before the new address is offered again when there was no way to send it, or when the other side
// could not take it for now. The pauses double after each refusal, up to offerAgainMax.
var offerAgain = time.Second // a variable for tests only

const (
	offerAgainMax = 30 // times offerAgain
	// mostOffers is how often the new address is offered to a side that refuses it: for about two minutes.
	mostOffers = 8
)

// offerAddress tells the other side our new address, with the hold as it is wanted.
func (c *call) offerAddress() {
	c.negotiating, c.moved = true, false
	hold := c.hold
	c.d.Reinvite(func() []byte {
		hold = c.hold
		return c.sdp.Offer(direction(hold))
	}, func(answer []byte, err error) {
		c.negotiating = false
		if c.phase != talking {
			return
		}
		if errors.Is(err, dialog.ErrPending) {
			c.offerLater(glare)
			return
		}
		if pause, later := c.refusedForNow(err); later { // without the address the call is deaf
			c.p.log.Info("the new address is offered again", "call", c.id, "pause", pause, "error", err)
			c.offerLater(pause)
			return
		}
		c.offered = 0
		var m sdp.Media
		if err == nil {
			m, err = c.sdp.ReadAnswer(answer)
		}
		if err == nil {
			c.toldHold = hold
			err = c.flow(m)
		}
		if err != nil {
			c.p.log.Warn("the new address is not taken", "call", c.id, "error", err)
		}
		c.sync()
	})
}

// refusedForNow is the pause before the address is offered again after an answer that may be another one next time, or none; later is
// false for any other answer. Whoever refuses it again and again is left alone: a hold brings the address yet.
func (c *call) refusedForNow(err error) (pause time.Duration, later bool) {
	if err == nil {
		return 0, false
	}
	var refused *dialog.RefusedError
	if !errors.As(err, &refused) {
		return offerAgain, true
	}
	if !refused.Passing() || c.offered+1 >= mostOffers {
		return 0, false
	}
	c.offered++
	return offerAgain * time.Duration(min(1<<(c.offered-1), offerAgainMax)), true
}

func (c *call) offerLater(pause time.Duration) {
	c.moved = true
	c.p.after(pause, func() { c.d.Guard(c.sync) })
}
