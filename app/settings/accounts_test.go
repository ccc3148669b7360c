package settings

import (
	"errors"
	"testing"

	faults "linecard/fault"
)

func on(user string, port int) Account {
	a := DefaultAccount()
	a.Server, a.User, a.LocalPort = "pbx.example.com", user, port
	return a
}

// Two accounts cannot receive on one port. That is refused where it is typed; ports that are any free one are never the same.
func TestTwoAccountsOnOnePortAreRefused(t *testing.T) {
	s := InMemory(Default())
	add := func(a Account) error { return s.Change(func(s *Settings) { s.SetAccount(a) }) }
	for _, a := range []Account{on("1", 0), on("2", 0), on("3", 5062)} {
		if err := add(a); err != nil {
			t.Fatal(err)
		}
	}
	for what, err := range map[string]error{"one more": add(on("4", 5062)), "a changed one": add(on("1", 5062)), "by its key": s.Set("accounts[2].local_port", "5062")} {
		if !errors.Is(err, faults.Err(nil, SamePort)) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := add(on("4", 5063)); err != nil {
		t.Error(err)
	}
}

// A file in which two accounts have one port is read as it is: the phone tells which of them cannot register. Other settings
// can still be changed.
func TestAFileWithOnePortTwice(t *testing.T) {
	set := Default()
	set.Accounts = []Account{on("1", 5062), on("2", 5062)}
	s := InMemory(set)
	if err := s.Set("logging.wrap_up", "45"); err != nil {
		t.Error(err)
	}
	if err := s.Set("accounts[1].label", "Sales"); err != nil {
		t.Error(err)
	}
	if err := s.Set("accounts[1].local_port", "5063"); err != nil {
		t.Error(err)
	}
	if err := s.Set("accounts[2].local_port", "5063"); !errors.Is(err, faults.Err(nil, SamePort)) {
		t.Errorf("both on one port again: %v", err)
	}
}
