package main

import (
	"slices"
	"testing"

	"linecard/crm"
)

// The table that is tried before a rule is switched or removed is the one that is put in force then: names before places, in any case.
func TestARuleIsFoundAsItIsSwitched(t *testing.T) {
	rules := []crm.Rule{{Name: "Support"}, {Name: "Sales"}, {Name: "2"}}
	for name, at := range map[string]int{"support": 0, "2": 2, "1": 0, "SALES": 1, "9": -1} {
		for i, r := range withSwitched(rules, name, true) {
			if r.On != (i == at) {
				t.Errorf("%s: row %d is on: %v", name, i+1, r.On)
			}
		}
		left := withoutRule(rules, name)
		if len(left) != len(rules)-min(at+1, 1) || at >= 0 && slices.ContainsFunc(left, func(r crm.Rule) bool { return r.Name == rules[at].Name }) {
			t.Errorf("%s: without it %+v is left", name, left)
		}
	}
	if rules[0].On || rules[0].Name != "Support" {
		t.Error("the table in force was changed")
	}
}
