package ui

import (
	"reflect"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"

	"linecard/app"
)

// What is typed belongs to the place where the agent was typing. When that place goes in mid-sentence, because a call ended or another
// came, a panel closed or a form was laid out again, the rest is swallowed, and the window says so, until the agent turns to something by
// hand, or its keys have rested for half a minute. It never becomes a note about another call, a choice among matches, a key of a call, a
// number, or an answer.

// tear takes the keyboard from where the agent is typing, when that goes by itself.
func (w *Window) tear() {
	w.cfg.Window.Canvas().Unfocus()
	w.middle.torn, w.middle.since = true, w.cfg.Now()
}

// turned takes notice that the agent has turned to something by hand.
func (w *Window) turned() { w.middle.torn, w.middle.since = false, time.Time{} }

// done takes notice that the agent has ended or saved a call: that it leaves the desk is meant.
func (w *Window) done(id string) { w.middle.done = id }

// typedFor takes notice of a key in the form of a call.
func (w *Window) typedFor(id string) {
	if w.middle.done == id {
		w.middle.done = ""
	}
}

// tornRests is how long nothing is typed until what is typed next is about something else. A call may come hours after a note was cut off,
// and be answered where the window does not see the hand.
const tornRests = 30 * time.Second

// torn says whether the agent was typing in a place that has gone, and may go on with that.
func (w *Window) torn() bool { return w.middle.torn && w.cfg.Now().Sub(w.middle.since) < tornRests }

// lost says whether what is typed with nothing focused may be for something that has just gone.
func (w *Window) lost() bool { return w.torn() || w.cfg.Now().Sub(w.middle.since) < reactionTime }

// swallows takes a key that may be for something that has just gone, and says so. Enter and the like in the first second of a call are
// no typing that was cut off.
func (w *Window) swallows(letter bool) bool {
	if !w.lost() {
		return false
	}
	w.middle.since = w.cfg.Now() // as long as the typing goes on
	if c := w.shown(); noted(c) {
		w.say(aboutCommand, phrase("ui.typed-for-another", "name", callName(c), "notes", shortcutName(keyNotes)))
	} else if letter || w.torn() {
		w.say(aboutCommand, phrase("ui.typed-for-none", "number", shortcutName(keyNumber)))
	}
	return true
}

// noted says whether notes can be written about a call now.
func noted(c app.CallView) bool { return (connected(c) || c.Phase == app.WrapUp) && writes(c) }

// takesText says whether the agent can be typing in o.
func takesText(o fyne.Focusable) bool {
	switch o.(type) {
	case *notes, *choice:
		return true
	case interface{ SelectedText() string }: // an entry of whatever kind
		return true
	}
	return false
}

// busy says whether the agent may be typing at this moment. What comes late takes no keyboard then.
func (w *Window) busy() bool {
	return w.striking() || takesText(w.cfg.Window.Canvas().Focused())
}

// striking is busy for keys that are typed with nothing focused.
func (w *Window) striking() bool {
	return w.lost() || w.keying() || w.cfg.Now().Sub(w.struck) < reactionTime
}

// textAt is where the agent can be typing, with what stands there; the zero value is nowhere.
type textAt struct {
	in   fyne.Focusable
	text string
}

func (w *Window) textAt() textAt {
	at := w.cfg.Window.Canvas().Focused()
	if !takesText(at) {
		return textAt{}
	}
	if n, ok := at.(*notes); ok {
		return textAt{at, n.Text}
	}
	if e := entryOf(at); e != nil {
		return textAt{at, e.Text}
	}
	return textAt{in: at}
}

// focus gives the keyboard to o, where it can be seen.
func (w *Window) focus(o fyne.Focusable) {
	w.reveal(o)
	w.cfg.Window.Canvas().Focus(o)
}

// writing says whether the keyboard is in the form of the call in the centre, its questions among it, in what covers it, or on the card
// of its record.
func (w *Window) writing() bool {
	if w.inSettings() {
		return false
	}
	panels, lists := []fyne.CanvasObject{w.record.card.root}, w.record.card.lists() // a call that rings has a card too
	if s := w.centre.call; s != nil && w.centre.now == scene(s) {
		panels, lists = append(panels, s.form.root, s.target.root), append(lists, s.form.lists()...)
	}
	if at := w.cfg.Window.Canvas().Focused(); takesText(at) {
		for _, panel := range panels {
			if holds(panel, at.(fyne.CanvasObject)) {
				return true
			}
		}
	}
	// A list of the form is a menu over the window, and has the keyboard.
	over, listed := w.cfg.Window.Canvas().Overlays().Top() != nil, false
	for _, c := range lists {
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

// leaveField takes the focus from a field that the agent leaves by hand; keys would still go there.
func (w *Window) leaveField() {
	if takesText(w.cfg.Window.Canvas().Focused()) {
		w.cfg.Window.Canvas().Unfocus()
	}
}

// leavePanes takes the focus from whatever has it in the panes or the settings, where one takes the other's place by the agent's hand.
func (w *Window) leavePanes() {
	o, ok := w.cfg.Window.Canvas().Focused().(fyne.CanvasObject)
	if ok && !w.inOverlay() && !holds(w.strips, o) && !holds(w.status.root, o) && !holds(w.demo.root, o) && ofFyne(o) != partOfMenu {
		w.cfg.Window.Canvas().Unfocus()
	}
}

// leaveHidden takes the focus from whatever cannot be seen any more.
func (w *Window) leaveHidden() {
	c := w.cfg.Window.Canvas()
	o, ok := c.Focused().(fyne.CanvasObject)
	if !ok || c.Overlays().Top() != nil || holds(w.root, o) {
		return
	}
	switch ofFyne(o) {
	case partOfMenu:
		return
	case partOfWidget:
		if w.inSettings() {
			return
		}
	}
	if takesText(c.Focused()) && !w.inSettings() && !(w.middle.done != "" && w.middle.done == w.middle.id) {
		w.tear()
		return
	}
	c.Unfocus()
}

// fynesOwn is what Fyne does not show of its own: an object of the main menu, or a part of a widget.
type fynesOwn int

const (
	noneOfFyne fynesOwn = iota
	partOfMenu
	partOfWidget // such as one choice of a widget.RadioGroup, which is in the settings only
)

func ofFyne(o fyne.CanvasObject) fynesOwn {
	t := reflect.TypeOf(o)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.PkgPath() == reflect.TypeFor[Window]().PkgPath() || t.Name() != "" && unicode.IsUpper(rune(t.Name()[0])):
		return noneOfFyne
	case strings.HasPrefix(t.Name(), "menu"):
		return partOfMenu
	}
	return partOfWidget
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

// keyingRests is how long no key is typed until the next is not for the same answer of a machine.
const keyingRests = 10 * time.Second

// keying says whether keys go to the keypad of the call in the centre: some did a short while ago, and nothing is focused.
func (w *Window) keying() bool {
	s := w.centre.call
	return s != nil && w.centre.now == scene(s) && !w.inSettings() && s.keyed && w.cfg.Now().Sub(w.struck) < keyingRests &&
		w.cfg.Window.Canvas().Focused() == nil
}

// begins takes a letter that was typed with nothing focused as the beginning of a note, and says whether it was one.
func (w *Window) begins(r rune) bool {
	if !noted(w.shown()) || w.centre.call.target.root.Visible() {
		return false
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
	if !noted(w.shown()) {
		return
	}
	w.closeSettings()
	w.turned()
	w.typedFor(w.shown().ID) // also of a call that was saved: the agent is about to write more
	w.focus(w.centre.call.form.notes)
	w.centre.call.form.notes.toEnd()
	w.relayout()
}
