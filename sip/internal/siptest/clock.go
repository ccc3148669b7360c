package siptest

import (
	"sync"
	"time"
)

// Clock goes as the system's does, or stands still, and can be set forward: what is due by then happens at once, in its order.
type Clock struct {
	mu    sync.Mutex
	stood time.Time // where it stands still: when it was made
	ahead time.Duration
	all   map[*alarm]struct{}
	next  int
}

// alarm is a timer of the clock.
type alarm struct {
	at   time.Time
	nth  int // of those for the same moment the first one comes first
	f    func()
	real *time.Timer // nil by a clock that stands still
}

// NewClock makes a clock that shows the time.
func NewClock() *Clock { return &Clock{all: make(map[*alarm]struct{})} }

// NewStillClock makes a clock that shows the time and goes no further by itself: what a test sees by it is the same however busy the machine is.
func NewStillClock() *Clock { return &Clock{all: make(map[*alarm]struct{}), stood: time.Now()} }

// Now is the time that it shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if !c.stood.IsZero() {
		return c.stood.Add(c.ahead)
	}
	return time.Now().Add(c.ahead)
}

// start has an alarm go off by itself.
func (c *Clock) start(a *alarm, d time.Duration) {
	if !c.stood.IsZero() {
		return
	}
	a.real = time.AfterFunc(d, func() {
		if c.take(a) {
			a.f()
		}
	})
}

func (a *alarm) stop() {
	if a.real != nil {
		a.real.Stop()
	}
}

// AfterFunc runs f once d is over, or set forward over.
func (c *Clock) AfterFunc(d time.Duration, f func()) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	a := &alarm{at: c.now().Add(d), nth: c.next, f: f}
	c.all[a] = struct{}{}
	c.start(a, d)
	return func() {
		if c.take(a) {
			a.stop()
		}
	}
}

// take takes an alarm out, and reports false where that was done before.
func (c *Clock) take(a *alarm) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, there := c.all[a]
	delete(c.all, a)
	return there
}

// first takes out the alarm that is due first, by a moment, and has it be that alarm's moment.
func (c *Clock) first(by time.Time) *alarm {
	c.mu.Lock()
	defer c.mu.Unlock()
	var first *alarm
	for a := range c.all {
		if !a.at.After(by) && (first == nil || a.at.Before(first.at) || a.at.Equal(first.at) && a.nth < first.nth) {
			first = a
		}
	}
	if first != nil {
		delete(c.all, first)
		first.stop()
		c.ahead += max(0, first.at.Sub(c.now()))
	}
	return first
}

// Forward sets the clock forward. settle returns when what an alarm has begun is done.
func (c *Clock) Forward(d time.Duration, settle func()) {
	by := c.Now().Add(d)
	settle()
	for a := c.first(by); a != nil; a = c.first(by) {
		a.f()
		settle()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += max(0, by.Sub(c.now()))
	for a := range c.all {
		if a.real != nil {
			a.real.Reset(max(0, a.at.Sub(c.now())))
		}
	}
}

// Sleep has the time pass as it does while a machine sleeps: the clock goes on, and what waits by it waits for as long as before.
func (c *Clock) Sleep(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
	for a := range c.all {
		a.at = a.at.Add(d)
	}
}
