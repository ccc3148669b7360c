package ui

import (
	"errors"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"linecard/app"
	"linecard/crm"
	"linecard/test/interop"
)

// TestALinkLeavesWhatIsTyped: the number of a link stands in the question, and what is being typed in the number field stays.
func TestALinkLeavesWhatIsTyped(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.focus(b.left.dial.field)
	test.Type(b.left.dial.field, "41555")
	b.AskDial("+1 900 555 0166")
	b.settle()
	test.Type(b.left.dial.field, "50132")
	if got := b.left.dial.field.Text; got != "4155550132" {
		t.Fatalf("the field has %q", got)
	}
	b.press("Cancel")
	if got := b.left.dial.field.Text; got != "4155550132" {
		t.Errorf("after the answer the field has %q", got)
	}
}

// TestALinkWaitsForTheQuestionBeforeIt: the agent is typing why somebody is called who must not be; a link is not dialed with Enter.
func TestALinkWaitsForTheQuestionBeforeIt(t *testing.T) {
	interop.Proves(t, "S7.2")
	b := newBench(t, nil)
	b.draw(idle())
	b.desk.forbids = "Peter Novak"
	b.dial("", "+1 312 555 0167")
	b.settle()
	test.Type(b.reason, "asked")
	b.waits(2 * time.Second)
	for range 3 {
		b.AskDial("+1 900 555 0166") // the same link pressed again is one question
	}
	b.AskDial("2041")
	b.settle()
	if !b.shows("Peter Novak is marked Do Not Call in Salesforce.") || b.reason.Text != "asked" {
		t.Fatalf("asks %q, the reason is %q", b.asking.words.value, b.reason.Text)
	}
	b.desk.forbids = ""
	b.reason.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.settle()
	if got := b.desk.said(); !slices.Contains(got, "dial anyway +1 312 555 0167: asked") {
		t.Errorf("told %q", got)
	}
	if b.cfg.Window.Canvas().Focused() == b.reason || !b.shows("Call +1 900 555 0166?") {
		t.Errorf("asks %q, focused %T", b.asking.words.value, b.cfg.Window.Canvas().Focused())
	}
	b.press("Call") // a double click on the button before
	b.reason.OnSubmitted("asked")
	if got := b.pressed("Call"); got != nil {
		t.Errorf("told %q", got)
	}
	b.passes(later)
	if got := b.pressed("Call"); !slices.Equal(got, []string{"dial +1 900 555 0166"}) {
		t.Errorf("told %q", got)
	}
	b.press("Cancel")
	if b.asking.root.Visible() {
		t.Errorf("asks %q", b.asking.words.value)
	}
}

// TestARefusedNumberIsThereAgain: unless something else is typed by then.
func TestARefusedNumberIsThereAgain(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.desk.refuses("dial", errors.New("the server can't be reached"))
	b.left.dial.field.SetText("+1 (415) 555-0132")
	b.left.dial.submit()
	b.settle()
	b.left.dial.submit()
	b.settle()
	if got := b.left.dial.field.Text; got != "+1 (415) 555-0132" {
		t.Errorf("the field has %q", got)
	}
}

// TestANumberNotCalledAnywayIsThereAgain: neither the number nor the reason is lost where the question is canceled or the call fails.
func TestANumberNotCalledAnywayIsThereAgain(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.desk.forbids = "Peter Novak"
	for _, answer := range []string{"Cancel", "Call anyway"} {
		b.left.dial.field.SetText("+1 (312) 555-0167")
		b.left.dial.submit()
		b.settle()
		b.reason.SetText("asked")
		b.desk.refuses("dial anyway", errors.New("the server can't be reached"))
		b.press(answer)
		b.settle()
		if got := b.left.dial.field.Text; got != "+1 (312) 555-0167" {
			t.Errorf("after %s the field has %q", answer, got)
		}
	}
	b.left.dial.submit()
	b.settle()
	if b.reason.Text != "asked" || b.dialAsked.Disabled() {
		t.Errorf("the reason is %q", b.reason.Text)
	}
	b.press("Cancel")
	b.dial("", "+14155550144")
	b.settle()
	if b.reason.Text != "" {
		t.Errorf("the reason for another is %q", b.reason.Text)
	}
}

// TestRelatedToOfOneName: two open deals have one name; the one that is chosen is written.
func TestRelatedToOfOneName(t *testing.T) {
	b := newBench(t, nil)
	c := wrapUp()
	first, second, third := ref(crm.Opportunity, "006A", "Renewal"), ref(crm.Opportunity, "006B", "Renewal"), ref(crm.Opportunity, "006C", "Renewal")
	c.Wrap.Choices, c.Wrap.What = []crm.Ref{first, second, third}, crm.Ref{}
	r := *c.Lookup.Record
	r.Details = &crm.Details{Opportunities: []crm.Related{{Ref: first, Detail: "Proposal"}, {Ref: second, Detail: "Closing"}, {Ref: third, Detail: "Closing"}}}
	c.Lookup.Record = &r
	b.draw(with(idle(), c))
	f := b.centre.call.form
	if want := []string{"Nothing else", "Opportunity: Renewal · Proposal", "Opportunity: Renewal · Closing", "Opportunity: Renewal · Closing (2)"}; !slices.Equal(f.related.Options, want) {
		t.Fatalf("the list has %q", f.related.Options)
	}
	for i, want := range []string{`related c1 ""`, `related c1 "006A"`, `related c1 "006B"`, `related c1 "006C"`} {
		if i == 0 {
			f.related.SetSelectedIndex(1)
			b.settle()
			b.desk.said()
		}
		f.related.SetSelectedIndex(i)
		b.settle()
		if got := b.desk.said(); !slices.Equal(got, []string{want}) {
			t.Errorf("entry %d: told %q", i, got)
		}
	}
	for i, what := range []crm.Ref{third, second} { // as chosen last, and as somebody else has it then
		c.Wrap.What = what
		b.draw(with(idle(), c))
		if got := f.related.SelectedIndex(); got != 3-i {
			t.Errorf("entry %d is shown for %s", got, what.ID)
		}
	}
}

// TestPicklistEntriesOfOneLabel: an org may give two entries one label.
func TestPicklistEntriesOfOneLabel(t *testing.T) {
	b := newBench(t, nil)
	c := talking()
	c.Card = app.CardView{Fields: []app.CardFieldView{{CardField: crm.CardField{
		Name: "Region__c", Label: "Region", Type: "picklist", Editable: true, Entries: []crm.Entry{{Value: "N1", Label: "North"}, {Value: "N2", Label: "North"}},
	}}}}
	b.draw(with(idle(), c))
	b.desk.said()
	b.record.card.rows[0].choice.SetSelectedIndex(2)
	b.settle()
	if got := b.desk.said(); !slices.Equal(got, []string{"card c1 map[Region__c:N2]"}) {
		t.Errorf("told %q", got)
	}
}

// Somebody who must not be called, and whose number is dialed again with another number to show before the question is answered, is shown that one: where the question is asked,
// and where it waits behind another. Where the number goes back to is that of the last time, too.
func TestTheQuestionTakesOverWhatIsToBeShown(t *testing.T) {
	b := newBench(t, nil)
	b.draw(showing())
	b.desk.forbids = "Peter Novak"
	back := ""
	for _, number := range []string{"+13125550167", "+13125550168"} {
		for _, as := range []string{"+14155550111", "withheld"} {
			b.dialOr("", number, as, func() { back = number + " as " + as })
			b.settle()
		}
	}
	b.reason.SetText("asked")
	b.press("Call anyway")
	b.settle()
	if told := b.desk.said(); !slices.Contains(told, "dial +13125550167 as withheld: asked") {
		t.Errorf("told %q", told)
	}
	b.passes(later)
	b.press("Cancel")
	b.settle()
	if back != "+13125550168 as withheld" {
		t.Errorf("went back %q", back)
	}
	if b.asking.root.Visible() {
		t.Errorf("asks %q", b.asking.words.value)
	}
}
