package app

import (
	"slices"
	"strings"

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
	account, number := phones[i].Account, phones[i].EchoTest
	show := d.shows(account, number, "")
	if err := d.mayCall(account, number, ""); err != nil { // a number that turns out to be somebody's
		return "", err
	}
	return d.dial(account, number, "", show)
}

// echoes reports whether a dialed call is one to the echo test of its phone system. That of another account at the same server will do: it is the same
// machine. A number that others can be called by is none, whatever the settings say: its calls are kept.
func (e callArrived) echoes(s *state) bool {
	if e.direction != crm.Outbound || e.number.Public() {
		return false
	}
	server := func(id string) string { return id[strings.LastIndexByte(id, '@')+1:] }
	return slices.ContainsFunc(s.accounts, func(a Account) bool {
		return a.EchoTest != "" && server(a.ID) == server(e.account) && strings.EqualFold(strings.TrimSpace(a.EchoTest), e.party.User)
	})
}

// noEcho is the call once it has left the echo test: it is with a person, and kept as any other.
func (c call) noEcho() call {
	c.echo, c.word = false, ""
	c.log = logStanding{}
	return c
}
