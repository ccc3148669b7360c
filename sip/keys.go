package sip

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"linecard/fault"
	"linecard/sip/dialog"
	"linecard/sip/media"
)

// How the keys of an account's calls go: [Account].DTMF.
const (
	KeysAuto = "auto"    // as events (RFC 4733) where the other side takes them, otherwise by SIP INFO. "" is this
	KeysRTP  = "rfc4733" // as events, or not at all
	KeysInfo = "info"    // by SIP INFO
	KeysTone = "inband"  // as tones in the sound
)

// SendDTMF presses keys, in the way of the call's account.
func (p *Phone) SendDTMF(id, digits string) error {
	return p.withCall(id, func(c *call) error {
		if c.audio == nil {
			return ErrNotTalking
		}
		digits = strings.ToUpper(strings.ReplaceAll(digits, " ", ""))
		if digits == "" || strings.Trim(digits, "0123456789*#ABCD") != "" {
			return ErrBadDigits
		}
		return c.keysDown(press{digits: digits})
	})
}

// press is keys that are pressed together.
type press struct {
	digits string
	dialed bool // with the number: it is told when they have been sent, and the next group goes out behind them
}

// keysDown presses keys by what the other side takes. What became of them is heard later: by keysGone, or by the answer to an INFO.
func (c *call) keysDown(k press) error {
	send, way := c.audio.SendDTMF, c.line.account.DTMF
	switch way {
	case KeysInfo:
		return c.keysByInfo(k)
	case KeysTone:
		send = c.audio.SendTones
	}
	err := send(k.digits, func(left string) {
		c.step(func() { c.keysGone(k, left) })
	})
	switch {
	case errors.Is(err, media.ErrNoDTMF) && way == KeysRTP:
		return fault.Err(err, "sip.keys-no-events", "keys", k.digits)
	case errors.Is(err, media.ErrNoDTMF):
		return c.keysByInfo(k)
	case errors.Is(err, media.ErrNoTones):
		return fault.Err(err, "sip.keys-no-tones", "keys", k.digits)
	case errors.Is(err, media.ErrNoSender):
		return fault.Err(err, "sip.keys-on-hold", "keys", k.digits)
	case errors.Is(err, media.ErrTooMany):
		return fault.Err(err, "sip.keys-too-many", "keys", k.digits)
	}
	return err
}

// keysByInfo presses keys by SIP INFO.
func (c *call) keysByInfo(k press) error {
	if c.noKeys {
		return fault.Err(nil, "sip.keys-refused", "keys", k.digits)
	}
	c.pressed = append(c.pressed, k)
	if len(c.pressed) == 1 {
		c.sendInfo()
	}
	return nil
}

// takesEvents reports whether the account wants keys as events. Where it does not, they are left out of what calls offer: a phone
// system that sees them there may listen to nothing else.
func (a Account) takesEvents() bool { return a.DTMF != KeysInfo && a.DTMF != KeysTone }

// keysGone tells what became of keys that were to go by RTP. Keys that were dialed with the number, and stopped by a hold before the
// first of them, wait for its end; the second half of a PIN would be taken for another one.
func (c *call) keysGone(k press, left string) {
	switch {
	case c.phase != talking:
	case left == "" && k.dialed:
		c.tellKeys(k.digits, fault.Fault{})
		c.pressThen()
	case left == "":
	case k.dialed && left == k.digits:
		c.then = "," + left + c.then
		c.pressThen()
	case k.dialed:
		c.tellKeys(k.digits[:len(k.digits)-len(left)], fault.Fault{})
		c.thenFailed(left, "sip.keys-not-sent")
	default:
		c.tellKeys(left, fault.New("sip.keys-not-sent", "keys", left))
	}
}

// The bodies of a SIP INFO that carry a key. Both are in use, and neither is a standard: the first is Cisco's, which tells how
// long the key was pressed and which most phone systems take; the second is the key and nothing else.
const (
	keyRelay = "application/dtmf-relay"
	keyPlain = "application/dtmf"
)

// sendInfo sends the keys that wait as SIP INFO, each when the one before it was answered, so that they arrive in order.
func (c *call) sendInfo() {
	if len(c.pressed) == 0 || c.phase != talking {
		return
	}
	k := c.pressed[0]
	c.sendKey(k.digits[c.gone], cmp.Or(c.keyType, keyRelay), func(err error) {
		switch {
		case c.phase != talking:
			return
		case err != nil:
			c.p.log.Info("key not sent", "call", c.id, "error", err)
			c.keysFailed(k, err)
		case c.gone+1 < len(k.digits):
			c.gone++
			c.sendInfo()
			return
		case k.dialed:
			c.tellKeys(k.digits, fault.Fault{})
			c.pressThen()
		}
		c.pressed, c.gone = c.pressed[1:], 0
		if c.noKeys {
			for _, k := range c.pressed {
				c.notPressed(k, k.digits, "sip.keys-refused")
			}
			c.pressed = nil
		}
		c.sendInfo()
	})
}

// sendKey sends one key in a body of a kind. Where the other side does not take that kind, it tries the other one, and what has
// worked serves for the rest of the call.
func (c *call) sendKey(key byte, kind string, done func(error)) {
	body := fmt.Sprintf("Signal=%c\r\nDuration=160\r\n", key)
	if kind == keyPlain {
		body = string(key)
	}
	c.d.Info(kind, []byte(body), func(err error) {
		var refused *dialog.RefusedError
		switch {
		case err == nil:
			c.keyType = kind
		case c.phase == talking && c.keyType == "" && kind == keyRelay && errors.As(err, &refused) && refused.Code == 415:
			c.sendKey(key, keyPlain, done)
			return
		}
		done(err)
	})
}

// keysFailed tells that keys did not go. A side that takes no INFO, or neither kind, is not asked again.
func (c *call) keysFailed(k press, err error) {
	var refused *dialog.RefusedError
	why := fault.Code("sip.keys-unanswered")
	if errors.As(err, &refused) {
		why = "sip.keys-refused"
		c.noKeys = slices.Contains([]int{405, 415, 501}, refused.Code)
	}
	if k.dialed && c.gone > 0 {
		c.tellKeys(k.digits[:c.gone], fault.Fault{})
	}
	c.notPressed(k, k.digits[c.gone:], why)
}

// notPressed tells that what is left of keys did not go. Those that were dialed behind them do not go either: the menu that they are for
// has not been reached.
func (c *call) notPressed(k press, left string, why fault.Code) {
	if k.dialed {
		c.thenFailed(left, why)
		return
	}
	c.tellKeys(left, fault.New(why, "keys", left))
}

func (c *call) tellKeys(digits string, failed fault.Fault) {
	c.tell(CallKeys{ID: c.id, Account: c.account, At: c.p.now(), Keys: digits, Failed: failed})
}

// heard is a key the other side pressed, told by the media's own goroutine.
func (c *call) heard(digit string) {
	c.step(func() {
		if c.phase == talking {
			c.tell(CallDTMF{ID: c.id, Account: c.account, At: c.p.now(), Digit: digit})
		}
	})
}

// Info is a SIP INFO: a key, from phones that do not send it by RTP.
func (c *call) Info(contentType string, body []byte) bool {
	digit := ""
	switch contentType {
	case keyPlain:
		digit = strings.TrimSpace(string(body))
	case keyRelay:
		for _, line := range strings.Split(string(body), "\n") {
			k, v, ok := strings.Cut(line, "=")
			if ok && strings.EqualFold(strings.TrimSpace(k), "Signal") {
				digit = strings.TrimSpace(v)
			}
		}
	default:
		return false
	}
	switch digit { // RFC 2833's numbers are seen too
	case "10":
		digit = "*"
	case "11":
		digit = "#"
	}
	if len(digit) != 1 || !strings.Contains("0123456789*#ABCDabcd", digit) {
		return false
	}
	c.tell(CallDTMF{ID: c.id, Account: c.account, At: c.p.now(), Digit: strings.ToUpper(digit)})
	return true
}
