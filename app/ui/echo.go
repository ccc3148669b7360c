package ui

import (
	"slices"
	"time"
)

// echo is what a field knows of what the desk has of it. What is typed goes to the desk and comes back in a View, with every key, and
// perhaps late: a View that says what was typed earlier is no news, and must not take back what was typed since.
type echo struct {
	known string // what the desk has
	sent  []sent // typed, and not come back yet
}

type sent struct {
	text string
	at   time.Time
}

// echoLasts is how long what was typed is waited for. The desk answers in milliseconds; it may also have dropped it.
const echoLasts = 10 * time.Second

// sends takes notice of a text that goes to the desk.
func (e *echo) sends(text string) { e.sent = append(e.sent, sent{text, time.Now()}) }

// takes says whether a field with a text in it takes over what a View says: where the agent has written nothing that the desk does not
// have. fresh is for a field that becomes another call's.
func (e *echo) takes(text, said string, fresh bool) bool {
	if fresh {
		e.known, e.sent = said, nil
		return text != said
	}
	now := time.Now()
	e.sent = slices.DeleteFunc(e.sent, func(s sent) bool { return now.Sub(s.at) > echoLasts })
	// What the desk has said before is no news of what was sent since, even where that came back to it.
	if i := slices.IndexFunc(e.sent, func(s sent) bool { return s.text == said }); i >= 0 && said != e.known {
		e.known, e.sent = said, e.sent[i+1:]
		return false
	}
	if len(e.sent) > 0 || text != said && text != e.known {
		return false
	}
	e.known = said
	return text != said
}

// shows is what a field shows in which the agent chooses and does not type: what the agent has chosen, at once, until the desk says that
// too, or has dropped it; else what the desk says.
func (e *echo) shows(chosen, said string, fresh bool) string {
	if e.takes(chosen, said, fresh) || len(e.sent) == 0 {
		e.known = said
		return said
	}
	return chosen
}

// forgets has the next View shown in place of a text: the desk has not taken it, or is to take it back.
func (e *echo) forgets(text string) { e.known, e.sent = text, nil }

// sends takes notice of what the agent has typed in a field.
func (f *wrapForm) sends(field *echo, text string) {
	if !f.filling {
		field.sends(text)
	}
}
