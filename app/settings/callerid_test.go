package settings

import (
	"slices"
	"testing"
)

// An account that says nothing of where the caller ID goes is as one that names the usual header: to save it changes nothing.
func TestWhereTheCallerIDGoes(t *testing.T) {
	a := DefaultAccount()
	a.CallerIDIn = ""
	if err := a.Set("label", "Support"); err != nil || a.CallerIDIn != "ppi" || DefaultAccount().CallerIDIn != "ppi" {
		t.Errorf("caller ID in %q, %v", a.CallerIDIn, err)
	}
}

// What withholds the number does so in any letters, in the list and as the account's own.
func TestWithheldInAnyLetters(t *testing.T) {
	a := DefaultAccount()
	if err := a.Set("caller_ids", "+1 415 555 0100,Withheld,WITHHELD"); err != nil {
		t.Fatal(err)
	}
	if want := []string{"+14155550100", "withheld"}; !slices.Equal(a.CallerIDs, want) {
		t.Errorf("list %q, want %q", a.CallerIDs, want)
	}
	if err := a.Set("caller_id", " WithHeld "); err != nil || a.CallerID != "withheld" {
		t.Errorf("caller ID %q, %v", a.CallerID, err)
	}
}
