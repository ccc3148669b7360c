package main

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/crmtest"
)

// What linecard rules --json tells is the table as it is, and the file that export writes from it puts the same one in force.
func TestRulesAnswerIsTheTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := crmtest.AnyRules(t)
		s := settings.InMemory(settings.Default())
		if err := s.Change(func(set *settings.Settings) { set.Rules = rules }); err != nil {
			t.Fatal(err)
		}
		doc, err := json.Marshal(answerRules(s, s.Get().StrangeOrgs(nil)))
		if err != nil {
			t.Fatal(err)
		}
		var told struct{ Rules []crm.Rule }
		if err := json.Unmarshal(doc, &told); err != nil {
			t.Fatal(err)
		}
		plain := func(rules []crm.Rule) string { // an empty list is none
			doc, _ := json.Marshal(append([]crm.Rule{}, rules...))
			return string(doc)
		}
		if got, want := plain(told.Rules), plain(s.Get().Rules); got != want {
			t.Fatalf("told\n%s, is\n%s", got, want)
		}
		if len(rules) == 0 {
			return
		}
		file, err := settings.WriteRules(told.Rules)
		if err != nil {
			t.Fatal(err)
		}
		back, err := settings.ReadRules(file)
		if err != nil || !reflect.DeepEqual(plain(back), plain(s.Get().Rules)) {
			t.Fatalf("%v: exported\n%s", err, file)
		}
	})
}
