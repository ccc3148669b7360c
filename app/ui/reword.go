package ui

import (
	"fyne.io/fyne/v2"

	"linecard/crm"
)

// Reword says everything in the language that the catalogue speaks now. The labels of buttons, fields and menus are made with
// what they stand on, so the window's content is built again; what the agent was about to do is carried over. scenes are those
// of the demo, with their labels in the new language. UI goroutine only.
func (w *Window) Reword(scenes []Scene) {
	before := w.work()
	w.rewording = true
	defer func() { w.rewording = false }()
	w.cfg.Window.Canvas().Unfocus()
	w.record.stop()
	w.cfg.DemoScenes = scenes
	w.settings = nil
	w.checked = checked{asked: w.checked.asked + 1} // in the old language
	w.build()
	w.left.load()
	w.apply(w.view)
	w.resume(before)
}

// work is what the agent is about to do that no View holds. What is typed about a call is the desk's already.
type work struct {
	number   string // in the number field
	account  string // it is called from, where it is that of a call of the past
	as       string // what the callee sees, where the agent chose that for this call
	keypad   bool   // below it
	tab      tabKind
	selected string // row
	trouble  string // what went wrong
	quitting bool
	settings bool
	page     settingsKind
	typed    map[settingsKind]typedText // in the settings, and not saved
	panel    callPanel
	target   string // of a transfer
	call     string // in the centre, where it has a form
	notes    *notes // of it: what was typed may not have come back from the desk yet
	subject  *field
	asked    []*askedField
	card     []*cardRow
	of       crm.Ref // record that the card is of
	reason   *field
	keyboard keyboard
}

// callPanel is what is open above the notes of a call.
type callPanel int

const (
	formPanel callPanel = iota
	keysPanel
	targetPanel
)

func (w *Window) work() work {
	before := work{
		number: w.left.dial.field.Text, account: w.left.dial.from.row, as: w.left.dial.as.thisCall, keypad: w.left.dial.pad.Visible(), tab: w.left.tab, selected: w.left.selected,
		quitting: w.quitting.open, settings: w.inSettings(), keyboard: w.keyboard(),
		card: w.record.card.rows, of: w.record.card.of, reason: w.reason,
	}
	if s := w.centre.call; s != nil && w.centre.now == scene(s) {
		before.call, before.notes, before.subject, before.asked = s.call.ID, s.form.notes, s.form.subject, s.form.asked.rows
	}
	if w.trouble.open {
		before.trouble = w.trouble.words.value
	}
	if before.settings {
		before.page = w.settings.open
	}
	if w.settingsUnsaved() {
		before.typed = map[settingsKind]typedText{}
		for kind := range w.settings.sheets {
			if t := w.settings.typedOn(settingsKind(kind)); t != nil {
				before.typed[settingsKind(kind)] = *t
			}
		}
	}
	if s := w.centre.call; s != nil {
		switch s.body() {
		case fyne.CanvasObject(s.keys.root):
			before.panel = keysPanel
		case fyne.CanvasObject(s.target.root):
			before.panel, before.target = targetPanel, s.target.target.Text
		}
	}
	return before
}

// resume puts the window back to where the agent was.
func (w *Window) resume(before work) {
	w.left.openTab(before.tab)
	w.left.selected = before.selected
	if before.number != "" {
		w.left.dial.fillFrom(before.account, before.number)
		w.left.dial.as.again(before.as)
	}
	if before.keypad {
		w.left.dial.toggle()
	}
	if before.trouble != "" {
		w.trouble.say(before.trouble) // in the words that it came in; it goes in a while, as it would have
	}
	if w.asked != "" {
		w.askLink()
		w.reason.resume(before.reason)
	}
	if before.quitting {
		w.askQuit()
	}
	if s := w.centre.call; s != nil && before.call != "" && s.call.ID == before.call {
		s.form.filling = true
		s.form.notes.resume(before.notes)
		s.form.subject.resume(before.subject)
		s.form.asked.resume(before.asked)
		s.form.filling = false
		if w.record.card.of == before.of {
			w.record.card.resume(before.card)
		}
	}
	if s := w.centre.call; s != nil && w.inCentre(s) {
		switch before.panel {
		case keysPanel:
			s.open(s.keys.root)
		case targetPanel:
			s.open(s.target.root)
			s.target.begin()
			s.target.target.SetText(before.target)
		}
	}
	if len(before.typed) > 0 {
		w.makeSettings()
		for kind, t := range before.typed {
			w.settings.sheets[kind].(typist).retype(t)
		}
	}
	if before.settings {
		w.showPage(before.page)
	}
	w.relayout()
	w.giveKeyboard(before.keyboard)
}

// inCentre reports whether the scene of a call is what the centre shows, of a call that is up.
func (w *Window) inCentre(s *callScene) bool { return w.centre.now == scene(s) && live(s.call) }
