package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"linecard/app"
)

// middleCall is which call is in the centre, and how it came there. The rule:
//
//   - The call that the agent chose stays: shown by hand, answered, dialled or resumed here. It stays until it ends, or another
//     call is talked on that was not before.
//   - A call that has the keyboard in its form stays, whatever rings or ends, until it leaves the desk, or another is talked on.
//   - Else it is the one that the desk has in front: see app.state.inFront. That rule keeps a call as long as its keys have not
//     rested, also when another is answered with a headset or a verb.
//
// When the call in the centre becomes another, the keyboard leaves its form, and what is typed on is not taken for a note about
// the other call.
type middleCall struct {
	id     string
	chosen string    // by the agent's hand; "" for none
	wanted bool      // the chosen one has not come yet
	late   bool      // it was chosen a while before it came, and the agent may have typed on
	since  time.Time // it is in the centre; the zero time when it came by hand
	torn   bool      // it came while the agent was typing, and what is typed on is for another
}

// shown is the call in the centre; its zero value when there is none.
func (w *Window) shown() app.CallView {
	for _, c := range w.view.Calls {
		if c.ID == w.middle.id {
			return c
		}
	}
	return app.CallView{}
}

// follow decides which call of the View is in the centre.
func (w *Window) follow(before app.View) {
	m := &w.middle
	calls := w.view.Calls
	if m.chosen != "" {
		c, here := callOf(calls, m.chosen)
		was, _ := callOf(before.Calls, m.chosen)
		switch {
		case here && (overtaken(before.Calls, calls, m.chosen) || live(was) && was.ID != "" && !live(c)):
			m.chosen = ""
		case here:
			m.wanted = false
		case !m.wanted:
			m.chosen = ""
		}
	}
	id := ""
	_, here := callOf(calls, m.chosen)
	_, stays := callOf(calls, m.id)
	switch {
	case len(calls) == 0:
	case here:
		id = m.chosen
	case stays && (w.rewording || w.writing() && !talked(calls[0])):
		id = m.id
	default:
		id = calls[0].ID
	}
	if id == m.id {
		return
	}
	unmeant := id != m.chosen || m.late
	m.torn = w.writing() && unmeant
	w.leaveCentre()
	m.id, m.since = id, time.Time{}
	if m.torn || id != m.chosen {
		m.since = w.cfg.Now()
	}
}

func callOf(calls []app.CallView, id string) (app.CallView, bool) {
	for _, c := range calls {
		if c.ID == id && id != "" {
			return c, true
		}
	}
	return app.CallView{}, false
}

// talked says whether the agent is talking, or about to.
func talked(c app.CallView) bool { return c.Phase == app.Talking || c.Phase == app.Dialing }

// overtaken says whether a call other than the chosen one is talked on that was not before, and the desk has it in front.
func overtaken(before, now []app.CallView, chosen string) bool {
	if len(now) == 0 || now[0].ID == chosen || !talked(now[0]) {
		return false
	}
	was, here := callOf(before, now[0].ID)
	return !here || !talked(was) && was.Phase != app.RemHeld
}

// choose has a call in the centre by the agent's hand; it may come only with a later View.
func (w *Window) choose(id string) {
	w.shift.meant = id
	w.middle.chosen, w.middle.wanted, w.middle.late = id, true, false
}

// focusCall brings a call to the centre.
func (w *Window) focusCall(id string) {
	w.choose(id)
	w.closeSettings()
	w.apply(w.view)
}

func (w *Window) focus(o fyne.Focusable) { w.cfg.Window.Canvas().Focus(o) }

// writing says whether the keyboard is in the form of the call in the centre, its questions among it, in what covers it, or on the card
// of its record.
func (w *Window) writing() bool {
	s := w.centre.call
	if s == nil || w.centre.now != scene(s) || w.inSettings() {
		return false
	}
	switch o := w.cfg.Window.Canvas().Focused().(type) {
	case *field, *notes, *choice:
		for _, panel := range []fyne.CanvasObject{s.form.root, s.target.root, w.record.card.root} {
			if holds(panel, o.(fyne.CanvasObject)) {
				return true
			}
		}
	}
	// A list of the form is a menu over the window, and has the keyboard.
	over, listed := w.cfg.Window.Canvas().Overlays().Top() != nil, false
	for _, c := range append(s.form.lists(), w.record.card.lists()...) {
		c.listed = c.listed && over
		listed = listed || c.listed
	}
	return listed
}

// leaveCentre takes the keyboard from the call in the centre, which is about to be another, and closes its menus.
func (w *Window) leaveCentre() {
	for w.closeMenu() {
		continue
	}
	o, ok := w.cfg.Window.Canvas().Focused().(fyne.CanvasObject)
	if ok && (holds(w.centre.root, o) || holds(w.record.card.root, o)) {
		w.cfg.Window.Canvas().Unfocus()
	}
}

// leaveField takes the focus from a field that goes out of sight; keys would still go there.
func (w *Window) leaveField() {
	switch w.cfg.Window.Canvas().Focused().(type) {
	case *field, *notes, *numberEntry, *choice:
		w.cfg.Window.Canvas().Unfocus()
	}
}

// leaveHidden takes the focus from whatever cannot be seen any more.
func (w *Window) leaveHidden() {
	c := w.cfg.Window.Canvas()
	switch o := c.Focused().(type) {
	case *field, *notes, *numberEntry, *choice, *button, *clickable:
		if c.Overlays().Top() == nil && !holds(w.root, o.(fyne.CanvasObject)) {
			c.Unfocus()
		}
	}
}

// holds says whether o can be seen in what within is made of, as far as the window's own containers go.
func holds(within, o fyne.CanvasObject) bool {
	if !within.Visible() {
		return false
	}
	if within == o {
		return true
	}
	for _, part := range parts(within) {
		if holds(part, o) {
			return true
		}
	}
	return false
}

// begins takes a letter that was typed with nothing focused as the beginning of a note, and says whether it was one.
func (w *Window) begins(r rune) bool {
	c := w.shown()
	if !(connected(c) || c.Phase == app.WrapUp) || !writes(c) || w.centre.call.target.root.Visible() {
		return false
	}
	if w.middle.torn || w.cfg.Now().Sub(w.middle.since) < startle {
		w.middle.since = w.cfg.Now() // as long as the typing goes on
		w.say(aboutCommand, phrase("ui.typed-for-another", "name", callName(c), "notes", shortcutName(keyNotes)))
		return true
	}
	if r == ' ' {
		return true
	}
	w.writeNotes()
	w.centre.call.form.notes.TypedRune(r)
	return true
}

// writeNotes puts the keyboard behind the notes of the call in the centre.
func (w *Window) writeNotes() {
	c := w.shown()
	if !(connected(c) || c.Phase == app.WrapUp) || !writes(c) {
		return
	}
	w.closeSettings()
	w.middle.torn = false
	w.focus(w.centre.call.form.notes)
	w.centre.call.form.notes.toEnd()
	w.relayout()
}
