package demoorg

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// An org may continue to work on a request long after the client was told that it failed: triggers and flows run within
// the transaction, and a gateway in front of the org times out first.

// lateWork is a request that has ended for the client and that the org has not carried out yet.
type lateWork struct {
	run   func()
	timer *time.Timer // nil: waits for Commit
}

// commitLater carries out r after delay, or at the next Commit.
func (o *Org) commitLater(r *http.Request, next http.HandlerFunc, delay time.Duration) {
	r = r.Clone(context.WithoutCancel(r.Context())) // the org continues when the client disconnects
	work := &lateWork{}
	work.run = sync.OnceFunc(func() {
		o.dropLate(work)
		next(newHeldAnswer(), r)
	})
	o.mu.Lock()
	defer o.mu.Unlock()
	o.late = append(o.late, work)
	o.changes.tell()
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

// Commit carries out the requests that CommitsLate faults have delayed, in their order, and returns how many there
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

// PendingCommits returns how many requests are delayed.
func (o *Org) PendingCommits() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.late)
}

// dropAllLate drops the delayed requests when the org closes.
func (o *Org) dropAllLate() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, w := range o.late {
		if w.timer != nil {
			w.timer.Stop()
		}
	}
	o.late = nil
}

// endWithoutAnswer ends a request for the client without an answer of the org.
func endWithoutAnswer(w http.ResponseWriter, r *http.Request, status int) {
	switch status {
	case 0:
		dropConnection(w)
	case Silence:
		<-r.Context().Done()
	default: // a gateway's page
		w.Header().Set("Content-Type", "text/html;charset=UTF-8")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "<!DOCTYPE html><html><head><title>%[1]d</title></head><body><h1>%[1]d %[2]s</h1></body></html>\n", status, http.StatusText(status))
	}
}
