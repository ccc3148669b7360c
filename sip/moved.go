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
// told too: it would be resumed at an address that nobody has.
func (c *call) Moved(local netip.Addr) {
	if c.sdp == nil || c.phase == ended {
		return // the address is read when the call is answered
	}
	if local != c.local {
		socket, err := c.moveTo(local)
		if err != nil {
			c.p.log.Warn("the call's sound stays at the old address", "call", c.id, "error", err)
			return
		}
		c.local = local
		c.sdp.Move(socket.Addr(), socket.RTCPAddr().Port())
	}
	c.moved = true
	c.sync()
}

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

// offerAgain is the pause before the new address is offered again when there was no way to send it.
const offerAgain = time.Second

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
		var refused *dialog.RefusedError
		switch {
		case errors.Is(err, dialog.ErrPending):
			c.offerLater(glare)
			return
		case err != nil && !errors.As(err, &refused), refused != nil && refused.Code == 491: // without the address the call is deaf
			c.offerLater(offerAgain)
			return
		}
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

func (c *call) offerLater(pause time.Duration) {
	c.moved = true
	c.p.after(pause, func() { c.d.Guard(c.sync) })
}
