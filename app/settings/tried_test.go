package settings

import (
	"errors"
	"testing"

	"linecard/crm"
)

// What is put in force is what was agreed to: where the table changes while one is tried, it is made and tried again beside the one that is in force then. What is not
// agreed to leaves everything as it is, and the file is written once.
func TestWhatIsPutInForceIsWhatWasTried(t *testing.T) {
	dir := t.TempDir()
	s := Open(dir)
	add := func(name string) func(*Store) error {
		return func(draft *Store) error {
			return draft.Change(func(set *Settings) { set.Rules = append(set.Rules, crm.Rule{Name: name, On: true, Log: "no"}) })
		}
	}
	var tried []int
	agree := func(now, next *Settings) error {
		if tried = append(tried, len(next.Rules)); len(tried) == 1 {
			return add("other")(s) // the window changes the rules while the command line tries its own
		}
		return nil
	}
	if err := s.ChangeTried(add("mine"), agree); err != nil {
		t.Fatal(err)
	}
	if len(tried) != 2 || tried[0] != 1 || tried[1] != 2 || len(s.Get().Rules) != 2 || s.Get().Rules[1].Name != "mine" {
		t.Errorf("tried %v, in force %+v", tried, s.Get().Rules)
	}
	if again := Open(dir).Get().Rules; !SameRules(again, s.Get().Rules) {
		t.Errorf("in the file: %+v", again)
	}
	no := errors.New("no")
	if err := s.ChangeTried(add("third"), func(_, _ *Settings) error { return no }); !errors.Is(err, no) || len(s.Get().Rules) != 2 {
		t.Errorf("%v; in force %+v", err, s.Get().Rules)
	}
	endless := 0
	if err := s.ChangeTried(add("mine too"), func(_, _ *Settings) error {
		endless++
		return s.Change(func(set *Settings) { set.Logging.WrapUp = endless })
	}); !errors.Is(err, ErrRulesChanged) || len(s.Get().Rules) != 2 {
		t.Errorf("%v after %d; in force %+v", err, endless, s.Get().Rules)
	}
}

// A table that a person tried is put in force beside the one that was shown, and beside no other. A draft follows the layers: the profile's table is there, and locks hold.
func TestATableIsPutInForceBesideTheOneThatWasShown(t *testing.T) {
	shown := []crm.Rule{{Name: "A", On: true, Log: "no"}}
	s := Default()
	s.Rules = shown
	if err := s.PutTried(nil, shown); err != nil || len(s.Rules) != 0 {
		t.Errorf("%v: %+v", err, s.Rules)
	}
	if err := s.PutTried(shown, shown); !errors.Is(err, ErrRulesChanged) || len(s.Rules) != 0 {
		t.Errorf("%v: %+v", err, s.Rules)
	}
	store := InMemory(Default())
	if err := store.SetProfile([]byte("[[rules]]\nname = 'P'\nlog = 'no'\non = true\n"), nil, "Avery"); err != nil {
		t.Fatal(err)
	}
	if err := store.Change(func(set *Settings) { set.Rules = shown }); err != nil {
		t.Fatal(err)
	}
	if err := store.ChangeTried(func(draft *Store) error { return draft.Change(func(set *Settings) { set.Rules = set.Rules[:0] }) }, func(now, next *Settings) error {
		if len(now.Rules) != 1 || now.Rules[0].Name != "A" || len(next.Rules) != 0 {
			t.Errorf("tried: %+v beside %+v", next.Rules, now.Rules)
		}
		return nil
	}); err != nil || len(store.Get().Rules) != 0 {
		t.Errorf("%v, in force %+v", err, store.Get().Rules)
	}
	if err := store.SetProfile([]byte("[[rules]]\nname = 'P'\nlog = 'no'\n"), []string{"rules"}, "Avery"); err != nil {
		t.Fatal(err)
	}
	var locked *LockedError
	if err := store.ChangeTried(func(draft *Store) error { return draft.Set("rules[1].log", "ask") }, nil); !errors.As(err, &locked) {
		t.Errorf("%v", err)
	}
}
