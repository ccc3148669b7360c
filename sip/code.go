package sip

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"linecard/fault"
	"linecard/sip/dialog"
	"linecard/sip/media"
	"linecard/sip/sdp"
)

// A code is a number that stands for something to be done by the phone system: log in to a queue, forward calls. The phone calls it by
// itself. That is no call of the agent's: it has no sound, takes no line, holds nobody, and no event tells of it, so that it is neither kept nor logged.

// What calling a code may say no with.
var (
	ErrBadCode   = fault.Err(nil, "sip.bad-code")
	ErrManyCodes = fault.Err(nil, "sip.many-codes")
)

const (
	longestCode = 100
	mostCodes   = 4 // that are called at the same time
)

var ( // variables for tests only
	// codeAnswered is how long the phone system has to answer.
	codeAnswered = 20 * time.Second
	// codeOver is how long it may talk after that. What it says nobody hears, and what the code is for is done by then.
	codeOver = 10 * time.Second
)

// CallCode calls a code of the phone system from an account, "" for the first, as it is written: no dial plan is applied. An error means that
// nothing was sent. Otherwise done is called once, from the goroutine of the events: with the zero Fault when the phone system has answered and the
// call is over, else with what went wrong.
func (p *Phone) CallCode(account, code string, done func(why fault.Fault)) error {
	return p.do(func() error {
		l, err := p.lineToDial(account)
		if err != nil {
			return err
		}
		if code == "" || len(code) > longestCode || strings.Trim(code, nameChars) != "" {
			return ErrBadCode
		}
		if err := l.reachable(); err != nil {
			return err
		}
		if len(p.codes) >= mostCodes {
			return ErrManyCodes
		}
		c := &codeCall{p: p, account: l.account, code: code, done: done}
		c.d = l.ua.NewCall(c)
		p.codes = append(p.codes, c)
		c.endAfter(codeAnswered)
		c.d.Guard(func() { c.d.Invite(code, c.offer) })
		return nil
	})
}

// endCodes hangs up every code that is under way.
func (p *Phone) endCodes() {
	for _, c := range slices.Clone(p.codes) {
		c.d.Hangup()
	}
}

// codeCall is the call of a code. It describes sound as any call does, for there are phone systems that take no other call, and
// neither sends nor reads any.
type codeCall struct {
	p        *Phone
	account  Account
	code     string
	d        *dialog.Call
	sdp      *sdp.Session
	socket   *media.Socket
	offered  []byte
	answered bool
	late     bool // nobody has answered in time
	done     func(fault.Fault)
}

var _ dialog.Handler = (*codeCall)(nil)

// endAfter hangs up where the call stands as it does now in a while.
func (c *codeCall) endAfter(d time.Duration) {
	answered := c.answered
	c.p.after(d, func() {
		if c.answered == answered {
			c.late = !answered
			c.d.Guard(c.d.Hangup)
		}
	})
}

func (c *codeCall) offer(local netip.Addr) ([]byte, error) {
	if c.sdp == nil {
		socket, err := media.Listen(local, c.p.cfg.RTPPorts[0], c.p.cfg.RTPPorts[1])
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoAudio, err)
		}
		c.socket, c.sdp = socket, sdp.New(c.p.describes(c.account, socket.Addr(), socket.RTCPAddr().Port()))
	}
	if c.offered == nil {
		c.offered = c.sdp.Offer(sdp.SendRecv)
	}
	return c.offered, nil
}

// Answered is the end of what is waited for; the phone system hangs up when it is done.
func (c *codeCall) Answered(answer []byte, changed bool) {
	c.answered = true
	if !changed {
		if _, err := c.sdp.ReadAnswer(answer); err != nil { // nobody wants to hear it
			c.p.log.Debug("a code was answered without usable audio", "error", err)
		}
	}
	c.endAfter(codeOver)
}

// Refused offers the sound in another way, as for any call.
func (c *codeCall) Refused(e dialog.End) bool {
	if c.sdp == nil || !inAnotherWay(c.sdp, e) {
		return false
	}
	c.offered = nil
	return true
}

// Offer keeps the session as the phone system wants it.
func (c *codeCall) Offer(offer []byte) (answer []byte, code int) {
	if c.sdp == nil {
		return nil, 488
	}
	if offer == nil {
		return c.sdp.Offer(sdp.SendRecv), 0
	}
	answer, _, err := c.sdp.Answer(offer, sdp.SendRecv)
	if err != nil {
		return nil, 488
	}
	return answer, 0
}

// Ended tells what has come of it. What the phone system has answered it has done, however the call ended then.
func (c *codeCall) Ended(e dialog.End) {
	p := c.p
	p.codes = slices.DeleteFunc(slices.Clone(p.codes), func(o *codeCall) bool { return o == c })
	if c.socket != nil {
		_ = c.socket.Close()
		c.socket = nil
	}
	why := fault.Fault{}
	switch {
	case c.answered:
	case c.late:
		why = fault.New("sip.code-unanswered", "code", c.code)
	case e.Cause == dialog.HungUpHere:
		why = ErrClosed.Fault
	default:
		_, text := endOf(e, false, c.code)
		why = fault.New("sip.code-refused", "code", c.code, "why", text)
	}
	p.log.Info("code called", "account", c.account.ID(), "done", why.IsZero(), "cause", int(e.Cause), "status", e.Code)
	p.events.Put(func() { c.done(why) })
}

// The rest of what is heard of a call means nothing for a code.

// Progress implements dialog.Handler.
func (c *codeCall) Progress(int, []byte) {}

// Answer implements dialog.Handler.
func (c *codeCall) Answer([]byte) {}

// Refreshed implements dialog.Handler.
func (c *codeCall) Refreshed([]byte) {}

// Identity implements dialog.Handler.
func (c *codeCall) Identity(dialog.Identity) {}

// Alive implements dialog.Handler.
func (c *codeCall) Alive() bool { return false }

// Info implements dialog.Handler.
func (c *codeCall) Info(string, []byte) bool { return false }

// Referred implements dialog.Handler: nobody is called for the phone system's sake.
func (c *codeCall) Referred(*dialog.Referral) int { return 603 }

// SentOn implements dialog.Handler: what is asked of the phone system is asked of nobody else.
func (c *codeCall) SentOn(dialog.Redirect) dialog.Onward { return dialog.NotThere }

// Moved implements dialog.Handler.
func (c *codeCall) Moved(netip.Addr) bool { return true }
