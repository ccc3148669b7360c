// Package inorder runs functions one after the other, in the order they were posted, on one goroutine.
//
// It is how the phone stays free of locks: whatever touches signalling state is posted to one queue, and whatever the
// desk hears of is posted to another. The queue has no bound, so posting never waits: a slow reader may cost memory,
// it cannot cost a ringing call its 180.
package inorder

import (
	"fmt"
	"runtime/debug"
	"sync"
)

// Queue is an unbounded queue of functions and the goroutine that runs them.
type Queue struct {
	mu     sync.Mutex
	wake   sync.Cond
	todo   []func()
	closed bool
	done   chan struct{}
	failed func(error)
}

// New starts a queue. A function that panics does not end it: failed, which may be nil, is told what happened.
func New(failed func(error)) *Queue {
	q := &Queue{done: make(chan struct{}), failed: failed}
	q.wake.L = &q.mu
	go q.run()
	return q
}

// Post adds f behind all that was posted before. It never waits. It reports whether f will run: not after Close.
func (q *Queue) Post(f func()) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	q.todo = append(q.todo, f)
	q.wake.Signal()
	return true
}

// Do posts f and waits until it has run. It reports false, at once, when the queue is closed.
// Calling it from a function the queue runs would wait for itself.
func (q *Queue) Do(f func()) bool {
	ran := make(chan struct{})
	if !q.Post(func() { defer close(ran); f() }) {
		return false
	}
	<-ran
	return true
}

// Close lets what was posted run, then ends the goroutine and returns. Posting fails from now on.
func (q *Queue) Close() {
	q.mu.Lock()
	q.closed = true
	q.wake.Signal()
	q.mu.Unlock()
	<-q.done
}

func (q *Queue) run() {
	defer close(q.done)
	var batch []func()
	for {
		q.mu.Lock()
		for len(q.todo) == 0 && !q.closed {
			q.wake.Wait()
		}
		if len(q.todo) == 0 {
			q.mu.Unlock()
			return
		}
		batch, q.todo = q.todo, batch[:0]
		q.mu.Unlock()
		for i, f := range batch {
			batch[i] = nil // what f holds may be collected as soon as it has run
			q.call(f)
		}
	}
}

func (q *Queue) call(f func()) {
	defer func() {
		if v := recover(); v != nil && q.failed != nil {
			q.failed(fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
		}
	}()
	f()
}
