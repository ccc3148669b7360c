package ui

import (
	"runtime"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"linecard/app"
)

// The shortcuts. They are the main menu's, never the canvas's: a focused field swallows the canvas's, and the agent types
// notes while on the phone. None of them means anything inside a field (Ctrl+Backspace, say, deletes a word there).
var (
	keyAnswer   = ctrl(fyne.KeyReturn)
	keyHangup   = ctrl(fyne.KeyPeriod)
	keyMute     = ctrl(fyne.KeyM)
	keyHold     = holdKey()
	keyTransfer = ctrl(fyne.KeyT)
	keyComplete = shifted(fyne.KeyT)
	keySwap     = shifted(fyne.KeyS)
	keyPhone    = shifted(fyne.KeyP)
	keyKeypad   = ctrl(fyne.KeyK)
	keyNumber   = ctrl(fyne.KeyL)
	keySearch   = ctrl(fyne.KeyF)
	keyRecord   = ctrl(fyne.KeyO)
	keySave     = ctrl(fyne.KeyS)
	keyNotes    = ctrl(fyne.KeyN)
	keyDND      = ctrl(fyne.KeyD)
	keySettings = ctrl(fyne.KeyComma)
	keyQuit     = ctrl(fyne.KeyQ)
	keyRecent   = ctrl(fyne.Key1)
	keyMissed   = ctrl(fyne.Key2)
	keyUnlogged = ctrl(fyne.Key3)
	keyNobodys  = ctrl(fyne.Key4)
)

func ctrl(k fyne.KeyName) *desktop.CustomShortcut {
	return &desktop.CustomShortcut{KeyName: k, Modifier: fyne.KeyModifierShortcutDefault}
}

// shifted is ctrl with the shift key.
func shifted(k fyne.KeyName) *desktop.CustomShortcut {
	s := ctrl(k)
	s.Modifier |= fyne.KeyModifierShift
	return s
}

// holdKey is Ctrl+H, but Shift+Cmd+H on a Mac, where Cmd+H hides the application.
func holdKey() *desktop.CustomShortcut {
	s := ctrl(fyne.KeyH)
	if runtime.GOOS == "darwin" {
		s.Modifier |= fyne.KeyModifierShift
	}
	return s
}

// shortcutName is a shortcut as the agent reads it: "Ctrl+Enter".
func shortcutName(s *desktop.CustomShortcut) string {
	var parts []string
	if s.Modifier&fyne.KeyModifierControl != 0 {
		parts = append(parts, phrase("ui.key-ctrl"))
	}
	if s.Modifier&fyne.KeyModifierShift != 0 {
		parts = append(parts, phrase("ui.key-shift"))
	}
	if s.Modifier&fyne.KeyModifierSuper != 0 {
		parts = append(parts, phrase("ui.key-cmd"))
	}
	name := string(s.KeyName)
	if s.KeyName == fyne.KeyReturn {
		name = phrase("ui.key-enter")
	}
	return strings.Join(append(parts, name), "+")
}

// mainMenu holds every command. Its items are enabled by the View, and each looks again when it is chosen: a shortcut
// fires whether or not its item is enabled.
type mainMenu struct {
	w    *Window
	menu *fyne.MainMenu

	answer, hangup, mute, hold, keypad, transfer, complete, swap, join, notes, record, save, dnd *fyne.MenuItem
}

func newMainMenu(w *Window) *mainMenu {
	m := &mainMenu{w: w}
	item := func(words string, key *desktop.CustomShortcut, f func()) *fyne.MenuItem {
		i := fyne.NewMenuItem(words, f)
		if key != nil {
			i.Shortcut = key
		}
		return i
	}
	m.answer = item(phrase("ui.answer-or-call"), keyAnswer, w.answerOrDial)
	m.hangup = item(phrase("ui.decline-or-hang-up"), keyHangup, w.declineOrHangup)
	m.mute = item(phrase("ui.mute"), keyMute, func() { w.inCall((*callScene).toggleMute) })
	m.hold = item(phrase("ui.hold"), keyHold, func() { w.inCall((*callScene).toggleHold) })
	m.keypad = item(phrase("ui.keypad"), keyKeypad, w.keypad)
	m.transfer = item(phrase("ui.menu-transfer"), keyTransfer, func() { w.inCall((*callScene).toggleTransfer) })
	m.complete = item(phrase("ui.menu-complete"), keyComplete, func() {
		switch c := w.shown(); {
		case completable(c):
			w.onPair(c, Desk.Complete)
		case connectable(c):
			w.connect(c)
		}
	})
	m.swap = item(phrase("ui.menu-swap"), keySwap, func() {
		if c := w.shown(); swappable(c) {
			w.onPair(c, Desk.Swap)
		}
	})
	m.join = item(phrase("ui.conference-join"), nil, func() { w.join(w.shown()) })
	m.notes = item(phrase("ui.menu-notes"), keyNotes, w.writeNotes)
	m.record = item(phrase("ui.open-record"), keyRecord, w.openShownRecord)
	m.save = item(phrase("ui.save-wrap-up"), keySave, w.saveWrap)
	m.dnd = item(phrase("ui.do-not-disturb"), keyDND, func() { w.setDND(!w.view.DND) })
	quit := item(phrase("ui.quit"), keyQuit, w.RequestQuit)
	quit.IsQuit = true

	program := fyne.NewMenu(productName, m.dnd, item(phrase("ui.menu-phone"), keyPhone, w.togglePhone))
	if w.cfg.Settings != nil {
		program.Items = append(program.Items, fyne.NewMenuItemSeparator(),
			item(phrase("ui.menu-settings"), keySettings, func() { w.openSettings(pagePhone) }),
			item(phrase("ui.about-linecard"), nil, func() { w.openSettings(pageAbout) }))
	}
	program.Items = append(program.Items, fyne.NewMenuItemSeparator(), quit)
	m.menu = fyne.NewMainMenu(program,
		fyne.NewMenu(phrase("ui.menu-call"), m.answer, m.hangup, fyne.NewMenuItemSeparator(), m.mute, m.hold, m.keypad, m.transfer, m.complete, m.swap, m.join,
			fyne.NewMenuItemSeparator(), m.notes, m.record, m.save),
		fyne.NewMenu(phrase("ui.menu-go"),
			item(phrase("ui.number-field"), keyNumber, w.focusNumber), item(phrase("ui.search-calls"), keySearch, w.focusNumber), fyne.NewMenuItemSeparator(),
			item(phrase("ui.recent-calls"), keyRecent, func() { w.goTo(tabRecent) }),
			item(phrase("ui.missed-calls"), keyMissed, func() { w.goTo(tabMissed) }),
			item(phrase("ui.calls-not-logged"), keyUnlogged, func() { w.goTo(tabNotLogged) }),
			item(phrase("ui.calls-need-record"), keyNobodys, func() { w.goTo(tabNeedsRecord) })))
	return m
}

// show enables what can be done now. The menu is drawn again only when something in it changed.
func (m *mainMenu) show(v app.View, c app.CallView) {
	changed := false
	set := func(i *fyne.MenuItem, possible, checked bool) {
		if i.Disabled == possible || i.Checked != checked {
			i.Disabled, i.Checked, changed = !possible, checked, true
		}
	}
	set(m.answer, true, false)
	set(m.hangup, live(c) && c.ID != "", false)
	set(m.mute, connected(c), c.Muted)
	set(m.hold, connected(c), c.Phase == app.Held)
	set(m.keypad, true, false)
	set(m.transfer, connected(c), false)
	if words := completeWords(c); m.complete.Label != words {
		m.complete.Label, changed = words, true
	}
	set(m.complete, completable(c) || connectable(c), false)
	set(m.swap, swappable(c), false)
	if words := joinWords(c); m.join.Label != words {
		m.join.Label, changed = words, true
	}
	set(m.join, joinable(c), false)
	set(m.notes, (connected(c) || c.Phase == app.WrapUp) && writes(c), false)
	set(m.record, c.Lookup.Record != nil && c.Lookup.Record.URL != "", false)
	set(m.save, c.Phase == app.WrapUp, false)
	set(m.dnd, v.Phone.Configured, v.DND)
	if changed {
		m.menu.Refresh()
	}
}

// ringing is the call Answer is for: the one in the centre, or else the first that rings.
func (w *Window) ringing() (app.CallView, bool) {
	if c := w.shown(); c.Phase == app.Ringing {
		return c, true
	}
	for _, c := range w.view.Calls {
		if c.Phase == app.Ringing {
			return c, true
		}
	}
	return app.CallView{}, false
}

func (w *Window) answerOrDial() {
	c, ok := w.ringing()
	if !ok {
		w.closeSettings()
		w.left.dial.submit()
		return
	}
	if dials := w.left.dial.field.Text != ""; (dials || w.talkingBeside(c.ID) != "") && w.startled(w.shift.rang[c.ID]) {
		return // the key was for the number, or the agent is in mid-sentence
	}
	w.takeOver(c)
}

func (w *Window) declineOrHangup() {
	if w.startled(w.shift.gone) {
		return
	}
	if c := w.shown(); c.ID != "" && live(c) {
		if c.Phase == app.Held && !w.choseShown() {
			w.say(aboutCommand, phrase("ui.is-on-hold", "name", callName(c)))
			return
		}
		w.hangup(c.ID)
	} else if c, ok := w.ringing(); ok {
		w.decline(c.ID)
	}
}

// inCall does something to the call in the centre, if it is one.
func (w *Window) inCall(do func(*callScene)) {
	if connected(w.shown()) {
		w.closeSettings()
		w.turnTo(paneCall)
		do(w.centre.call)
		w.relayout()
	}
}

func (w *Window) keypad() {
	if connected(w.shown()) {
		w.inCall((*callScene).toggleKeypad)
		return
	}
	w.turnTo(paneCalls)
	w.left.dial.toggle()
}

func (w *Window) openShownRecord() {
	if r := w.shown().Lookup.Record; r != nil && r.URL != "" {
		w.openRecord(r.Ref)
	}
}

func (w *Window) saveWrap() {
	if w.shown().Phase == app.WrapUp {
		w.centre.call.form.saveNow()
	}
}

func (w *Window) focusNumber() {
	w.closeSettings()
	w.turned()
	w.focus(w.left.dial.field)
	w.left.dial.field.TypedShortcut(&fyne.ShortcutSelectAll{})
}

func (w *Window) goTo(kind tabKind) {
	w.closeSettings()
	w.left.openTab(kind)
	w.turned()
	w.focus(w.left.list)
}
