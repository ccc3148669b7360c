package ui

import (
	"fmt"
	"testing"
	"time"

	"linecard/app"
	"linecard/crm"
)

// TestMoreThanIsShown: five of a kind stand beside a record, and that there are more is said.
func TestMoreThanIsShown(t *testing.T) {
	for _, n := range []int{0, 1, crm.MaxRelated, crm.MaxRelated + 1} {
		var deals []crm.Related
		for i := range n {
			deals = append(deals, crm.Related{Ref: ref(crm.Opportunity, fmt.Sprintf("00600000000000%dAAA", i), fmt.Sprint("Deal no. ", i+1))})
		}
		b := newBench(t, nil)
		c := dana()
		c.Lookup.Record.Details.Opportunities, c.Lookup.Record.Details.Cases = deals, make([]crm.Related, 2)
		b.draw(with(idle(), c))
		if more := b.shows("More are open in Salesforce."); more != (n > crm.MaxRelated) {
			t.Errorf("of %d deals, that there are more is said: %v", n, more)
		}
		for i := range n {
			if shown := b.shows(fmt.Sprint("Deal no. ", i+1)); shown != (i < crm.MaxRelated) {
				t.Errorf("of %d deals, no. %d is shown: %v", n, i+1, shown)
			}
		}
	}
}

// withoutDetails is a call whose record came, and what stands beside it did not.
func withoutDetails() app.CallView {
	c := talking()
	c.Lookup.Record.Details = nil
	c.Lookup.Missing, c.Lookup.NextTry = "Salesforce didn't answer", noon.Add(5*time.Second)
	return c
}

// TestMissingHalfIsSaid: the agent sees that deals, cases and activity are still to come, and when, and can ask for them now.
func TestMissingHalfIsSaid(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), withoutDetails()))
	for _, want := range []string{"Deals, cases and activity are missing. Salesforce didn't answer.", "Trying again in 0:05"} {
		if !contains(b.record.root, want) {
			t.Errorf("no %q in %q", want, words(b.record.root))
		}
	}
	b.now = b.now.Add(3 * time.Second)
	b.tick()
	if !contains(b.record.root, "Trying again in 0:02") {
		t.Errorf("three seconds later: %q", words(b.record.root))
	}
	b.now = b.now.Add(3 * time.Second)
	b.tick()
	if !contains(b.record.root, "Trying again") {
		t.Errorf("when it is time: %q", words(b.record.root))
	}
	b.desk.said()
	b.press("Try now")
	if got := b.desk.said(); len(got) != 1 || got[0] != "lookup c1" {
		t.Errorf("told %q", got)
	}
	b.draw(with(idle(), talking()))
	if b.shows("Try now") || !b.shows("Open") {
		t.Errorf("when it has come: %q", words(b.record.root))
	}
}

// TestBrokenLinkIsMendedFromTheCall: where the sentence says to link again there is the button for it, whatever is shown of the caller.
func TestBrokenLinkIsMendedFromTheCall(t *testing.T) {
	remembered := dana()
	remembered.Lookup.Known, remembered.Lookup.Error = true, "An admin revoked Linecard's access. Link again"
	failed := unknown(app.LookupFailed)
	half := withoutDetails()
	half.Lookup.NextTry = time.Time{}
	for name, c := range map[string]app.CallView{"remembered": remembered, "not looked up": failed, "half": half, "nobody": unknown(app.LookupNoMatch)} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			v := with(idle(), c)
			b.draw(v)
			v.Org.State, v.Org.Reason = crm.Inactive, "An admin revoked Linecard's access. Link again"
			b.draw(v)
			if b.shows("Look up again") {
				t.Error("asking again does not help")
			}
			b.press("Link again")
			if !b.inSettings() || b.Window.settings.open != pageSalesforce {
				t.Error("the page of the link is not open")
			}
		})
	}
}
