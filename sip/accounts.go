package sip

import (
	"slices"

	"linecard/fault"
)

// SetAccounts gives the phone its accounts, all of them. One that has not changed is not touched; one that has, or is not
// in the list any more, leaves its registrar: its calls that are up, or being dialed, stay, and one that rings is told
// 480 Temporarily Unavailable and ends as missed, with EndCancelled. The first account is the one that [Phone.Dial] takes
// when it is given none. An error means that nothing was changed.
func (p *Phone) SetAccounts(accounts []Account) error {
	accounts = slices.DeleteFunc(slices.Clone(accounts), func(a Account) bool { return a.Server == "" })
	for i, a := range accounts {
		if err := a.Check(); err != nil {
			return err
		}
		if slices.ContainsFunc(accounts[:i], func(b Account) bool { return b.ID() == a.ID() }) {
			return fault.Err(nil, "sip.account.twice", "account", a.ID())
		}
	}
	return p.do(func() error {
		before := p.lines
		p.lines = make([]*line, len(accounts))
		for i, a := range accounts {
			p.lines[i] = lineOf(before, a.ID())
		}
		for i, a := range accounts {
			switch l := p.lines[i]; {
			case l == nil:
				p.lines[i] = p.newLine(a)
			case !l.account.Equal(a):
				l.update(a)
			}
		}
		p.replace(before)
		return nil
	})
}

// replace removes the lines of before that the phone has no longer, and opens those that are new. One that is to have the
// port of one that goes waits for it to leave.
func (p *Phone) replace(before []*line) {
	opened := map[*line]bool{}
	for _, l := range before {
		opened[l] = true
	}
	for _, gone := range before {
		if slices.Contains(p.lines, gone) {
			continue
		}
		i := slices.IndexFunc(p.lines, func(l *line) bool { return !opened[l] && l.account.Port == gone.account.Port && l.account.Port != 0 })
		if i < 0 {
			gone.remove(func() {})
			continue
		}
		successor := p.lines[i]
		opened[successor] = true
		gone.remove(func() { successor.open(successor.opening) })
	}
	for _, l := range p.lines {
		if !opened[l] {
			l.open(l.opening)
		}
	}
}

// Reconnect registers an account at once instead of at the next try; "" stands for all of them. Its calls that are up stay.
func (p *Phone) Reconnect(account string) error {
	return p.do(func() error {
		for _, l := range p.lines {
			if account == "" || l.account.ID() == account {
				l.change(l.account)
			}
		}
		return nil
	})
}

// Registrations is where each account stands now, in the order of [Phone.SetAccounts].
func (p *Phone) Registrations() (all []RegistrationChanged) {
	_ = p.do(func() error {
		for _, l := range p.lines {
			all = append(all, l.status)
		}
		return nil
	})
	return all
}

// line finds the line of an account; "" stands for the first. nil means that there is none.
func (p *Phone) line(account string) *line {
	if account == "" && len(p.lines) > 0 {
		return p.lines[0]
	}
	return lineOf(p.lines, account)
}

func lineOf(lines []*line, account string) *line {
	for _, l := range lines {
		if l.account.ID() == account {
			return l
		}
	}
	return nil
}
