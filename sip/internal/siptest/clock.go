package siptest

import (
	"sync"
	"time"
)

// Clock goes as the system's does, and can be set forward: what is due by then happens at once, in its order.
type Clock struct {
	mu    sync.Mutex
	ahead time.Duration
	all   map[*alarm]struct{}
	next  int
}

// alarm is a timer of the clock.
type alarm struct {
	at   time.Time
	nth  int // of those for the same moment the first one comes first
	f    func()
	real *time.Timer
}

// NewClock makes a clock that shows the time.
func NewClock() *Clock { return &Clock{all: make(map[*alarm]struct{})} }

// Now is the time that it shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time { return time.Now().Add(c.ahead) }

// AfterFunc runs f once d is over, or set forward over.
func (c *Clock) AfterFunc(d time.Duration, f func()) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	a := &alarm{at: c.now().Add(d), nth: c.next, f: f}
	c.all[a] = struct{}{}
	a.real = time.AfterFunc(d, func() {
		if c.take(a) {
			f()
		}
	})
	return func() {
		if c.take(a) {
			a.real.Stop()
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
		first.real.Stop()
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
		a.real.Reset(max(0, a.at.Sub(c.now())))
	}
}
