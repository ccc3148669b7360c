package ui

import (
	"time"

	"linecard/app"
)

// shift is how the call in the centre came there. When a call ends by itself another takes its place, and a key or a button
// meant for the one that is gone would end the wrong customer's call, or throw away the wrong call's log.
type shift struct {
	shown string               // in the centre, whether it is live or not; "" for none
	left  time.Time            // when a call last left the centre other than by hand
	call  string               // in the centre and live; "" for none
	meant string               // by the agent: shown, taken or put on hold by hand
	gone  time.Time            // when a live call last left the centre by itself
	rang  map[string]time.Time // since when a call rings
}

// hears takes notice of the calls that ring.
func (s *shift) hears(calls []app.CallView, now time.Time) {
	before := s.rang
	s.rang = map[string]time.Time{}
	for _, c := range calls {
		if c.Phase != app.Ringing {
			continue
		}
		s.rang[c.ID] = now
		if since, known := before[c.ID]; known {
			s.rang[c.ID] = since
		}
	}
}

// reactionTime is how long nothing is hung up after that: an agent needs about as long to see which call is there now.
const reactionTime = time.Second

// follow takes notice of the call in the centre.
func (s *shift) follow(c app.CallView, now time.Time) {
	if c.ID != s.shown {
		if s.shown != "" && c.ID != s.meant {
			s.left = now
		}
		s.shown = c.ID
	}
	id := c.ID
	if !live(c) {
		id = ""
	}
	if id == s.call {
		return
	}
	if id == "" || id != s.meant {
		if s.call != "" {
			s.gone = now
		}
		s.meant = ""
	}
	s.call = id
}

// choseShown says whether the call in the centre is there by the agent's hand.
func (w *Window) choseShown() bool { return w.shift.meant != "" && w.shift.meant == w.shift.call }

// taken says whether another call has just come to where the last one was, so that the agent cannot have seen it yet, and
// tells the agent so. Every button that ends a call, throws something of it away, or puts it in the place of another asks it
// first.
func (w *Window) taken() bool { return w.startled(w.shift.left) }

// replaced is taken for a button that ends a live call: where one went a moment ago, the button was that one's, also if no call was in the
// centre in between.
func (w *Window) replaced() bool { return w.taken() || !w.choseShown() && w.startled(w.shift.gone) }

// startled says whether something came to its place too short a time ago for the agent to have seen it, and tells the agent
// so: nothing was done.
func (w *Window) startled(since time.Time) bool {
	if w.cfg.Now().Sub(since) >= reactionTime {
		return false
	}
	w.refuse()
	return true
}

// refuse tells the agent that a click was taken for one that was meant for something else. See turnStrips.
func (w *Window) refuse() { w.say(aboutCommand, phrase("ui.just-came")) }

// refusing says whether the window says so now.
func (w *Window) refusing() bool { return w.trouble.said == phrase("ui.just-came") }

// sameLive says whether no call has come or ended between two Views.
func sameLive(a, b []app.CallView) bool {
	count := map[string]int{}
	for _, c := range a {
		if live(c) {
			count[c.ID]++
		}
	}
	for _, c := range b {
		if live(c) {
			count[c.ID]--
		}
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}
