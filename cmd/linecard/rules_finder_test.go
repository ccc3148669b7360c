package main

import (
	"testing"

	"linecard/crm"
)

// The table that is tried before a rule is switched on is the one that is put in force then: names before places, in any case.
func TestARuleIsFoundAsItIsSwitched(t *testing.T) {
	rules := []crm.Rule{{Name: "Support"}, {Name: "Sales"}, {Name: "2"}}
	for name, at := range map[string]int{"support": 0, "2": 2, "1": 0, "SALES": 1} {
		table, ok := withRule(rules, name)
		for i := range table {
			if table[i].On != (i == at) || !ok {
				t.Errorf("%s: row %d is on: %v", name, i+1, table[i].On)
			}
		}
	}
	if _, ok := withRule(rules, "9"); ok || rules[0].On {
		t.Error("a rule that is not there, or the table in force, was changed")
	}
}
