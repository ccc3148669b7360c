package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
)

// TestTheNumberOnTheClipboard: it is offered when the window gets the keyboard, dialed with a click only, and then offered no more until another
// number is copied. Nothing is offered where that is switched off, while a call is up, and of what is no number.
func TestTheNumberOnTheClipboard(t *testing.T) {
	on := true
	b := newBench(t, func(c *Config) { c.OfferCopied = func() bool { return on } })
	b.draw(idle())
	clipboard, c := b.Window.cfg.App.Clipboard(), b.left.copied
	t.Cleanup(func() { clipboard.SetContent("") })
	copied := func(text, want string) {
		t.Helper()
		clipboard.SetContent(text)
		b.Entered()
		b.settle()
		if got := c.number; got != want || c.root.Visible() != (want != "") {
			t.Errorf("%q: offered %q, in sight %v", text, got, c.root.Visible())
		}
	}
	copied("no number", "")
	copied("+44 20 7946 0958", "+442079460958")
	if c.offer.Text != "Dial +442079460958 from the clipboard" {
		t.Errorf("it says %q", c.offer.Text)
	}
	copied("4111 1111 1111 1111", "")
	copied("+44 20 7946 0958", "+442079460958")
	if said := b.desk.said(); slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, "dial") }) {
		t.Errorf("dialed by itself: %q", said)
	}
	test.Tap(c.offer) // the click that brought the window forward may be meant for what stood there
	b.settle()
	if said := b.desk.said(); len(said) > 0 {
		t.Errorf("the first click said %q", said)
	}
	b.waits(2 * time.Second)
	b.relayout()
	test.Tap(c.offer)
	b.settle()
	if said := b.desk.said(); !slices.Contains(said, "dial +442079460958") {
		t.Errorf("the click said %q", said)
	}
	copied("+44 20 7946 0958", "")
	copied("(415) 555-0132", "4155550132")
	b.draw(with(idle(), talking()))
	if c.root.Visible() {
		t.Error("offered during a call")
	}
	copied("020 7946 0958", "")
	b.draw(idle())
	b.focus(b.left.dial.field)
	b.settle()
	if c.number != "02079460958" {
		t.Errorf("the field has the keyboard, and %q is offered", c.number)
	}
	on = false
	copied("020 7946 0958", "")
}
