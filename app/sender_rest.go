package app

import (
	"time"

	"linecard/crm"
)

// When an org is left alone: it takes nothing for now, or has asked for a pause that is longer than the journal keeps a time.

// rest is until when nothing is tried, after the refusal of an attempt of one user.
type rest struct {
	until time.Time
	all   bool // nobody's logs are tried; otherwise only those of the user
	ofCap bool // it is Linecard's own cap of requests that was reached
}

// leaveAlone notes for how long nothing is tried after an attempt through a user's link was refused. A quota, and a pause that was asked for, are the org's; a user
// who is refused everything says nothing of the others.
func (s *sender) leaveAlone(user string, why *crm.Error, until time.Time) {
	all := why.Class == crm.ClassQuota || why.Class != crm.ClassBlocked && why.Retry > lastPause
	if !all && why.Class != crm.ClassBlocked {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rests == nil {
		s.rests = map[string]rest{}
	}
	if old := s.rests[user]; old.all && old.until.After(until) { // of a batch each entry is told
		return
	}
	s.rests[user] = rest{until, all, why.Code == crm.CodeOwnCap}
}

// resting tells how long the org is left alone from now on, and how long users of it are.
func (s *sender) resting(now time.Time) (all time.Duration, users map[string]time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	users = map[string]time.Duration{}
	for user, r := range s.rests {
		left := r.until.Sub(now)
		switch {
		case left <= 0:
			delete(s.rests, user)
		case r.all:
			all = max(all, left)
		default:
			users[user] = left
		}
	}
	return all, users
}

// rested reports whether a user is left alone now.
func (s *sender) rested(user string) bool {
	_, users := s.resting(s.w.d.cfg.Clock.Now())
	return users[user] > 0
}

// hurry ends the rests that over fits.
func (s *sender) hurry(over func(user string, r rest) bool) {
	s.mu.Lock()
	for user, r := range s.rests {
		if over(user, r) {
			delete(s.rests, user)
		}
	}
	s.mu.Unlock()
	s.wake()
}

// hurry is wake that also ends all rests: somebody asks for it.
func (w *writer) hurry() { w.hurryFor(func(string, string, rest) bool { return true }) }

// capLifted ends the rests that were for Linecard's own cap. What an org has asked for stays.
func (w *writer) capLifted() {
	w.lifts.Add(1)
	w.hurryFor(func(_, _ string, r rest) bool { return r.ofCap })
}

func (w *writer) hurryFor(over func(org, user string, r rest) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for org, s := range w.senders {
		s.hurry(func(user string, r rest) bool { return over(org, user, r) })
	}
}
