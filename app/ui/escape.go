package ui

import "fyne.io/fyne/v2"

// Escape takes back the last thing that was opened, wherever the keyboard is. Fyne gives a key to the focused widget and to
// nobody else, so every widget that can have the focus passes Escape on to the window.

// passEscape hands the window a key that o has no use for, and says whether it was Escape.
func passEscape(o fyne.CanvasObject, e *fyne.KeyEvent) bool {
	if e.Name != fyne.KeyEscape {
		return false
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
	return true
}

// escape closes what lies uppermost: a menu, a question, a complaint, the settings, a panel of the call.
func (w *Window) escape() {
	if w.closeMenu() {
		return
	}
	switch {
	case w.quitting.open:
		w.quitting.say("")
		w.relayout()
	case w.asking.open:
		w.answerLink(false)
	case w.trouble.open:
		w.say(aboutCommand, "")
	case w.leaving.open:
		w.leaving.say("")
		w.relayout()
	case w.inSettings():
		w.leaveSettings()
	case connected(w.shown()) && w.centre.call.body() != nil:
		w.leaveField()
		w.centre.call.open(nil)
		w.relayout()
	}
}
