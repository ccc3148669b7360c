package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"
)

// What the record of the callee says is there under the number before it is dialed, and Enter shows them that: nothing is chosen for the account. Another number of the
// list may be chosen for that call, and for no other.
func TestWhatTheRecordSaysIsShownUnderTheNumber(t *testing.T) {
	b := newBench(t, nil)
	b.desk.recorded = map[string]string{"4155550132": "+14155550111"}
	b.draw(showing())
	d := b.left.dial
	d.field.SetText("4155550132")
	if want := phrase("ui.shows-of-record", "number", b.cfg.Format("+14155550111")); !d.shows.Visible() || d.shows.value != want {
		t.Errorf("visible %v: %q, want %q", d.shows.Visible(), d.shows.value, want)
	}
	if d.as.choice.SelectedIndex() != 1 {
		t.Errorf("the choice shows %d", d.as.choice.SelectedIndex())
	}
	d.as.choice.SetSelectedIndex(2)
	b.settle()
	if d.shows.Visible() {
		t.Errorf("another number was chosen: %q", d.shows.value)
	}
	b.draw(showing())
	if d.as.choice.SelectedIndex() != 2 {
		t.Errorf("the choice is taken back: %d", d.as.choice.SelectedIndex())
	}
	test.Tap(d.call)
	b.settle()
	f := b.cfg.Settings.(*fakeSettings)
	f.changing.Lock()
	if got := f.form.Settings.Accounts[0].CallerID; got != "" {
		t.Errorf("the account's was changed to %q", got)
	}
	f.changing.Unlock()
	if told := b.desk.said(); !slices.Contains(told, "dial 4155550132 as withheld: ") {
		t.Errorf("the desk was told %q", told)
	}
	d.field.SetText("4155550132")
	if d.as.choice.SelectedIndex() != 1 || !d.shows.Visible() {
		t.Errorf("the next call shows %d", d.as.choice.SelectedIndex())
	}
	d.field.SetText("4155550199")
	if d.shows.Visible() || d.as.choice.SelectedIndex() != 0 {
		t.Errorf("of another number: %q, %d", d.shows.value, d.as.choice.SelectedIndex())
	}
}
