package program_test

import (
	"context"
	"errors"
	"testing"

	"linecard/app/settings"
	"linecard/crm"
)

// Whoever asks for a change of the rules and is gone before it is tried has changed nothing, whether or not calls may change.
func TestRulesOfWhoeverHasGoneAreNotPutInForce(t *testing.T) {
	r := newRig(t)
	r.start()
	gone := errors.New("hung up")
	ctx, hangUp := context.WithCancelCause(t.Context())
	defer hangUp(nil)
	table := []crm.Rule{{Name: "Nothing is logged", On: true, Log: "no"}}
	before := len(r.p.Settings().Get().Rules)
	for _, yes := range []bool{false, true} {
		if _, err := r.p.ChangeRules(ctx, yes, func(draft *settings.Store) error {
			hangUp(gone)
			return draft.Change(func(s *settings.Settings) { s.Rules = table })
		}); !errors.Is(err, gone) {
			t.Errorf("with yes %v: %v", yes, err)
		}
		if rules := r.p.Settings().Get().Rules; len(rules) != before {
			t.Errorf("with yes %v: in force are %+v", yes, rules)
		}
	}
	if _, err := r.p.ChangeRules(t.Context(), true, func(draft *settings.Store) error {
		return draft.Change(func(s *settings.Settings) { s.Rules = table })
	}); err != nil || len(r.p.Settings().Get().Rules) != 1 {
		t.Errorf("of whoever stays: %v, in force are %+v", err, r.p.Settings().Get().Rules)
	}
}
