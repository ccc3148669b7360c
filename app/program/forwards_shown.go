package program

import (
	"slices"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/settings"
)

// What the agent is told of what phone systems were told.

// show tells the desk what phone systems were told.
func (f *forwards) show() { f.p.desk.ForwardsTold(f.all()) }

// ForwardsTold is what phone systems were told, by the ids of accounts.
func (p *Program) ForwardsTold() map[string][]app.ForwardTold {
	all := p.forwards.all()
	for _, told := range all {
		for i := range told {
			told[i].Reason = catalogue.Say(told[i].Why)
		}
	}
	return all
}

func (f *forwards) all() map[string][]app.ForwardTold {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := map[string][]app.ForwardTold{}
	accounts := f.p.set.Get().Accounts
	for _, a := range accounts {
		for _, way := range settings.Forwardings() {
			key := forwardKey{a.ID(), way}
			one := f.told[a.ID()][way].shown(way)
			one.Telling, one.Why = f.telling == key, f.failed[key].why
			if a.ForwardsByPBX() {
				one.Number = a.Forwarded(way)
			}
			if one.Number != "" && way == settings.ForwardNoAnswer {
				one.Seconds = secondsTold(a, way)
			}
			if one.Number != "" || one.Told != "" || one.Unsure != "" {
				all[a.ID()] = append(all[a.ID()], one)
			}
		}
	}
	for account, told := range f.told { // of accounts that are gone
		if slices.ContainsFunc(accounts, func(a settings.Account) bool { return a.ID() == account }) {
			continue
		}
		for _, way := range settings.Forwardings() {
			if one := told[way].shown(way); one.Told != "" || one.Unsure != "" {
				all[account] = append(all[account], one)
			}
		}
	}
	return all
}

// shown is what was told, as faces show it.
func (t toldForward) shown(way settings.Forwarding) app.ForwardTold {
	one := app.ForwardTold{When: string(way), Told: t.Number, Unsure: t.unsure()}
	if way == settings.ForwardNoAnswer {
		one.ToldSeconds = t.Seconds
	}
	return one
}
