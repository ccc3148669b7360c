package sip

import (
	"context"
	"net/netip"
	"time"

	"linecard/sip/media"
	"linecard/sip/sdp"
)

// attachment is a port on the audio clock, or one about to be.
type attachment struct{ detach func() }

// open opens the audio ports and begins the session description.
func (c *call) open(local netip.Addr) error {
	if c.sdp != nil {
		return nil
	}
	ports := c.line.stun.take(c, local)
	if ports == nil {
		socket, err := media.Listen(local, c.p.cfg.RTPPorts[0], c.p.cfg.RTPPorts[1])
		if err != nil {
			return err
		}
		ports = &reserve{socket: socket}
		c.line.stun.prepare() // for the next call
	}
	c.socket, c.local = ports.socket, local
	addr, rtcpPort := c.socket.Addr(), c.socket.RTCPAddr().Port()
	if ports.seen.RTP.IsValid() {
		addr, rtcpPort = seenAs(ports.seen)
	}
	about := c.p.describes(c.line.account, addr, rtcpPort)
	if c.base != nil {
		about.Encryption, about.By = c.base.sentOnBy(about)
	}
	about.ShakeFirst = c.line.shakes
	c.shakesFirst = about.ShakeFirst
	c.sdp = sdp.New(about)
	c.seek(c.socket, ports.seen)
	if ports.call == nil {
		c.askSTUN(false)
	}
	return nil
}

// direction is which way audio shall flow, as far as it is up to us.
func direction(hold bool) sdp.Direction {
	if hold {
		return sdp.SendOnly
	}
	return sdp.SendRecv
}

// flow starts the media, or changes it to what was agreed.
func (c *call) flow(m sdp.Media) error {
	c.params = media.Params{Media: m, Held: c.held, Early: c.phase == dialing, Signalling: c.d.Source()}
	c.toName()
	if c.audio == nil {
		session, err := media.NewSession(c.socket, c.params, media.Options{OnDTMF: c.heard, Certificate: c.p.certificate, OnSecured: c.secured, OnWay: c.wayFound(c.sdp), Log: c.p.log})
		c.socket = nil // the session owns it, also when it failed
		if err != nil {
			return err
		}
		c.audio = session
		c.audio.Mute(c.muted || c.shut)
		c.playOnHold()
		c.watchQuality(session)
		device := &attachment{}
		c.device = device
		c.p.sound.Put(func() { device.detach = c.p.cfg.Audio.Attach(session) })
	} else if err := c.audio.Update(c.params); err != nil {
		return err
	}
	if m.Unbelieved {
		c.p.log.Warn("call in clear: the fingerprints that were offered cannot be believed", "call", c.id)
	}
	if _, ok := m.Addr(); !ok {
		c.lookUp(m)
	}
	if c.phase == talking {
		c.d.Restate(c.sdp.Plain)
	}
	c.tellEncryption(c.audio.Encryption())
	c.setRemoteHold(m.RemoteHold)
	return nil
}

// update has the media follow hold.
func (c *call) update() {
	c.params.Held = c.held
	if err := c.audio.Update(c.params); err != nil {
		c.p.log.Warn("audio not changed", "call", c.id, "error", err)
	}
}

// peerName is the host name by which a peer's session description gave its audio address, and what it stood for.
type peerName struct {
	host string
	addr netip.Addr // not valid before it was found
}

// lookUp finds the address of a peer that gave a name in its session description (RFC 4566 §5.7 allows one): one that our port can
// send to. Where the name service is away by now, the address that the name had before goes on.
func (c *call) lookUp(m sdp.Media) {
	family, session := "ip4", c.audio
	if c.local.Unmap().Is6() {
		family = "ip6"
	}
	c.p.media.Go(func() {
		ctx, cancel := context.WithTimeout(c.p.ctx, 3*time.Second)
		defer cancel()
		ips, err := c.p.cfg.Resolver.LookupNetIP(ctx, family, m.Host)
		if err != nil || len(ips) == 0 {
			c.p.log.Warn("audio address not found", "call", c.id, "error", err)
			return
		}
		c.step(func() {
			if c.phase == ended || c.audio != session {
				return
			}
			c.named = peerName{m.Host, ips[0].Unmap()}
			if c.params.Host != m.Host { // agreed on anew meanwhile
				return
			}
			c.toName()
			c.update()
		})
	})
}

// toName has audio go to the address that the peer's name stands for, as far as it is known.
func (c *call) toName() {
	if c.named.addr.IsValid() && c.named.host == c.params.Host {
		c.params.Remote = netip.AddrPortFrom(c.named.addr, c.params.Port)
		if _, ok := c.params.RTCPAddr(); !ok {
			c.params.RemoteRTCP = netip.AddrPortFrom(c.named.addr, c.params.RTCPPort)
		}
	}
}

// stats is what RTP and RTCP counted.
func (c *call) stats() Stats {
	if c.audio == nil {
		return Stats{}
	}
	s := c.audio.Stats()
	return Stats{
		PacketsSent: s.PacketsSent, PacketsReceived: s.PacketsReceived, PacketsLost: s.PacketsLost,
		Jitter: s.Jitter, RoundTrip: s.RoundTrip, Quality: c.overall(s),
	}
}

// startAfresh has whoever is called next ring or play anew, and ends what somebody plays who has sent the call on, and hears meanwhile.
// The next one gets an offer of its own, from other ports: what was agreed with the one before holds for nobody else.
func (c *call) startAfresh() {
	c.progressed = false
	if !c.agreedEarly {
		return
	}
	c.putBack() // what both sides have agreed of a hold
	c.release()
	c.sdp, c.offer, c.params, c.named = nil, nil, media.Params{}, peerName{}
	c.way, c.remoteHold, c.early, c.agreedEarly = false, false, false, false
	c.tellEncryption("")
}

// release lets go of sound and media. Closing a session waits for its goroutines, so another goroutine does it.
func (c *call) release() {
	c.quiet()
	if device := c.device; device != nil {
		c.device = nil
		c.p.sound.Put(func() { device.detach() })
	}
	if session := c.audio; session != nil {
		c.audio = nil
		c.p.media.Go(func() {
			if err := session.Close(); err != nil {
				c.p.log.Debug("audio closed", "call", c.id, "error", err)
			}
		})
	}
	if c.socket != nil {
		_ = c.socket.Close()
		c.socket = nil
	}
}
