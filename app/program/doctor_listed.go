package program

import (
	"slices"

	"linecard/app/checkup"
	"linecard/app/settings"
	"linecard/fault"
)

// checkListed is the doctor's look at the queues and colleagues that are at an account which is not here, as in a profile of another desk: nothing of
// them is shown. It finds nothing where all are at one that is.
func checkListed(set *settings.Settings) []checkup.Finding {
	var names, accounts []string
	note := func(name, account, at string) {
		if at != "" || account == "" { // without any account the phone's line tells
			return
		}
		names = append(names, name)
		if !slices.Contains(accounts, account) {
			accounts = append(accounts, account)
		}
	}
	for _, q := range set.Queues {
		note(q.Name, q.Account, set.QueueAt(q))
	}
	for _, c := range set.Colleagues {
		note(c.Extension, c.Account, set.WatchedBy(c))
	}
	if len(names) == 0 {
		return nil
	}
	const shown = 10
	return []checkup.Finding{{
		Check: "program.check-listed", Minor: true, Remedy: fault.New("program.listed-nowhere", "names", names[:min(len(names), shown)], "accounts", accounts),
	}}
}
