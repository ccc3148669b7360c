package program

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"linecard/app"
	"linecard/app/journal"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/fault"
)

// TryRules tells what a table would have done with the latest calls, beside the rules in force.
func (p *Program) TryRules(ctx context.Context, table []crm.Rule) (app.Trial, error) {
	rows, err := p.journal.History(ctx, journal.Filter{Limit: app.TrialCalls + 50}) // those under way are not tried
	if err != nil {
		return app.Trial{}, err
	}
	set, own := p.set.Get(), p.ownNames()
	return app.TryRules(judgeOf(set, own), judgeWith(set, table, own), table, rows), nil
}

// SetRules puts a table in the place of the one there is.
func (p *Program) SetRules(table []crm.Rule) error {
	return p.set.Change(func(s *settings.Settings) { s.Rules = table })
}

// SwitchRule switches a rule on or off; it is named as a person names it.
func (p *Program) SwitchRule(name string, on bool) error {
	return p.changeRules(name, func(rules []crm.Rule, i int) ([]crm.Rule, error) {
		rules[i].On = on
		return rules, nil
	})
}

// RemoveRule removes a rule.
func (p *Program) RemoveRule(name string) error {
	return p.changeRules(name, func(rules []crm.Rule, i int) ([]crm.Rule, error) { return slices.Delete(rules, i, i+1), nil })
}

// MoveRule puts a rule at a place in the table, counted from 1.
func (p *Program) MoveRule(name, place string) error {
	return p.changeRules(name, func(rules []crm.Rule, i int) ([]crm.Rule, error) {
		to, err := strconv.Atoi(place)
		if err != nil || to < 1 || to > len(rules) {
			return nil, ruleError("rules.no-place", "value", place, "most", len(rules))
		}
		moved := rules[i]
		return slices.Insert(slices.Delete(rules, i, i+1), to-1, moved), nil
	})
}

// changeRules changes the table about one rule.
func (p *Program) changeRules(name string, change func(rules []crm.Rule, i int) ([]crm.Rule, error)) error {
	var wrong error
	err := p.set.Change(func(s *settings.Settings) {
		i := FindRule(s.Rules, name)
		if i < 0 {
			wrong = ruleError("rules.unknown", "name", name)
			return
		}
		rules, err := change(slices.Clone(s.Rules), i)
		if wrong = err; err == nil {
			s.Rules = rules
		}
	})
	if wrong != nil {
		return wrong
	}
	return err
}

// FindRule finds a rule by its name, or by its place; -1 when there is none.
func FindRule(rules []crm.Rule, name string) int {
	if i := slices.IndexFunc(rules, func(r crm.Rule) bool { return strings.EqualFold(r.Name, name) }); i >= 0 {
		return i
	}
	if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(rules) {
		return n - 1
	}
	return -1
}

func ruleError(code fault.Code, pairs ...any) error {
	return &settings.KeyError{Fault: fault.New(code, pairs...)}
}
