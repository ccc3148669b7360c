package ui

import (
	"slices"
	"testing"

	"linecard/app"
	"linecard/crm"
	"linecard/fault"
)

// carded is a call of Dana's with fields that the admin chose.
func carded(c app.CallView) app.CallView {
	field := func(f crm.CardField) app.CardFieldView { return app.CardFieldView{CardField: f, Typed: f.Value} }
	c.Card = app.CardView{Object: crm.Contact, Fields: []app.CardFieldView{
		field(crm.CardField{Name: "Contract__c", Label: "Contract", Type: "string", Value: "Gold, to March"}),
		field(crm.CardField{Name: "Renewal__c", Label: "Renewal", Type: "date", Value: "2027-03-31"}),
		field(crm.CardField{Name: "Department", Label: "Department", Type: "string", Value: "Operations", Editable: true}),
		field(crm.CardField{
			Name: "Region__c", Label: "Region", Type: "picklist", Editable: true, Required: true,
			Entries: []crm.Entry{{Value: "EU", Label: "Europe"}, {Value: "US", Label: "Americas"}},
		}),
		field(crm.CardField{Name: "Vip__c", Label: "VIP", Type: "boolean", Value: "true", Editable: true}),
	}}
	return c
}

// refusedCard is a card on which something was typed that the org did not take.
func refusedCard(c app.CallView) app.CallView {
	c = carded(c)
	f := &c.Card.Fields[2]
	f.Typed, f.Changed, f.Refused = "A department with a name that is far too long", true, true
	c.Card.Changed, c.Card.Error = true, "What is typed in Department is longer than the field takes. Shorten it."
	return c
}

func TestTheCardShowsAndChangesFields(t *testing.T) {
	b := newBench(t, nil)
	c := carded(talking())
	b.draw(with(idle(), c))
	for _, words := range []string{"Gold, to March", "31 Mar 2027", "Region *", "To be filled before Save: Region."} {
		if !b.shows(words) {
			t.Errorf("the card does not show %q", words)
		}
	}
	if b.shows("Save to the record") {
		t.Error("Save is there before a change")
	}
	b.desk.said()
	rows := b.record.card.rows
	rows[0].text.SetText("Yard")
	rows[1].choice.SetSelected("Europe")
	rows[2].check.SetChecked(false)
	b.settle()
	if got, want := b.desk.said(), []string{"card c1 map[Department:Yard]", "card c1 map[Region__c:EU]", "card c1 map[Vip__c:false]"}; !slices.Equal(got, want) {
		t.Errorf("the desk was told %q", got)
	}
	// An older View does not take away what was typed.
	b.draw(with(idle(), c))
	if rows[0].text.Text != "Yard" || rows[1].choice.Selected != "Europe" || rows[2].check.Checked {
		t.Errorf("the fields say %q, %q, %v", rows[0].text.Text, rows[1].choice.Selected, rows[2].check.Checked)
	}
	c.Card.Fields[2].Typed, c.Card.Fields[2].Changed, c.Card.Changed = "Yard", true, true
	b.draw(with(idle(), c))
	b.desk.said()
	b.press("Save to the record")
	b.settle()
	if got := b.desk.said(); !slices.Equal(got, []string{"save card c1"}) {
		t.Errorf("the desk was told %q", got)
	}
	b.press("Undo")
	b.settle()
	if got := b.desk.said(); !slices.Equal(got, []string{"undo card c1"}) {
		t.Errorf("the desk was told %q", got)
	}
	c = carded(talking())
	b.draw(with(idle(), c))
	if rows[0].text.Text != "Operations" || rows[1].choice.Selected == "Europe" || !rows[2].check.Checked {
		t.Errorf("after Undo the fields say %q, %q, %v", rows[0].text.Text, rows[1].choice.Selected, rows[2].check.Checked)
	}
	// What the desk does not take is taken back.
	b.desk.refuses("card", fault.Err(nil, "desk.no-call"))
	rows[1].choice.SetSelected("Americas")
	b.settle()
	if rows[1].choice.Selected == "Americas" || !b.complaining.Load() {
		t.Errorf("after the refusal the list says %q", rows[1].choice.Selected)
	}
}

// The form of a call that has ended names what is to be filled on the card before Save.
func TestTheFormNamesWhatIsLackingOnTheCard(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), carded(wrapUp())))
	if said := b.centre.call.form.asked.lack.value; said != "To be answered before it is saved: Region" {
		t.Errorf("the form says %q", said)
	}
	c := carded(wrapUp())
	c.Card.Fields[3].Typed = "EU"
	b.draw(with(idle(), c))
	if b.centre.call.form.asked.root.Visible() {
		t.Error("it says so when nothing is lacking")
	}
}

// A value that was refused stays in its field, with why.
func TestARefusedValueStaysOnTheCard(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), refusedCard(talking())))
	if f := b.record.card.rows[0].text; f.Text != "A department with a name that is far too long" || b.record.card.state.value != "What is typed in Department is longer than the field takes. Shorten it." {
		t.Errorf("the field says %q", f.Text)
	}
	c := carded(talking())
	c.Card.Saved = true
	b.draw(with(idle(), c))
	if !b.shows("Saved to the record.") {
		t.Error("not told that it is saved")
	}
	b.draw(with(idle(), talking()))
	if b.shows("Region *") {
		t.Error("the card of a record without one is shown")
	}
}
