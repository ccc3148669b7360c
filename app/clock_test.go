package app

import (
	"slices"
	"sync"
	"time"
	"unsafe"
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

// set sets the clock, as a person or a time server does: it tells another time of day, and runs on as it ran. The clock must
// have begun with a time that has a monotonic reading.
func (c *handClock) set(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = setClock(c.now, by)
}

// setClock is the moment t as it is told once the clock was set: the time of day is off by whole seconds, the monotonic
// reading is the same. The package time has no such function, so its first field is changed: it counts seconds from bit 30 on
// in a time with a monotonic reading.
func setClock(t time.Time, by time.Duration) time.Time {
	was := t
	*(*uint64)(unsafe.Pointer(&t)) += uint64(by/time.Second) << 30
	if t.Sub(was) != 0 || t.Round(0).Sub(was.Round(0)) != by {
		panic("this Go keeps times in another way")
	}
	return t
}
