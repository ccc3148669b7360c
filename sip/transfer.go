package sip

import (
	"errors"
	"fmt"
	"time"

	"linecard/sip/dialog"
)

// Transfer sends the other side of a call to what [Account.Dialable] makes of target: a blind transfer. CallTransfer
// tells how it goes. When the target answers, the call ends here with EndTransferred; when it does not, the call goes on.
func (p *Phone) Transfer(id, target string) error {
	return p.withCall(id, func(c *call) error {
		target, err := c.line.account.Dialable(target)
		switch {
		case err != nil:
			return err
		case c.phase != talking:
			return ErrNotTalking
		case c.transferring != "":
			return ErrTransfer
		}
		c.transferring, c.referred = target, false
		p.tell(CallTransfer{ID: c.id, Account: c.account, At: time.Now(), Target: target})
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
		c.referred = true
	case err == nil && code < 300:
		c.p.tell(CallTransfer{ID: c.id, Account: c.account, At: time.Now(), Target: target, Done: true})
		c.hangupAs(EndTransferred, "")
	default:
		c.transferring, c.referred = "", false
		var refused *dialog.RefusedError
		if errors.As(err, &refused) {
			code = refused.Code
		}
		c.p.log.Info("transfer failed", "call", c.id, "code", code, "error", err)
		c.p.tell(CallTransfer{ID: c.id, Account: c.account, At: time.Now(), Target: target, Failed: transferFailure(target, code)})
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
