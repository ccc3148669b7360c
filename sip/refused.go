package sip

import (
	"errors"
	"net/netip"
	"slices"
	"time"

	"linecard/clean"
	"linecard/fault"
	"linecard/sip/dialog"
	"linecard/sip/sdp"
)

// A caller whose audio the phone cannot take is refused before it rings, with 488, and so is a call that requires what the phone does not have.
// For the agent that is a missed call with its reason: a phone system that was switched to encryption or to another codec must not lose
// calls without a word.

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

// refuseOffer refuses a call for what it offers. A refused call of a stranger is not told.
func (c *call) refuseOffer(e CallIncoming, err error) {
	c.p.log.Info("call refused", "call", c.id, "error", err)
	code := 488
	if errors.Is(err, sdp.ErrMalformed) {
		code = 400
	}
	if c.d.Direct() {
		c.verdict = &verdict{silent: true}
		c.d.Reject(code)
		return
	}
	c.miss(e, code, unacceptable(err))
}

// unfit is a new INVITE that is refused for what it requires, brings or takes in return.
func (l *line) unfit(d *dialog.Call, u dialog.Unfit) {
	c := l.ringing(d)
	if l.p.closed { // nothing more is waited for
		l.p.tell(c.arrival())
		c.signOff()
		return
	}
	c.p.log.Info("call refused", "call", c.id, "code", u.Code)
	why := fault.New("sip.ended.accept-caller") // 406
	switch what := clean.Line(u.What); u.Code {
	case 420:
		why = fault.New("sip.ended.requires-caller", "what", what)
	case 415:
		if why = fault.New("sip.ended.content-caller", "what", what); what == "" {
			why = fault.New("sip.ended.nameless-caller")
		}
	case 416:
		why = fault.New("sip.ended.sips-caller")
	}
	c.miss(c.arrival(), u.Code, why)
}

// miss refuses a call with a code once the desk has kept it, and has the agent told that it was missed.
func (c *call) miss(e CallIncoming, code int, why fault.Fault) {
	c.verdict = &verdict{silent: true}
	c.begins()
	p := c.p
	e.Refused = true
	c.refuseWhenKept(e, why, func() { c.d.Reject(code) })
	missed := &refusedCall{e, CallEnded{ID: c.id, Account: c.account, At: e.At, Reason: EndFailed, Code: code, Text: why}}
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
		again := c.account == a.Account && a.Party.User != "" && c.party.User == a.Party.User && c.called() == a.Called
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

// unacceptable says why an offer of the other side cannot be taken.
func unacceptable(err error) fault.Fault {
	switch {
	case errors.Is(err, sdp.ErrSecureOnly):
		return fault.New("sip.ended.encryption-off-caller")
	case errors.Is(err, sdp.ErrCrypto):
		return fault.New("sip.ended.encrypted-caller")
	case errors.Is(err, sdp.ErrNotSecure):
		return fault.New("sip.ended.clear-caller")
	case errors.Is(err, sdp.ErrNoAudio), errors.Is(err, sdp.ErrNoAddress), errors.Is(err, sdp.ErrRefused):
		return fault.New("sip.ended.no-audio-caller")
	case errors.Is(err, sdp.ErrMalformed):
		return fault.New("sip.ended.unreadable-caller")
	}
	return fault.New("sip.ended.no-codec-caller")
}

// unheard is why an answer of the other side cannot be used.
func unheard(answer []byte, err error) fault.Fault {
	switch {
	case len(answer) == 0, errors.Is(err, sdp.ErrNoAudio), errors.Is(err, sdp.ErrNoAddress), errors.Is(err, sdp.ErrRefused):
		return fault.New("sip.ended.no-audio-answer")
	case errors.Is(err, sdp.ErrMalformed):
		return fault.New("sip.ended.unreadable-answer")
	case errors.Is(err, sdp.ErrSecureOnly), errors.Is(err, sdp.ErrCrypto):
		return fault.New("sip.ended.encrypted-answer")
	case errors.Is(err, sdp.ErrNotSecure):
		return fault.New("sip.ended.clear-answer")
	}
	return fault.New("sip.ended.no-codec-answer")
}
