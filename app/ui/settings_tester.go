package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// tester is the test of a page: a button, and below it what would come of things as they are set. It changes nothing.
type tester struct {
	w      *Window
	button *button
	lines  *fyne.Container
	stale  int // how often what it said was taken back
}

// testLine is a line of what a test says; a wrong one is what somebody must do something about.
type testLine struct {
	text  string
	wrong bool
}

// newTester makes a test; tapped is what its button does, which comes to run.
func newTester(w *Window, label string, tapped func(*tester)) *tester {
	t := &tester{w: w, lines: vbox(6)}
	t.button = newButton(label, "", widget.MediumImportance, func() { tapped(t) })
	t.lines.Hide()
	return t
}

// run asks on a goroutine of its own, and shows the answer.
func (t *tester) run(ask func() ([]testLine, error)) {
	t.button.enable(false)
	began := t.stale
	t.w.ask(func() func() {
		lines, err := ask()
		return func() {
			t.button.enable(true)
			t.w.complain(aboutCommand, err)
			if t.stale == began { // else it was asked of things as they were before
				t.draw(lines)
			}
		}
	})
}

// forget takes back what the test said, and what it is about to say: things are not as they were.
func (t *tester) forget() {
	t.stale++
	if t.lines.Visible() {
		t.draw(nil)
	}
}

// draw shows the lines; without any it takes back those of before, which were true then.
func (t *tester) draw(lines []testLine) {
	t.lines.RemoveAll()
	for _, l := range lines {
		if l.wrong {
			t.lines.Add(warning(l.text))
		} else {
			t.lines.Add(newParagraph(l.text, caption, 4))
		}
	}
	t.lines.Refresh()
	show(t.lines, len(lines) > 0)
	t.w.relayout()
}
