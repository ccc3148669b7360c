package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/app/catalogue/cataloguetest"
	"linecard/crm/layout"
)

// TestNothingOutOfSightHasTheKeyboard: what is in the settings has no keyboard once they close, and the call that was answered gets
// what is typed.
func TestNothingOutOfSightHasTheKeyboard(t *testing.T) {
	hidden := 0
	for kind := range pageCount {
		b := newBench(t, func(c *Config) {
			c.Admin, c.Layouts = &fakeAdmin{owners: someOwners()}, &fakeLayouts{all: layout.List{support()}, object: caseObject()}
			withObjects(c)
		})
		b.draw(idle())
		b.openSettings(kind)
		b.settle()
		tried := map[string]int{}
		for _, at := range focusablesIn(b.Window.settings.root) {
			if like := fmt.Sprintf("%T", at); tried[like] < 2 { // the next ones of a page are as these
				tried[like]++
			} else {
				continue
			}
			b.draw(with(idle(), phased(caller("c1"), app.Ringing)))
			b.openSettings(kind)
			b.settle()
			b.focus(at)
			if b.focused() != at {
				continue // a page that is filled again has others
			}
			hidden++
			b.hit(keyAnswer)
			b.draw(with(idle(), caller("c1")))
			if f := b.focused(); f != nil {
				t.Errorf("page %d: a %T has the keyboard", kind, f)
			}
			b.told()
			b.strike("a")
			if got := b.noted()["c1"]; !strings.HasSuffix(got, "a") {
				t.Errorf("page %d, after a %T: the note is %q", kind, at, got)
			}
			b.draw(idle())
		}
	}
	if hidden < 30 {
		t.Errorf("only %d things were tried", hidden)
	}
}

// focusablesIn is everything in o that takes the keyboard.
func focusablesIn(o fyne.CanvasObject) (all []fyne.Focusable) {
	if !o.Visible() {
		return nil
	}
	if f, ok := o.(fyne.Focusable); ok {
		all = append(all, f)
	}
	for _, part := range parts(o) {
		all = append(all, focusablesIn(part)...)
	}
	return all
}

// TestAFieldThatGoesTakesTheRestWithIt: a field that a View takes away leaves the rest of what is typed nowhere.
func TestAFieldThatGoesTakesTheRestWithIt(t *testing.T) {
	asking := over(caller("c1"))
	asking.Wrap.Asked = []app.AskedView{{Name: "Order number"}}
	card := over(carded(talking()))
	for name, tt := range map[string]struct {
		before, after app.CallView
		at            func(*bench) fyne.Focusable
	}{
		"a question": {asking, over(caller("c1")), func(b *bench) fyne.Focusable { return b.centre.call.form.asked.rows[0].text }},
		"the card":   {card, over(talking()), func(b *bench) fyne.Focusable { return b.record.card.rows[0].text }},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			b.draw(with(idle(), tt.before))
			b.waits(2 * time.Second)
			b.focus(tt.at(b))
			b.strike("77")
			b.draw(with(idle(), tt.after))
			b.told()
			b.waits(2 * time.Second)
			b.strike("12 today")
			if got := b.told(); len(got) != 0 {
				t.Errorf("told %q", got)
			}
		})
	}
}

// TestAFormLaidOutAgainKeepsTheKeyboard: another layout, and a value of the card that changed, leave the fields that stay as they are.
func TestAFormLaidOutAgainKeepsTheKeyboard(t *testing.T) {
	b := newBench(t, nil)
	c := over(carded(talking()))
	c.Wrap.Asked = []app.AskedView{{Name: "Reason", Choices: []string{"Order", "Repair"}}, {Name: "Order number"}}
	b.draw(with(idle(), c))
	b.waits(2 * time.Second)
	asked := b.centre.call.form.asked
	number := asked.rows[1].text
	b.focus(number)
	b.strike("77")
	c.Wrap.Asked = []app.AskedView{{Name: "Order number", Required: true}, {Name: "Depot"}, {Name: "Reason", Choices: []string{"Order"}}}
	b.draw(with(idle(), c))
	b.strike("12")
	if b.focused() != fyne.Focusable(number) || number.Text != "7712" {
		t.Errorf("the keyboard is in a %T; the answer is %q", b.focused(), number.Text)
	}
	if asked.rows[0].text != number || asked.rows[1].text.Text != "" || !b.shows("Depot") {
		t.Errorf("the questions are %q", words(asked.root))
	}

	c.Wrap.Asked[0].Answer = "7712"
	department := b.record.card.rows[0].text
	b.focus(department)
	b.strike(" yard")
	c.Card.Fields = slices.Clone(c.Card.Fields)
	c.Card.Fields[0].Value, c.Card.Fields[0].Typed = "Silver", "Silver"
	c.Card.Fields[2].Label, c.Card.Fields[3].Entries = "Unit", c.Card.Fields[3].Entries[:1]
	b.draw(with(idle(), c))
	b.strike("!")
	if b.focused() != fyne.Focusable(department) || !strings.Contains(department.Text, " yard!") {
		t.Errorf("the keyboard is in a %T; the department is %q", b.focused(), department.Text)
	}
	for _, word := range []string{"Silver", "Unit"} {
		if !b.shows(word) {
			t.Errorf("the card does not show %q", word)
		}
	}
	if got := b.record.card.rows[1].choice.Options; len(got) != 2 {
		t.Errorf("the regions are %q", got)
	}
}

// TestTheKeyboardStaysInEveryField: whoever types when the language changes types on, with what was typed and the caret as they were.
func TestTheKeyboardStaysInEveryField(t *testing.T) {
	c := over(carded(talking()))
	c.Wrap.Asked = []app.AskedView{{Name: "Order number"}}
	for name, at := range map[string]func(*bench) fyne.Focusable{
		"question": func(b *bench) fyne.Focusable { return b.centre.call.form.asked.rows[0].text },
		"card":     func(b *bench) fyne.Focusable { return b.record.card.rows[0].text },
		"outcome":  func(b *bench) fyne.Focusable { return b.centre.call.form.outcome },
		"reason":   func(b *bench) fyne.Focusable { return b.reason },
		"settings": func(b *bench) fyne.Focusable { return placesIn(b.Window.settings.root)[2] },
	} {
		t.Run(name, func(t *testing.T) {
			cataloguetest.Speak(t)
			b := newBench(t, nil)
			b.draw(with(idle(), c))
			switch name {
			case "reason":
				b.desk.forbids = "Dana Whitfield"
				b.dial("", "+14155550144")
			case "settings":
				b.openSettings(pagePhone)
			}
			b.settle()
			b.focus(at(b))
			b.strike("a1b2")
			entry := entryOf(at(b))
			if entry != nil {
				entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
			}
			b.other()
			if b.focused() != at(b) {
				t.Fatalf("the keyboard is in a %T", b.focused())
			}
			if now := entryOf(at(b)); entry != nil && (now == entry || now.Text != entry.Text || name != "settings" && now.CursorColumn != entry.CursorColumn) { // a page of the settings is filled again after that
				t.Errorf("it says %q with the caret at %d, not %q at %d", now.Text, now.CursorColumn, entry.Text, entry.CursorColumn)
			}
		})
	}
}

// TestACorrectionStays: the View of what was typed before a correction comes after it, and takes nothing back: neither the text, nor the
// caret, nor what Undo brings back. The same in every field of the form.
func TestACorrectionStays(t *testing.T) {
	b := newBench(t, nil)
	c := over(caller("c1"))
	c.Wrap.Notes = "Asked."
	b.draw(with(idle(), c))
	b.waits(2 * time.Second)
	notes := b.centre.call.form.notes
	b.focus(notes)
	notes.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
	b.strike("x")
	notes.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	b.settle()
	late := c
	late.Wrap.Notes = "xAsked."
	b.draw(with(idle(), late))
	if notes.Text != "Asked." || notes.caret != 0 || len(notes.past) == 0 {
		t.Errorf("the late View made it %q, the caret %d, %d steps back", notes.Text, notes.caret, len(notes.past))
	}
	b.draw(with(idle(), c))
	b.strike("Not ")
	if got := b.noted()["c1"]; got != "Not Asked." {
		t.Errorf("the note is %q", got)
	}
	c.Wrap.Notes = "Not Asked."
	b.draw(with(idle(), c))
	c.Wrap.Notes = "Said by a verb."
	b.draw(with(idle(), c))
	if notes.Text != "Said by a verb." {
		t.Errorf("a verb's word came as %q", notes.Text)
	}

	subject := b.centre.call.form.subject
	b.focus(subject)
	was := subject.Text
	b.strike("x")
	typed := subject.Text
	subject.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	b.settle()
	late = c
	late.Wrap.Subject = typed
	b.draw(with(idle(), late))
	if subject.Text != was {
		t.Errorf("the late View made the subject %q, want %q", subject.Text, was)
	}
}

// TestTheFormStaysWithoutAButton: a call whose number is withheld has no button at its end; the notes stay where they were.
func TestTheFormStaysWithoutAButton(t *testing.T) {
	b := newBench(t, nil)
	c := unknown(app.LookupWithheld)
	c.Phase, c.Answered = app.Talking, noon.Add(-time.Minute)
	b.draw(with(idle(), c))
	before := b.absolute(b.centre.call.form.notes)
	b.draw(with(idle(), over(c)))
	if got := b.absolute(b.centre.call.form.notes); got != before {
		t.Errorf("the notes went from %v to %v", before, got)
	}
}
