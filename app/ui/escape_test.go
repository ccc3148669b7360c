package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/crm"
)

// escapeKey types Escape where the keyboard is.
func (b *bench) escapeKey() {
	key := &fyne.KeyEvent{Name: fyne.KeyEscape}
	if f := b.cfg.Window.Canvas().Focused(); f != nil {
		f.TypedKey(key)
	} else {
		b.typedKey(key)
	}
	b.settle()
}

// TestEscapeClosesSettings: wherever in the settings the keyboard is.
func TestEscapeClosesSettings(t *testing.T) {
	for name, focus := range map[string]func(*bench) fyne.Focusable{
		"nowhere": func(*bench) fyne.Focusable { return nil },
		"a field": func(b *bench) fyne.Focusable { return b.Window.settings.sheets[pagePhone].(*phoneSheet).server },
		"a list":  func(b *bench) fyne.Focusable { return b.Window.settings.sheets[pagePhone].(*phoneSheet).transport },
		"a key": func(b *bench) fyne.Focusable {
			return b.Window.settings.sheets[pageSalesforce].(*salesforceSheet).clientID
		},
		"a button":        func(b *bench) fyne.Focusable { return b.Window.settings.sheets[pagePhone].(*phoneSheet).save },
		"an entry beside": func(b *bench) fyne.Focusable { return b.Window.settings.items[2].button },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			v := idle()
			v.Org.State = crm.Unlinked
			b.draw(v)
			b.openSettings(pagePhone)
			if name == "a key" {
				b.openSettings(pageSalesforce)
			}
			b.settle()
			if f := focus(b); f != nil {
				b.focus(f)
				if b.cfg.Window.Canvas().Focused() != f {
					t.Fatal("the keyboard is elsewhere")
				}
			}
			b.escapeKey()
			if b.inSettings() {
				t.Error("the settings stay open")
			}
		})
	}
}

// TestEscapeClosesPanels: the transfer panel has the keyboard in its field, and what was typed there goes nowhere.
func TestEscapeClosesPanels(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking()))
	for _, word := range []string{"Transfer", "Keypad"} {
		b.press(word)
		if b.centre.call.body() == nil {
			t.Fatalf("%s opened nothing", word)
		}
		b.escapeKey()
		if b.centre.call.body() != nil || !b.centre.call.form.root.Visible() {
			t.Errorf("%s stays open", word)
		}
		if f := b.cfg.Window.Canvas().Focused(); f != nil {
			t.Errorf("after %s the keyboard is in a %T", word, f)
		}
	}
}

// TestEscapeAnswersNo: to the question whether to call, and to the one whether to quit.
func TestEscapeAnswersNo(t *testing.T) {
	for name, focus := range map[string]func(*bench){
		"nowhere":          func(*bench) {},
		"the number field": func(b *bench) { b.focus(b.left.dial.field) },
		"the notes":        func(b *bench) { b.focus(b.centre.call.form.notes) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			b.draw(with(idle(), talking()))
			b.AskDial("+1 415 555 0132")
			b.settle()
			b.desk.said()
			focus(b)
			b.escapeKey()
			if b.asking.root.Visible() || b.left.dial.field.Text != "" {
				t.Error("the question stays")
			}
			b.RequestQuit()
			b.escapeKey()
			if b.quitting.root.Visible() || b.quit != 0 {
				t.Error("the question whether to quit stays")
			}
			if got := b.desk.said(); len(got) > 1 { // the list, once the field is empty again
				t.Errorf("told %q", got)
			}
		})
	}
}

// TestNotOneOfTheRecords: a caller whom several records could be is called by none of their names.
func TestNotOneOfTheRecords(t *testing.T) {
	c := unknown(app.LookupMany)
	c.Line2 = "Acme Corp"
	if got := line2(c); got != "3 records with this number" {
		t.Errorf("under the name stands %q", got)
	}
	c.Lookup.Record = danaRecord()
	if got := line2(c); got != "Acme Corp" {
		t.Errorf("once picked, %q", got)
	}
}

// TestBrokenLinkIsSaid: with the link broken or the org silent nothing says that anything is in Salesforce now.
func TestBrokenLinkIsSaid(t *testing.T) {
	c := wrapUp()
	broken, silent := idle(), idle()
	broken.Org.State = crm.Inactive
	silent.Org.Trouble = "Salesforce is not answering."
	if got := logSentence(broken, c); got != "Kept here, and logged when the link to Salesforce is back" {
		t.Errorf("broken: %q", got)
	}
	if got := logSentence(silent, c); got != "Kept here, and logged when Salesforce answers" {
		t.Errorf("silent: %q", got)
	}
	b := newBench(t, nil)
	b.draw(with(silent, func() app.CallView { c := dana(); c.Lookup.Known, c.Lookup.Error = true, "It didn't answer"; return c }()))
	if !contains(b.status.root, "Salesforce is not answering") {
		t.Errorf("the status bar says %q", words(b.status.root))
	}
	if !contains(b.record.root, "Remembered, not confirmed. It didn't answer.") {
		t.Errorf("the record says %q", words(b.record.root))
	}
	b.desk.said()
	b.press("Look up again")
	if got := b.desk.said(); len(got) != 1 || got[0] != "lookup c1" {
		t.Errorf("told %q", got)
	}
	b.draw(with(broken, wrapUp()))
	if b.shows("Save to Salesforce") {
		t.Error("the button promises Salesforce")
	}
}

// TestARightClickElsewhereClosesAMenu: as a left click does; those on an entry are the entry's.
func TestARightClickElsewhereClosesAMenu(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	for name, click := range map[string]func(o fyne.CanvasObject){
		"left":  func(o fyne.CanvasObject) { o.(fyne.Tappable).Tapped(&fyne.PointEvent{}) },
		"right": func(o fyne.CanvasObject) { o.(fyne.SecondaryTappable).TappedSecondary(&fyne.PointEvent{}) },
	} {
		b.left.menu(b.left.lines[0].HistoryRow, fyne.NewPos(100, 200))
		top := b.cfg.Window.Canvas().Overlays().Top()
		if top == nil || menuIn(top) == nil || menuIn(top).Position() != fyne.NewPos(100, 200) {
			t.Fatalf("%s: the menu is %v", name, top)
		}
		click(top)
		if b.inOverlay() {
			t.Errorf("a %s click elsewhere leaves the menu", name)
		}
	}
	b.left.menu(b.left.lines[0].HistoryRow, fyne.NewPos(100, 200))
	for _, k := range []fyne.KeyName{fyne.KeyDown, fyne.KeyReturn} {
		b.typedKey(&fyne.KeyEvent{Name: k})
	}
	b.settle()
	if got := b.desk.said(); b.inOverlay() || !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "dial ") }) {
		t.Errorf("with the keyboard: told %q", got)
	}
}
