package sip

import (
	"slices"
	"strings"

	"linecard/clean"
	"linecard/fault"
	"linecard/sip/dialog"
)

// incoming is a new INVITE. What has to be decided is decided here; then the phone rings, and the desk is told.
func (l *line) incoming(d *dialog.Call) {
	p := l.p
	if old := d.Replaces(); old != nil {
		l.replaces(d, old)
		return
	}
	c := l.ringing(d)
	refused := p.dnd || l.full() || p.closed || d.Direct() && l.lastFree()
	if refused && d.Direct() { // nobody vouches for the caller: a flood must not fill the journal
		c.verdict = &verdict{silent: true}
		d.Reject(486)
		return
	}
	e := c.arrival()
	if to, why := c.forwardedAtOnce(refused); to != "" {
		p.calls = append(p.calls, c)
		c.forwardUnrung(e, to, why)
		return
	}
	if !refused {
		if err := c.acceptable(); err != nil {
			c.refuseOffer(e, err)
			return
		}
	}
	c.begins()
	e.Refused = refused
	p.calls = append(p.calls, c)
	if refused {
		c.refuse(e)
		return
	}
	c.ringWhenKept(e)
	c.forwardUnanswered()
	c.answerItself()
	p.takeBackRefused(c)
	p.tell(e)
	p.endFailureTone()
	c.tone = p.play(toneRing)
	p.log.Info("call rings", "call", c.id)
}

// ringing is the call of an INVITE that nothing is decided about.
func (l *line) ringing(d *dialog.Call) *call {
	c := &call{p: l.p, line: l, account: l.account.ID(), id: l.p.cfg.NewID(), d: d, inbound: true, phase: ringing}
	d.Handle(c)
	return c
}

// arrival is how the desk is told of the call.
func (c *call) arrival() CallIncoming {
	c.party, c.arrived = c.line.known(partyOf(c.d.Values, c.d.From())), c.p.now()
	return CallIncoming{
		ID: c.id, Account: c.account, At: c.arrived, Party: c.party, Called: c.called(), Diverted: divertedBy(c.d.Values),
		SIPID: c.sipID(), Headers: c.further(), Signalling: signalled(c.d.Values, c.d.From(), c.d.Direct()),
	}
}

// begins tells of a leg of the call. Of a call that the desk does not hear of nothing is told.
func (c *call) begins() {
	if c.p.cfg.Leg != nil {
		c.p.cfg.Leg(c.id, c.sipID())
	}
}

// sipID is the call's Call-ID as it is told: the caller's phone may make it of anything, as long as a message.
func (c *call) sipID() string { return clean.Short(c.d.ID(), longestCallID) }

const longestCallID = 255

// mostFurther is how many header fields beginning with X- are told of, beside those that the account names.
const mostFurther = 20

// further are the header fields that begin with X-: those that the account names, and of the others the first. Of one that came several times
// the first counts.
func (c *call) further() map[string]string {
	all, others := map[string]string{}, 0
	c.d.Further(func(name, value string) bool {
		name = clean.Line(name)
		if _, twice := all[name]; twice || name == "" {
			return true
		}
		if !slices.ContainsFunc(c.line.account.Headers, func(named string) bool { return strings.EqualFold(named, name) }) {
			if others == mostFurther {
				return true
			}
			others++
		}
		all[name] = clean.Line(value)
		return true
	})
	if len(all) == 0 {
		return nil
	}
	return all
}

// refuse tells a call busy, and the desk that it was missed for that.
func (c *call) refuse(e CallIncoming) {
	v := &verdict{reason: EndBusy, code: 486, text: fault.New("sip.ended.lines-in-use")}
	switch {
	case c.p.closed: // nothing more is waited for
		c.p.tell(e)
		c.signOff()
		return
	case c.p.dnd:
		v.text = fault.New("sip.ended.do-not-disturb")
	}
	c.refuseAs(e, v, func() { c.d.Reject(v.code) })
}

// refuseAs tells the desk of a call that never rings, with its end, and has refuse answer the caller.
func (c *call) refuseAs(e CallIncoming, v *verdict, refuse func()) {
	c.verdict = v
	if c.p.cfg.BeforeRefusing == nil { // the end follows at once
		c.p.tell(e)
		refuse()
		return
	}
	c.refuseWhenKept(e, v.text, refuse)
	c.p.tell(e)
}

// signOff ends a ringing call because the phone leaves. It sends 480, since the agent has not refused the call and is not
// busy, so that the PBX tries others. To the desk it is a missed call.
func (c *call) signOff() {
	c.verdict = &verdict{reason: EndCancelled, code: 480, text: fault.New("sip.ended.left")}
	c.d.Reject(c.verdict.code)
}
