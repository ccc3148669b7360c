package ui

import (
	"time"

	"linecard/app/catalogue"
	"linecard/fault"
)

// What went wrong is said in one strip, and is gone when it is no longer so: with the next command, with the next success
// of the same kind, when a call comes or goes, when what it is about is well again, and where nothing tells that, after a while.

// subject is what a complaint is about.
type subject string

const (
	aboutCommand  subject = "command"
	aboutTyping   subject = "typing" // notes and keys
	aboutList     subject = "list"   // of calls
	aboutSettings subject = "settings"
)

// complaintStays is how long a complaint is shown of which no View tells when it is over: long enough to be read twice.
const complaintStays = 12 * time.Second

// report is complain for other goroutines.
func (w *Window) report(s subject, err error) {
	if err != nil || w.complaining.Load() { // not once for every letter that was saved
		w.dispatch(func() { w.complain(s, err) })
	}
}

// complain says what went wrong; nil takes back what was said before about the same.
func (w *Window) complain(s subject, err error) {
	switch {
	case err != nil:
		w.say(s, sentence(catalogue.Error(err)))
		w.cause = complaintCause{why: fault.Of(err)}
		w.heal()
	case s == w.complaint:
		w.say(s, "")
	}
}

// say shows a sentence in the strip for what went wrong; "" takes away whatever stands there.
func (w *Window) say(s subject, words string) {
	w.keepSaying()
	w.complaint, w.cause = s, complaintCause{}
	w.complaining.Store(words != "")
	if words != "" {
		said := w.saying
		w.forget = w.after(w.cfg.complaintStays, func() {
			if said == w.saying {
				w.say(s, "")
			}
		})
	}
	if w.trouble.words.value == words && w.trouble.open == (words != "") {
		return
	}
	w.trouble.say(words)
	w.relayout()
}

// keepSaying leaves what is said there for as long as it takes.
func (w *Window) keepSaying() {
	w.saying++
	if w.forget != nil {
		w.forget.Stop()
		w.forget = nil
	}
}
