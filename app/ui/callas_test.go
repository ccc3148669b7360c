package ui

import (
	"slices"
	"testing"

	"linecard/app"
	"linecard/fault"
)

// showing is a desk at rest whose account has several numbers to show.
func showing() app.View {
	v := idle()
	v.Phone.CallerID = "+14155550100"
	v.Phone.CallerIDs = []string{"+14155550100", "Sales <+14155550111>", "withheld"}
	return v
}

// The number that others see is chosen below the number field, and stays: it is the account's. There is nothing to choose from where the
// account has no list.
func TestTheNumberThatOthersSee(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	as := b.left.dial.as
	if as.root.Visible() {
		t.Error("a choice without a list")
	}
	b.draw(showing())
	if !as.root.Visible() || !slices.Equal(as.choice.Options, []string{"+14155550100", "Sales · +14155550111", "Withheld"}) || as.choice.SelectedIndex() != 0 {
		t.Errorf("visible %v: %q, %d", as.root.Visible(), as.choice.Options, as.choice.SelectedIndex())
	}
	f := b.cfg.Settings.(*fakeSettings)
	as.choice.SetSelectedIndex(1)
	b.settle()
	f.changing.Lock()
	defer f.changing.Unlock()
	if got := f.form.Settings.Accounts[0].CallerID; got != "+14155550111" {
		t.Errorf("chosen %q", got)
	}
}

// A choice that cannot be saved, as of a setting that is locked, is taken back: what is shown is what others see.
func TestANumberThatCannotBeSaved(t *testing.T) {
	b := newBench(t, nil)
	b.draw(showing())
	as := b.left.dial.as
	b.cfg.Settings.(*fakeSettings).fails = fault.Err(nil, "settings.locked", "key", "accounts[1].caller_id")
	as.choice.SetSelectedIndex(1)
	b.settle()
	if got := as.choice.SelectedIndex(); got != 0 {
		t.Errorf("shows %q", as.choice.Options[got])
	}
}
