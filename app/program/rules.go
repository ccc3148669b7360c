package program

import (
	"cmp"
	"context"
	"errors"
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
	return app.TryRules(judgeOf(set, own), judgeWith(set, table, own), table, rows, p.meaning(set)), nil
}

// meaning is what the names in verdicts stand for by settings.
func (p *Program) meaning(set *settings.Settings) app.Meaning {
	m := app.Meaning{Layouts: set.Layouts, Owner: func(org, account, wish string) string {
		id, why, instead := p.owners.Owner(set, org, account, wish)
		if !why.IsZero() && !instead {
			return wish
		}
		return id
	}}
	if set.Records.Orgs != "all" { // else a call for which no rule chooses an org is looked for in every one
		home := app.HomeOrg(set.Org("").OrgID, p.links.Status())
		m.Org = func(account string) string {
			a, _ := set.Account(account)
			return cmp.Or(a.Org, home)
		}
	}
	return m
}

// RulesTried is what comes of a change of the table of rules.
type RulesTried struct {
	app.Trial
	Held    bool // it is not in force: calls would change, and nobody said that they may
	Untried bool // the history could not be read
}

var errHeld = errors.New("calls would change")

// ChangeRules changes the settings where the table of rules may be among what changes: it is tried on past calls first, and where those would have gone another way it is put in
// force only with yes. What is put in force is what was tried. A history in trouble keeps no rule from being set; once ctx has ended nothing is put in force, and the error is
// its cause. Only a profile goes past this: see docs/rules.md.
func (p *Program) ChangeRules(ctx context.Context, yes bool, change func(draft *settings.Store) error) (t RulesTried, err error) {
	try := func(table []crm.Rule) error {
		t = RulesTried{Untried: true}
		trial, err := p.TryRules(ctx, table)
		if ctx.Err() != nil { // whoever asked has gone: nobody is told what comes of it
			return context.Cause(ctx)
		}
		if err != nil {
			p.log.Warn("rules are put in force untried", "err", err)
			return nil
		}
		t = RulesTried{Trial: trial, Held: trial.Changed > 0 && !yes}
		if t.Held {
			return errHeld
		}
		return nil
	}
	asked := false
	err = p.set.ChangeTried(change, func(_, next *settings.Settings) error {
		asked = true
		return try(next.Rules)
	})
	if err == nil && !asked { // it is as it was
		err = try(p.set.Get().Rules)
	}
	if errors.Is(err, errHeld) {
		return t, nil
	}
	return t, err
}

// SetRules puts a table in the place of the one there is.
func SetRules(set *settings.Store, table []crm.Rule) error {
	return set.Change(func(s *settings.Settings) { s.Rules = table })
}

// SwitchRule switches a rule on or off; it is named as a person names it.
func SwitchRule(set *settings.Store, name string, on bool) error {
	return changeRules(set, name, func(rules []crm.Rule, i int) ([]crm.Rule, error) {
		rules[i].On = on
		return rules, nil
	})
}

// RemoveRule removes a rule.
func RemoveRule(set *settings.Store, name string) error {
	return changeRules(set, name, func(rules []crm.Rule, i int) ([]crm.Rule, error) { return slices.Delete(rules, i, i+1), nil })
}

// MoveRule puts a rule at a place in the table, counted from 1.
func MoveRule(set *settings.Store, name, place string) error {
	return changeRules(set, name, func(rules []crm.Rule, i int) ([]crm.Rule, error) { return moved(rules, i, place) })
}

func moved(rules []crm.Rule, i int, place string) ([]crm.Rule, error) {
	to, err := strconv.Atoi(place)
	if err != nil || to < 1 || to > len(rules) {
		return nil, ruleError("rules.no-place", "value", place, "most", len(rules))
	}
	r := rules[i]
	return slices.Insert(slices.Delete(rules, i, i+1), to-1, r), nil
}

// changeRules changes the table about one rule.
func changeRules(set *settings.Store, name string, change func(rules []crm.Rule, i int) ([]crm.Rule, error)) error {
	var wrong error
	err := set.Change(func(s *settings.Settings) {
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
