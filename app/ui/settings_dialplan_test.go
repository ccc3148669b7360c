package ui

import (
	"reflect"
	"testing"

	"linecard/app/settings"
	"linecard/crm"
)

// The number field says what goes out, where that is another number than the one that was typed.
func TestTheNumberFieldSaysWhatIsDialed(t *testing.T) {
	b := newBench(t, nil)
	b.desk.plans = map[string]crm.NumberPlan{salesAccount: {Region: "DE", DialAs: crm.DialE164}}
	b.draw(atRest())
	d := b.left.dial
	for _, tt := range []struct{ typed, from, says string }{
		{"03023125117", "Sales", "Will dial +493023125117"},
		{"03023125117", "Support", ""},
		{"03023125117,,12#", "Sales", "Will dial +493023125117, then 12# once it is answered"},
		{"+493023125117,,12", "Sales", "Then 12, once it is answered"},
		{"Dana", "Sales", ""},
		{"2041", "Sales", ""},
		{"", "Sales", ""},
	} {
		d.field.SetText(tt.typed)
		d.from.choice.SetSelected(tt.from)
		if d.then.value != tt.says || d.then.Visible() != (tt.says != "") {
			t.Errorf("%q from %s: says %q", tt.typed, tt.from, d.then.value)
		}
	}
	d.field.SetText("03023125117")
	d.from.choice.SetSelected("Sales")
	b.desk.plans = nil // the settings have changed
	if b.draw(atRest()); d.then.value != "" {
		t.Errorf("after the plan has gone: says %q", d.then.value)
	}
	b.desk.plans = map[string]crm.NumberPlan{salesAccount: {Region: "DE", DialAs: crm.DialE164}}
	d.fillFrom(salesAccount, "03023125117") // a row of the history
	if want := "Will dial +493023125117"; d.then.value != want {
		t.Errorf("a row of Sales: says %q", d.then.value)
	}
}

// How an account dials is on its page: what is saved is shown, what is typed is saved, and a profile locks it.
func TestHowAnAccountDialsIsOnItsPage(t *testing.T) {
	b := newBench(t, nil)
	b.draw(severalAtRest())
	b.severalSaved(pagePhone)
	s := b.phoneSheet()
	b.press("Sales")
	if s.plan.form.SelectedIndex() != 0 {
		t.Errorf("a new account dials %q", s.plan.form.Selected)
	}
	s.plan.form.SetSelected("With + and the country: +44 20 7946 0018")
	s.plan.write([]string{s.plan.form.Selected, " 9", "00", "30", "0", "+", "DE", "[2-4]\\d{3}", "+49 30 90000\n", " ^1(.*)$ => 2$1 \n\n3 => 4"})
	if !s.text.any() {
		t.Error("what is typed is not marked as not saved")
	}
	b.press("Save and connect")
	b.settings.said()
	want := settings.Numbers{DialAs: "e164", OutsidePrefix: "9", ExitCode: "00", AreaCode: "30", Strip: "0", Add: "+", Country: "DE", Extension: `[2-4]\d{3}`, Own: []string{"+49 30 90000"}, Rewrite: []string{"^1(.*)$ => 2$1", "3 => 4"}}
	if got := b.settings.saved.Numbers; !reflect.DeepEqual(got, want) {
		t.Errorf("saved %+v", got)
	}
	s.plan.set(want, settings.Numbers{Strip: "0"})
	if s.plan.fields[3].PlaceHolder != "0" || s.plan.fields[4].PlaceHolder != "None" {
		t.Errorf("empty fields show %q and %q", s.plan.fields[3].PlaceHolder, s.plan.fields[4].PlaceHolder)
	}
	var again settings.Numbers
	if s.plan.into(&again); !reflect.DeepEqual(again, want) {
		t.Errorf("shown and saved again: %+v", again)
	}
}
