package program

import (
	"slices"

	"linecard/app"
	"linecard/app/settings"
	"linecard/sip"
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

// setColleagues has the desk show them and the phone watch them.
func (p *Program) setColleagues(all []app.Colleague) {
	p.desk.SetColleagues(all)
	watched := make([]sip.Colleague, len(all))
	for i, c := range all {
		watched[i] = sip.Colleague{Account: c.Account, Extension: c.Extension}
	}
	p.slow.Put(func() {
		if err := p.phone.SetColleagues(watched); err != nil {
			p.log.Warn("colleagues are not watched", "err", err)
		}
	})
}
