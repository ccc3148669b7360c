package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"pgregory.net/rapid"

	"linecard/app"
)

// caller is a call of its own with a name of its own, talked on.
func caller(id string) app.CallView {
	c := talking()
	c.ID, c.Name, c.Wrap.Subject = id, "Caller "+id, "Call from "+id
	c.Lookup = app.LookupView{State: app.LookupNoMatch}
	return c
}

func over(c app.CallView) app.CallView {
	c.Phase, c.Ended, c.Wrap.Until = app.WrapUp, noon, noon.Add(30*time.Second)
	return c
}

func phased(c app.CallView, p app.Phase) app.CallView {
	c.Phase = p
	return c
}

// types has the agent press keys, which go to whatever has the keyboard.
func (b *bench) types(s string) {
	for _, r := range s {
		if f := b.cfg.Window.Canvas().Focused(); f != nil {
			f.TypedRune(r)
		} else {
			b.typedRune(r)
		}
		b.settle()
	}
}

func (b *bench) waits(d time.Duration) { b.now = b.now.Add(d) }

// noted is what the desk was told of each call's notes, last.
func (b *bench) noted() map[string]string {
	last := map[string]string{}
	for _, told := range b.desk.said() {
		var id, text string
		if n, _ := fmt.Sscanf(told, "notes %s %q", &id, &text); n == 2 {
			last[id] = text
		}
	}
	return last
}

// TestNoCallGetsAnothersNotes: whatever ends, rings, is answered elsewhere, times out or is swapped in the middle of a sentence,
// the sentence is the first call's, and no other call gets a letter of it.
func TestNoCallGetsAnothersNotes(t *testing.T) {
	one, two := caller("c1"), ambiguous(caller("c2"))
	ringing := phased(two, app.Ringing)
	for name, tt := range map[string]struct {
		before, after []app.CallView
		whole         bool // the sentence goes on
	}{
		"it ends":                              {[]app.CallView{one}, []app.CallView{over(one)}, true},
		"it ends, and an older one waits":      {[]app.CallView{one, over(two)}, []app.CallView{over(one), over(two)}, true},
		"the older one comes first for once":   {[]app.CallView{one, over(two)}, []app.CallView{over(two), over(one)}, true},
		"it ends, and one is on hold":          {[]app.CallView{one, phased(two, app.Held)}, []app.CallView{over(one), phased(two, app.Held)}, true},
		"another rings":                        {[]app.CallView{over(one)}, []app.CallView{ringing, over(one)}, true},
		"another rings on top of it":           {[]app.CallView{one}, []app.CallView{one, ringing}, true},
		"another is answered with the headset": {[]app.CallView{over(one), ringing}, []app.CallView{two, over(one)}, false},
		"another is dialled with a verb":       {[]app.CallView{over(one)}, []app.CallView{phased(two, app.Dialing), over(one)}, false},
		"the calls are swapped by a verb":      {[]app.CallView{one, phased(two, app.Held)}, []app.CallView{two, phased(one, app.Held)}, false},
		"its wrap-up is over":                  {[]app.CallView{over(one), over(two)}, []app.CallView{over(two)}, false},
		"its wrap-up is over, one is on hold":  {[]app.CallView{over(one), phased(two, app.Held)}, []app.CallView{phased(two, app.Held)}, false},
		"everything is gone":                   {[]app.CallView{over(one)}, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			b.draw(with(idle(), tt.before...))
			b.waits(2 * time.Second)
			if b.shown().ID != "c1" {
				t.Fatalf("%s is in the centre", b.shown().ID)
			}
			b.writeNotes()
			b.types("wants to ")
			after := slices.Clone(tt.after)
			for i := range after {
				if after[i].ID == "c1" {
					after[i].Wrap.Notes = "wants to "
				}
			}
			b.draw(with(idle(), after...))
			b.strike("cancel 2⏎")
			b.waits(10 * time.Second)
			b.strike("2 in May⏎")
			want, told := "wants to ", b.told()
			if tt.whole {
				want = "wants to cancel 2\n2 in May\n"
			}
			if got := told[len(told)-1]; got != fmt.Sprintf("notes c1 %q", want) {
				t.Errorf("the note is %s, want %q", got, want)
			}
			if i := slices.IndexFunc(told, func(s string) bool { return !strings.HasPrefix(s, "notes c1 ") }); i >= 0 || b.left.dial.field.Text != "" {
				t.Errorf("told %q; the number is %q", told, b.left.dial.field.Text)
			}
			if !tt.whole && !strings.Contains(fmt.Sprint(words(b.strips)), "The call changed while you typed") {
				t.Errorf("nothing tells the agent; the window says %q", words(b.strips))
			}
		})
	}
}

// TestNoCallGetsAnothersAnswers: a question of the form holds the call in the centre as the notes do, and what is typed on when
// another call is taken all the same begins no note about that one.
func TestNoCallGetsAnothersAnswers(t *testing.T) {
	one, two := over(caller("c1")), caller("c2")
	one.Wrap.Asked = []app.AskedView{{Name: "Reason", Choices: []string{"Order", "Repair"}}, {Name: "Order number"}}
	for _, listed := range []bool{false, true} {
		b := newBench(t, nil)
		b.draw(with(idle(), one))
		b.waits(2 * time.Second)
		asked := b.centre.call.form.asked
		if listed {
			b.focus(asked.rows[0].choice)
			asked.rows[0].choice.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
		} else {
			b.focus(asked.rows[1].text)
			b.types("77")
		}
		b.draw(with(idle(), phased(two, app.Ringing), one))
		if b.shown().ID != "c1" {
			t.Fatalf("listed %v: a call that rings takes the centre", listed)
		}
		b.draw(with(idle(), two, one))
		b.waits(2 * time.Second)
		b.types("ordered twice")
		if got := b.noted()["c2"]; got != "" {
			t.Errorf("listed %v: the other call got %q", listed, got)
		}
	}
}

// TestNoCallGetsWhatIsTypedOnAnothersCard: a field on the card of the record holds the call in the centre too, and the rest of what is
// typed in it begins no note about the call that takes its place.
func TestNoCallGetsWhatIsTypedOnAnothersCard(t *testing.T) {
	b := newBench(t, nil)
	one, two := over(carded(talking())), caller("c2")
	b.draw(with(idle(), one))
	b.waits(2 * time.Second)
	b.focus(b.record.card.rows[0].text)
	b.types("Yard")
	b.draw(with(idle(), phased(two, app.Ringing), one))
	if b.shown().ID != "c1" {
		t.Fatal("a call that rings takes the centre")
	}
	b.draw(with(idle(), two, one))
	b.waits(2 * time.Second)
	b.types(" and store")
	if got := b.noted()["c2"]; got != "" {
		t.Errorf("the other call got %q", got)
	}
}

// TestADialledCallTakesTheKeyboardLate: the agent dials, and types on about the call before while that takes its time. Nothing of it
// is a note about the new call, until the agent turns to it.
func TestADialledCallTakesTheKeyboardLate(t *testing.T) {
	b := newBench(t, nil)
	one := over(caller("c1"))
	b.draw(with(idle(), one))
	b.waits(2 * time.Second)
	b.dial("", "+14155550144")
	b.writeNotes()
	b.types("wants to ")
	b.settle()
	one.Wrap.Notes = "wants to "
	two := caller(b.middle.chosen)
	if two.ID == "" || two.ID == "c1" {
		t.Fatalf("%q was dialled", two.ID)
	}
	b.draw(with(idle(), phased(two, app.Dialing), one))
	b.told()
	b.strike("cancel 0171⏎")
	if got := b.told(); len(got) != 0 || b.left.dial.field.Text != "" {
		t.Errorf("told %q; the number is %q", got, b.left.dial.field.Text)
	}
	b.waits(2 * time.Second)
	b.draw(with(idle(), two, one))
	b.types(" in May")
	if got := b.noted()[two.ID]; got != "" {
		t.Errorf("the dialled call got %q", got)
	}
	b.writeNotes()
	b.types("Hello")
	if got := b.noted()[two.ID]; got != "Hello" {
		t.Errorf("the dialled call got %q", got)
	}
}

// TestWhatIsTypedIsThatCalls plays calls in any order under typing fingers. Every letter is typed for the call that is in the
// centre at that moment; in the end no call has a letter that was typed for another.
func TestWhatIsTypedIsThatCalls(t *testing.T) {
	b := newBench(t, nil)
	rapid.Check(t, func(rt *rapid.T) {
		b.draw(idle())
		b.middle, b.now = middleCall{}, noon
		b.desk.said()
		var calls []app.CallView
		fresh, front := 0, ""
		for range rapid.IntRange(5, 40).Draw(rt, "steps") {
			b.waits(time.Duration(rapid.IntRange(0, 4000).Draw(rt, "milliseconds")) * time.Millisecond)
			step := rapid.SampledFrom([]string{"ring", "dial", "answer", "end", "hold", "gone", "front", "type", "type", "type", "notes", "look", "settings", "escape"}).Draw(rt, "step")
			which := 0
			if len(calls) > 0 {
				which = rapid.IntRange(0, len(calls)-1).Draw(rt, "which")
			}
			switch {
			case step == "ring":
				fresh++
				calls = append(calls, phased(caller(fmt.Sprint("p", fresh)), app.Ringing))
			case step == "dial":
				fresh++
				calls = append(calls, phased(caller(fmt.Sprint("p", fresh)), app.Dialing))
			case step == "type": // a letter that says whom it is for
				if c := b.shown(); c.ID != "" {
					b.types(string(rune('A' + int(c.ID[1]-'0'))))
				}
			case step == "notes":
				b.writeNotes()
			case step == "settings":
				b.openSettings(pageAbout)
				b.settle()
			case step == "escape":
				b.escape()
			case len(calls) == 0:
			case step == "look":
				b.focusCall(calls[which].ID)
			case step == "answer" && live(calls[which]):
				for i := range calls {
					if calls[i].Phase == app.Talking {
						calls[i].Phase = app.Held
					}
				}
				calls[which].Phase = app.Talking
			case step == "hold" && calls[which].Phase == app.Talking:
				calls[which].Phase = app.Held
			case step == "end" && connected(calls[which]):
				calls[which] = over(calls[which])
			case step == "gone" && !connected(calls[which]):
				calls = slices.Delete(calls, which, which+1)
			case step == "front":
				front = calls[which].ID
			}
			ordered := slices.Clone(calls)
			slices.SortStableFunc(ordered, func(x, y app.CallView) int {
				if (x.ID == front) != (y.ID == front) {
					return map[bool]int{true: -1, false: 1}[x.ID == front]
				}
				return 0
			})
			b.draw(with(idle(), ordered...))
			for id, text := range b.noted() {
				if own := string(rune('A' + int(id[1]-'0'))); strings.Trim(text, own+" ") != "" {
					rt.Fatalf("%s got %q, where only %s was typed for it", id, text, own)
				}
				for i := range calls {
					if calls[i].ID == id {
						calls[i].Wrap.Notes = text
					}
				}
			}
			if fresh == 9 {
				break
			}
		}
	})
}

// TestAListOfACallGoesWithIt: a drop-down list that is open as another call comes to the centre is closed, and what was focused
// but cannot be seen any more has no keyboard.
func TestAListOfACallGoesWithIt(t *testing.T) {
	b := newBench(t, nil)
	one, two := caller("c1"), caller("c2")
	b.draw(with(idle(), one))
	outcome := b.centre.call.form.outcome
	b.focus(outcome)
	outcome.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if b.cfg.Window.Canvas().Overlays().Top() == nil {
		t.Fatal("the list did not open")
	}
	b.draw(with(idle(), two))
	if b.cfg.Window.Canvas().Overlays().Top() != nil {
		t.Error("the list of the first call lies over the second")
	}
	b.focus(outcome)
	b.draw(with(idle(), phased(dana(), app.Ringing)))
	if f := b.cfg.Window.Canvas().Focused(); f != nil {
		t.Errorf("a %T that is out of sight has the keyboard", f)
	}
	hangup := find(b.root, "Decline").(*button)
	b.focus(hangup)
	b.draw(idle())
	if f := b.cfg.Window.Canvas().Focused(); f != nil {
		t.Errorf("a %T that is gone has the keyboard", f)
	}
}

// TestEscapeClosesAMenu: the menu of a row is closed by Escape, and moved in by the arrows, wherever the focus is.
func TestEscapeClosesAMenu(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking()))
	b.left.menu(history()[0], fyne.NewPos(40, 200))
	overlays := b.cfg.Window.Canvas().Overlays()
	if overlays.Top() == nil {
		t.Fatal("no menu")
	}
	b.typedRune('7')
	b.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if overlays.Top() != nil {
		t.Error("Escape leaves the menu open")
	}
	b.settle()
	if got := b.noted(); len(got) != 0 {
		t.Errorf("a key for the menu wrote %q", got)
	}
	b.desk.said()
	b.left.menu(history()[0], fyne.NewPos(40, 200))
	b.typedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	b.typedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.settle()
	if got := b.desk.said(); !slices.Contains(got, "dial +14155550132") {
		t.Errorf("Down and Enter in the menu told %q", got)
	}
}

// TestLettersBeginANote: in a call with nothing focused, what is typed is a note about it, digits too; Ctrl+N leads there.
func TestLettersBeginANote(t *testing.T) {
	b := newBench(t, nil)
	c := talking()
	c.Wrap.Notes = "Asked twice."
	b.draw(with(idle(), c))
	b.waits(2 * time.Second)
	b.types("2 seats")
	if got := b.noted()["c1"]; got != "Asked twice. 2 seats" {
		t.Errorf("the note is %q", got)
	}
	b.centre.call.toggleKeypad()
	b.hit(keyNotes)
	b.types("!")
	if got := b.noted()["c1"]; got != "Asked twice. 2 seats !" {
		t.Errorf("after Ctrl+N the note is %q", got)
	}
}

// TestTheLookBeforeTheAnswer: a second caller's record can be seen before the first is put on hold, and the first is one click away.
func TestTheLookBeforeTheAnswer(t *testing.T) {
	b := newBench(t, nil)
	second := priya()
	b.draw(with(idle(), talking(), second))
	b.press("Priya Raman")
	if b.shown().ID != "c2" || !b.shows("Hold and answer") || !b.shows("Dana Whitfield") {
		t.Fatalf("%s is in the centre; the window says %q", b.shown().ID, words(b.root))
	}
	b.desk.said()
	b.passes(later)
	b.press("Hold and answer")
	b.settle()
	if got := b.desk.said(); !slices.Equal(got, []string{"answer c2"}) {
		t.Errorf("told %q", got)
	}
}
