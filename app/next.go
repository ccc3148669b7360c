package app

import (
	"slices"
	"time"
)

// next is the desk's whole judgement: what the desk is after an event, and what is to be done about it.
func next(s state, e event) (state, []effect) {
	var out []effect
	switch e := e.(type) {
	case callArrived:
		s, out = arrived(s, e)
	case phoneEvent:
		s, out = onPhone(s, e)
	case declinedHere:
		if i := s.find(e.id); i >= 0 {
			c := s.calls[i]
			c.declined = true
			s = s.with(i, c)
		}
	case lookupEnded:
		s, out = lookedUp(s, e)
	case lookupWanted:
		s, out = lookAgain(s, e)
	case detailsCame:
		s = detailed(s, e)
	case recordPicked:
		s, out = picked(s, e)
	case wrapEdited:
		s, out = edited(s, e)
	case wrapSaved:
		s, out = saved(s, e.id)
	case logRefused:
		s, out = refused(s, e.id)
	case dismissed:
		s, out = finished(s, e.id)
	case ticked:
		s, out = expired(s, e.at())
	case logMoved:
		s, out = logged(s, e)
	case historyRead:
		s.history, s.counts = e.rows, e.counts
	case orgChanged:
		s, out = linkMoved(s, e)
	case audioChanged:
		s.audio = e.AudioView
	case accountSet:
		s.phone.Configured = e.configured
	case dndSet:
		s.dnd = e.on
		out = append(out, say{Event{Event: "dnd", At: e.at(), State: onOff(e.on)}})
	case rulesSet:
		s.rules = e.Rules
	case noticed:
		s.notices[e.topic] = e.text
	case noticeRead:
		s.notices = s.notices.without(e.text)
	case unsavedChanged:
		s.unsaved = e.text
	}
	return s, append(out, wakeAt{s.nextExpiry()})
}

// finishedFor is how long a call that came to nothing stays in view.
const finishedFor = 20 * time.Second

// nextExpiry is when the first wrap-up or finished call leaves the desk, zero when none waits.
func (s state) nextExpiry() time.Time {
	var first time.Time
	for _, c := range s.calls {
		if !c.live() && !c.form.until.IsZero() && (first.IsZero() || c.form.until.Before(first)) {
			first = c.form.until
		}
	}
	return first
}

// expired ends every wrap-up whose time is over. What was typed is kept.
func expired(s state, now time.Time) (state, []effect) {
	var out []effect
	for _, c := range slices.Clone(s.calls) {
		if c.live() || c.form.until.IsZero() || c.form.until.After(now) {
			continue
		}
		var more []effect
		s, more = finished(s, c.id)
		out = append(out, more...)
	}
	return s, out
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
