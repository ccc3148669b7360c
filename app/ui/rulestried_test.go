package ui

import (
	"strings"
	"testing"
)

// A table that was tried, and asked for, is put in force beside the one that was shown alone: where the rules have changed meanwhile, by the command line, the agent is told, sees
// them as they are, and nothing has changed.
func TestRulesThatChangedWhileTheyWereTried(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.rules()
	s := b.Window.settings.sheets[pageRules].(*rulesSheet)
	s.turn(s.rules[1])
	b.settle()
	other := someRules()
	other[2].On = false
	b.settings.form.Settings.Rules = other
	s.ask.answer()
	b.settle()
	now := b.settings.form.Settings.Rules
	if now[1].On || now[2].On {
		t.Errorf("in force: %+v", now)
	}
	if !strings.Contains(b.trouble.words.value, "changed since they were tried") {
		t.Errorf("told %q", b.trouble.words.value)
	}
	if s.rules[2].On {
		t.Errorf("shown: %+v", s.rules)
	}
}
