package dialog

import "time"

// wants are the wishes for the whole state.
type wants struct {
	waiting bool      // one waits for its moment
	row     int       // how many there were without a rest between them
	last    time.Time // when the last one was sent
}

const (
	// refreshPause is how long a wish for the whole state waits, so that several are one.
	refreshPause = time.Second
	// refreshRest is how long there has to be no wish for the next to wait no longer than that.
	refreshRest = 10 * time.Minute
)

// Refresh has the notifier tell its whole state again, a moment later. One that never tells it in a way that can be used is asked for it ever
// more rarely, and in the end by the refreshes alone that are due in any case.
func (s *Subscription) Refresh() {
	if s.phase != watched || s.wants.waiting {
		return
	}
	now := s.ua.now()
	if now.Sub(s.wants.last) > refreshRest {
		s.wants.row = 0
	}
	pause := min(refreshPause<<min(s.wants.row, 16), refreshRest)
	if s.d == nil || !now.Add(pause).Before(s.dueAt) { // the refresh has it told as soon
		return
	}
	s.wants.waiting = true
	s.wants.row++
	s.wait(pause, s.due)
}
