package program

import (
	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/sip"
)

// plans are the dial plans in force. A ring reads them without waiting for anything.
type plans struct {
	byAccount map[string]crm.NumberPlan
	first     crm.NumberPlan // of the first account, and of numbers that belong to none
}

func plansOf(s *settings.Settings) *plans {
	p := &plans{byAccount: map[string]crm.NumberPlan{}, first: planOf(s, settings.Account{})}
	for i, a := range s.Accounts {
		p.byAccount[a.ID()] = planOf(s, a)
		if i == 0 {
			p.first = p.byAccount[a.ID()]
		}
	}
	return p
}

func planOf(s *settings.Settings, a settings.Account) crm.NumberPlan {
	n := s.NumbersOf(a.ID())
	plan := crm.NumberPlan{Region: n.Country, OutsidePrefix: n.OutsidePrefix, OwnNumbers: n.Own, Domain: a.Server}
	plan.Extension, _ = crm.ExtensionPattern(n.Extension) // the store has compiled it before
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

// ReadNumber reads the number of a party of a call of an account; account "" is the first one.
func (p *Program) ReadNumber(account string, party sip.Party) crm.Number {
	if party.Withheld {
		return crm.Number{Raw: party.User, Withheld: true}
	}
	return crm.ParseParty(party.User, party.Host, p.plans.Load().of(account))
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
	keys := d.Keys()
	d.Then = ""
	return app.WithKeys(p.Number(d.String()).Show(), keys)
}
