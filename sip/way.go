package sip

import (
	"linecard/sip/ice"
	"linecard/sip/media"
	"linecard/sip/sdp"
)

// The way of the sound, where both sides look for it by ICE: the call names its candidates, and hears what became of the search. The rest is the media's.

// ports are the call's own; nil where it has none.
func (c *call) ports() *media.Socket {
	if c.audio != nil {
		return c.audio.Socket()
	}
	return c.socket
}

// seek has the call's next offer or answer name the candidates of its ports.
func (c *call) seek(ports *media.Socket, seen media.Seen) {
	if ports == nil {
		return
	}
	c.sdp.Seek(append(ice.Candidates(ice.RTP, ports.Addr(), seen.RTP), ice.Candidates(ice.RTCP, ports.RTCPAddr(), seen.RTCP)...))
}

// wayFound makes what is told that ICE has found a way for what was described, or that the other side is not to be reached by it any more: then another search is
// offered. The media calls it.
func (c *call) wayFound(described *sdp.Session) func(found bool) {
	return func(found bool) {
		c.step(func() {
			if c.sdp == described {
				c.hasWay(found)
			}
		})
	}
}

func (c *call) hasWay(found bool) {
	was := c.way
	c.way = found
	if c.phase != talking || c.audio == nil || found || !was || c.params.ICE == nil {
		return
	}
	c.p.log.Info("the way of the sound is looked for again", "call", c.id)
	c.sdp.SeekAnew()
	c.moved, c.offered = true, 0
	c.sync()
}
