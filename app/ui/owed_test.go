package ui

import (
	"slices"
	"testing"

	"linecard/app"
)

// TestOwedIsCalledAndDone: the buttons of a line are about its caller, also when others have come above it.
func TestOwedIsCalledAndDone(t *testing.T) {
	b := newBench(t, nil)
	v := idle()
	v.Owed, v.OwedCount = owed()[1:3], 2
	b.draw(v)
	list := b.centre.idle.owed
	first := list.lines.Objects[0]
	if list.more.Visible() {
		t.Error("more are told of than there are")
	}
	v.Owed, v.OwedCount = owed(), 6
	b.draw(v)
	if len(list.lines.Objects) != owedInSight || list.lines.Objects[1] != first || !list.more.Visible() {
		t.Errorf("%d lines; the one that was first is not the second", len(list.lines.Objects))
	}
	line := list.known[owedParty{account: "2041@pbx", dial: "+442079460958"}]
	b.waits(2 * reactionTime)
	if got := b.clicks(line.call); !slices.Equal(got, []string{"dial +442079460958"}) {
		t.Errorf("Call does %v", got)
	}
	if got := b.clicks(line.done); !slices.Equal(got, []string{"owed done o2"}) {
		t.Errorf("Done does %v", got)
	}
	b.waits(2 * reactionTime)
	v.Owed, v.OwedCount = owed()[1:2], 1
	b.draw(v)
	b.waits(2 * reactionTime)
	v.Owed = owed()[:1]
	b.draw(v)
	other := list.known[owedParty{account: "2041@pbx", dial: "+14155550140"}]
	b.waitsFor("a line that took another's place", other.done, "owed done o1")
	v.Owed, v.OwedCount = nil, 0
	b.draw(v)
	if list.root.Visible() {
		t.Error("the heading stays with nothing owed")
	}
}

// TestSettledIsSaid: the row of a missed call says once it is settled, and is not folded with one that is not.
func TestSettledIsSaid(t *testing.T) {
	row := history()[0]
	row.Outcome, row.Direction, row.Settled = "missed", "Inbound", true
	newer := row
	newer.Settled = false
	if lines := linesOf([]app.HistoryRow{newer, row}, noon, false); len(lines) != 2 {
		t.Errorf("%d lines", len(lines))
	}
	if got, was := rowDetail(row, true), rowDetail(newer, true); got == was {
		t.Errorf("both say %q", got)
	}
}
