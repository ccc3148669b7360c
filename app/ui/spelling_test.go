package ui

import (
	"slices"
	"testing"

	"linecard/app"
	"linecard/crm"
)

// A call whose number the phone server does not know offers the other ways to write it, three at most, and each button tries its own.
func TestTheOtherSpellingsAreOffered(t *testing.T) {
	b := newBench(t, nil)
	b.desk.spellings = []crm.DialSpelling{{Sent: "+442079460018"}, {Sent: "00442079460018"}, {Sent: "02079460018"}, {Sent: "9442079460018"}}
	v := idle()
	v.Calls = []app.CallView{{ID: "c1", Direction: crm.Outbound, Phase: app.Finished, Number: "020 7946 0018", EndReason: app.EndNotFound}}
	b.draw(v)
	if !b.shows("Try +442079460018") || !b.shows("Try 02079460018") || b.shows("Try 9442079460018") {
		t.Fatalf("offered: %q", words(b.root))
	}
	b.passes(later)
	if told := b.pressed("Try 00442079460018"); !slices.Contains(told, "try c1 as 00442079460018") {
		t.Errorf("the desk was told %q", told)
	}
	b.desk.spellings = nil
	v.Calls = []app.CallView{{ID: "c2", Direction: crm.Outbound, Phase: app.Finished, Number: "020 7946 0018", EndReason: app.EndBusy}}
	b.draw(v)
	if b.shows("Try ") {
		t.Error("offered after a call that was busy")
	}
}

// A call that rings in another spelling asks whether all numbers are to be dialed like it, and no other call does.
func TestASpellingThatRangMayBeKept(t *testing.T) {
	b := newBench(t, nil)
	v := idle()
	v.Calls = []app.CallView{{ID: "c1", Direction: crm.Outbound, Phase: app.Dialing, FarRings: true, Number: "020 7946 0018"}}
	b.draw(v)
	if b.shows("from now on") {
		t.Error("asked where there is nothing to keep")
	}
	v.Calls = slices.Clone(v.Calls)
	v.Calls[0].Spelled = "00442079460018"
	b.draw(v)
	if !b.shows("It rang as 00442079460018.") {
		t.Errorf("asked: %q", words(b.root))
	}
	b.passes(later)
	if told := b.pressed("Dial numbers like this from now on"); !slices.Contains(told, "keep spelling of c1") {
		t.Errorf("the desk was told %q", told)
	}
}

// Whoever is marked Do Not Call is called in another spelling only for a reason.
func TestASpellingOfWhomNobodyMustCallAsks(t *testing.T) {
	b := newBench(t, nil)
	b.desk.spellings = []crm.DialSpelling{{Sent: "+442079460018"}}
	b.desk.forbids = "Peter Novak"
	v := idle()
	v.Calls = []app.CallView{{ID: "c1", Direction: crm.Outbound, Phase: app.Finished, Number: "020 7946 0018", EndReason: app.EndNotFound}}
	b.draw(v)
	b.passes(later)
	b.pressed("Try +442079460018")
	b.settle()
	if !b.shows("Peter Novak is marked Do Not Call in Salesforce.") || b.dialAsked.Text != "Call anyway" {
		t.Fatalf("the window says %q", words(b.root))
	}
	b.reason.SetText("asked us to")
	b.press("Call anyway")
	b.settle()
	if told := b.desk.said(); !slices.Contains(told, "try c1 as +442079460018: asked us to") {
		t.Errorf("the desk was told %q", told)
	}
}
