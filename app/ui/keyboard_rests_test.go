package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/app"
)

// TestACutNoteIsOverAfterAWhile: the wrap-up of one call ran out under the cursor. What is typed long after that is about the call that
// is there then, however it was answered.
func TestACutNoteIsOverAfterAWhile(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), over(caller("c1"))))
	b.waits(2 * time.Second)
	b.writeNotes()
	b.strike("wants ")
	b.draw(idle())
	b.waits(20 * time.Second)
	b.strike("x") // the rest still
	b.waits(20 * time.Second)
	b.strike("y")
	b.waits(time.Hour)
	b.draw(with(idle(), phased(caller("c2"), app.Ringing)))
	b.waits(5 * time.Second)
	b.told()
	b.draw(with(idle(), caller("c2")))
	b.strike("Hello")
	if got := b.noted(); got["c2"] != "Hello" || len(got) != 1 {
		t.Errorf("the notes are %q", got)
	}
}

// TestANumberPressedIsTurnedTo: a call that the agent dials from the notes of another is what the agent types about next.
func TestANumberPressedIsTurnedTo(t *testing.T) {
	for name, cut := range map[string]bool{"the cursor is in the notes": false, "the notes are gone": true} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			calls := []app.CallView{over(caller("c1"))}
			b.draw(with(idle(), calls...))
			b.waits(2 * time.Second)
			b.writeNotes()
			b.strike("wants ")
			if cut {
				calls = nil
				b.draw(idle())
			}
			b.dial("", "+14155550144")
			b.settle()
			two := phased(caller(b.middle.chosen), app.Dialing)
			b.draw(with(idle(), append([]app.CallView{two}, calls...)...))
			b.waits(2 * time.Second)
			two.Phase = app.Talking
			b.draw(with(idle(), append([]app.CallView{two}, calls...)...))
			b.told()
			b.strike("Hello")
			if got := b.noted(); got[two.ID] != "Hello" || len(got) != 1 {
				t.Errorf("the notes are %q", got)
			}
		})
	}
}

// TestKeysOfLongAgoCutNothing: a key for a machine at the beginning of a call says nothing of what is typed after its end.
func TestKeysOfLongAgoCutNothing(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), caller("c1")))
	b.waits(2 * time.Second)
	b.hit(keyKeypad)
	b.strike("12")
	b.waits(5 * time.Minute)
	b.draw(with(idle(), over(caller("c1"))))
	b.told()
	b.strike("Hello")
	if got := b.noted()["c1"]; got != "Hello" {
		t.Errorf("the note is %q; the window says %q", got, words(b.strips))
	}
}

// TestASavedCallCutsNothing: the agent has saved a call, and types about the one that takes its place.
func TestASavedCallCutsNothing(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), over(caller("c1"))))
	b.waits(2 * time.Second)
	b.writeNotes()
	b.strike("done")
	b.hit(keySave)
	b.draw(with(idle(), over(caller("c2"))))
	b.waits(2 * time.Second)
	b.told()
	b.strike("Hello")
	if got := b.noted(); got["c2"] != "Hello" {
		t.Errorf("the notes are %q; the window says %q", got, words(b.strips))
	}
}

// TestOnesOwnNumberComesBeforeLinks: pages have opened more links than wait, and the agent dials a number that must not be called.
func TestOnesOwnNumberComesBeforeLinks(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	for i := range 2 * mostQuestions {
		b.AskDial(fmt.Sprint("20", 40+i))
	}
	b.settle()
	b.waits(2 * time.Second)
	b.desk.forbids = "Peter Novak"
	b.dial("", "+13125550167")
	b.settle()
	if !b.shows("Peter Novak is marked Do Not Call in Salesforce.") || !b.reasonBox.Visible() {
		t.Fatalf("asks %q", b.asking.words.value)
	}
	b.waits(2 * time.Second)
	b.told()
	b.strike("asked⏎")
	if got := b.told(); !slices.Equal(got, []string{"dial anyway +13125550167: asked"}) {
		t.Errorf("told %q", got)
	}
	for i := range 1 + mostQuestions {
		if !b.shows(fmt.Sprintf("Call 20%d?", 40+i)) {
			t.Errorf("asks %q", b.asking.words.value)
		}
		b.press("Cancel")
	}
	if b.asking.open {
		t.Errorf("asks %q", b.asking.words.value)
	}
}

// TestOneDeclineOneCall: the caller gives up, another rings a moment later, and the click was meant for the first.
func TestOneDeclineOneCall(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), phased(caller("c1"), app.Ringing)))
	b.waits(5 * time.Second)
	b.draw(idle())
	b.waits(100 * time.Millisecond)
	b.draw(with(idle(), phased(caller("c2"), app.Ringing)))
	b.told()
	b.press("Decline")
	b.hit(keyHangup)
	if got := b.told(); len(got) != 0 || !strings.Contains(fmt.Sprint(words(b.strips)), phrase("ui.just-came")) {
		t.Errorf("told %q; the window says %q", got, words(b.strips))
	}
	b.waits(time.Second)
	b.press("Decline")
	if got := b.told(); !slices.Equal(got, []string{"decline c2"}) {
		t.Errorf("told %q", got)
	}
}
