package ui

import (
	"slices"
	"testing"

	"linecard/app/settings"
)

// Caller IDs are one a line: a comma in a name is saved as it is shown.
func TestACallerIDNameWithAComma(t *testing.T) {
	newBench(t, nil)
	form := newAccountCalls(func() {})
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
