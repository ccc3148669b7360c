package ui

import (
	"time"

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
// When the call in the centre becomes another, the keyboard leaves its form, and what is typed on is swallowed: see tear.
type middleCall struct {
	id     string
	chosen string    // by the agent's hand; "" for none
	wanted bool      // the chosen one has not come yet
	late   bool      // it was chosen a while before it came, and the agent may have typed on
	done   string    // the agent ended it or saved it, and has not typed since
	since  time.Time // it is in the centre; the zero time when it came by hand
	torn   bool      // the place where the agent was typing has gone, and what is typed on is for that: see tear
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
	meant := id != "" && id == m.chosen && !m.late || id == "" && m.done == m.id
	saved := m.done != "" && m.done == m.id
	m.torn = !meant && !saved && (w.torn() || w.writing() || w.keying())
	w.leaveCentre()
	m.id, m.since = id, time.Time{}
	if !meant {
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
	w.expect(id)
	w.middle.late = false
	w.turned()
}

// expect is choose for a call that was dialled a while ago: the agent may be typing somewhere since.
func (w *Window) expect(id string) {
	w.shift.meant = id
	if w.shift.shown == id { // it came before the phone said which it is
		w.shift.left = time.Time{}
	}
	w.middle.chosen, w.middle.wanted, w.middle.late = id, true, true
}

// focusCall brings a call to the centre.
func (w *Window) focusCall(id string) {
	w.byHand(func() {
		w.choose(id)
		w.closeSettings()
		w.apply(w.view)
	})
}
