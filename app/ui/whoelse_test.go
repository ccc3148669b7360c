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
	m := b.left.whoElse(row, "", b.desk.records)
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

// The person of a past call is searched for by name, also where the caller withheld the number, and the choice goes to the desk with what was
// searched for.
func TestThePersonOfAPastCallIsSearchedFor(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	row := app.HistoryRow{ID: "h1"}
	b.desk.records = []crm.Record{{Ref: crm.Ref{Object: crm.Lead, ID: "00QB", Name: "Tom Reed"}, Company: "Reed Ltd"}}
	search := func(text string) {
		b.left.searchWho(row, fyne.NewPos(10, 10))
		f, ok := b.Window.cfg.Window.Canvas().Focused().(*field)
		if !ok {
			t.Fatal("no field has the keyboard")
		}
		b.desk.said()
		f.SetText(text)
		f.OnSubmitted(text)
		b.settle()
	}
	search("  ")
	if got := b.desk.said(); len(got) > 0 || !b.inOverlay() {
		t.Errorf("nothing is searched for: told %q", got)
	}
	b.escape()
	search(" Reed ")
	if got := b.desk.said(); !slices.Contains(got, `who else h1 "Reed"`) || !b.inOverlay() {
		t.Errorf("told %q", got)
	}
	b.left.whoElse(row, "Reed", b.desk.records).Items[0].Action()
	b.settle()
	if got := b.desk.said(); !slices.Contains(got, `point h1 at "00QB" for "Reed"`) {
		t.Errorf("told %q", got)
	}
	b.escape()
	b.desk.records = nil
	search("Rheed")
	if !b.shows("Salesforce has nobody for Rheed. Search for another word, or create the contact.") || b.inOverlay() {
		t.Errorf("nobody is found: the window says %q", words(b.strips))
	}
	for dial, want := range map[string]string{"+14155550132": "+14155550132", "+14155550132,,12": "", "600": "", "": "", "sip:a@b": ""} {
		if got := numberOfRow(app.HistoryRow{Dial: dial}); got != want {
			t.Errorf("%s: a contact would have %q", dial, got)
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
