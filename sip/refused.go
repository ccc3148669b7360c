package sip

import (
	"errors"
	"net/netip"
	"slices"
	"time"

	"linecard/clean"
	"linecard/fault"
	"linecard/sip/sdp"
)

// A caller whose audio the phone cannot take is refused before it rings, with 488. For the agent that is a missed call with its
// reason: a phone system that was switched to encryption or to another codec must not lose calls without a word.

// acceptable tries the caller's offer, so that the phone does not ring for a call without sound.
func (c *call) acceptable() error {
	offer := c.d.RemoteSDP()
	if offer == nil {
		return nil
	}
	trial := sdp.New(c.p.describes(c.line.account, netip.AddrPortFrom(c.d.LocalIP(), 9), 0))
	_, _, err := trial.Answer(offer, sdp.SendRecv)
	return err
}

// triedAgain is how long a refused call waits to be told: a phone system that can do both offers the same call again, as it
// can be taken, within moments (RFC 3261 §8.1.3.5), and then nothing was missed. The desk has kept it meanwhile.
var triedAgain = time.Second // a variable for tests only

// refuseOffer refuses a call for what it offers. What cannot be read at all is nobody's call, and a stranger's is nobody's
// business.
func (c *call) refuseOffer(e CallIncoming, err error) {
	c.p.log.Info("call refused", "call", c.id, "error", err)
	c.verdict = &verdict{silent: true}
	switch {
	case errors.Is(err, sdp.ErrMalformed):
		c.d.Reject(400)
		return
	case c.d.Direct():
		c.d.Reject(488)
		return
	}
	why, p := unspoken(err), c.p
	e.Refused = true
	c.refuseWhenKept(e, why, func() { c.d.Reject(488) })
	missed := &refusedCall{e, CallEnded{ID: c.id, Account: c.account, At: e.At, Reason: EndFailed, Code: 488, Text: why}}
	p.refused = append(p.refused, missed)
	p.after(triedAgain, func() {
		if i := slices.Index(p.refused, missed); i >= 0 {
			p.refused = slices.Delete(p.refused, i, i+1)
			p.tellRefused(missed)
		}
	})
}

// refusedCall is a call that waits to be told as missed.
type refusedCall struct {
	arrived CallIncoming
	ended   CallEnded
}

// tellRefused tells a refused call as missed.
func (p *Phone) tellRefused(missed *refusedCall) {
	p.tell(missed.arrived)
	p.tell(missed.ended)
}

// takeBackRefused takes back the refused calls that have come again as c, which can be taken. Nobody can tell whether two callers who
// withhold their number are one: of such a call the agent is told twice rather than never.
func (p *Phone) takeBackRefused(c *call) {
	p.refused = slices.DeleteFunc(p.refused, func(missed *refusedCall) bool {
		a := missed.arrived
		again := c.account == a.Account && a.Party.User != "" && c.party.User == a.Party.User && clean.Line(c.d.Called()) == a.Called
		if again && p.cfg.BeforeRefusing != nil {
			p.tell(CallTakenBack{ID: a.ID, Account: a.Account, At: c.arrived})
		}
		return again
	})
}

// tellAllRefused tells those that still wait, since the phone closes: nothing is left to wait for, and nobody else knows of them.
func (p *Phone) tellAllRefused() {
	for _, missed := range p.refused {
		p.tellRefused(missed)
	}
	p.refused = nil
}

// unspoken is why an offer of the other side cannot be taken.
func unspoken(err error) fault.Fault {
	switch {
	case errors.Is(err, sdp.ErrSecureOnly):
		return fault.New("sip.ended.encryption-off-caller")
	case errors.Is(err, sdp.ErrCrypto):
		return fault.New("sip.ended.encrypted-caller")
	case errors.Is(err, sdp.ErrNotSecure):
		return fault.New("sip.ended.clear-caller")
	case errors.Is(err, sdp.ErrNoAudio), errors.Is(err, sdp.ErrNoAddress):
		return fault.New("sip.ended.no-audio-caller")
	}
	return fault.New("sip.ended.no-codec-caller")
}

// unheard is why an answer of the other side cannot be used.
func unheard(err error) fault.Fault {
	switch {
	case errors.Is(err, sdp.ErrSecureOnly), errors.Is(err, sdp.ErrCrypto):
		return fault.New("sip.ended.encrypted-answer")
	case errors.Is(err, sdp.ErrNotSecure):
		return fault.New("sip.ended.clear-answer")
	}
	return fault.New("sip.ended.no-codec-answer")
}
