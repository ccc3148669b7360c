package demoorg

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// An org may be at work on a request long after the client was told that it failed: triggers and flows run within the
// transaction, and what stands in front of the org loses patience first.

// lateWork is a request that was cut off for the client and is not carried out yet.
type lateWork struct {
	run   func()
	timer *time.Timer // nil: waits for Commit
}

// commitLater carries r out after delay, or at the next Commit.
func (o *Org) commitLater(r *http.Request, next http.HandlerFunc, delay time.Duration) {
	r = r.Clone(context.WithoutCancel(r.Context())) // the client's going does not stop the org
	work := &lateWork{}
	work.run = sync.OnceFunc(func() {
		o.dropLate(work)
		next(newHeldAnswer(), r)
	})
	o.mu.Lock()
	defer o.mu.Unlock()
	o.late = append(o.late, work)
	if delay > 0 {
		work.timer = time.AfterFunc(delay, work.run)
	}
}

func (o *Org) dropLate(work *lateWork) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, w := range o.late {
		if w == work {
			o.late = append(o.late[:i:i], o.late[i+1:]...)
			return
		}
	}
}

// Commit carries out what faults of kind CommitsLate have put off, in the order it came, and returns how many requests that
// were.
func (o *Org) Commit() int {
	o.mu.Lock()
	late := append([]*lateWork(nil), o.late...)
	o.mu.Unlock()
	for _, w := range late {
		w.run()
	}
	return len(late)
}

// AtWork is how many requests are put off.
func (o *Org) AtWork() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.late)
}

// stopLate forgets what is put off: the org closes.
func (o *Org) stopLate() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, w := range o.late {
		if w.timer != nil {
			w.timer.Stop()
		}
	}
	o.late = nil
}

// endWithout ends a request for the client without the org having answered it.
func endWithout(w http.ResponseWriter, r *http.Request, status int) {
	switch status {
	case 0:
		dropConnection(w)
	case Silence:
		<-r.Context().Done()
	default: // a page of what stands in front of the org
		w.Header().Set("Content-Type", "text/html;charset=UTF-8")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "<!DOCTYPE html><html><head><title>%[1]d</title></head><body><h1>%[1]d %[2]s</h1></body></html>\n", status, http.StatusText(status))
	}
}
