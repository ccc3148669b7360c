package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"golang.org/x/text/language"

	"linecard/app/catalogue"
	"linecard/app/catalogue/cataloguetest"
)

// TestTheKeyboardStaysInTheNotes: whoever writes when the language changes writes on, where the caret was; also what the desk has
// not heard of yet is still there, and goes to the same call.
func TestTheKeyboardStaysInTheNotes(t *testing.T) {
	cataloguetest.Speak(t)
	b := newBench(t, nil)
	first := talking()
	other := otherWrapUp()
	b.draw(with(idle(), first, other))
	b.writeNotes()
	for _, r := range "wants teh quote" {
		b.cfg.Window.Canvas().Focused().TypedRune(r)
	}
	b.centre.call.form.notes.caret, b.centre.call.form.notes.anchor = len("wants "), len("wants ")
	b.other() // the View of what was typed has not come
	notes := b.centre.call.form.notes
	if b.cfg.Window.Canvas().Focused() != fyne.Focusable(notes) {
		t.Fatalf("the keyboard is in a %T", b.cfg.Window.Canvas().Focused())
	}
	b.cfg.Window.Canvas().Focused().TypedRune('x')
	b.settle()
	if notes.Text != "wants xteh quote" {
		t.Errorf("the notes are %q", notes.Text)
	}
	said := b.desk.said()
	if last := said[len(said)-1]; last != `notes `+first.ID+` "wants xteh quote"` {
		t.Errorf("the desk was told %q", last)
	}
}

// TestTheKeyboardStaysInOtherFields: the subject, and the number field.
func TestTheKeyboardStaysInOtherFields(t *testing.T) {
	for name, field := range map[string]func(*bench) fyne.Focusable{
		"subject": func(b *bench) fyne.Focusable { return b.centre.call.form.subject },
		"number":  func(b *bench) fyne.Focusable { return b.left.dial.field },
	} {
		t.Run(name, func(t *testing.T) {
			cataloguetest.Speak(t)
			b := newBench(t, nil)
			b.draw(with(idle(), talking()))
			b.focus(field(b))
			b.other()
			if b.cfg.Window.Canvas().Focused() != field(b) {
				t.Errorf("the keyboard is in a %T", b.cfg.Window.Canvas().Focused())
			}
		})
	}
}

// TestFynesMenusSpeakTheCataloguesLanguage: Cut, Copy and Paste of every field are in the language that the setting names, whatever
// the system's is.
func TestFynesMenusSpeakTheCataloguesLanguage(t *testing.T) {
	cataloguetest.Speak(t)
	b := newBench(t, nil)
	b.draw(idle())
	for _, word := range []string{"Cut", "Copy", "Paste", "Select all", "Undo", "Redo"} {
		if got := lang.L(word); got != word {
			t.Errorf("in English it says %q for %q", got, word)
		}
	}
	b.other()
	for _, word := range []string{"Cut", "Copy", "Paste", "Select all", "Undo", "Redo"} {
		if got := lang.L(word); got != cataloguetest.Marked(word) {
			t.Errorf("in the other language it says %q for %q", got, word)
		}
	}
	catalogue.Use(language.English)
	b.Reword(nil)
	if got := lang.L("Cut"); got != "Cut" {
		t.Errorf("back in English it says %q", got)
	}
}
