package app

import (
	"slices"

	"linecard/sip"
)

// ShownUninvited is how many addresses are shown that tried to call an account. There are more than a scanner or two, so that these do
// not hide another edge of the phone system.
const ShownUninvited = 8

// uninvited notes who tried to call an account and was not answered. The agent is not told: it is the admin's to see, on the
// settings page and in the doctor's findings, should the phone system call from there.
func uninvited(s state, e sip.UninvitedCalls) (state, []effect) {
	i := s.phone(e.Account)
	if i < 0 {
		return s, nil
	}
	phones := slices.Clone(s.phones)
	others := slices.DeleteFunc(slices.Clone(phones[i].Uninvited), func(u sip.Uninvited) bool { return u.From == e.From })
	others = others[:min(len(others), ShownUninvited-1)]
	phones[i].Uninvited = append([]sip.Uninvited{e.Uninvited}, others...)
	s.phones = phones
	return s, []effect{say{Event{Event: "uninvited", At: e.Last, Account: e.Account, From: e.From.String()}}}
}
