package sip

import (
	"fmt"
	"time"

	"linecard/sip/dialog"
)

// registered puts the state of the line's registration into the desk's words.
func (l *line) registered(s dialog.Status) {
	e := RegistrationChanged{Code: s.Code, RetryAt: s.RetryAt, Expires: s.Expires}
	switch s.State {
	case dialog.Unregistered:
		e.State = Unregistered
	case dialog.Registering:
		e.State = Registering
	case dialog.Registered:
		e.State = Registered
	case dialog.Unreachable:
		e.State = Unreachable
	case dialog.Refused:
		e.State = Refused
	}
	e.Reason = problem(l.account, s)
	if s.Err != nil {
		l.p.log.Info("registration", "account", l.account.ID(), "state", e.State, "code", s.Code, "error", s.Err)
	}
	l.told(e)
}

// told keeps where the line stands and tells the desk.
func (l *line) told(e RegistrationChanged) {
	e.Account, e.Extension, e.Server = l.account.ID(), l.account.User, l.account.Server
	l.status = e
	l.p.tell(e)
}

// problem is the sentence for why an account is not registered.
func problem(a Account, s dialog.Status) string {
	server := a.Server
	if a.Proxy != "" {
		server = a.Proxy
	}
	again := ""
	if !s.RetryAt.IsZero() {
		again = ", trying again"
		if wait := time.Until(s.RetryAt).Round(time.Second); wait > 2*time.Second {
			again += fmt.Sprintf(" in %s", plainDuration(wait))
		}
	}
	switch s.Problem {
	case dialog.NoProblem:
		return ""
	case dialog.NameNotFound:
		return fmt.Sprintf("Can't find the phone server %s%s. Check its name in Settings > Phone, and the network.", server, again)
	case dialog.ServerSilent:
		return fmt.Sprintf("Can't reach %s: no answer%s. Check the server in Settings > Phone, and the network.", server, again)
	case dialog.CannotConnect:
		return fmt.Sprintf("Can't reach %s: no connection%s. Check the server in Settings > Phone, and the network.", server, again)
	case dialog.WrongPassword:
		return fmt.Sprintf("The phone server refused the password for %s. Check it in Settings > Phone.", a.User)
	case dialog.UnknownUser:
		return fmt.Sprintf("The phone server does not know the extension %s. Check it in Settings > Phone.", a.User)
	}
	if s.Code >= 200 && s.Code < 300 {
		return fmt.Sprintf("The phone server accepted %s but did not keep this phone's address%s. Ask your phone administrator whether another device is registered in its place.", a.User, again)
	}
	return fmt.Sprintf("The phone server has a problem (SIP status %d)%s. If it lasts, tell your phone administrator.", s.Code, again)
}

// plainDuration is a wait as people say it.
func plainDuration(d time.Duration) string {
	if d < 90*time.Second {
		return fmt.Sprintf("%d seconds", int(d.Seconds()+0.5))
	}
	return fmt.Sprintf("%d minutes", int(d.Minutes()+0.5))
}
