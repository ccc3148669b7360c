package sip

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode"

	"linecard/sip/dialog"
	"linecard/sip/media"
	"linecard/sip/sdp"
)

// What a command may say no with. Each is a sentence for the agent.
var (
	ErrNoCall     = errors.New("That call is over.")                                              //nolint:staticcheck // read by people
	ErrNoAccount  = errors.New("No phone account is set. Enter one in Settings > Phone.")         //nolint:staticcheck // read by people
	ErrNoLine     = errors.New("Every line is in use. Hang up a call first.")                     //nolint:staticcheck // read by people
	ErrNoNumber   = errors.New("There is no number to call.")                                     //nolint:staticcheck // read by people
	ErrNotRinging = errors.New("That call does not ring any more.")                               //nolint:staticcheck // read by people
	ErrNotTalking = errors.New("That call has not been answered yet.")                            //nolint:staticcheck // read by people
	ErrNoAudio    = errors.New("No network port for audio is free. Close other calls and retry.") //nolint:staticcheck // read by people
	ErrNoCodec    = errors.New("The caller's phone has no audio format in common with this one.") //nolint:staticcheck // read by people
	ErrBadDigits  = errors.New("Only 0-9, *, # and A-D can be sent as keys.")                     //nolint:staticcheck // read by people
	ErrTransfer   = errors.New("A transfer of that call is under way.")                           //nolint:staticcheck // read by people
)

// withCall runs a command for one call on the queue.
func (p *Phone) withCall(id string, f func(*call) error) error {
	return p.do(func() error {
		c := p.find(id)
		if c == nil {
			return ErrNoCall
		}
		return f(c)
	})
}

// Dial calls a number, or a SIP address. Blanks and punctuation in a number are left out. It returns the call's id; what
// becomes of it is told by CallDialing and what follows. Calls being talked on are held.
func (p *Phone) Dial(number string) (id string, err error) {
	number = dialable(number)
	if number == "" {
		return "", ErrNoNumber
	}
	err = p.do(func() error {
		switch {
		case p.cfg.Account.Server == "":
			return ErrNoAccount
		case p.ua == nil || p.status.State == Unreachable || p.status.State == Refused:
			if p.status.Reason != "" {
				return errors.New(p.status.Reason)
			}
			return fmt.Errorf("The phone is not signed on to %s yet. Try again in a moment.", p.cfg.Account.Server) //nolint:staticcheck // read by people
		case len(p.calls) >= p.cfg.Account.lines():
			return ErrNoLine
		}
		p.holdOthers(nil)
		c := &call{p: p, id: p.cfg.NewID(), phase: dialing}
		id = c.id
		uri := p.ua.Target(number)
		c.party = Party{User: percentDecode(uri.User), Host: uri.Host}
		p.calls = append(p.calls, c)
		c.d = p.ua.NewCall(c)
		p.tell(CallDialing{ID: c.id, At: time.Now(), Party: c.party, SIPID: c.d.ID()})
		var offer []byte
		c.d.Invite(number, func(local netip.Addr) ([]byte, error) {
			if offer == nil {
				if err := c.open(local); err != nil {
					return nil, fmt.Errorf("%w: %w", ErrNoAudio, err)
				}
				offer = c.sdp.Offer(sdp.SendRecv)
			}
			return offer, nil
		})
		p.log.Info("call dialed", "call", c.id)
		return nil
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// Answer takes a ringing call. The audio flows as soon as the 200 is out. The call being talked on is held.
func (p *Phone) Answer(id string) error {
	return p.withCall(id, func(c *call) error {
		if !c.inbound || c.phase != ringing {
			return ErrNotRinging
		}
		if err := c.open(c.d.LocalIP()); err != nil {
			p.log.Error("audio ports", "call", c.id, "error", err)
			return ErrNoAudio
		}
		p.holdOthers(c)
		offer := c.d.RemoteSDP()
		codec := ""
		if offer == nil {
			c.phase = talking
			c.d.Accept(c.sdp.Offer(sdp.SendRecv))
		} else {
			answer, m, err := c.sdp.Answer(offer, sdp.SendRecv)
			if err != nil { // it was tried when the call came in
				c.d.Reject(488)
				return ErrNoCodec
			}
			c.d.Accept(answer)
			c.phase = talking
			codec = m.Send.Name
			if err := c.flow(m); err != nil {
				p.log.Error("audio not started", "call", c.id, "error", err)
				c.hangupAs(EndFailed, "The audio of the call could not be started.")
				return ErrNoAudio
			}
		}
		c.quiet()
		p.tell(CallAnswered{ID: c.id, At: time.Now(), Codec: codec})
		p.log.Info("call answered", "call", c.id)
		return nil
	})
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

// Hangup ends a call whatever it is doing: a ringing one is declined, a dialed one cancelled.
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

// Hold puts a call on hold. From this moment nothing is heard either way, whether or not the other side agrees.
func (p *Phone) Hold(id string) error {
	return p.withCall(id, func(c *call) error {
		if c.phase != talking {
			return ErrNotTalking
		}
		c.putOnHold()
		return nil
	})
}

// Resume takes a call off hold, and holds the others. CallHold tells when the other side agreed, or that it did not.
func (p *Phone) Resume(id string) error {
	return p.withCall(id, func(c *call) error {
		if c.phase != talking {
			return ErrNotTalking
		}
		if !c.hold {
			return nil
		}
		p.holdOthers(c)
		c.hold = false
		c.sync()
		return nil
	})
}

// holdOthers holds every call that is talked on, but one.
func (p *Phone) holdOthers(but *call) {
	for _, c := range p.calls {
		if c != but && c.phase == talking {
			c.putOnHold()
		}
	}
}

func (c *call) putOnHold() {
	if c.hold {
		return
	}
	c.hold, c.held = true, true
	c.tellHold("")
	c.sync()
}

// glare is the pause before a change of session that had to wait for another is tried again.
const glare = 200 * time.Millisecond

// sync brings the session to what the agent wants: our side at once when it is a hold, then the other side by a
// re-INVITE, then our side when it is a resume.
func (c *call) sync() {
	if c.phase != talking || c.audio == nil || c.negotiating {
		return
	}
	if c.hold {
		c.update()
	}
	if c.hold == c.toldHold {
		return
	}
	c.negotiating = true
	hold := c.hold
	c.d.Reinvite(c.sdp.Offer(c.direction()), func(answer []byte, err error) {
		c.negotiating = false
		if c.phase != talking {
			return
		}
		if errors.Is(err, dialog.ErrPending) {
			c.p.after(glare, c.sync)
			return
		}
		var m sdp.Media
		if err == nil {
			m, err = c.sdp.ReadAnswer(answer)
		}
		if err == nil {
			c.toldHold = hold
			if !hold && !c.hold {
				c.held = false
				c.tellHold("")
			}
			err = c.flow(m)
		}
		if err != nil {
			c.p.log.Info("hold or resume refused", "call", c.id, "hold", hold, "error", err)
			if !hold && !c.hold {
				c.hold = true
				c.tellHold("The other side did not take the call off hold. Try again.")
			}
			c.toldHold = true // a refused hold is silent on our side; the other side just hears no music
		}
		c.sync() // the agent may have changed his mind meanwhile
	})
}

// SetMute turns the microphone of a call off or on. The other side is sent silence.
func (p *Phone) SetMute(id string, muted bool) error {
	return p.withCall(id, func(c *call) error {
		if c.muted == muted {
			return nil
		}
		c.muted = muted
		if c.audio != nil {
			c.audio.Mute(muted)
		}
		p.tell(CallMuted{ID: c.id, At: time.Now(), Muted: muted})
		return nil
	})
}

// SendDTMF presses keys: by RTP where the other side takes that (RFC 4733), else by SIP INFO.
func (p *Phone) SendDTMF(id, digits string) error {
	return p.withCall(id, func(c *call) error {
		if c.audio == nil {
			return ErrNotTalking
		}
		digits = strings.ToUpper(strings.TrimSpace(digits))
		if digits == "" || strings.Trim(digits, "0123456789*#ABCD") != "" {
			return ErrBadDigits
		}
		err := c.audio.SendDTMF(digits)
		if errors.Is(err, media.ErrNoDTMF) {
			c.sendInfo(digits)
			return nil
		}
		return err
	})
}

// sendInfo sends keys as SIP INFO, each when the one before it was answered, so that they arrive in order.
func (c *call) sendInfo(digits string) {
	if digits == "" || c.phase != talking {
		return
	}
	body := fmt.Sprintf("Signal=%c\r\nDuration=160\r\n", digits[0])
	c.d.Info("application/dtmf-relay", []byte(body), func(err error) {
		if err != nil {
			c.p.log.Info("key not sent", "call", c.id, "error", err)
			return
		}
		c.sendInfo(digits[1:])
	})
}

// Transfer sends the other side of a call to another number: a blind transfer. CallTransfer tells how it goes. When the
// target answers, the call ends here with EndTransferred; when it does not, the call goes on.
func (p *Phone) Transfer(id, target string) error {
	target = dialable(target)
	return p.withCall(id, func(c *call) error {
		switch {
		case target == "":
			return ErrNoNumber
		case c.phase != talking:
			return ErrNotTalking
		case c.transferring != "":
			return ErrTransfer
		}
		c.transferring, c.refered = target, false
		p.tell(CallTransfer{ID: c.id, At: time.Now(), Target: target})
		c.d.Refer(target, func(code int, err error) { c.transferred(target, code, err) })
		return nil
	})
}

func (c *call) transferred(target string, code int, err error) {
	if c.phase != talking || c.transferring == "" {
		return
	}
	switch {
	case err == nil && code < 200:
		c.refered = true
	case err == nil && code < 300:
		c.p.tell(CallTransfer{ID: c.id, At: time.Now(), Target: target, Done: true})
		c.hangupAs(EndTransferred, "")
	default:
		c.transferring = ""
		var refused *dialog.RefusedError
		if errors.As(err, &refused) {
			code = refused.Code
		}
		c.p.log.Info("transfer failed", "call", c.id, "code", code, "error", err)
		c.p.tell(CallTransfer{ID: c.id, At: time.Now(), Target: target, Failed: transferFailure(target, code)})
	}
}

func transferFailure(target string, code int) string {
	switch code {
	case 486, 600:
		return fmt.Sprintf("%s is busy. The call is still here.", target)
	case 404, 410, 484, 604:
		return fmt.Sprintf("The number %s does not exist. The call is still here.", target)
	case 408, 480, 487:
		return fmt.Sprintf("%s did not answer. The call is still here.", target)
	case 603:
		return fmt.Sprintf("%s declined. The call is still here.", target)
	case 405, 501, 403:
		return "The phone server does not allow this transfer. The call is still here."
	}
	return fmt.Sprintf("The transfer to %s did not work. The call is still here.", target)
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

// dialable takes the punctuation out of a number. An address with @ or a scheme stays as it is, less what could end a
// header line: numbers come out of links and clipboards.
func dialable(number string) string {
	number = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, number))
	for _, scheme := range []string{"tel:", "callto:"} {
		if len(number) > len(scheme) && strings.EqualFold(number[:len(scheme)], scheme) {
			number, _, _ = strings.Cut(number[len(scheme):], ";")
		}
	}
	if strings.Contains(number, "@") || strings.HasPrefix(strings.ToLower(number), "sip") && strings.Contains(number, ":") {
		return number
	}
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(" -.()/\t\u00a0\u2010\u2011\u2013", r):
			return -1
		}
		return r
	}, number)
}
