package ui

import (
	"slices"
	"testing"

	"linecard/app/settings"
)

// Caller IDs are one a line: a comma in a name is saved as it is shown.
func TestACallerIDNameWithAComma(t *testing.T) {
	b := newBench(t, nil)
	form := newAccountCalls(b.Window, func() {})
	a := settings.DefaultAccount()
	want := []string{"Doe, John <+14155550111>", "+14155550100", "withheld"}
	a.CallerIDs = slices.Clone(want)
	form.set(a)
	form.callers.SetText(form.callers.Text + "\n\n")
	if err := form.into(&a); err != nil || !slices.Equal(a.CallerIDs, want) {
		t.Errorf("saved %q, %v", a.CallerIDs, err)
	}
	form.callers.SetText("no number")
	if err := form.into(&a); err == nil {
		t.Errorf("saved %q", a.CallerIDs)
	}
}

// A file for callers on hold is chosen in a dialog or typed; what leads from nowhere is refused.
func TestTheMusicOnHoldIsChosen(t *testing.T) {
	b := newBench(t, func(c *Config) { c.ChooseFile = func(then func(string)) { then("/srv/hold.wav") } })
	form := newAccountCalls(b.Window, func() {})
	a := settings.DefaultAccount()
	form.set(a)
	form.find.OnTapped()
	if err := form.into(&a); err != nil || a.HoldMusic != "/srv/hold.wav" {
		t.Errorf("saved %q, %v", a.HoldMusic, err)
	}
	form.music.SetText("hold.wav")
	if err := form.into(&a); err == nil {
		t.Errorf("saved %q", a.HoldMusic)
	}
}
