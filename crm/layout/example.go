package layout

import (
	"time"

	"linecard/crm"
)

// ExampleID is the call id of [Example].
const ExampleID = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"

// Example is a call that is made up, to show a layout with where there is none yet. It is with nobody of the org, so that it
// can be written as a test.
func Example(now time.Time) crm.Activity {
	began := now.Add(-5 * time.Minute).Truncate(time.Second)
	return crm.Activity{
		CallID: ExampleID, Direction: crm.Inbound, Outcome: crm.Answered,
		Number: "+14155550132", Shown: "+1 415-555-0132", PartyName: "Dana Whitfield", Called: "+14155550100",
		Started: began, AnsweredAt: began.Add(6 * time.Second), Ended: began.Add(156 * time.Second), Talked: 150 * time.Second,
		Notes: "Asked for the delivery date.", Disposition: "Resolved",
		Story: crm.Story{Rang: 6 * time.Second, Held: 20 * time.Second, Code: 200, HungUp: crm.ByParty, Diverted: "+14155550101", MOS: 4.2, Sound: "good"},
	}
}
