package settings

import (
	"errors"
	"testing"

	"linecard/crm"
)

// What an account of the profile has learned stands apart from the accounts, so that the profile's later changes arrive, those of the dial plan too: what the administrator
// says after it was learned outweighs it. It outlives a restart, and waits while the administrator fixes the dial plan.
func TestWhatAnAccountOfTheProfileHasLearned(t *testing.T) {
	dir := t.TempDir()
	s := Open(dir)
	const id = "2041@pbx.example.com"
	profile := func(more string, locked ...string) {
		t.Helper()
		if err := s.SetProfile([]byte(more+"\n[[accounts]]\nserver = 'pbx.example.com'\nuser = '2041'\nlabel = 'Desk'\n"), locked, "Avery"); err != nil {
			t.Fatal(err)
		}
	}
	dials := func(when, want string) {
		t.Helper()
		if got := s.Get().NumbersOf(id).DialAs; got != want || s.Origin("accounts") != FromProfile {
			t.Errorf("%s: dialed as %q, want %q; accounts from the %s", when, got, want, s.Origin("accounts"))
		}
	}
	profile("")
	learn := func(form crm.DialForm) error {
		var wrong error
		err := s.Change(func(set *Settings) { wrong = set.LearnSpelling(id, crm.DialSpelling{DialAs: form}) })
		return errors.Join(wrong, err)
	}
	if err := learn(crm.DialE164); err != nil {
		t.Fatal(err)
	}
	dials("learned", "e164")
	if err := learn(crm.DialExit); err != nil || len(s.Get().Spellings) != 1 {
		t.Fatalf("%v: %q", err, s.Get().Spellings)
	}
	dials("learned again", "exit")
	s = Open(dir)
	profile("")
	dials("after a restart", "exit")
	profile("[numbers]\ndial_as = 'national'\n")
	dials("the administrator says another form later", "national")
	profile("", "accounts")
	dials("the accounts are fixed", "typed")
	var locked *LockedError
	if err := learn(crm.DialE164); !errors.As(err, &locked) {
		t.Errorf("learned though they are fixed: %v", err)
	}
	profile("")
	dials("and are not any more", "exit")
	if err := s.Change(func(set *Settings) { set.Accounts[0].Label = "Mine" }); err != nil {
		t.Fatal(err)
	}
	if got := s.Get().NumbersOf(id).DialAs; got != "exit" {
		t.Errorf("of accounts that are the agent's own by now: %q", got)
	}
	if err := s.Change(func(set *Settings) { set.Accounts[0].Numbers.DialAs = "typed" }); err != nil || s.Get().NumbersOf(id).DialAs != "typed" {
		t.Errorf("the agent's own word: %q, %v", s.Get().NumbersOf(id).DialAs, err)
	}
	var wrong *KeyError
	for _, e := range []string{"2041", "2041@a=loud/typed", "=exit/typed", "2041@a=exit"} {
		if err := s.Set("spellings", e); !errors.As(err, &wrong) {
			t.Errorf("%q is taken: %v", e, err)
		}
	}
	if err := s.Set("spellings", ""); err != nil || len(s.Get().Spellings) != 0 {
		t.Errorf("%v: %q", err, s.Get().Spellings)
	}
}
