package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/crm"
)

// A row's menu leads to who else a call may have been with; the choice, nobody included, goes to the desk.
func TestTheWrongPersonIsReplaced(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	row := app.HistoryRow{ID: "h1", Number: "(415) 555-0132", Who: crm.Ref{Object: crm.Contact, ID: "003A", Name: "Dana Whitfield"}}
	b.desk.records = []crm.Record{{Ref: row.Who}, {Ref: crm.Ref{Object: crm.Lead, ID: "00QB", Name: "D. Whitfield"}, Company: "Acme"}}
	b.left.askWho(row, fyne.NewPos(10, 10))
	b.settle()
	if got := b.desk.said(); !slices.Contains(got, `who else h1 ""`) {
		t.Errorf("told %q", got)
	}
	if b.Window.cfg.Window.Canvas().Overlays().Top() == nil {
		t.Fatal("no menu is shown")
	}
	m := b.left.whoElse(row, b.desk.records)
	if len(m.Items) != 4 || !m.Items[0].Checked || m.Items[1].Checked || m.Items[1].Label != "D. Whitfield · Acme" || m.Items[3].Label != "Nobody in Salesforce" {
		t.Fatalf("items: %+v %+v", m.Items[0], m.Items[1])
	}
	for item, want := range map[int]string{1: `point h1 at "00QB"`, 3: `point h1 at ""`} {
		m.Items[item].Action()
		b.settle()
		if got := b.desk.said(); !slices.Contains(got, want) {
			t.Errorf("told %q, want %s", got, want)
		}
	}
}

// A cursor that rests in the notes keeps no menu back that the agent asked for; what is typed there since does.
func TestARestingCursorKeepsNoMenuBack(t *testing.T) {
	for _, typed := range []string{"", "a"} {
		b := newBench(t, nil)
		b.draw(with(idle(), caller("c1")))
		b.waits(2 * time.Second)
		b.writeNotes()
		b.strike("wants ")
		b.waits(5 * time.Second)
		b.desk.records = []crm.Record{*acmeRecordOnly()}
		b.left.askWho(history()[0], fyne.NewPos(10, 10))
		b.strike(typed)
		b.settle()
		if b.inOverlay() != (typed == "") {
			t.Errorf("with %q typed since, the menu is shown: %v", typed, b.inOverlay())
		}
	}
}
