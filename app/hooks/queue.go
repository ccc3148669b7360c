// Package hooks keeps what addresses must be told of calls. Each address has a queue of its own, so that one that is dead holds up no other; who sends,
// and how often it is tried, is the running program.
package hooks

import (
	"slices"
	"sync"

	"linecard/app"
	"linecard/fault"
)

// The bounds of a Queue.
const (
	MostWaiting  = 200 // for an address
	SendersOfOne = 2   // at a time to an address

	mostAddresses = 100 // that are told at a time
)

// Queue is what waits to be told, by address, and which addresses were not told of a call the last time. The zero value is ready.
type Queue struct {
	mu     sync.Mutex
	closed bool
	queues map[string]*address
	failed []failure // the latest last
	shown  string    // address that the notice is about
}

type address struct {
	wait    []app.HookCall
	senders int
}

type failure struct {
	url string
	why fault.Fault
}

// Close has no sender begin any more.
func (q *Queue) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
}

// Put has a call wait for its address, and begins a sender for that where there are too few. full tells that too many wait.
func (q *Queue) Put(h app.HookCall, begin func()) (full bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	if q.queues == nil {
		q.queues = map[string]*address{}
	}
	of := q.queues[h.URL]
	switch {
	case of == nil && len(q.queues) == mostAddresses, of != nil && len(of.wait) == MostWaiting:
		return true
	case of == nil:
		of = &address{}
		q.queues[h.URL] = of
	}
	of.wait = append(of.wait, h)
	if of.senders < SendersOfOne {
		of.senders++
		begin()
	}
	return false
}

// Take is the next call that an address must be told of; without one its sender ends.
func (q *Queue) Take(url string) (h app.HookCall, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	of := q.queues[url]
	if len(of.wait) == 0 {
		if of.senders--; of.senders == 0 {
			delete(q.queues, url)
		}
		return h, false
	}
	h, of.wait = of.wait[0], of.wait[1:]
	return h, true
}

// Stands notes how it went with an address, the zero Fault for well, and tells the notice that takes the place of the one there is, if
// any: that of the address that failed last among those that rules still name.
func (q *Queue) Stands(url string, why fault.Fault, named func(url string) bool) (notice fault.Fault, changes bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.failed = slices.DeleteFunc(q.failed, func(f failure) bool { return f.url == url || !named(f.url) })
	switch {
	case !why.IsZero():
		q.failed = append(q.failed, failure{url, why})
	case q.shown != url:
		return fault.Fault{}, false
	}
	q.shown = ""
	if n := len(q.failed); n > 0 {
		q.shown, notice = q.failed[n-1].url, q.failed[n-1].why
	}
	return notice, true
}
