package team

import (
	"slices"
	"strings"

	"linecard/app"
	"linecard/app/settings"
	"linecard/sip"
)

// Queues are the queues of the settings, with the ids of their accounts and their codes as the accounts call them. One of an account that is not
// there is left out, and so is all but the first of those with one name at one account.
func Queues(s *settings.Settings) []app.Queue {
	all := make([]app.Queue, 0, len(s.Queues))
	for _, q := range s.Queues {
		a, here := s.Account(s.QueueAt(q))
		if !here {
			continue
		}
		q = q.For(a.User)
		if slices.ContainsFunc(all, func(o app.Queue) bool { return o.Account == a.ID() && strings.EqualFold(o.Name, q.Name) }) { // two have come to be one
			continue
		}
		one := app.Queue{Name: q.Name, Account: a.ID(), Hint: q.Hint, PauseHint: q.PauseHint, Codes: map[app.QueueAction]string{
			app.QueueLogin: q.Login, app.QueueLogout: q.Logout, app.QueuePause: q.Pause, app.QueueResume: q.Resume,
		}}
		for _, entry := range q.Reasons {
			if name, code, ok := settings.ReadReason(entry); ok {
				one.Reasons = append(one.Reasons, app.QueueReason{Name: name, Code: code})
			}
		}
		all = append(all, one)
	}
	return all
}

// Hints are the phones whose state tells that of the queues.
func Hints(queues []app.Queue) (all []sip.Colleague) {
	for _, q := range queues {
		for _, hint := range []string{q.Hint, q.PauseHint} {
			if hint != "" {
				all = append(all, sip.Colleague{Account: q.Account, Extension: hint})
			}
		}
	}
	return all
}
