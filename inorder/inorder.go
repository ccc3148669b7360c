// Package inorder hands values from any number of goroutines to one function, in the order they came, and never makes a
// sender wait.
//
// It is how Linecard stays free of locks where order matters: signalling, events, the journal, notifications and the
// window's commands each have a queue of their own. A queue has no bound: a slow reader costs memory, it cannot cost a
// ringing call its 180. The goroutine that calls the function lives only while there is something to do.
//
// A [Queue] of functions runs them: see [Functions].
package inorder

import (
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
)

// Queue is an unbounded queue of values and the function that takes them.
type Queue[T any] struct {
	take   func(T)
	failed func(error)

	mu      sync.Mutex
	settled sync.Cond // signalled when the queue has nothing to do
	waiting []T
	held    bool // nothing is taken until Start
	running bool // a goroutine takes values
	closed  bool
}

// New returns a queue that calls take with each value, one at a time. A call that panics does not end the queue: failed,
// which may be nil, is told what happened.
func New[T any](take func(T), failed func(error)) *Queue[T] {
	q := &Queue[T]{take: take, failed: failed}
	q.settled.L = &q.mu
	return q
}

// Held is New for a queue that keeps its values until [Queue.Start].
func Held[T any](take func(T), failed func(error)) *Queue[T] {
	q := New(take, failed)
	q.held = true
	return q
}

// Functions returns a queue that runs the functions it is given.
func Functions(failed func(error)) *Queue[func()] {
	return New(func(f func()) { f() }, failed)
}

// Start lets a held queue begin.
func (q *Queue[T]) Start() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.held = false
	q.wake()
}

// Put adds v behind all that was put before. It never waits. It reports whether v will be taken: not after Close.
func (q *Queue[T]) Put(v T) bool {
	return q.Replace(v, nil)
}

// Replace adds v and removes the values that still wait and that v makes needless; none when needless is nil.
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

// Empty reports whether no value waits; one may still be in the hands of the function.
func (q *Queue[T]) Empty() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting) == 0
}

// Remove takes the waiting values out of the queue and returns them, oldest first.
func (q *Queue[T]) Remove() []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	rest := q.waiting
	q.waiting = nil
	return rest
}

// Stop refuses further values and does not wait for those that were put before.
func (q *Queue[T]) Stop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.held = true, false
	q.wake()
}

// Close refuses further values and returns when those that were put before have been taken. Calling it from the queue's
// own function would wait for itself.
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
		q.waiting[0] = none // what v holds may be collected as soon as it has been taken
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

// Do puts f into a queue of functions and waits until it has run. It reports false, at once, when the queue is closed.
// Calling it from a function the queue runs would wait for itself.
func Do(q *Queue[func()], f func()) bool {
	ran := make(chan struct{})
	if !q.Put(func() { defer close(ran); f() }) {
		return false
	}
	<-ran
	return true
}
