package sip

import (
	"errors"

	"linecard/fault"
	"linecard/sip/dialog"
)

// Transfer sends the other side of a call to what [Account.Dialable] makes of target: a blind transfer. CallTransfer
// tells how it goes. When the target answers, the call ends here with EndTransferred; when it does not, the call goes on.
func (p *Phone) Transfer(id, target string) error {
	return p.withCall(id, func(c *call) error {
		to, err := c.line.account.Dialable(target)
		target := to.Number
		switch {
		case err != nil:
			return err
		case to.Then != "":
			return fault.Err(nil, "sip.transfer-with-keys")
		case c.phase != talking:
			return ErrNotTalking
		case c.goesElsewhere():
			return ErrTransfer
		case c.isGathered():
			return ErrGathering
		}
		c.handing, c.transferring, c.referred = true, target, false
		c.tellTransfer()
		c.d.Refer(p.planned(c.line, to, ""), func(code int, err error) { c.transferred(target, code, err) })
		return nil
	})
}

// tellTransfer tells that a transfer was asked for.
func (c *call) tellTransfer() {
	c.tell(c.transferNews())
}

// transferNews is how the transfer of the call stands: it was asked for.
func (c *call) transferNews() CallTransfer {
	return CallTransfer{ID: c.id, Account: c.account, At: c.p.now(), Target: c.transferring, With: c.joins, Room: c.into}
}

func (c *call) transferred(target string, code int, err error) {
	if c.phase != talking || !c.handing {
		return
	}
	switch {
	case err == nil && code < 200:
		if !c.referred {
			c.awaitGuest()
		}
		c.referred = true
		if code == 180 {
			e := c.transferNews()
			e.Ringing = true
			c.tell(e)
		}
	case err == nil && code < 300:
		c.transferDone()
		c.hangupAs(EndTransferred, fault.Fault{})
	default:
		e := c.transferNews()
		c.handing, c.transferring, c.referred, c.lost = false, "", false, false
		var refused *dialog.RefusedError
		if errors.As(err, &refused) {
			code = refused.Code
		}
		c.p.log.Info("transfer failed", "call", c.id, "code", code, "error", err)
		if e.Failed = transferFailure(target, code); c.into != "" {
			e.Failed = guestFailure(target, code)
		}
		c.tell(e)
		c.comeBack()
		c.gathered(false)
	}
}

// transferDone tells that the transfer of the call has worked.
func (c *call) transferDone() {
	e := c.transferNews()
	e.Done = true
	c.tell(e)
}

// transferFailure is why a transfer did not work. target is "" where two calls were to be joined and the second's party has no name.
func transferFailure(target string, code int) fault.Fault {
	if target == "" {
		return fault.New("sip.transfer.not-connected")
	}
	switch code {
	case 486, 600:
		return fault.New("sip.transfer.busy", "target", target)
	case 404, 410, 484, 604:
		return fault.New("sip.transfer.not-found", "target", target)
	case 408, 480, 487:
		return fault.New("sip.transfer.no-answer", "target", target)
	case 603:
		return fault.New("sip.transfer.declined", "target", target)
	case 405, 501, 403:
		return fault.New("sip.transfer.not-allowed")
	}
	return fault.New("sip.transfer.failed", "target", target)
}
