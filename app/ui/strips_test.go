package ui

import (
	"errors"
	"testing"
	"time"
)

// A page opens a link at the very moment: Call comes to where Dismiss was, and the number is not dialed.
func TestALinkIsNotCalledByAClickOnDismiss(t *testing.T) {
	for name, strip := range map[string]func(b *bench){
		"a complaint": func(b *bench) { b.complain(aboutTyping, errors.New("the disk is full")) },
		"a notice": func(b *bench) {
			v := idle()
			v.Notice = "Two calls of yesterday were not logged."
			b.draw(v)
		},
	} {
		b := newBench(t, nil)
		b.draw(idle())
		strip(b)
		b.passes(5 * time.Second)
		b.AskDial("+1 900 555 0166")
		b.settle()
		b.waitsFor(name, b.dialAsked, "dial +1 900 555 0166")
	}
}

// The strip that comes after another takes no second click either, whichever button is there.
func TestADoubleClickOnAStripIsOneClick(t *testing.T) {
	b := newBench(t, nil)
	v := idle()
	v.Notice = "Two calls of yesterday were not logged."
	b.draw(v)
	b.AskDial("+1 900 555 0166")
	b.settle()
	b.passes(time.Minute)
	b.press("Cancel")
	dismiss := b.notice.buttons.Objects[2].(*button)
	b.waitsFor("Dismiss", dismiss, "dismiss notice ")
}
