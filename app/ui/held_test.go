package ui

import (
	"slices"
	"testing"

	"linecard/app"
	"linecard/fault"
)

// The notice of held calls has a button that logs them all and one that drops them; no other notice has.
func TestTheNoticeOfHeldCallsHasItsButtons(t *testing.T) {
	b := newBench(t, nil)
	v := idle()
	v.Told, v.Notice = fault.New(app.HeldBack, "count", 37), "37 calls wait to be logged."
	b.draw(v)
	for button, did := range map[string]string{"Log them": "send held", "Drop them": "drop held"} {
		b.press(button)
		b.settle()
		if got := b.desk.said(); !slices.Contains(got, did) {
			t.Errorf("%s: told %q", button, got)
		}
	}
	v.Told, v.Notice = fault.New("journal.full"), "The disk is full."
	b.draw(v)
	if b.log.Visible() || b.drop.Visible() {
		t.Error("another notice has the buttons")
	}
}
