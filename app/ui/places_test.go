package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"linecard/app"
)

// pressed presses a button, and returns what the desk was told.
func (b *bench) pressed(label string) []string {
	b.t.Helper()
	b.desk.said()
	b.press(label)
	b.settle()
	return b.desk.said()
}

// passes lets some time go by.
func (b *bench) passes(d time.Duration) { b.now = b.now.Add(d) }

const (
	atOnce = 300 * time.Millisecond
	later  = time.Second
)

// named is a call as another one, of the same customer otherwise.
func named(c app.CallView, id string) app.CallView {
	c.ID = id
	return c
}

// TestButtonsAreForTheCallThatWasThere: a button that is pressed just as another call comes to its place does nothing to that
// call, and says so. A second later it does what it says.
func TestButtonsAreForTheCallThatWasThere(t *testing.T) {
	ended := failed("no-answer")
	for _, tt := range []struct {
		button      string
		first, then app.View
		does        string
	}{
		{"Don't log", with(idle(), wrapUp(), named(wrapUp(), "older")), with(idle(), named(wrapUp(), "older")), "don't log older"},
		{"Save to Salesforce", with(idle(), wrapUp(), named(wrapUp(), "older")), with(idle(), named(wrapUp(), "older")), "save older"},
		{"Decline", with(idle(), dana(), priya()), with(idle(), priya()), "decline c2"},
		{"Decline", with(idle(), dana()), with(idle(), priya()), "decline c2"},
		{"Hang up", with(idle(), dialing(), named(dialing(), "other")), with(idle(), named(dialing(), "other")), "hangup other"},
		{"Hang up", with(idle(), talking(), onHold()), with(idle(), onHold()), "hangup c2"},
		{"Hold", with(idle(), talking(), named(talking(), "other")), with(idle(), named(talking(), "other")), "hold other"},
		{"Dismiss", with(idle(), ended, named(ended, "older")), with(idle(), named(ended, "older")), "dismiss older"},
	} {
		b := newBench(t, nil)
		b.draw(tt.first)
		b.passes(time.Minute)
		b.draw(tt.then)
		b.passes(atOnce)
		if got := b.pressed(tt.button); got != nil {
			t.Errorf("%s, just as another call came there: told %q", tt.button, got)
		}
		if !b.shows(phrase("ui.just-came")) {
			t.Errorf("%s: nothing says that it did nothing", tt.button)
		}
		b.passes(later)
		if got := b.pressed(tt.button); !slices.Equal(got, []string{tt.does}) {
			t.Errorf("%s, a second later: told %q, want %q", tt.button, got, tt.does)
		}
	}
}

// TestTheFirstCallNeedsNoWait: a call that comes to an empty window is declined as soon as the agent likes, with the key, and with a click
// where nothing was before; one that the agent turned to is hung up.
func TestTheFirstCallNeedsNoWait(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.draw(with(idle(), dana()))
	b.desk.said()
	b.hit(keyHangup)
	if got := b.desk.said(); !slices.Equal(got, []string{"hangup c1"}) {
		t.Errorf("told %q", got)
	}
	b = newBench(t, nil)
	v := idle()
	v.Phone.State = app.Registering
	b.draw(v)
	v.Calls = []app.CallView{dana()}
	b.draw(v)
	decline := b.centre.ring.decline
	b.desk.said()
	test.TapAt(decline, fyne.NewPos(decline.Size().Width-2, decline.Size().Height-2))
	b.settle()
	if got := b.desk.said(); !slices.Equal(got, []string{"decline c1"}) {
		t.Errorf("told %q", got)
	}
	b = newBench(t, nil)
	b.draw(with(idle(), talking(), onHold()))
	b.press("Priya Raman")
	b.passes(doubleClick)
	if got := b.pressed("Resume"); !slices.Equal(got, []string{"resume c2"}) {
		t.Errorf("the call that was turned to: told %q", got)
	}
}

// TestNoteOfTheNextCallDiscardsNothing: with no call chosen the note below the list is about the first. As the list drains, the
// next one comes to its buttons.
func TestNoteOfTheNextCallDiscardsNothing(t *testing.T) {
	b := newBench(t, nil)
	rows := []app.HistoryRow{{ID: "h1", Name: "Ann", Number: "1", Log: app.LogParked, Started: noon}, {ID: "h2", Name: "Ben", Number: "2", Log: app.LogParked, Started: noon}}
	show := func(rows []app.HistoryRow) {
		b.desk.mu.Lock()
		b.desk.history = rows
		b.desk.mu.Unlock()
		v := idle()
		v.History, v.Unlogged = rows, len(rows)
		b.draw(v)
	}
	show(rows)
	b.left.openTab(tabNotLogged)
	b.settle()
	b.passes(time.Minute)
	show(rows[1:])
	b.passes(atOnce)
	if got := b.pressed("Don't log"); got != nil {
		t.Errorf("told %q", got)
	}
	if got := b.pressed("Log it now"); got != nil {
		t.Errorf("told %q", got)
	}
	b.passes(later)
	if got := b.pressed("Don't log"); !slices.Equal(got, []string{"discard h2"}) {
		t.Errorf("a second later: told %q", got)
	}
}

// TestDoubleClickOnHoldAndAnswer: the second click comes to the chip of the call that was talked on, and does not swap back.
func TestDoubleClickOnHoldAndAnswer(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking(), priya()))
	b.passes(time.Minute)
	b.desk.said()
	test.Tap(b.left.chips.chips[0].take)
	b.settle()
	held, answered := talking(), priya()
	held.Phase, held.HeldSince = app.Held, b.now
	answered.Phase, answered.Answered = app.Talking, b.now
	b.draw(with(idle(), answered, held))
	b.passes(atOnce)
	test.Tap(b.left.chips.chips[0].take)
	b.settle()
	if got := b.desk.said(); !slices.Equal(got, []string{"answer c2"}) {
		t.Errorf("told %q", got)
	}
	b.passes(later)
	test.Tap(b.left.chips.chips[0].take)
	b.settle()
	if got := b.desk.said(); !slices.Equal(got, []string{"resume c1"}) {
		t.Errorf("a second later: told %q", got)
	}
}

// TestCtrlEnterAnswersNobodyWhoHasJustCome: the agent is about to dial a number, or talks, when somebody rings.
func TestCtrlEnterAnswersNobodyWhoHasJustCome(t *testing.T) {
	for name, before := range map[string]func(b *bench) app.View{
		"a number is typed": func(b *bench) app.View { b.left.dial.field.SetText("4155550132"); return idle() },
		"a call is on":      func(*bench) app.View { return with(idle(), talking()) },
	} {
		b := newBench(t, nil)
		v := before(b)
		b.draw(v)
		b.passes(time.Minute)
		v.Calls = append(slices.Clone(v.Calls), priya())
		b.draw(v)
		b.desk.said()
		b.passes(atOnce)
		b.hit(keyAnswer)
		if got := b.desk.said(); got != nil || !b.shows(phrase("ui.just-came")) {
			t.Errorf("%s: told %q", name, got)
		}
		b.passes(later)
		b.hit(keyAnswer)
		if got := b.desk.said(); !slices.Contains(got, "answer c2") {
			t.Errorf("%s, a second later: told %q", name, got)
		}
	}
	b := newBench(t, nil)
	b.draw(idle())
	b.draw(with(idle(), dana()))
	b.desk.said()
	b.hit(keyAnswer)
	if got := b.desk.said(); !slices.Equal(got, []string{"answer c1"}) {
		t.Errorf("with nothing else there: told %q", got)
	}
}
