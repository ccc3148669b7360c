package program

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/sip"
	"linecard/sip/transport"
)

// plans are the dial plans in force. A ring reads them without waiting for anything.
type plans struct {
	byAccount map[string]crm.NumberPlan
	first     crm.NumberPlan // of the first account, and of numbers that belong to none
}

// planner makes the plans of the settings and of what the registrars say.
type planner struct {
	mu  sync.Mutex
	set *settings.Settings
	own map[string][]string // numbers that a registrar says are an account's
}

// replan puts the plans of changed settings in force.
func (p *Program) replan(s *settings.Settings) {
	p.planner.mu.Lock()
	defer p.planner.mu.Unlock()
	p.planner.set = s
	p.plans.Store(plansOf(s, p.planner.own))
}

// plansOf are the plans of settings that may not be in force yet.
func (p *Program) plansOf(s *settings.Settings) *plans {
	p.planner.mu.Lock()
	defer p.planner.mu.Unlock()
	return plansOf(s, p.planner.own)
}

// owns takes the numbers that a registrar says are an account's.
func (p *Program) owns(account string, numbers []string) {
	p.planner.mu.Lock()
	defer p.planner.mu.Unlock()
	if slices.Equal(p.planner.own[account], numbers) {
		return
	}
	if p.planner.own == nil {
		p.planner.own = make(map[string][]string)
	}
	p.planner.own[account] = numbers
	p.plans.Store(plansOf(p.planner.set, p.planner.own))
}

// ownNumberDigits is the fewest digits of an account's name that is a number of its own, as of a trunk. A shorter one is an
// extension, and is known as that.
const ownNumberDigits = 7

// plansOf are the plans of settings. own are numbers by account that nobody had to enter. The numbers of each account are own
// ones on all.
func plansOf(s *settings.Settings, own map[string][]string) *plans {
	var ours []string
	for _, a := range s.Accounts {
		ours = append(ours, own[a.ID()]...)
		if digits := strings.TrimPrefix(a.User, "+"); len(digits) >= ownNumberDigits && strings.Trim(digits, "0123456789") == "" {
			ours = append(ours, a.User)
		}
	}
	planOf := func(a settings.Account) crm.NumberPlan {
		plan := planOf(s, a)
		plan.OwnNumbers = append(plan.OwnNumbers, ours...)
		return plan
	}
	p := &plans{byAccount: map[string]crm.NumberPlan{}, first: planOf(settings.Account{})}
	for i, a := range s.Accounts {
		p.byAccount[a.ID()] = planOf(a)
		if i == 0 {
			p.first = p.byAccount[a.ID()]
		}
	}
	return p
}

func planOf(s *settings.Settings, a settings.Account) crm.NumberPlan {
	n := s.NumbersOf(a.ID())
	plan := crm.NumberPlan{Region: n.Country, OutsidePrefix: n.OutsidePrefix, OwnNumbers: n.Own}
	plan.Domain, _ = transport.Secure(a.Server)
	plan.DialAs, plan.ExitCode, plan.AreaCode, plan.Strip, plan.Add = crm.DialForm(n.DialAs), n.ExitCode, n.AreaCode, n.Strip, n.Add
	plan.Extension, _ = crm.ExtensionPattern(n.Extension) // the store has compiled it and the rewrites before
	for _, text := range n.Rewrite {
		if r, wrong := crm.ReadRewrite(text); wrong.IsZero() {
			plan.Rewrites = append(plan.Rewrites, r)
		}
	}
	return plan
}

// of is the plan of an account; that of the first with an id that is not there.
func (p *plans) of(account string) crm.NumberPlan {
	if plan, ok := p.byAccount[account]; ok {
		return plan
	}
	return p.first
}

// plan is how the desk reads numbers on an account.
func (p *Program) plan(account string) crm.NumberPlan { return p.plans.Load().of(account) }

// dialAs is the key of the form in which numbers are dialed.
const dialAs = "numbers.dial_as"

// DialLike has an account dial all its numbers from now on as one was that its phone server took. It changes the settings of the account.
func (p *Program) DialLike(account string, like crm.DialSpelling) error {
	if p.set.Locked(dialAs) { // an account's own form would pass it by
		_, by := p.set.Locks()
		return &settings.LockedError{Key: dialAs, By: by}
	}
	var none error
	err := p.set.Change(func(s *settings.Settings) {
		if p.set.Origin("accounts") == settings.FromProfile && !p.set.Locked("accounts") { // they stay the profile's
			none = s.LearnSpelling(account, like)
			return
		}
		none = s.DialLike(account, like)
	})
	return cmp.Or(none, err)
}

// byTLS reports whether an account's server is reached by TLS; "" is the first account.
func (p *Program) byTLS(account string) bool {
	for _, a := range p.set.Get().Accounts {
		if account == "" || a.ID() == account {
			return a.Encrypted()
		}
	}
	return false
}

// ReadNumber reads the number of a party of a call of an account; account "" is the first one.
func (p *Program) ReadNumber(account string, party sip.Party) crm.Number {
	if party.Withheld {
		return crm.Number{Raw: party.User, Withheld: true}
	}
	return crm.ParseParty(party.User, party.Host, p.plans.Load().of(account))
}

// same reports whether a number that a phone system tells is the public one that calls are sent on to.
func same(plan crm.NumberPlan, told, to string) bool {
	n := crm.ParseParty(told, "", plan)
	return n.E164 != "" && n.E164 == crm.ParseNumber(to, plan).E164
}

// Number reads a number as it was typed or stored.
func (p *Program) Number(text string) crm.Number {
	return crm.ParseNumber(text, p.plans.Load().first)
}

// Shown is what would be called for a text, as an agent reads it: the number, and the keys for after the answer.
func (p *Program) Shown(text string) string {
	d, err := sip.Read(text)
	if err != nil {
		return text
	}
	if sip.Named(d.Number) && d.Host == "" {
		return d.Number
	}
	keys := d.Keys()
	d.Then = ""
	return app.WithKeys(p.Number(d.String()).Show(), keys)
}
