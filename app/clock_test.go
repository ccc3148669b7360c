package app

import (
	"slices"
	"sync"
	"testing"
	"time"
	"unsafe"
)

// handClock is a clock that a test moves on. Its alarms go by the time that passes; what it reads may be set besides.
type handClock struct {
	mu     sync.Mutex
	now    time.Time
	ahead  time.Duration // what it reads is so far ahead of what it would read had nobody set it
	alarms []*handAlarm

	alarmed func(time.Duration) // told of each alarm that is set; may be nil, and must not use the clock
}

type handAlarm struct {
	at time.Time
	f  func()
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return reading(c.now, c.ahead)
}

// passed is the time that nobody can set.
func (c *handClock) passed() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// set sets the clock forward, or back, as a person or a time server does.
func (c *handClock) set(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += by
}

func (c *handClock) AfterFunc(d time.Duration, f func()) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := &handAlarm{c.now.Add(d), f}
	c.alarms = append(c.alarms, a)
	if c.alarmed != nil {
		c.alarmed(d)
	}
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

// reading is t as a clock reads it that was set forward: what its reading of a clock that nobody sets says stays. Package
// time has no way to make such a time but to set the machine's clock.
func reading(t time.Time, ahead time.Duration) time.Time {
	if ahead == 0 {
		return t
	}
	r := t.Add(ahead)
	mono := (*int64)(unsafe.Add(unsafe.Pointer(&r), unsafe.Sizeof(uint64(0)))) // the second field of a time.Time
	*mono -= int64(ahead)
	return r
}

func TestAClockThatWasSetStillTellsWhatHasPassed(t *testing.T) {
	now := time.Now()
	for _, ahead := range []time.Duration{time.Hour, -25 * time.Hour} {
		r := reading(now, ahead)
		if r.Sub(now) != 0 || r.Round(0).Sub(now.Round(0)) != ahead {
			t.Errorf("set by %v: %v passed, it reads %v", ahead, r.Sub(now), r.Round(0).Sub(now.Round(0)))
		}
	}
}
