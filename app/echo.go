package app

import (
	"slices"

	"linecard/crm"
	"linecard/fault"
)

// A call to the number of an account's echo test is the agent's with a machine: it is on no disk, not in the history and in no count, nobody is looked up, and
// nothing is logged of it.

// ErrNoEcho says that no account has the number of an echo test.
var ErrNoEcho = fault.Err(nil, "desk.no-echo")

// CallEcho calls the echo test of an account, "" being the first one that has its number. It returns the new call's id.
func (d *Desk) CallEcho(account string) (string, error) {
	phones := d.View().Phones
	i := slices.IndexFunc(phones, func(p PhoneView) bool { return p.EchoTest != "" && (account == "" || p.Account == account) })
	if i < 0 {
		return "", ErrNoEcho
	}
	return d.dial(phones[i].Account, phones[i].EchoTest, "", "")
}

// echoes reports whether a dialed call is one to its account's echo test.
func (e callArrived) echoes(s *state) bool {
	number := s.account(e.account).EchoTest
	return e.direction == crm.Outbound && number != "" && e.party.User == number
}
