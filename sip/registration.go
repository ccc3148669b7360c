package sip

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"linecard/clean"
	"linecard/fault"
	"linecard/sip/dialog"
)

// registered puts the state of the line's registration into the desk's words.
func (l *line) registered(s dialog.Status) {
	e := RegistrationChanged{Code: s.Code, RetryAt: s.RetryAt, Expires: s.Expires, Own: ownOf(s.Associated), Encrypted: s.Encrypted}
	if s.Encrypted {
		e.Certificate = certificateOf(s.Certificate)
	}
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
	e.Reason = problem(l.account, s, l.p.now())
	told := fmt.Sprint(e.State, s.Code, s.Err)
	if s.Err != nil && told != l.failed { // once, however often it is tried again
		l.p.log.Info("registration", "account", l.account.ID(), "state", e.State, "code", s.Code, "error", s.Err)
	}
	if s.State != dialog.Registering {
		l.failed = told
	}
	l.told(e)
	if e.State == Registered {
		l.stun.prepare()
	}
}

// mostOwn bounds how many own numbers are taken from a registrar.
const mostOwn = 100

// ownOf are the user parts of the addresses that a registrar says are the account's. A pattern for many of them, between
// exclamation marks, is none.
func ownOf(associated []string) []string {
	var own []string
	for _, v := range associated {
		a, ok := parseAddress(v)
		user := clean.Line(a.user)
		if ok && user != "" && !strings.Contains(user, "!") && !slices.Contains(own, user) && len(own) < mostOwn {
			own = append(own, user)
		}
	}
	return own
}

// told keeps where the line stands and tells the desk.
func (l *line) told(e RegistrationChanged) {
	e.Account, e.Extension, e.Server = l.account.ID(), l.account.User, l.account.Server
	l.status = e
	l.p.tell(e)
}

// problem is why an account is not registered.
func problem(a Account, s dialog.Status, now time.Time) fault.Fault {
	retried := func(code, later fault.Code, pairs ...any) fault.Fault {
		return retriedIn(s.RetryAt.Sub(now), code, later, pairs...)
	}
	server := a.Server
	if a.Proxy != "" {
		server = a.Proxy
	}
	switch s.Problem {
	case dialog.NoProblem:
		return fault.Fault{}
	case dialog.NameNotFound:
		var other *dialog.OtherTransportError
		if errors.As(s.Err, &other) {
			return retried("sip.registration.transport", "sip.registration.transport.later", "server", server, "transport", other.Asked, "offers", other.Offers)
		}
		return retried("sip.registration.name", "sip.registration.name.later", "server", server)
	case dialog.ServerSilent:
		return retried("sip.registration.silent", "sip.registration.silent.later", "server", server)
	case dialog.CannotConnect:
		return retried("sip.registration.no-connection", "sip.registration.no-connection.later", "server", server)
	case dialog.NotProved:
		var doubt *dialog.TLSError
		if errors.As(s.Err, &doubt) {
			return unproved(server, doubt)
		}
	case dialog.WrongPassword:
		return fault.New("sip.registration.password", "user", a.User)
	case dialog.Forbidden:
		return fault.New("sip.registration.forbidden", "user", a.User)
	case dialog.OddChallenge:
		return fault.New("sip.registration.challenge", "user", a.User)
	case dialog.UnknownUser:
		return fault.New("sip.registration.unknown-user", "user", a.User)
	case dialog.BriefBinding:
		return fault.New("sip.registration.brief", "user", a.User, "life", max(s.Expires.Sub(now).Round(time.Second), time.Second))
	}
	if s.Code >= 200 && s.Code < 300 {
		return retried("sip.registration.no-binding", "sip.registration.no-binding.later", "user", a.User)
	}
	switch {
	case len(s.Options) == 0:
	case s.Code == 420:
		return retried("sip.registration.unknown-extension", "sip.registration.unknown-extension.later", "user", a.User, "options", strings.Join(s.Options, ", "))
	default:
		return retried("sip.registration.required", "sip.registration.required.later", "user", a.User, "options", strings.Join(s.Options, ", "))
	}
	if s.Code != 408 && s.Code != 480 && (s.Code < 500 || s.Code >= 600) { // it is well, and does not want this
		return retried("sip.registration.refused", "sip.registration.refused.later", "user", a.User, "status", s.Code)
	}
	return retried("sip.registration.server-problem", "sip.registration.server-problem.later", "status", s.Code)
}

// soon is how near the next try is when nobody needs to be told how long it takes.
const soon = 2 * time.Second

// retriedIn is a problem that the phone tries to get over by itself: code when it does so soon, later with the value "wait"
// when it takes a while.
func retriedIn(wait time.Duration, code, later fault.Code, pairs ...any) fault.Fault {
	wait = wait.Round(time.Second)
	switch {
	case wait <= soon:
		return fault.New(code, pairs...)
	case wait >= 90*time.Second: // whole minutes are exact enough
		wait = wait.Round(time.Minute)
	}
	return fault.New(later, append(pairs, "wait", wait)...)
}
