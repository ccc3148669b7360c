package sip

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/media"
	"linecard/sip/sdp"
)

// phase is where a call stands.
type phase int

const (
	ringing phase = iota // inbound, not answered
	dialing              // outbound, not answered
	talking              // answered; perhaps held
	ended
)

// call joins a SIP call, its session description, its media and its sound. Everything in it belongs to Phone.queue.
type call struct {
	p       *Phone
	id      string
	d       *dialog.Call
	inbound bool
	phase   phase
	party   Party

	sdp    *sdp.Session
	socket *media.Socket // until the session owns it
	audio  *media.Session
	line   *attachment
	tone   *tone

	params       media.Params // what the media runs with
	hold         bool         // it shall be held
	heldFor      string       // id of the dialed call it is held for; "" when the agent wants it held
	held         bool         // it is, on our side
	toldHold     bool         // the other side was told that it is
	remoteHold   bool
	progressed   bool // the far end rings, as the desk knows
	early        bool // it plays something, as the desk knows
	muted        bool
	negotiating  bool
	transferring string   // target, while a transfer is under way
	referred     bool     // it was accepted
	verdict      *verdict // how the end is to be told, when we know better than SIP
}

// verdict is the end of a call in our own words.
type verdict struct {
	reason EndReason
	code   int
	text   string
	silent bool // nobody heard of the call, nobody shall hear of its end
}

// attachment is a port on the audio clock, or one about to be.
type attachment struct{ detach func() }

func (p *Phone) find(id string) *call {
	for _, c := range p.calls {
		if c.id == id {
			return c
		}
	}
	return nil
}

// incoming is a new INVITE. What has to be decided is decided here, the 180 goes out, and only then is anybody told.
func (p *Phone) incoming(d *dialog.Call) {
	c := &call{p: p, id: p.cfg.NewID(), d: d, inbound: true, phase: ringing}
	d.Handle(c)
	refused := p.dnd || len(p.calls) >= p.cfg.Account.lines() || p.closed
	if !refused {
		if err := c.acceptable(); err != nil {
			p.log.Info("call refused", "call", c.id, "error", err)
			code := 488
			if errors.Is(err, sdp.ErrMalformed) {
				code = 400
			}
			c.verdict = &verdict{silent: true} // no phone of ours could have taken it
			d.Reject(code)
			return
		}
		d.Ring()
	}
	c.party = partyOf(d.Values, d.From())
	p.calls = append(p.calls, c)
	p.tell(CallIncoming{
		ID: c.id, At: time.Now(), Party: c.party, Called: d.Called(), Diverted: divertedBy(d.Values), SIPID: d.ID(),
		Refused: refused,
	})
	if refused {
		c.refuse()
		return
	}
	p.endLament()
	c.tone = p.play(toneRing)
	p.log.Info("call rings", "call", c.id)
}

// refuse tells a call busy, and the desk that it was missed for that.
func (c *call) refuse() {
	v := &verdict{reason: EndBusy, code: 486, text: "Every line was in use."}
	switch {
	case c.p.closed:
		c.signOff()
		return
	case c.p.dnd:
		v.text = "Do not disturb was on."
	}
	c.verdict = v
	c.d.Reject(v.code)
}

// signOff ends a call that rings because the phone leaves: with 480, since nobody here refused it and nobody is busy, so
// that a PBX looks further for who can take it. To the desk it is a call that was missed.
func (c *call) signOff() {
	c.verdict = &verdict{reason: EndCancelled, code: 480, text: "The phone signed off while it rang."}
	c.d.Reject(c.verdict.code)
}

// hangupAs ends the call for a reason of our own.
func (c *call) hangupAs(reason EndReason, text string) {
	c.verdict = &verdict{reason: reason, text: text}
	c.d.Hangup()
}

// acceptable tries the caller's offer before anybody is made to run for the phone.
func (c *call) acceptable() error {
	offer := c.d.RemoteSDP()
	if offer == nil {
		return nil
	}
	trial := sdp.New(sdp.Config{Addr: netip.AddrPortFrom(c.d.LocalIP(), 9), Codecs: media.Codecs()})
	_, _, err := trial.Answer(offer, sdp.SendRecv)
	return err
}

// open opens the audio ports and begins the session description.
func (c *call) open(local netip.Addr) error {
	if c.sdp != nil {
		return nil
	}
	socket, err := media.Listen(local, c.p.cfg.RTPPorts[0], c.p.cfg.RTPPorts[1])
	if err != nil {
		return err
	}
	c.socket = socket
	c.sdp = sdp.New(sdp.Config{Addr: socket.Addr(), RTCPPort: socket.RTCPAddr().Port(), Codecs: media.Codecs()})
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
	c.params = media.Params{Media: m, Held: c.held}
	if c.audio == nil {
		session, err := media.NewSession(c.socket, c.params, media.Options{OnDTMF: c.heard, Log: c.p.log})
		c.socket = nil // the session owns it, also when it failed
		if err != nil {
			return err
		}
		c.audio = session
		c.audio.Mute(c.muted)
		line := &attachment{}
		c.line = line
		c.p.sound.Post(func() { line.detach = c.p.cfg.Audio.Attach(session) })
	} else if err := c.audio.Update(c.params); err != nil {
		return err
	}
	if _, ok := m.Addr(); !ok {
		c.lookUp(m)
	}
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

// lookUp finds the address of a peer that gave a name in its session description (RFC 4566 §5.7 allows one).
func (c *call) lookUp(m sdp.Media) {
	session := c.audio
	c.p.media.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", m.Host)
		if err != nil || len(ips) == 0 {
			c.p.log.Warn("audio address not found", "call", c.id, "error", err)
			return
		}
		c.p.queue.Post(func() {
			if c.phase == ended || c.audio != session {
				return
			}
			c.params.Remote = netip.AddrPortFrom(ips[0].Unmap(), m.Port)
			c.params.RemoteRTCP = netip.AddrPortFrom(ips[0].Unmap(), m.RTCPPort)
			c.update()
		})
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
	c.p.tell(CallHold{ID: c.id, At: time.Now(), Local: c.held, Remote: c.remoteHold, Failed: failed})
}

func (c *call) quiet() {
	c.p.hush(c.tone)
	c.tone = nil
}

// stats is what RTP and RTCP counted.
func (c *call) stats() Stats {
	if c.audio == nil {
		return Stats{}
	}
	s := c.audio.Stats()
	return Stats{
		PacketsSent: s.PacketsSent, PacketsReceived: s.PacketsReceived, PacketsLost: s.PacketsLost,
		Jitter: s.Jitter, RoundTrip: s.RoundTrip,
	}
}

// release lets go of sound and media. Closing a session waits for its goroutines, so it is done aside.
func (c *call) release() {
	c.quiet()
	if line := c.line; line != nil {
		c.line = nil
		c.p.sound.Post(func() { line.detach() })
	}
	if session := c.audio; session != nil {
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

func (p *Phone) drop(c *call) {
	for i, o := range p.calls {
		if o == c {
			p.calls = append(p.calls[:i:i], p.calls[i+1:]...)
			return
		}
	}
}

// The methods of dialog.Handler follow.

// Progress is a provisional answer: the far end rings, or plays something.
func (c *call) Progress(code int, answer []byte) {
	if c.phase != dialing {
		return
	}
	if answer != nil {
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
	case code == 180 && c.tone == nil:
		c.tone = c.p.play(toneRingback)
	}
	if (code == 180 || early) && (!c.progressed || early != c.early) { // a PBX repeats its 180 every few seconds
		c.progressed, c.early = true, early
		c.p.tell(CallProgress{ID: c.id, At: time.Now(), EarlyMedia: early})
	}
}

// Answered is the 2xx to our INVITE.
func (c *call) Answered(answer []byte) {
	if c.phase != dialing {
		return
	}
	c.quiet()
	m, err := c.sdp.ReadAnswer(answer)
	if err == nil {
		c.phase = talking
		err = c.flow(m)
	}
	if err != nil {
		c.phase = dialing // nobody was ever heard
		c.p.log.Warn("answered without usable audio", "call", c.id, "error", err)
		c.hangupAs(EndFailed, "The other side has no audio format in common with this phone. Ask your phone administrator to allow PCMU or PCMA.")
		return
	}
	c.p.tell(CallAnswered{ID: c.id, At: time.Now(), Codec: m.Send.Name})
	if c.held || c.remoteHold {
		c.tellHold("")
	}
	c.sync()
}

// Offer is a re-INVITE or UPDATE of the other side.
func (c *call) Offer(offer []byte, _ netip.Addr) (answer []byte, code int) {
	if c.phase != talking {
		return nil, 488
	}
	if offer == nil {
		return c.sdp.Offer(direction(c.hold)), 0
	}
	answer, m, err := c.sdp.Answer(offer, direction(c.hold))
	if err == nil {
		err = c.flow(m)
	}
	switch {
	case errors.Is(err, sdp.ErrMalformed):
		return nil, 400
	case err != nil:
		c.p.log.Info("change of session refused", "call", c.id, "error", err)
		return nil, 488
	}
	return answer, 0
}

// Answer is the answer to an offer that went out in a 200.
func (c *call) Answer(answer []byte) {
	if c.phase != talking {
		return
	}
	m, err := c.sdp.ReadAnswer(answer)
	if err == nil {
		late := c.audio == nil
		err = c.flow(m)
		if err == nil && late {
			c.p.log.Info("audio agreed late", "call", c.id, "codec", m.Send.Name)
		}
	}
	if err != nil {
		c.p.log.Warn("no usable answer in the ACK", "call", c.id, "error", err)
		if c.audio == nil { // there never was any sound
			c.hangupAs(EndFailed, "The caller's phone has no audio format in common with this phone.")
		}
		return
	}
	c.sync()
}

// Ended is the end of the SIP call.
func (c *call) Ended(e dialog.End) {
	reason, text := endOf(e, c.inbound, c.party.User)
	code := e.Code
	switch {
	case c.verdict != nil:
		reason, code, text = c.verdict.reason, c.verdict.code, c.verdict.text
	case c.referred && e.Cause == dialog.HungUpThere:
		// The other side went over to the target and hung up before, or instead of, telling us so.
		c.p.tell(CallTransfer{ID: c.id, At: time.Now(), Target: c.transferring, Done: true})
		reason = EndTransferred
	case c.phase == dialing && e.Cause == dialog.HungUpHere:
		reason = EndCancelled
	case errors.Is(e.Err, ErrNoAudio):
		text = ErrNoAudio.Error()
	}
	if !c.inbound && e.Cause == dialog.Rejected {
		c.lament(reason)
	}
	stats := c.stats()
	unanswered := c.phase == dialing
	c.phase = ended
	c.release()
	c.p.drop(c)
	if c.verdict != nil && c.verdict.silent {
		return
	}
	c.p.tell(CallEnded{ID: c.id, At: time.Now(), Reason: reason, Code: code, Text: text, Stats: stats})
	c.p.log.Info("call ended", "call", c.id, "reason", reason, "code", code)
	if unanswered {
		c.p.giveBack(c)
	}
}

// lamentFor is how long a telephone plays that a call came to nothing.
const lamentFor = 3 * time.Second

// lament plays what a telephone plays when a call comes to nothing, until something else is to be heard.
func (c *call) lament(reason EndReason) {
	kind := toneCongestion
	if reason == EndBusy {
		kind = toneBusy
	}
	p := c.p
	p.endLament()
	t := p.play(kind)
	p.lament = t
	p.after(lamentFor, func() {
		if p.lament == t {
			p.endLament()
		}
	})
}

func (p *Phone) endLament() {
	p.hush(p.lament)
	p.lament = nil
}
