package sip

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"linecard/fault"
	"linecard/sip/dialog"
	"linecard/sip/sdp"
)

// What a command may say no with. [errors.Is] finds them whatever values they carry.
var (
	ErrClosed     = fault.Err(nil, "sip.closed")
	ErrNoCall     = fault.Err(nil, "sip.no-call")
	ErrNoAccount  = fault.Err(nil, "sip.no-account")
	ErrNoLine     = fault.Err(nil, "sip.no-line")
	ErrNoNumber   = fault.Err(nil, "sip.no-number")
	ErrBadNumber  = fault.Err(nil, "sip.bad-number")
	ErrLongNumber = fault.Err(nil, "sip.long-number")
	ErrSecureCall = fault.Err(nil, "sip.secure-call")
	ErrNotRinging = fault.Err(nil, "sip.not-ringing")
	ErrNotTalking = fault.Err(nil, "sip.not-talking")
	ErrNoAudio    = fault.Err(nil, "sip.no-audio-port")
	ErrNoCodec    = fault.Err(nil, "sip.no-codec")
	ErrBadDigits  = fault.Err(nil, "sip.bad-digits")
	ErrFault      = fault.Err(nil, "sip.fault")
	ErrTransfer   = fault.Err(nil, "sip.transfer-under-way")
	ErrConsult    = fault.Err(nil, "sip.consult-under-way")
	ErrNoConsult  = fault.Err(nil, "sip.no-consultation")
	ErrNotAsked   = fault.Err(nil, "sip.not-referred")
)

// withCall runs a command for one call on the queue.
func (p *Phone) withCall(id string, f func(*call) error) error {
	return p.do(func() error {
		c := p.find(id)
		if c == nil {
			return ErrNoCall
		}
		err := error(ErrFault)
		c.d.Guard(func() { err = f(c) })
		return err
	})
}

// Dial calls what [Account.Dialable] makes of number, from the account with that id, "" for the first. It returns the
// call's id; what becomes of it is told by CallDialing and what follows. The call being talked on is held, once nothing
// speaks against dialing any more; should the new call end unanswered, it is resumed, unless another is talked on by then.
// An error means that nothing was sent or changed.
//
// note is why the call is made, for whoever keeps it: CallDialing hands it on, and nothing is sent of it.
//
// With [Config.BeforeInvite] Dial waits for it, as hooks.go tells.
func (p *Phone) Dial(account, number, note string) (id string, err error) {
	return p.dial(wish{account: account, number: number, note: note})
}

// DialAs is Dial with a number that the callee is to see: one of [Account].CallerIDs, or [Withheld] where that is there.
func (p *Phone) DialAs(account, number, note, as string) (id string, err error) {
	return p.dial(wish{account: account, number: number, note: note, as: as})
}

// DialSpelled is Dial with what is sent for the number in the place of what the dial plan makes of it: digits, perhaps behind a +. as is what the callee is to see, as in
// DialAs; "" leaves it to the account.
func (p *Phone) DialSpelled(account, number, note, sent, as string) (id string, err error) {
	if !spelling(sent) {
		return "", ErrBadNumber
	}
	return p.dial(wish{account: account, number: number, note: note, sent: sent, as: as})
}

// DialFor is Dial, or with sent DialSpelled, to a callee whose record names the number that they are to see: one of [Account].CallerIDs, or where there are none any
// number of up to 20 digits, perhaps behind a +.
func (p *Phone) DialFor(account, number, note, sent, as string) (id string, err error) {
	if sent != "" && !spelling(sent) {
		return "", ErrBadNumber
	}
	return p.dial(wish{account: account, number: number, note: note, sent: sent, as: as, ofRecord: true})
}

// spelling reports whether a text can be sent for a number.
func spelling(sent string) bool {
	digits := strings.TrimPrefix(sent, "+")
	return digits != "" && len(sent) <= maxNumber && strings.Trim(digits, "0123456789*#") == ""
}

// wish is a call that is asked for.
type wish struct {
	account, number, note string
	as                    string                                // what the callee is to see, of the account's caller IDs; "" for the account's own
	ofRecord              bool                                  // the callee's record names as
	sent                  string                                // what is sent for the number; "" for what the dial plan says
	consults              string                                // id of the call that the agent consults about; "" for none
	gathers               []string                              // ids of the calls whose far ends are to meet in the account's conference room; nil for another call
	picks                 string                                // extension of the colleague whose call it picks up; "" for none
	replaces              func(*line) (dialog.Replacing, error) // the call that it takes the place of; nil for none
}

// dial is DialAs, and Consult, Pickup and Conference.
func (p *Phone) dial(w wish) (id string, err error) {
	number, note, consults := w.number, w.note, w.consults
	var c *call
	var kept <-chan struct{}
	err = p.do(func() error {
		account, err := p.accountToConsult(w.account, consults)
		if w.gathers != nil {
			var up *call
			if account, up, err = p.gatherable(w.gathers); up != nil { // somebody else has called it
				return ErrGathering
			}
		}
		if err != nil {
			return err
		}
		l, err := p.lineToDial(account)
		if err != nil {
			if _, wrong := Read(number); wrong != nil && w.gathers == nil {
				return wrong
			}
			return err
		}
		if w.gathers != nil {
			number = l.account.roomOf()
		}
		to, err := l.account.Dialable(number)
		if err != nil {
			return err
		}
		shown, err := l.account.shownAs(w.as, w.ofRecord)
		if err != nil {
			return err
		}
		if err := l.ready(); err != nil && (w.gathers == nil || !errors.Is(err, ErrNoLine)) { // a room takes the place of two calls
			return err
		}
		var instead *dialog.Replacing
		if w.replaces != nil {
			r, err := w.replaces(l)
			if err != nil {
				return err
			}
			instead = &r
		}
		c = &call{
			p: p, line: l, account: l.account.ID(), id: p.cfg.NewID(), phase: dialing, number: to.Number, sent: p.planned(l, to, w.sent), shown: shown,
			then: to.Then, over: make(chan struct{}), consults: consults, instead: instead, picks: l.picksUp(w),
			gathering: gathering{room: w.gathers != nil, waits: slices.Clone(w.gathers)},
		}
		muted := c.room && p.mutedNow()
		if c.room {
			c.where, c.address = c.number, c.sent
		}
		p.endFailureTone()
		p.holdFor(c)
		c.party = Party{User: to.Number, Host: l.ua.Target(to.Number).Host}
		p.calls = append(p.calls, c)
		c.d = l.ua.NewCall(c)
		c.d.ShowAs(shown)
		c.begins()
		e := CallDialing{ID: c.id, Account: c.account, At: c.p.now(), Party: c.party, Then: to.Then, Secure: to.Secure, Note: note, Consults: consults, Gathers: w.gathers, Picks: w.picks, Spelled: w.sent, As: w.as, AsOfRecord: w.ofRecord, SIPID: c.sipID()}
		if p.cfg.BeforeInvite == nil {
			p.tell(e)
			c.mute(muted)
			c.d.Guard(c.invite)
			return nil
		}
		c.d.Guard(func() { kept = p.keep(e) })
		p.tell(e)
		c.mute(muted)
		return nil
	})
	if err != nil {
		return "", err
	}
	if kept != nil {
		c.inviteWhen(kept)
	}
	return c.id, nil
}

// lineToDial finds the line of an account, "" for the first.
func (p *Phone) lineToDial(account string) (*line, error) {
	switch l := p.line(account); {
	case l != nil:
		return l, nil
	case account == "" || len(p.lines) == 0:
		return nil, ErrNoAccount
	}
	return nil, fault.Err(nil, "sip.unknown-account", "account", account)
}

// ready says why the line cannot dial now.
func (l *line) ready() error {
	err := l.reachable()
	if err == nil && l.full() {
		return ErrNoLine
	}
	return err
}

// reachable says why the line cannot send anything to its server now.
func (l *line) reachable() error {
	switch {
	case l.ua != nil && l.status.State != Unreachable && l.status.State != Refused:
		return nil
	case !l.status.Reason.IsZero():
		return &fault.Error{Fault: l.status.Reason}
	}
	return fault.Err(nil, "sip.not-registered", "server", l.account.Server)
}

// invite sends the INVITE, unless the call is over already.
func (c *call) invite() {
	if c.phase != dialing {
		return
	}
	if c.instead != nil {
		c.d.InviteReplacing(c.sent, *c.instead, c.offerer())
	} else {
		c.d.Invite(c.sent, c.offerer())
	}
	c.p.log.Info("call dialed", "call", c.id)
}

// offerer makes what a call offers that is dialed: the same each time, until the other side wants it encrypted, or this machine has another address.
func (c *call) offerer() func(local netip.Addr) ([]byte, error) {
	return func(local netip.Addr) ([]byte, error) {
		c.putBack() // whoever had changed the session is not who is asked now
		if c.sdp != nil && c.local != local && !c.Moved(local) {
			return nil, ErrNoAudio
		}
		if c.offer == nil {
			if err := c.open(local); err != nil {
				return nil, fmt.Errorf("%w: %w", ErrNoAudio, err)
			}
			c.offer, c.moved = c.sdp.Offer(sdp.SendRecv), false
		}
		return c.offer, nil
	}
}

// Answer takes a ringing call. The audio flows as soon as the 200 is out. The call being talked on is held.
func (p *Phone) Answer(id string) error {
	return p.withCall(id, func(c *call) error {
		return c.answer()
	})
}

func (c *call) answer() error {
	p := c.p
	switch {
	case !c.inbound || c.phase != ringing:
		return ErrNotRinging
	case c.taken: // before the caller has confirmed the ringing
		return nil
	}
	if err := c.open(c.d.LocalIP()); err != nil {
		p.log.Error("audio ports", "call", c.id, "error", err)
		return ErrNoAudio
	}
	p.endFailureTone()
	p.holdFor(c)
	c.quiet()
	return c.accept(func(codec string) {
		p.tell(CallAnswered{ID: c.id, Account: c.account, At: c.p.now(), Codec: codec, Itself: c.itself})
		c.tellFocus()
		if c.held {
			c.tellHold(fault.Fault{})
		}
		p.log.Info("call answered", "call", c.id)
	})
}

// accept answers an inbound call whose audio ports are open, and starts its audio: as held, where it is. answered is called with the codec,
// "" where it is not agreed yet, once the 200 is out: the caller may have to confirm the ringing first, and until then the call rings.
func (c *call) accept(answered func(codec string)) error {
	offer := c.d.RemoteSDP()
	if offer == nil {
		if c.offer == nil {
			c.offer, c.offeredHold = c.sdp.Offer(direction(c.hold)), c.hold
		}
		c.taken = true
		c.d.Accept(c.offer, func(answer []byte) {
			c.phase = talking
			codec := ""
			if answer != nil {
				c.Answer(answer)
				codec = c.params.Send.Name
			}
			if c.phase == talking {
				answered(codec)
			}
		})
		if c.phase == ended && c.verdict != nil { // what the caller has answered was of no use
			return &fault.Error{Fault: c.verdict.text}
		}
		return nil
	}
	answer, m, err := c.sdp.Answer(offer, direction(c.hold))
	if err != nil { // it was tried when the call came in
		c.verdict = &verdict{reason: EndFailed, code: 488, text: unacceptable(err)}
		c.d.Reject(488)
		return ErrNoCodec
	}
	c.d.Accept(answer, func([]byte) {})
	c.phase, c.toldHold = talking, c.hold
	if err := c.flow(m); err != nil {
		c.p.log.Error("audio not started", "call", c.id, "error", err)
		c.phase = ringing // there never was any sound
		c.hangupAs(EndFailed, fault.New("sip.ended.audio"))
		return ErrNoAudio
	}
	answered(m.Send.Name)
	return nil
}

// Decline refuses a ringing call with 486 Busy Here; the package documentation says why not 603.
func (p *Phone) Decline(id string) error {
	return p.withCall(id, func(c *call) error {
		if !c.inbound || c.phase != ringing {
			return ErrNotRinging
		}
		c.d.Reject(486)
		return nil
	})
}

// Hangup ends a call in any state: a ringing one is declined, a dialed one cancelled.
func (p *Phone) Hangup(id string) error {
	return p.withCall(id, func(c *call) error {
		c.d.Hangup()
		return nil
	})
}

// Silence stops the ring tone of a call; the call rings on at the caller's end.
func (p *Phone) Silence(id string) error {
	return p.withCall(id, func(c *call) error {
		if c.phase == ringing {
			c.quiet()
		}
		return nil
	})
}

// SetMute turns the microphone of a call off or on. The other side is sent silence.
func (p *Phone) SetMute(id string, muted bool) error {
	return p.withCall(id, func(c *call) error {
		c.mute(muted)
		return nil
	})
}

func (c *call) mute(muted bool) {
	if c.muted == muted {
		return
	}
	c.muted = muted
	if c.audio != nil {
		c.audio.Mute(muted || c.shut)
	}
	c.tell(CallMuted{ID: c.id, Account: c.account, At: c.p.now(), Muted: muted})
}

// Stats is what RTP and RTCP have counted of a call so far.
func (p *Phone) Stats(id string) (Stats, error) {
	var s Stats
	err := p.withCall(id, func(c *call) error {
		s = c.stats()
		return nil
	})
	return s, err
}
