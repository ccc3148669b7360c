package sip

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"linecard/fault"
	"linecard/sip/dialog"
	"linecard/sip/media"
)

// SendDTMF presses keys: by RTP where the other side takes that (RFC 4733), otherwise by SIP INFO.
func (p *Phone) SendDTMF(id, digits string) error {
	return p.withCall(id, func(c *call) error {
		if c.audio == nil {
			return ErrNotTalking
		}
		digits = strings.ToUpper(strings.ReplaceAll(digits, " ", ""))
		if digits == "" || strings.Trim(digits, "0123456789*#ABCD") != "" {
			return ErrBadDigits
		}
		return c.keysDown(digits)
	})
}

// keysDown presses keys by what the other side takes.
func (c *call) keysDown(digits string) error {
	err := c.audio.SendDTMF(digits)
	if errors.Is(err, media.ErrNoDTMF) {
		if c.noKeys {
			return fault.Err(nil, "sip.keys-refused", "keys", digits)
		}
		c.sendInfo(digits)
		return nil
	}
	return err
}

// sendInfo sends keys as SIP INFO, each when the one before it was answered, so that they arrive in order.
func (c *call) sendInfo(digits string) {
	if digits == "" || c.phase != talking {
		return
	}
	body := fmt.Sprintf("Signal=%c\r\nDuration=160\r\n", digits[0])
	c.d.Info("application/dtmf-relay", []byte(body), func(err error) {
		if err != nil && c.phase == talking {
			c.p.log.Info("key not sent", "call", c.id, "error", err)
			c.keysFailed(digits, err)
			return
		}
		c.sendInfo(digits[1:])
	})
}

// keysFailed tells that keys did not go. A side that takes no INFO, or not this one, is not asked again.
func (c *call) keysFailed(digits string, err error) {
	var refused *dialog.RefusedError
	why := fault.New("sip.keys-unanswered", "keys", digits)
	if errors.As(err, &refused) {
		why = fault.New("sip.keys-refused", "keys", digits)
		c.noKeys = slices.Contains([]int{405, 415, 501}, refused.Code)
	}
	c.p.tell(CallKeysFailed{ID: c.id, Account: c.account, At: time.Now(), Digits: digits, Why: why})
}

// heard is a key the other side pressed, told by the media's own goroutine.
func (c *call) heard(digit string) {
	c.step(func() {
		if c.phase == talking {
			c.p.tell(CallDTMF{ID: c.id, Account: c.account, At: time.Now(), Digit: digit})
		}
	})
}

// Info is a SIP INFO: a key, from phones that do not send it by RTP.
func (c *call) Info(contentType string, body []byte) bool {
	digit := ""
	switch contentType {
	case "application/dtmf":
		digit = strings.TrimSpace(string(body))
	case "application/dtmf-relay":
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
	c.p.tell(CallDTMF{ID: c.id, Account: c.account, At: time.Now(), Digit: strings.ToUpper(digit)})
	return true
}
