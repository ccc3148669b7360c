// Package team says who the colleagues are: those of the settings, and behind them the users of an org; which of them are watched, and the queues beside
// them. It is pure: who asks the org and the phone is the running program.
package team

import (
	"slices"

	"linecard/app"
	"linecard/app/settings"
)

// Listed are the colleagues of the settings, with the ids of their accounts, each phone once: whoever names the first account and whoever names
// none are at the same. Of an account that is not there nobody is watched.
func Listed(s *settings.Settings) []app.Colleague {
	all := make([]app.Colleague, 0, len(s.Colleagues))
	for _, c := range s.Colleagues {
		one := app.Colleague{Name: c.Name, Extension: c.Extension, Account: s.WatchedBy(c), Listed: true}
		if one.Account != "" && placeOf(all, one) < 0 {
			all = append(all, one)
		}
	}
	return all
}

// placeOf is the place of whoever has the same phone, or -1.
func placeOf(all []app.Colleague, one app.Colleague) int {
	return slices.IndexFunc(all, func(o app.Colleague) bool { return o.Extension == one.Extension && o.Account == one.Account })
}
