package program

import (
	"slices"

	"linecard/app"
	"linecard/app/settings"
)

// colleaguesOf are the colleagues of the settings, with the ids of their accounts, each phone once: whoever names the first account and whoever names
// none are at the same. Of an account that is not there nobody is watched.
func colleaguesOf(s *settings.Settings) []app.Colleague {
	all := make([]app.Colleague, 0, len(s.Colleagues))
	for _, c := range s.Colleagues {
		one := app.Colleague{Name: c.Name, Extension: c.Extension, Account: s.WatchedBy(c)}
		twice := slices.ContainsFunc(all, func(o app.Colleague) bool { return o.Extension == one.Extension && o.Account == one.Account })
		if one.Account != "" && !twice {
			all = append(all, one)
		}
	}
	return all
}
