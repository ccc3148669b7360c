package ui

import (
	"linecard/app"
)

// handOn is a call that is transferred at once, or that somebody is consulted about first, or that follows the other side's transfer, or whose number is
// called again in another spelling.
type handOn struct {
	call    string
	consult bool
	follow  bool
	spelled string
}

// anyway is what the button says that does it, or dials, also where the other one is marked Do Not Call.
func (h handOn) anyway() string {
	if h.call != "" && !h.consult && !h.follow && h.spelled == "" {
		return phrase("ui.transfer-anyway")
	}
	return phrase("ui.call-anyway")
}

// handOn hands a call on to a number, and asks where that must not be called.
func (w *Window) handOn(h handOn, number string) {
	desk := w.cfg.Desk
	w.say(aboutCommand, "")
	w.ask(func() func() {
		var err error
		switch {
		case h.consult:
			_, err = desk.Consult(h.call, number)
		case h.follow:
			err = desk.Follow(h.call)
		case h.spelled != "":
			_, err = desk.TrySpelling(h.call, h.spelled, "")
		default:
			err = desk.Transfer(h.call, number)
		}
		return func() {
			if app.AsksFirst(err) {
				w.askNext(dialQuestion{number: number, why: err, on: h})
				return
			}
			w.complain(aboutCommand, err)
		}
	})
}

// handOnAnyway hands a call on to somebody who must not be called, for a reason. Where that fails the reason stands in the next question
// about that number.
func (w *Window) handOnAnyway(h handOn, number, reason string) {
	desk := w.cfg.Desk
	w.unsaid = unsaidReason{}
	w.leaveField()
	w.say(aboutCommand, "")
	w.ask(func() func() {
		var err error
		switch {
		case h.consult:
			_, err = desk.ConsultAnyway(h.call, number, reason)
		case h.follow:
			err = desk.FollowAnyway(h.call, number, reason)
		case h.spelled != "":
			_, err = desk.TrySpelling(h.call, h.spelled, reason)
		default:
			err = desk.TransferAnyway(h.call, number, reason)
		}
		return func() {
			if w.complain(aboutCommand, err); err != nil {
				w.unsaid = unsaidReason{number, reason}
			}
		}
	})
}
