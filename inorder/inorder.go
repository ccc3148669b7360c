// Package inorder passes values from any number of goroutines to one function, in the order in which they were put. A
// sender never waits.
//
// Linecard uses it where order matters, in place of locks: signalling, events, the journal, notifications and the
// window's commands each have their own queue. A queue has no bound: a slow reader costs memory, but it cannot delay
// the 180 of a ringing call. The goroutine that calls the function exists only while there are values.
//
// A [Queue] of functions runs them: see [Functions].
package inorder

import (
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
)

// Queue is an unbounded queue of values together with the function that takes them.
type Queue[T any] struct {
	take   func(T)
	failed func(error)

	mu      sync.Mutex
	settled sync.Cond // signalled when the queue has nothing to do
	waiting []T
	held    bool // no value is taken until Start
	running bool // a goroutine takes values
	closed  bool
}

// New returns a queue that calls take with each value, one at a time. When take panics, the queue continues, and failed,
// which may be nil, is called with an error that holds the panic and the stack.
func New[T any](take func(T), failed func(error)) *Queue[T] {
	q := &Queue[T]{take: take, failed: failed}
	q.settled.L = &q.mu
	return q
}

// Held is like New, but the queue keeps its values until [Queue.Start].
func Held[T any](take func(T), failed func(error)) *Queue[T] {
	q := New(take, failed)
	q.held = true
	return q
}

// Functions returns a queue that runs the functions it is given.
func Functions(failed func(error)) *Queue[func()] {
	return New(func(f func()) { f() }, failed)
}

// Start makes a held queue begin.
func (q *Queue[T]) Start() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.held = false
	q.wake()
}

// Put adds v at the end. It never waits. It reports whether v will be taken, which is false after Stop or Close.
func (q *Queue[T]) Put(v T) bool {
	return q.Replace(v, nil)
}

// Replace adds v and removes the waiting values that needless reports true for; it removes none when needless is nil.
// It reports the same as Put.
func (q *Queue[T]) Replace(v T, needless func(T) bool) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	if needless != nil {
		q.waiting = slices.DeleteFunc(q.waiting, needless)
	}
	q.waiting = append(q.waiting, v)
	q.wake()
	return true
}

// Empty reports whether no value waits. The function may still be working on one.
func (q *Queue[T]) Empty() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting) == 0
}

// Remove removes the waiting values and returns them, oldest first.
func (q *Queue[T]) Remove() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	rest := q.waiting
	q.waiting = nil
	return rest
}

// Stop refuses further values and does not wait for those in the queue, which are still taken.
func (q *Queue[T]) Stop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.held = true, false
	q.wake()
}

// Close refuses further values and returns when those in the queue have been taken. A call from the queue's own
// function would never return.
func (q *Queue[T]) Close() {
	q.Stop()
	q.Wait()
}

// Wait returns when the queue has nothing to do.
func (q *Queue[T]) Wait() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.running || len(q.waiting) > 0 && !q.held {
		q.settled.Wait()
	}
}

// wake starts the goroutine if there is something to do for it; the caller holds the lock.
func (q *Queue[T]) wake() {
	if q.running || q.held || len(q.waiting) == 0 {
		return
	}
	q.running = true
	go q.run()
}

func (q *Queue[T]) run() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) > 0 {
		v := q.waiting[0]
		var none T
		q.waiting[0] = none // the value may be collected as soon as it was taken
		q.waiting = q.waiting[1:]
		q.mu.Unlock()
		q.call(v)
		q.mu.Lock()
	}
	q.waiting, q.running = nil, false
	q.settled.Broadcast()
}

func (q *Queue[T]) call(v T) {
	defer func() {
		if p := recover(); p != nil {
			if q.failed == nil {
				panic(p)
			}
			q.failed(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	q.take(v)
}

// Do puts f into a queue of functions and waits until it has run. It returns false immediately when the queue is
// closed. A call from a function that the queue runs would never return.
func Do(q *Queue[func()], f func()) bool {
	ran := make(chan struct{})
	if !q.Put(func() { defer close(ran); f() }) {
		return false
	}
	<-ran
	return true
}
