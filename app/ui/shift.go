package ui

import (
	"time"

	"linecard/app"
)

// shift is how the call in the centre came there. When a call ends by itself another takes its place, and a key meant for
// the one that is gone would end the wrong customer's call.
type shift struct {
	call  string    // in the centre and live; "" for none
	meant string    // by the agent: shown, taken or put on hold by hand
	gone  time.Time // when a live call last left the centre by itself
}

// startle is how long nothing is hung up after that: an agent needs about as long to see which call is there now.
const startle = time.Second

// follow takes notice of the call in the centre.
func (s *shift) follow(c app.CallView, now time.Time) {
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

// settled says whether the agent can have seen which call is in the centre.
func (w *Window) settled() bool { return w.cfg.Now().Sub(w.shift.gone) >= startle }

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
