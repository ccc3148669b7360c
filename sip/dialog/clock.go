package dialog

import "time"

// Clock is what a user agent tells the time and waits by: for answers, repetitions, refreshes and whoever rings. The short waits for a socket, for a name
// server and for the disk, and the repetitions inside one transaction, go by the system's in any case.
type Clock interface {
	Now() time.Time // may be called by any goroutine
	// AfterFunc runs f in a goroutine of its own once d is over, unless stop is called before.
	AfterFunc(d time.Duration, f func()) (stop func())
}

// SystemClock is the clock of the system.
func SystemClock() Clock { return systemClock{} }

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) AfterFunc(d time.Duration, f func()) (stop func()) {
	t := time.AfterFunc(d, f)
	return func() { t.Stop() }
}
