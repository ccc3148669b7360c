package app

import (
	"slices"
	"sync"
	"time"
)

// handClock is a clock that a test moves on.
type handClock struct {
	mu     sync.Mutex
	now    time.Time
	alarms []*handAlarm
}

type handAlarm struct {
	at time.Time
	f  func()
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) AfterFunc(d time.Duration, f func()) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := &handAlarm{c.now.Add(d), f}
	c.alarms = append(c.alarms, a)
	return func() { c.remove(a) }
}

func (c *handClock) remove(a *handAlarm) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.alarms = slices.DeleteFunc(c.alarms, func(b *handAlarm) bool { return a == b })
}

// advance moves the clock on and calls what has become due.
func (c *handClock) advance(d time.Duration) {
	c.mu.Lock()
	c.now = c.now.Add(d)
	var due []*handAlarm
	c.alarms = slices.DeleteFunc(c.alarms, func(a *handAlarm) bool {
		if a.at.After(c.now) {
			return false
		}
		due = append(due, a)
		return true
	})
	c.mu.Unlock()
	for _, a := range due {
		a.f()
	}
}
