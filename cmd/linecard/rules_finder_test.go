package main

import (
	"slices"
	"testing"

	"linecard/app/program"
	"linecard/app/settings"
	"linecard/crm"
)

// A rule that is switched or removed is found by its name, in any case, before its place; one that is not there changes nothing.
func TestARuleIsFoundAsItIsSwitched(t *testing.T) {
	rules := []crm.Rule{{Name: "Support", Log: "no"}, {Name: "Sales", Log: "no"}, {Name: "2", Log: "no"}}
	open := func() *settings.Store {
		set := settings.Default()
		set.Rules = slices.Clone(rules)
		return settings.InMemory(set)
	}
	for name, at := range map[string]int{"support": 0, "2": 2, "1": 0, "SALES": 1, "9": -1} {
		s := open()
		if err := program.SwitchRule(s, name, true); (err != nil) != (at < 0) {
			t.Errorf("%s: %v", name, err)
		}
		for i, r := range s.Get().Rules {
			if r.On != (i == at) {
				t.Errorf("%s: row %d is on: %v", name, i+1, r.On)
			}
		}
		s = open()
		if err := program.RemoveRule(s, name); (err != nil) != (at < 0) {
			t.Errorf("%s: %v", name, err)
		}
		left := s.Get().Rules
		if len(left) != len(rules)-min(at+1, 1) || at >= 0 && slices.ContainsFunc(left, func(r crm.Rule) bool { return r.Name == rules[at].Name }) {
			t.Errorf("%s: without it %+v is left", name, left)
		}
	}
}
