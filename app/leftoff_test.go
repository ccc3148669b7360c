package app

import (
	"testing"

	"linecard/crm"
	"linecard/fault"
)

// A lookup that Linecard left off by itself is not made when the call is logged either; one that the org did not answer, or that waits for the
// desk's own cap, is. The agent may ask all the same.
func TestALookupThatWasLeftOffStaysOff(t *testing.T) {
	leftOff := &crm.Error{Class: crm.ClassQuota, Code: crm.CodeLeftOff, Fault: fault.New("meter.cap-strangers", "cap", 100)}
	ownCap := &crm.Error{Class: crm.ClassQuota, Code: crm.CodeOwnCap, Fault: fault.New("meter.cap-reached", "cap", 100)}
	down := &crm.Error{Class: crm.ClassTransient, Fault: fault.New("salesforce.timed-out")}
	for _, tt := range []struct {
		name         string
		errs         []*crm.Error
		unidentified bool
		asksAgain    int // of the questions when the org answers again
	}{
		{"left off", []*crm.Error{leftOff}, false, 0},
		{"at the cap", []*crm.Error{ownCap}, true, 1},
		{"the org is down", []*crm.Error{down}, true, 1},
		{"left off, then the org is down", []*crm.Error{leftOff, down}, true, 1},
		{"the org is down, then left off", []*crm.Error{down, leftOff}, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			y := newStory(t).rings()
			for _, err := range tt.errs {
				y.play(lookupEnded{stamp: y.stamp(), id: "c1", err: err})
			}
			l := y.view().Calls[0].Lookup
			if l.State != LookupFailed || l.Why.Code != tt.errs[len(tt.errs)-1].Fault.Code || l.Error == "" {
				t.Errorf("the card: %+v", l)
			}
			if got := y.s.calls[0].activity().Unidentified; got != tt.unidentified {
				t.Errorf("the log is unidentified: %v", got)
			}
			before := count[askOrg](y)
			y.play(askAgain{y.stamp(), "c1"})
			if got := count[askOrg](y) - before; got != tt.asksAgain {
				t.Errorf("asked %d times again by itself, want %d", got, tt.asksAgain)
			}
			before = count[askOrg](y)
			y.play(lookupWanted{y.stamp(), "c1"})
			if got := count[askOrg](y) - before; got != 1 {
				t.Errorf("the agent asks, and %d questions go out", got)
			}
			y.found(dana)
			if a := y.s.calls[0].activity(); a.Unidentified || a.Who.ID != dana.ID {
				t.Errorf("found by hand, and the log is about %+v", a.Who)
			}
		})
	}
}

// Whoever the call is handed on to is another stranger: nothing was left off for them.
func TestLeftOffIsOfTheParty(t *testing.T) {
	y := newStory(t).rings()
	y.play(lookupEnded{stamp: y.stamp(), id: "c1", err: &crm.Error{Class: crm.ClassQuota, Code: crm.CodeLeftOff, Fault: fault.New("meter.org-strangers", "limit", 100)}})
	c := y.s.calls[0].joined(y.s, partyChanged{stamp: y.stamp(), id: "c1", number: crm.ParseNumber("+442071838750", crm.NumberPlan{Region: "US"})})
	if c.leftOff {
		t.Error("the new party is left off too")
	}
}
