package settings

import (
	"errors"
	"fmt"
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
