package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/crm"
	"linecard/crm/layout"
)

// strike presses several keys, one after the other.
func (b *bench) strike(keys string) {
	for _, r := range keys {
		b.strikes(string(r))
	}
}

func (b *bench) focused() fyne.Focusable { return b.cfg.Window.Canvas().Focused() }

// told is what the desk was told that is more than a question for the list.
func (b *bench) told() []string {
	return slices.DeleteFunc(b.desk.said(), func(s string) bool { return strings.HasPrefix(s, "history ") || s == "seen" })
}

func ambiguous(c app.CallView) app.CallView {
	c.Lookup = unknown(app.LookupMany).Lookup
	return c
}

func TestADoNotCallAnswerTakesNoKeyboard(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), over(caller("c1"))))
	b.waits(2 * time.Second)
	b.desk.forbids = "Dana Whitfield"
	b.dial("", "+14155550144")
	b.writeNotes()
	b.strike("wants to cancel⏎in May")
	if got := b.noted()["c1"]; got != "wants to cancel\nin May" {
		t.Errorf("the note is %q", got)
	}
	if b.reason.Text != "" || !b.reasonBox.Visible() {
		t.Errorf("the reason is %q; it is asked for: %v", b.reason.Text, b.reasonBox.Visible())
	}

	t.Run("in the number field", func(t *testing.T) {
		b := newBench(t, nil)
		b.draw(idle())
		b.desk.forbids = "Dana Whitfield"
		b.dial("", "+14155550144")
		b.focusNumber()
		b.strike("Whit")
		if b.left.dial.field.Text != "Whit" || b.reason.Text != "" {
			t.Errorf("the number is %q, the reason %q", b.left.dial.field.Text, b.reason.Text)
		}
	})
	t.Run("nobody types", func(t *testing.T) {
		b := newBench(t, nil)
		b.draw(idle())
		b.desk.forbids = "Dana Whitfield"
		b.dial("", "+14155550144")
		b.settle()
		if b.focused() != fyne.Focusable(b.reason) {
			t.Fatalf("a %T has the keyboard", b.focused())
		}
		b.told()
		b.strike("asked for it⏎")
		if got := b.told(); len(got) != 0 {
			t.Errorf("Enter at the moment the question comes told %q", got)
		}
		b.waits(2 * time.Second)
		b.strike("⏎1234⏎")
		if got := b.told(); !slices.Equal(got, []string{"dial anyway +14155550144: asked for it"}) {
			t.Errorf("told %q", got)
		}
	})
	t.Run("the turn is another strip's", func(t *testing.T) {
		b := newBench(t, nil)
		b.draw(with(idle(), talking()))
		b.waits(2 * time.Second)
		b.RequestQuit()
		b.desk.forbids = "Dana Whitfield"
		b.dial("", "+14155550144")
		b.settle()
		if f := b.focused(); f != nil {
			t.Errorf("a %T has the keyboard", f)
		}
	})
	t.Run("another question", func(t *testing.T) {
		b := newBench(t, nil)
		b.draw(idle())
		b.desk.forbids = "Dana Whitfield"
		b.dial("", "+14155550144")
		b.settle()
		b.strike("asked")
		b.waits(2 * time.Second)
		b.dial("", "+14155550199")
		b.strike(" for it")
		b.waits(2 * time.Second)
		b.told()
		b.strike(" today⏎")
		if got := b.told(); !slices.Equal(got, []string{"dial anyway +14155550144: asked for it today"}) || b.reason.Text != "" {
			t.Errorf("told %q; the reason for the other is %q", got, b.reason.Text)
		}
	})
}

func TestAMenuThatComesLate(t *testing.T) {
	row := history()[0]
	for name, begin := range map[string]func(*bench){
		"in the notes":        (*bench).writeNotes,
		"in the number field": (*bench).focusNumber,
		"on the keypad":       func(b *bench) { b.centre.call.toggleKeypad(); b.strike("1") },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			b.draw(with(idle(), caller("c1")))
			b.waits(2 * time.Second)
			b.desk.records = []crm.Record{*acmeRecordOnly()}
			b.left.askWho(row, fyne.NewPos(10, 10))
			begin(b)
			b.settle()
			if b.inOverlay() {
				t.Fatal("the menu lies over what is typed")
			}
			if !strings.Contains(fmt.Sprint(words(b.strips)), "Choose Wrong person… again") {
				t.Errorf("nothing says that the answer is there: %q", words(b.strips))
			}
			b.told()
			b.left.askWho(row, fyne.NewPos(10, 10))
			if got := b.told(); !b.inOverlay() || len(got) != 0 {
				t.Errorf("the menu is shown: %v; told %q", b.inOverlay(), got)
			}
		})
	}
	t.Run("nobody types", func(t *testing.T) {
		b := newBench(t, nil)
		b.draw(idle())
		b.desk.records = []crm.Record{*acmeRecordOnly()}
		b.left.askWho(row, fyne.NewPos(10, 10))
		b.settle()
		b.told()
		b.strike("↓⏎")
		if got := b.told(); len(got) != 0 || !b.inOverlay() {
			t.Errorf("keys at the moment the menu comes told %q", got)
		}
		b.waits(2 * time.Second)
		b.strike("↓⏎")
		if got := b.told(); len(got) != 1 || !strings.HasPrefix(got[0], "point ") {
			t.Errorf("told %q", got)
		}
	})
}

func acmeRecordOnly() *crm.Record { m := acmeRecord(); return &m.Record }

func TestNoDigitOfANotePicks(t *testing.T) {
	for name, after := range map[string][]app.CallView{
		"answered by headset": {ambiguous(caller("c2")), over(caller("c1"))},
		"the note's is gone":  {ambiguous(phased(caller("c2"), app.Ringing))},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			b.draw(with(idle(), over(caller("c1"))))
			b.waits(2 * time.Second)
			b.writeNotes()
			b.strike("wants ")
			b.draw(with(idle(), after...))
			b.told()
			b.waits(1100 * time.Millisecond)
			b.strike("2 seats")
			b.waits(5 * time.Second)
			b.strike("1⏎")
			if got := b.told(); len(got) != 0 {
				t.Errorf("told %q", got)
			}
			if !strings.Contains(fmt.Sprint(words(b.strips)), "The call changed while you typed") {
				t.Error("nothing tells the agent")
			}
		})
	}
}

func TestAListThatHasJustComePicksNobody(t *testing.T) {
	b := newBench(t, nil)
	known := ambiguous(caller("c1"))
	known.Lookup.Known = true
	b.draw(with(idle(), known))
	b.waits(5 * time.Second)
	fresh := ambiguous(caller("c1"))
	slices.Reverse(fresh.Lookup.Matches)
	b.draw(with(idle(), fresh))
	b.told()
	b.strike("1")
	b.waits(900 * time.Millisecond)
	b.strike("2")
	if got := b.told(); len(got) != 0 {
		t.Errorf("keys as the list comes told %q", got)
	}
	b.waits(2 * time.Second)
	b.told()
	b.strike("1")
	if got, want := b.told(), "pick c1 "+fresh.Lookup.Matches[0].ID; !slices.Equal(got, []string{want}) {
		t.Errorf("told %q, want %q", got, want)
	}

	b.draw(with(idle(), known))
	b.told()
	b.press(known.Lookup.Matches[0].Name)
	if got := b.told(); len(got) != 0 {
		t.Errorf("a click as the list changes told %q", got)
	}
	b.waits(2 * time.Second)
	b.press(known.Lookup.Matches[0].Name)
	if got, want := b.told(), "pick c1 "+known.Lookup.Matches[0].ID; !slices.Equal(got, []string{want}) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// TestTheKeyboardStaysWhereItIs: whatever calls come, change and go, the keyboard stays in a field that has nothing to do with them.
func TestTheKeyboardStaysWhereItIs(t *testing.T) {
	moods := [][]app.CallView{
		{phased(caller("c2"), app.Dialing)},
		{caller("c2")},
		{over(caller("c2"))},
		{ambiguous(phased(caller("c3"), app.Ringing)), over(caller("c2"))},
		{phased(caller("c2"), app.Finished)},
		nil,
		{ambiguous(phased(caller("c3"), app.Ringing))},
		{ambiguous(caller("c3"))},
		nil,
	}
	stays := func(t *testing.T, b *bench, at fyne.Focusable) {
		t.Helper()
		for i, calls := range moods {
			b.draw(with(idle(), calls...))
			b.waits(1100 * time.Millisecond)
			if b.focused() != at {
				t.Fatalf("after %d changes a %T has the keyboard, not the %T", i+1, b.focused(), at)
			}
		}
	}
	t.Run("number", func(t *testing.T) {
		b := newBench(t, nil)
		b.draw(idle())
		b.focusNumber()
		b.strike("Whit")
		stays(t, b, b.left.dial.field)
		b.strike("field")
		if got := b.left.dial.field.Text; got != "Whitfield" {
			t.Errorf("the field says %q", got)
		}
	})
	t.Run("reason", func(t *testing.T) {
		b := newBench(t, nil)
		b.draw(idle())
		b.desk.forbids = "Dana Whitfield"
		b.dial("", "+14155550144")
		b.settle()
		stays(t, b, b.reason)
	})
	for kind := range pageCount {
		t.Run(fmt.Sprint("settings ", kind), func(t *testing.T) {
			b := newBench(t, func(c *Config) {
				c.Admin, c.Layouts = &fakeAdmin{owners: someOwners()}, &fakeLayouts{all: layout.List{support()}, object: caseObject()}
				withObjects(c)
			})
			b.draw(idle())
			b.openSettings(kind)
			b.settle()
			for _, at := range placesIn(b.Window.settings.root) {
				if d, ok := at.(fyne.Disableable); ok && d.Disabled() {
					continue
				}
				b.focus(at)
				stays(t, b, at)
			}
		})
	}
}

// TestTheRestOfANoteIsNoNumber: the rest of a note, with a number in it and Enter at its end, dials nobody, whatever takes the place of its call.
func TestTheRestOfANoteIsNoNumber(t *testing.T) {
	for name, after := range map[string][]app.CallView{
		"another is dialled": {phased(caller("c2"), app.Dialing), over(caller("c1"))},
		"another failed":     {phased(caller("c2"), app.Finished)},
		"another rings":      {phased(caller("c2"), app.Ringing)},
		"nothing is left":    nil,
		"a colleague's":      {func() app.CallView { c := caller("c2"); c.Extension = true; return c }()},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			b.draw(with(idle(), over(caller("c1"))))
			b.waits(2 * time.Second)
			b.writeNotes()
			b.strike("his mobile 017")
			b.draw(with(idle(), after...))
			b.told()
			b.strike("1 39")
			b.waits(3 * time.Second)
			b.strike("20054⏎↓⏎")
			if got := b.told(); len(got) != 0 || b.left.dial.field.Text != "" {
				t.Errorf("told %q; the number is %q", got, b.left.dial.field.Text)
			}
			if !strings.Contains(fmt.Sprint(words(b.strips)), "The call changed while you typed") {
				t.Errorf("nothing tells the agent; the window says %q", words(b.strips))
			}
			b.hit(keyNumber)
			b.strike("2043⏎")
			if got := b.told(); !slices.Equal(got, []string{"dial 2043"}) {
				t.Errorf("after %v the desk was told %q", keyNumber, got)
			}
		})
	}
	t.Run("saved by hand", func(t *testing.T) {
		b := newBench(t, nil)
		b.draw(with(idle(), over(caller("c1"))))
		b.waits(2 * time.Second)
		b.writeNotes()
		b.strike("done")
		b.hit(keySave)
		b.draw(idle())
		b.strike("2043")
		if got := b.left.dial.field.Text; got != "2043" {
			t.Errorf("the number is %q", got)
		}
	})
	t.Run("it ends as nobody types", func(t *testing.T) {
		b := newBench(t, nil)
		b.draw(with(idle(), over(caller("c1"))))
		b.waits(2 * time.Second)
		b.draw(idle())
		b.strike("2")
		b.waits(2 * time.Second)
		b.strike("043")
		if got := b.left.dial.field.Text; got != "043" {
			t.Errorf("the number is %q", got)
		}
	})
}

// TestKeysForAMachineAreNoNote: the keypad closes when the other side hangs up, and the rest of what is typed there is nothing else.
func TestKeysForAMachineAreNoNote(t *testing.T) {
	for name, after := range map[string][]app.CallView{
		"it hangs up":      {over(ambiguous(caller("c1")))},
		"another is there": {caller("c2"), over(caller("c1"))},
		"nothing is left":  nil,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			b.draw(with(idle(), ambiguous(caller("c1"))))
			b.waits(2 * time.Second)
			b.hit(keyKeypad)
			b.strike("12")
			b.waits(2 * time.Second)
			b.draw(with(idle(), after...))
			b.told()
			b.strike("34")
			b.waits(2 * time.Second)
			b.strike("1#")
			if got := b.told(); len(got) != 0 || b.left.dial.field.Text != "" {
				t.Errorf("told %q; the number is %q", got, b.left.dial.field.Text)
			}
		})
	}
	b := newBench(t, nil)
	b.draw(with(idle(), caller("c1")))
	b.waits(2 * time.Second)
	b.hit(keyKeypad)
	b.strike("12")
	b.hit(keyHangup)
	b.draw(with(idle(), over(caller("c1"))))
	b.strike("x")
	if got := b.noted()["c1"]; got != "x" {
		t.Errorf("after the agent hung up the note is %q", got)
	}
}

// The agent has saved a call and turns to its notes once more, when the number dialed a while ago comes: what is typed on is no number.
func TestNotesAfterSaveAreNoNumber(t *testing.T) {
	b := newBench(t, nil)
	one := over(caller("c1"))
	b.draw(with(idle(), one))
	b.hit(keySave)
	b.settle()
	b.writeNotes()
	b.expect("c2")
	b.draw(with(idle(), phased(caller("c2"), app.Dialing), one))
	b.passes(1100 * time.Millisecond)
	b.strikes("2")
	if got := b.left.dial.field.Text; got != "" {
		t.Errorf("the number field has %q", got)
	}
}

// A call that the agent has hung up may leave the desk just as they have turned to a question about it: their first letter is no number.
func TestTurningToAQuestionAfterHangingUp(t *testing.T) {
	for name, field := range map[string]func(f *wrapForm) fyne.Focusable{
		"question": func(f *wrapForm) fyne.Focusable { return f.asked.rows[0].text },
		"subject":  func(f *wrapForm) fyne.Focusable { return f.subject },
	} {
		t.Run(name, func(t *testing.T) {
			c := talking()
			c.Wrap.Asked = []app.AskedView{{Name: "Order number"}}
			b := newBench(t, nil)
			b.draw(onlyCall(c)())
			b.hangup(c.ID)
			b.draw(onlyCall(over(c))())
			b.focus(field(b.centre.call.form))
			b.settle()
			b.desk.said()
			b.draw(idle())
			b.waits(4 * time.Second)
			b.strikes("2")
			b.settle()
			if got := b.left.dial.field.Text; got != "" {
				t.Errorf("the number is %q", got)
			}
		})
	}
}
