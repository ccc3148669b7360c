package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"linecard/app"
)

// The calls without a record are a press away from those not logged. One that is nobody's goes from the list, also where the View, which tells of
// the newest calls alone, says nothing of it.
func TestCallsWithoutARecord(t *testing.T) {
	b := newBench(t, nil)
	b.desk.history = []app.HistoryRow{
		{ID: "h1", Number: "(415) 555-0132", Dial: "+14155550132", NeedsRecord: true, Log: app.LogDone},
		{ID: "h2", Number: "(415) 555-0177", Dial: "+14155550177", Log: app.LogDone},
	}
	b.draw(idle())
	b.left.openTab(tabNotLogged)
	b.settle()
	b.press("Calls without a record")
	b.settle()
	if b.left.tab != tabNeedsRecord || len(b.left.rows) != 1 || b.left.rows[0].ID != "h1" {
		t.Fatalf("tab %v lists %+v", b.left.tab, b.left.rows)
	}
	b.desk.said()
	b.left.menu(b.left.rows[0], fyne.NewPos(10, 10))
	b.desk.mu.Lock()
	b.desk.history[0].NeedsRecord = false
	b.desk.mu.Unlock()
	b.left.pointAt(b.left.rows[0], b.desk.history[1].Who, "")
	b.settle()
	if got := b.desk.said(); !slices.Contains(got, `point h1 at ""`) || len(b.left.rows) != 0 || b.left.empty.Hidden {
		t.Errorf("told %q, listed %+v", got, b.left.rows)
	}
	b.press("Calls not logged")
	b.settle()
	if b.left.tab != tabNotLogged || b.left.back.Visible() || !b.left.needs.Visible() {
		t.Errorf("tab %v", b.left.tab)
	}
}
