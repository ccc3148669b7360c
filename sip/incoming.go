package sip

import (
	"errors"
	"net/netip"
	"time"

	"linecard/clean"
	"linecard/fault"
	"linecard/sip/dialog"
	"linecard/sip/media"
	"linecard/sip/sdp"
)

// incoming is a new INVITE. What has to be decided is decided here; then the phone rings, and the desk is told.
func (l *line) incoming(d *dialog.Call) {
	p := l.p
	c := &call{p: p, line: l, account: l.account.ID(), id: p.cfg.NewID(), d: d, inbound: true, phase: ringing}
	d.Handle(c)
	refused := p.dnd || l.full() || p.closed || d.Direct() && l.lastFree()
	if refused && d.Direct() { // nobody vouches for the caller: a flood must not fill the journal
		c.verdict = &verdict{silent: true}
		d.Reject(486)
		return
	}
	if !refused {
		if err := c.acceptable(); err != nil {
			p.log.Info("call refused", "call", c.id, "error", err)
			code := 488
			if errors.Is(err, sdp.ErrMalformed) {
				code = 400
			}
			c.verdict = &verdict{silent: true} // this phone could not have taken it in any case
			d.Reject(code)
			return
		}
	}
	c.party = partyOf(d.Values, d.From())
	p.calls = append(p.calls, c)
	e := CallIncoming{
		ID: c.id, Account: c.account, At: time.Now(), Party: c.party, Called: clean.Line(d.Called()), Diverted: divertedBy(d.Values),
		SIPID: d.ID(), Refused: refused,
	}
	if refused {
		p.tell(e)
		c.refuse()
		return
	}
	c.ringWhenKept(e)
	p.tell(e)
	p.endFailureTone()
	c.tone = p.play(toneRing)
	p.log.Info("call rings", "call", c.id)
}

// refuse tells a call busy, and the desk that it was missed for that.
func (c *call) refuse() {
	v := &verdict{reason: EndBusy, code: 486, text: fault.New("sip.ended.lines-in-use")}
	switch {
	case c.p.closed:
		c.signOff()
		return
	case c.p.dnd:
		v.text = fault.New("sip.ended.do-not-disturb")
	}
	c.verdict = v
	c.d.Reject(v.code)
}

// signOff ends a ringing call because the phone leaves. It sends 480, since the agent has not refused the call and is not
// busy, so that the PBX tries others. To the desk it is a missed call.
func (c *call) signOff() {
	c.verdict = &verdict{reason: EndCancelled, code: 480, text: fault.New("sip.ended.left")}
	c.d.Reject(c.verdict.code)
}

// acceptable tries the caller's offer, so that the phone does not ring for a call without sound.
func (c *call) acceptable() error {
	offer := c.d.RemoteSDP()
	if offer == nil {
		return nil
	}
	trial := sdp.New(sdp.Config{Addr: netip.AddrPortFrom(c.d.LocalIP(), 9), Codecs: media.Codecs()})
	_, _, err := trial.Answer(offer, sdp.SendRecv)
	return err
}
