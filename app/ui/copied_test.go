package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"linecard/test/interop"
)

// asked is a clipboard that counts how often it is read.
type asked struct {
	fyne.Clipboard
	times *int
}

func (a asked) Content() string {
	*a.times++
	return a.Clipboard.Content()
}

// askedApp has such a clipboard.
type askedApp struct {
	fyne.App
	times *int
}

func (a askedApp) Clipboard() fyne.Clipboard { return asked{a.App.Clipboard(), a.times} }

// TestTheNumberOnTheClipboard: the clipboard is read when the agent asks for it and at no other time. What is on it is dialed with a second click only,
// which is refused for a moment after the number has become another, and taken away by a call that begins.
func TestTheNumberOnTheClipboard(t *testing.T) {
	interop.Proves(t, "S7.3")
	times := 0
	b := newBench(t, func(c *Config) { c.App = askedApp{c.App, &times} })
	b.draw(idle())
	clipboard, c := b.Window.cfg.App.Clipboard(), b.left.copied
	t.Cleanup(func() { clipboard.SetContent("") })
	copied := func(text, want string) {
		t.Helper()
		clipboard.SetContent(text)
		test.Tap(b.left.dial.paste)
		b.settle()
		if got := c.number; got != want || c.root.Visible() != (want != "") {
			t.Errorf("%q: offered %q, in sight %v", text, got, c.root.Visible())
		}
	}
	refused := func(why string) {
		t.Helper()
		test.Tap(c.offer)
		b.settle()
		if said := b.desk.said(); slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, "dial") }) {
			t.Errorf("%s: %q", why, said)
		}
	}
	if !slices.Contains(shown(b.left.dial.root), fyne.CanvasObject(b.left.dial.paste)) {
		t.Error("the button is not drawn")
	}
	clipboard.SetContent("+44 20 7946 0958")
	b.focus(b.left.dial.field)
	b.draw(with(idle(), talking()))
	b.draw(idle())
	b.settle()
	if times != 0 || c.root.Visible() {
		t.Fatalf("unasked, the clipboard was read %d times", times)
	}
	copied("no number", "")
	if !b.shows(phrase("ui.none-copied")) {
		t.Errorf("of no number it says %q", words(b.root))
	}
	copied("+44 20 7946 0958", "+442079460958")
	if c.offer.Text != "Dial +442079460958 from the clipboard" {
		t.Errorf("it says %q", c.offer.Text)
	}
	b.waits(2 * time.Second)
	b.relayout()
	copied("+1 415 555 0188", "+14155550188")
	refused("a click for the number of before")
	copied("4111 1111 1111 1111", "")
	copied("(415) 555-0132", "4155550132")
	b.draw(with(idle(), talking()))
	if c.root.Visible() {
		t.Error("offered when a call has begun")
	}
	b.draw(idle())
	copied("+44 20 7946 0958", "+442079460958")
	b.waits(2 * time.Second)
	b.relayout()
	test.Tap(c.offer)
	b.settle()
	if said := b.desk.said(); !slices.Contains(said, "dial +442079460958") {
		t.Errorf("the click said %q", said)
	}
	if c.root.Visible() {
		t.Error("offered still")
	}
	b.left.dial.field.SetText("Dana")
	if b.left.dial.paste.Visible() {
		t.Error("the field that has something is emptied by that button")
	}
}

// shown are the parts of o that are drawn.
func shown(o fyne.CanvasObject) (all []fyne.CanvasObject) {
	if !o.Visible() {
		return nil
	}
	all = append(all, o)
	for _, part := range parts(o) {
		all = append(all, shown(part)...)
	}
	return all
}
