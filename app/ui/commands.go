package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
	"linecard/fault"
)

// do runs a command off the UI goroutine and says so if it fails. What was wrong with the one before is forgotten.
func (w *Window) do(command func() error) {
	w.say(aboutCommand, "")
	w.ask(func() func() {
		err := command()
		return func() { w.complain(aboutCommand, err) }
	})
}

// ask runs a question off the UI goroutine, and what it returns on it.
func (w *Window) ask(question func() (then func())) {
	w.running.Add(1)
	go func() {
		defer w.running.Done()
		if then := question(); then != nil {
			w.dispatch(then)
		}
	}()
}

// dial calls a number that belongs to an account, as that of a call of the past does; "" is for a number that belongs to none.
func (w *Window) dial(account, number string) { w.dialOr(account, number, "", nil) }

// dialOr is dial, with what the callee sees, "" where the agent chose nothing, and then refused, where that is not nil, if the number was not dialed.
func (w *Window) dialOr(account, number, as string, refused func()) {
	account = w.left.dial.from.of(account)
	if w.cfg.Window.Canvas().Focused() != fyne.Focusable(w.reason) { // whose question is still open
		w.leaveField() // a click leaves the keyboard there, and what is typed next would count as typed for the call before
	}
	w.turned()
	w.closeSettings()
	w.say(aboutCommand, "")
	w.ask(func() func() {
		id, err := w.dialAs(account, number, as, "")
		return func() {
			if app.AsksFirst(err) {
				w.askForbidden(account, number, as, err, refused)
				return
			}
			w.complain(aboutCommand, err)
			switch {
			case err != nil && refused != nil:
				refused()
			case err == nil:
				w.expect(id)
				w.apply(w.view)
			}
		}
	})
}

// dialAs has the desk dial: with what the callee sees where the agent chose that, and with a reason also somebody who must not be called.
func (w *Window) dialAs(account, number, as, reason string) (id string, err error) {
	switch {
	case as != "":
		return w.cfg.Desk.DialAs(account, number, as, reason)
	case reason != "":
		return w.cfg.Desk.DialAnyway(account, number, reason)
	}
	return w.cfg.Desk.Dial(account, number)
}

// unsaidReason is why somebody was to be called who then was not: it stands in the next question about that number.
type unsaidReason struct{ number, reason string }

// dialAnyway calls somebody who must not be called, for a reason, and then refused, where that is not nil, if the number was not dialed.
func (w *Window) dialAnyway(account, number, as, reason string, refused func()) {
	w.unsaid = unsaidReason{}
	w.leaveField()
	w.turned()
	w.say(aboutCommand, "")
	w.ask(func() func() {
		id, err := w.dialAs(account, number, as, reason)
		return func() {
			w.complain(aboutCommand, err)
			if err == nil {
				w.expect(id)
				w.apply(w.view)
				return
			}
			w.unsaid = unsaidReason{number, reason}
			if refused != nil {
				refused()
			}
		}
	})
}

// askForbidden asks whether to call somebody who must not be called. The answer comes up to seconds after the agent dialled: it takes
// the keyboard only where nobody can be typing.
func (w *Window) askForbidden(account, number, as string, why error, refused func()) {
	w.askNext(dialQuestion{number: number, account: account, as: as, why: why, back: refused})
}

// reasonWidth is how wide the field for a reason is.
const reasonWidth = 240

func (w *Window) decline(id string) {
	w.done(id)
	w.do(func() error { return w.cfg.Desk.Decline(id) })
}

// hangup ends a call however far it got.
func (w *Window) hangup(id string) {
	w.done(id)
	w.do(func() error { return w.cfg.Desk.Hangup(id) })
}

// dismiss takes a call that has ended off the desk.
func (w *Window) dismiss(id string) {
	w.done(id)
	w.do(func() error { return w.cfg.Desk.Dismiss(id) })
}

// takeOver answers or resumes a call. The phone puts the call that is being talked on on hold with that; asked for before, it would
// fail where that call has just ended, and the other one would ring on.
func (w *Window) takeOver(c app.CallView) {
	w.choose(c.ID)
	w.closeSettings()
	w.do(func() error {
		if c.Phase == app.Held {
			return w.cfg.Desk.Resume(c.ID)
		}
		return w.cfg.Desk.Answer(c.ID)
	})
}

// talkingBeside is the id of the call that is talked on, other than the given one; "" when there is none.
func (w *Window) talkingBeside(id string) string {
	for _, c := range w.view.Calls {
		if c.ID != id && (c.Phase == app.Talking || c.Phase == app.RemHeld) {
			return c.ID
		}
	}
	return ""
}

// press sends a key into a call.
func (w *Window) press(id, key string) {
	w.typing.Put(func() { w.report(aboutTyping, w.cfg.Desk.SendDTMF(id, key)) })
}

func (w *Window) pick(call string, record crm.Ref) {
	w.do(func() error { return w.cfg.Desk.Pick(call, record) })
}

func (w *Window) retryLog(id string) { w.do(func() error { return w.cfg.Desk.RetryLog(id) }) }

func (w *Window) logAs(id string) { w.do(func() error { return w.cfg.Desk.LogAs(id) }) }

func (w *Window) discardLog(id string) { w.do(func() error { return w.cfg.Desk.DiscardLog(id) }) }

func (w *Window) sendHeld() { w.do(func() error { _, err := w.cfg.Desk.SendHeld(); return err }) }

func (w *Window) dropHeld() { w.do(func() error { _, err := w.cfg.Desk.DropHeld(); return err }) }

func (w *Window) setDND(on bool) {
	w.do(func() error { w.cfg.Desk.SetDND(on); return nil })
}

func (w *Window) openRecord(r crm.Ref) { w.openURL(r.URL) }

func (w *Window) openURL(address string) {
	if !w.openable(address) {
		w.say(aboutCommand, phrase("ui.page-not-in-org"))
		return
	}
	w.do(func() error {
		if err := w.cfg.OpenURL(address); err != nil {
			return fault.Err(err, "ui.browser-failed")
		}
		return nil
	})
}

// leaveReason takes the keyboard from the field for a reason, whose question has been answered or waits for its turn.
func (w *Window) leaveReason() {
	if w.cfg.Window.Canvas().Focused() == fyne.Focusable(w.reason) {
		w.cfg.Window.Canvas().Unfocus()
	}
}

// RequestQuit quits, after asking when that would end a call or lose one that could not be saved.
func (w *Window) RequestQuit() {
	if w.quitCosts() == "" {
		w.cfg.Quit()
		return
	}
	w.askQuit()
	w.relayout()
}

// askQuit says what quitting costs now; if it has come to cost nothing there is no more to ask.
func (w *Window) askQuit() {
	if w.onCall() {
		w.leave.label(phrase("ui.hang-up-and-quit"))
		w.leave.look("call_end", widget.DangerImportance)
	} else {
		w.leave.label(phrase("ui.quit-anyway"))
		w.leave.look("close", widget.DangerImportance)
	}
	w.quitting.say(w.quitCosts())
}

// quitCosts is what the agent should know before quitting, "" when there is nothing.
func (w *Window) quitCosts() string {
	if !w.onCall() {
		if w.view.Unsaved == "" && w.settingsUnsaved() {
			return phrase("ui.quit-loses-settings")
		}
		return w.view.Unsaved
	}
	if w.view.Unsaved == "" {
		return phrase("ui.quit-hangs-up")
	}
	return phrase("ui.quit-hangs-up-and-loses", "unsaved", w.view.Unsaved)
}

func (w *Window) onCall() bool {
	for _, c := range w.view.Calls {
		if live(c) {
			return true
		}
	}
	return false
}

// typedRune takes what is typed with nothing focused: keys of the call while its keypad is open, the choice among several matches,
// else the beginning of a note about the call, or of a number where there is nothing to write about.
func (w *Window) typedRune(r rune) {
	w.struck = w.cfg.Now()
	c := w.shown()
	digit := strings.ContainsRune("0123456789*#+", r)
	switch {
	case w.inSettings(), w.inOverlay():
	case connected(c) && w.centre.call.keys.root.Visible() && digit && !w.torn():
		if r != '+' {
			w.centre.call.keyed = true
			w.centre.call.keys.show(string(r))
			w.press(c.ID, string(r))
		}
	case w.swallows(true), w.pickByKey(c, r):
	case w.begins(r):
	case digit && !connected(c):
		w.left.dial.typed(r)
	}
}

// typedKey takes keys with nothing focused.
func (w *Window) typedKey(k *fyne.KeyEvent) {
	if w.menuKey(k) {
		return
	}
	switch k.Name {
	case fyne.KeyEscape:
		w.escape()
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyBackspace, fyne.KeyDelete, fyne.KeyUp:
		w.struck = w.cfg.Now()
		_ = w.inSettings() || w.swallows(false)
	case fyne.KeyDown:
		w.struck = w.cfg.Now()
		if !w.inSettings() && !w.swallows(false) {
			w.focus(w.left.list)
		}
	}
}

func (w *Window) inOverlay() bool { return w.cfg.Window.Canvas().Overlays().Top() != nil }
