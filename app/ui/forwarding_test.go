package ui

import (
	"slices"
	"testing"

	"linecard/app"
	"linecard/fault"
)

// The strip says what the phone system was told beside what it could not be told, and what it may do; and Stop tells it again, and says why it was not told.
func TestTheForwardStripSaysAll(t *testing.T) {
	b := newBench(t, nil)
	v := idle()
	v.Phone.ByPBX = true
	v.Phone.ForwardsTold = []app.ForwardTold{{When: "always", Number: "2062", Told: "2060", Unsure: "2061", Reason: "It was refused."}, {When: "noanswer", Told: "2063"}}
	b.draw(v)
	for _, want := range []string{
		"The phone system was not told: Calls go to 2062. It was refused.", "The phone system was told: Calls go to 2060.",
		"The phone system may do this too, for it did not answer: Calls go to 2061.", "The phone system was told: When nobody answers, calls go to 2063.",
	} {
		if !b.says(want) {
			t.Errorf("does not say %q", want)
		}
	}
	f := b.cfg.Settings.(*fakeSettings)
	f.refused = map[string]error{"tell forwards": fault.Err(nil, "program.forward-not-told", "why", fault.New("sip.code-unanswered", "code", "*73"))}
	b.press("Stop")
	b.settle()
	if !slices.Contains(f.said(), "tell forwards") || !b.says("the phone system was not told. ") {
		t.Error("Stop does not tell the phone system, or hides that it was not told")
	}
}
