package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"linecard/app"
)

// hit does what the window does with a shortcut: the main menu is asked first, whatever has the focus.
func (b *bench) hit(key *desktop.CustomShortcut) {
	b.t.Helper()
	for _, m := range b.menu.menu.Items {
		for _, i := range m.Items {
			if s, ok := i.Shortcut.(*desktop.CustomShortcut); ok && *s == *key {
				i.Action()
				b.settle()
				return
			}
		}
	}
	b.t.Fatalf("no menu item has %s", shortcutName(key))
}

// TestShortcutsWhileTyping: with the agent in the middle of a note, every key of the call works and none is typed.
func TestShortcutsWhileTyping(t *testing.T) {
	tests := []struct {
		name  string
		calls []app.CallView
		key   *desktop.CustomShortcut
		want  []string
	}{
		{"mute", []app.CallView{talking()}, keyMute, []string{"mute c1 true"}},
		{"hold", []app.CallView{talking()}, keyHold, []string{"hold c1"}},
		{"hang up", []app.CallView{talking()}, keyHangup, []string{"hangup c1"}},
		{"answer the second", []app.CallView{talking(), priya()}, keyAnswer, []string{"answer c2"}},
		{"save", []app.CallView{wrapUp()}, keySave, []string{"save c1"}},
		{"do not disturb", []app.CallView{talking()}, keyDND, []string{"dnd true"}},
		{"nothing to save yet", []app.CallView{talking()}, keySave, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, nil)
			b.draw(with(idle(), tt.calls...))
			notes := b.centre.call.form.notes
			b.focus(b.centre.call.form.notes)
			before := notes.Text
			b.passes(later)
			b.desk.said()
			b.hit(tt.key)
			if got := b.desk.said(); !slices.Equal(got, tt.want) {
				t.Errorf("told %q, want %q", got, tt.want)
			}
			if notes.Text != before {
				t.Errorf("the note became %q", notes.Text)
			}
		})
	}
}

// TestShortcutsAreFree: each is one command's, has a modifier (Fyne drops bare keys), and takes nothing from a text field.
func TestShortcutsAreFree(t *testing.T) {
	b := newBench(t, nil)
	taken := []fyne.KeyName{fyne.KeyA, fyne.KeyC, fyne.KeyV, fyne.KeyX, fyne.KeyY, fyne.KeyZ, fyne.KeyInsert, fyne.KeyBackspace, fyne.KeyLeft, fyne.KeyRight}
	seen := map[string]string{}
	for _, m := range b.menu.menu.Items {
		for _, i := range m.Items {
			s, ok := i.Shortcut.(*desktop.CustomShortcut)
			if !ok {
				continue
			}
			if s.Modifier == 0 || slices.Contains(taken, s.KeyName) {
				t.Errorf("%s has %s", i.Label, shortcutName(s))
			}
			if other, twice := seen[shortcutName(s)]; twice {
				t.Errorf("%s is both %s and %s", shortcutName(s), other, i.Label)
			}
			seen[shortcutName(s)] = i.Label
		}
	}
	if len(seen) < 15 {
		t.Errorf("only %d shortcuts: %v", len(seen), seen)
	}
}

// TestTypedDigits: with nothing focused, digits are the call's keys while its keypad is open, and a number between calls.
func TestTypedDigits(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	for _, r := range "+14x" {
		b.typedRune(r)
	}
	b.settle()
	if got := b.left.dial.field.Text; got != "+14" {
		t.Errorf("the field has %q", got)
	}
	b.draw(with(idle(), talking()))
	b.centre.call.toggleKeypad()
	b.desk.said()
	for _, r := range "5#x" {
		b.typedRune(r)
	}
	b.settle()
	if got := b.desk.said(); !slices.Equal(got, []string{"dtmf c1 5", "dtmf c1 #"}) {
		t.Errorf("told %q", got)
	}
	b.openSettings(pagePhone)
	b.settle()
	b.desk.said()
	b.typedRune('7')
	b.settle()
	if got := b.desk.said(); got != nil {
		t.Errorf("in the settings, a digit told %q", got)
	}
}

// TestAnswerKeyDials: with nothing ringing, the green button's key calls the number in the field.
func TestAnswerKeyDials(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.left.dial.field.SetText("(415) 555-0132")
	b.settle()
	b.desk.said()
	b.hit(keyAnswer)
	if got := b.desk.said(); !slices.Contains(got, "dial (415) 555-0132") {
		t.Errorf("told %q", got)
	}
}

// TestMenuFollows: items that make no sense now are grey, and the menu is drawn again only when that changes.
func TestMenuFollows(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	if !b.menu.mute.Disabled || !b.menu.hangup.Disabled {
		t.Error("a call's items are there without one")
	}
	c := talking()
	c.Muted = true
	b.draw(with(idle(), c))
	if b.menu.mute.Disabled || !b.menu.mute.Checked || b.menu.hold.Checked {
		t.Errorf("mute %+v, hold %+v", b.menu.mute, b.menu.hold)
	}
}
