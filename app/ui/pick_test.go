package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"linecard/app"
)

// TestKeysPick: with nothing focused 1 to 3 choose among three, while the call rings and while it is talked on; another digit, or one
// that comes as the call does, chooses nobody.
func TestKeysPick(t *testing.T) {
	for name, call := range map[string]app.CallView{
		"ringing": unknown(app.LookupMany),
		"talking": func() app.CallView { c := unknownTalk(); c.Lookup = unknown(app.LookupMany).Lookup; return c }(),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			b.draw(with(idle(), call))
			b.typedRune('2')
			b.settle()
			if got := b.desk.said(); len(got) != 0 {
				t.Errorf("a key at the moment the call comes told %q", got)
			}
			b.now = b.now.Add(2 * time.Second)
			b.typedRune('2')
			b.settle()
			if got, want := b.desk.said(), "pick "+call.ID+" "+call.Lookup.Matches[1].ID; !slices.Equal(got, []string{want}) {
				t.Errorf("told %q, want %q", got, want)
			}
			if !b.shows("Keys 1 to 3 choose.") {
				t.Error("the keys are not said")
			}
		})
	}
}

// TestDigitsOfThePanelArePressed: with the keypad open a digit is a key of the call, whoever could be picked, and a letter a note.
func TestDigitsOfThePanelArePressed(t *testing.T) {
	b := newBench(t, nil)
	c := unknownTalk()
	c.Lookup = unknown(app.LookupMany).Lookup
	b.draw(with(idle(), c))
	b.now = b.now.Add(2 * time.Second)
	b.press("Keypad")
	b.typedRune('2')
	b.typedRune('m')
	b.settle()
	if got, want := b.desk.said(), []string{"dtmf " + c.ID + " 2", "notes " + c.ID + ` "m"`}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// TestNotesStayBesidePanels: the notes can be written while the keypad is used or a transfer is prepared, and are in sight, in the
// smallest window too.
func TestNotesStayBesidePanels(t *testing.T) {
	for _, panel := range []string{"Keypad", "Transfer"} {
		for _, size := range []fyne.Size{fyne.NewSize(threePanes, 560), fyne.NewSize(1120, 700), fyne.NewSize(1920, 1080)} {
			b := newBench(t, nil)
			b.resize(size.Width, size.Height)
			b.draw(with(idle(), talking()))
			b.press(panel)
			form := b.centre.call.form
			if !form.root.Visible() || !form.notes.Visible() {
				t.Fatalf("%s hides the notes", panel)
			}
			if top, end := b.absolute(form.notes).Y, b.absolute(b.status.root).Y; top+24 > end {
				t.Errorf("%s at %v: the notes begin at %v, the page ends at %v", panel, size, top, end)
			}
			b.writeNotes()
			b.cfg.Window.Canvas().Focused().TypedRune('x')
			b.settle()
			if b.centre.call.body() == nil {
				t.Errorf("writing closes %s", panel)
			}
			if got := b.desk.said(); !slices.Contains(got, `notes c1 "x"`) {
				t.Errorf("%s: told %q", panel, got)
			}
		}
	}
}
