package settings

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
)

// A colleague has an extension that can be dialed, and there are some hundreds at most.
func TestColleagues(t *testing.T) {
	s := InMemory(Default())
	set := func(all ...Colleague) error { return s.Change(func(s *Settings) { s.Colleagues = all }) }
	if err := set(Colleague{Name: " Ana\nSousa ", Extension: " 2042 "}); err != nil {
		t.Fatal(err)
	}
	if got := s.Get().Colleagues[0]; got.Name != "Ana Sousa" || got.Extension != "2042" {
		t.Errorf("kept as %+v", got)
	}
	var many []Colleague
	for i := range 301 {
		many = append(many, Colleague{Extension: fmt.Sprint(3000 + i)})
	}
	for code, all := range map[string][]Colleague{
		"settings.must-be-colleague": {{Name: "Ana"}},
		"settings.must-be-extension": {{Extension: "20 42"}},
		"settings.must-be-fewer":     many,
	} {
		var wrong *KeyError
		if err := set(all...); !errors.As(err, &wrong) || string(wrong.Code) != code {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// The code of a pick-up is the usual one unless another is named, or none.
func TestPickupCode(t *testing.T) {
	for code, want := range map[string]string{"": "*8EXT", "-": "", "**": "**", "*8EXT#": "*8EXT#"} {
		a := DefaultAccount()
		if err := a.Set("pickup_code", code); err != nil || a.Pickup() != want {
			t.Errorf("%q is %q, %v", code, a.Pickup(), err)
		}
	}
	a := DefaultAccount()
	if err := a.Set("pickup_code", "sip:x"); err == nil {
		t.Error("an address is taken for a code")
	}
}

// A colleague is an extension at an account, be it named or the first: adding one leaves whoever has the extension elsewhere, and so does removing one.
func TestColleaguesOfSeveralAccounts(t *testing.T) {
	s := Settings{Accounts: []Account{{Server: "a", User: "1"}, {Server: "b", User: "2"}}}
	want := func(all ...Colleague) {
		t.Helper()
		if len(s.Colleagues) != len(all) || len(all) > 0 && !reflect.DeepEqual(s.Colleagues, all) {
			t.Errorf("there are %+v, want %+v", s.Colleagues, all)
		}
	}
	ana, ben := Colleague{Name: "Ana", Extension: "10"}, Colleague{Name: "Ben", Extension: "10", Account: "2@b"}
	s.SetColleague(ana, false)
	s.SetColleague(ben, false)
	want(ana, ben)
	anna := Colleague{Name: "Anna", Extension: " 10 ", Account: "1@a"}
	s.SetColleague(anna, false)
	anna.Extension = "10"
	want(anna, ben)
	s.SetColleague(Colleague{Extension: "10"}, false) // who is there already
	want(anna, ben)
	s.SetColleague(Colleague{Extension: "10", Account: "2@b"}, false)
	want(anna, ben)
	s.SetColleague(Colleague{Extension: "10", Account: "2@b"}, true)
	want(anna, Colleague{Extension: "10", Account: "2@b"})
	s.SetColleague(ben, true)

	for _, wrong := range []struct{ extension, account string }{{"11", ""}, {"10", "3@c"}} {
		if err := s.RemoveColleague(wrong.extension, wrong.account); !errors.Is(err, ErrNoColleague) {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	if err := s.RemoveColleague("10", ""); err != nil {
		t.Error(err)
	}
	want(ben)
	if err := s.RemoveColleague("10", ""); err != nil {
		t.Error(err)
	}
	want()
	s.Accounts = append(s.Accounts, Account{Server: "c", User: "3"})
	cem := Colleague{Name: "Cem", Extension: "10", Account: "3@c"}
	s.SetColleague(ben, false)
	s.SetColleague(cem, false)
	if err := s.RemoveColleague("10", ""); !errors.Is(err, ErrWhichColleague) {
		t.Error(err)
	}
	if err := s.RemoveColleague("10", "2@b"); err != nil {
		t.Error(err)
	}
	want(cem)
}
