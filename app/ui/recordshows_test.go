package ui

import (
	"errors"
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"

	"linecard/app"
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

// chosenForThisCall is a window with a number whose record says what is shown, in the place of which the agent has chosen to withhold it.
func chosenForThisCall(t *testing.T, v app.View) *bench {
	t.Helper()
	b := newBench(t, nil)
	b.desk.recorded = map[string]string{"4155550132": "+14155550111"}
	b.draw(v)
	b.left.dial.field.SetText("4155550132")
	b.left.dial.as.choice.SetSelectedIndex(2)
	b.settle()
	return b
}

// expectShown wants the n-th number chosen, and said that it is the record's or not.
func (b *bench) expectShown(when string, n int, ofRecord bool) {
	b.t.Helper()
	if d := b.left.dial; d.as.choice.SelectedIndex() != n || d.shows.Visible() != ofRecord {
		b.t.Errorf("%s: chosen %d, as the record says: %v", when, d.as.choice.SelectedIndex(), d.shows.Visible())
	}
}

// What the agent chose for a call is of the account that it was to be made from: from another one, that the same numbers may be chosen for, the callee sees what the record says.
func TestWhatIsShownForACallIsOfItsAccount(t *testing.T) {
	v := atRest()
	for i := range v.Phones {
		v.Phones[i].CallerID, v.Phones[i].CallerIDs = "+14155550100", showing().Phone.CallerIDs
	}
	v.Phone = v.Phones[0]
	b := chosenForThisCall(t, v)
	b.expectShown("chosen", 2, false)
	b.left.dial.from.choice.SetSelected("Sales")
	b.settle()
	b.expectShown("from the other account", 1, true)
	b.left.dial.submit()
	b.expectDialed("from the other account", "dial 4155550132 from "+salesAccount)
}

// A number that is taken out of the account's list is not shown by a choice that was made before.
func TestANumberToShowThatIsTakenOutOfTheList(t *testing.T) {
	b := chosenForThisCall(t, showing())
	v := showing()
	v.Phone.CallerIDs = v.Phone.CallerIDs[:2]
	b.draw(v)
	b.expectShown("without it", 1, true)
}

// A call that does not come about costs the agent no choice: the number is there again, with what was chosen to be shown. A change of language costs none either.
func TestARefusedCallKeepsWhatIsToBeShown(t *testing.T) {
	for name, refuse := range map[string]func(b *bench){
		"refused": func(b *bench) {
			b.desk.refuses("dial", errors.New("the server can't be reached"))
			test.Tap(b.left.dial.call)
			b.settle()
			b.desk.refuses("dial", nil)
		},
		"not called after all": func(b *bench) {
			b.desk.forbids = "Peter Novak"
			test.Tap(b.left.dial.call)
			b.settle()
			b.press("Cancel")
			b.desk.forbids = ""
		},
		"in another language": func(b *bench) { b.Reword(nil) },
	} {
		t.Run(name, func(t *testing.T) {
			b := chosenForThisCall(t, showing())
			refuse(b)
			b.settle()
			b.desk.said()
			b.expectShown("the number is back", 2, false)
			b.left.dial.submit()
			b.expectDialed("again", "dial 4155550132 as withheld: ")
		})
	}
}
