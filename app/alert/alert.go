// Package alert tells chosen people, by e-mail and by webhook, when the link to an org or the logging of calls breaks, and when it is
// well again: one notice for each breakage and never one for each call.
//
// A breakage is told once it has lasted for a minute, and being well again likewise, so that a hiccup is told to nobody. Between two notices about
// the same thing there is a pause; what breaks in it is told after it, if it is still broken. What was told is kept over a restart. A notice that
// could not be sent is tried again, or, where somebody must change its settings first, once they have.
//
// Nothing here waits for a network on the caller's goroutine: [Watch.Broke] and [Watch.Well] only note what they are told. One goroutine for each
// way of telling sends, with a deadline, and ends with [Watch.Close].
package alert

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"linecard/app/errorlog"
	"linecard/app/saver"
	"linecard/fault"
)

// Notice is what is told.
type Notice struct {
	Broken bool // or well again
	Topic  errorlog.Area
	Org    string      // id
	Fault  fault.Fault // what broke it
	Since  time.Time   // when it broke, or was well again
}

// Sender is one way of telling. Its methods are called on the watch's goroutine.
type Sender interface {
	On() bool                           // reports whether it is set up: what breaks meanwhile is told once it is
	Send(context.Context, Notice) error // see Told for an error that is not of all, and NotSetUp for one that stays
}

// Options are what a watch goes by.
type Options struct {
	Grace  time.Duration        // how long a thing must be broken, or well, before it is told; 0 means a minute
	Pause  func() time.Duration // between a notice and the next breakage of the same thing; nil means an hour
	Failed func(error)          // called when a notice could not be sent; may be nil
	Log    *slog.Logger         // nil discards
}

const (
	grace     = time.Minute
	sendTime  = 30 * time.Second // for one notice
	firstWait = time.Minute      // after one that could not be sent
	lastWait  = 30 * time.Minute
)

// Watch watches for breakages for one way of telling.
type Watch struct {
	o      Options
	sender Sender
	saver  *saver.Saver
	nudge  chan struct{}
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu     sync.Mutex
	things map[string]*thing
	failed int       // how often sending has failed since it worked
	rest   time.Time // nothing is sent before
	held   bool      // nothing is sent before the next Look, for only a person can mend what is wrong
	holds  string    // what was said to be wrong then, so that it is said once
	looks  int       // counts them
}

// thing is one thing that can break.
type thing struct {
	Topic errorlog.Area `json:"topic"`
	Org   string        `json:"org,omitempty"`
	Told  bool          `json:"told"` // that it is broken
	At    time.Time     `json:"at"`   // of the last notice
	Fault fault.Fault   `json:"fault,omitzero"`

	broken bool
	known  bool      // whether it is broken has been said in this run
	since  time.Time // of broken
}

// New returns a watch that keeps what was told at path; with path "" it ends with the watch.
func New(path string, s Sender, o Options) *Watch {
	if o.Grace == 0 {
		o.Grace = grace
	}
	if o.Pause == nil {
		o.Pause = func() time.Duration { return time.Hour }
	}
	if o.Failed == nil {
		o.Failed = func(error) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	w := &Watch{o: o, sender: s, nudge: make(chan struct{}, 1), things: map[string]*thing{}}
	var told []*thing
	saver.Load(path, &told, o.Log)
	for _, t := range told {
		if t != nil {
			w.things[key(t.Topic, t.Org)] = t
		}
	}
	w.saver = saver.New(path, o.Log, w.told)
	var ctx context.Context
	ctx, w.cancel = context.WithCancel(context.Background())
	w.work.Go(func() { w.run(ctx) })
	return w
}

// Close ends the watch. A notice on its way is given up, and told at the next start if it is still true.
func (w *Watch) Close() {
	w.cancel()
	w.work.Wait()
	w.saver.Close()
}

func key(topic errorlog.Area, org string) string { return string(topic) + " " + org }

// told is what is kept.
func (w *Watch) told() any {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := []thing{}
	for _, k := range slices.Sorted(maps.Keys(w.things)) {
		if t := w.things[k]; !t.At.IsZero() {
			all = append(all, *t)
		}
	}
	return all
}

// Broke notes that a thing is broken. It may be said again while it is.
func (w *Watch) Broke(topic errorlog.Area, org string, f fault.Fault) { w.note(topic, org, true, f) }

// Well notes that a thing works. It may be said again while it does.
func (w *Watch) Well(topic errorlog.Area, org string) { w.note(topic, org, false, fault.Fault{}) }

// Cured notes that a thing works, as far as it was broken for one reason, by the code of its fault: whether it works that was broken for another
// one is not known.
func (w *Watch) Cured(topic errorlog.Area, org string, why fault.Code) {
	w.mu.Lock()
	t := w.things[key(topic, org)]
	cured := t != nil && t.Fault.Is(why)
	w.mu.Unlock()
	if cured {
		w.Well(topic, org)
	}
}

// Forget drops a thing that is not there any more: neither is told, that it is broken nor that it is well.
func (w *Watch) Forget(topic errorlog.Area, org string) {
	w.mu.Lock()
	t := w.things[key(topic, org)]
	delete(w.things, key(topic, org))
	w.mu.Unlock()
	if t != nil && !t.At.IsZero() {
		w.saver.Changed()
	}
}

func (w *Watch) note(topic errorlog.Area, org string, broken bool, f fault.Fault) {
	w.mu.Lock()
	t := w.things[key(topic, org)]
	if t == nil {
		if !broken { // it was never broken
			w.mu.Unlock()
			return
		}
		t = &thing{Topic: topic, Org: org}
		w.things[key(topic, org)] = t
	}
	if !t.known || t.broken != broken {
		t.known, t.broken, t.since = true, broken, time.Now()
	}
	if broken && !t.Told { // what was told stays the reason until it is well
		t.Fault = f
	}
	w.mu.Unlock()
	w.wake()
}

// Look has the watch look again now, as after its settings or its password have changed.
func (w *Watch) Look() {
	w.mu.Lock()
	w.held = false
	w.looks++
	w.mu.Unlock()
	w.wake()
}

func (w *Watch) wake() {
	select {
	case w.nudge <- struct{}{}:
	default:
	}
}

// run sends what is due until ctx ends.
func (w *Watch) run(ctx context.Context) {
	for ctx.Err() == nil {
		n, t, wait := w.due(time.Now())
		if t != nil {
			w.send(ctx, n, t)
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-w.nudge:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// due returns the notice that is due at now, or how long there is none.
func (w *Watch) due(now time.Time) (n Notice, what *thing, wait time.Duration) {
	wait = time.Hour
	if !w.sender.On() {
		return n, nil, wait
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.held {
		return n, nil, wait
	}
	for _, k := range slices.Sorted(maps.Keys(w.things)) {
		t := w.things[k]
		if !t.known || t.broken == t.Told {
			continue
		}
		at := t.since.Add(w.o.Grace)
		if t.broken && !t.At.IsZero() {
			at = later(at, t.At.Add(w.o.Pause()))
		}
		if at = later(at, w.rest); at.After(now) {
			wait = min(wait, at.Sub(now))
			continue
		}
		return Notice{Broken: t.broken, Topic: t.Topic, Org: t.Org, Fault: t.Fault, Since: t.since}, t, 0
	}
	return n, nil, wait
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// send sends one notice. What only a person can mend is said once, and not tried again before Look.
func (w *Watch) send(ctx context.Context, n Notice, t *thing) {
	w.mu.Lock()
	looks := w.looks
	w.mu.Unlock()
	sending, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	err := w.sender.Send(sending, n)
	if ctx.Err() != nil && err != nil { // the program ends
		return
	}
	said := false
	w.mu.Lock()
	switch {
	case Told(err):
		t.Told, t.At, w.failed, w.rest, w.holds = n.Broken, time.Now(), 0, time.Time{}, ""
	case NotSetUp(err):
		why := fault.Of(err).Encode()
		said, w.holds = w.holds == why, why
		w.held = w.looks == looks // it may have been mended in the meantime
	default:
		w.rest = time.Now().Add(min(firstWait<<min(w.failed, 10), lastWait))
		w.failed++
	}
	w.mu.Unlock()
	if err != nil && !said {
		w.o.Log.Warn("a notice of an error was not sent", "err", err)
		w.o.Failed(err)
	}
	if Told(err) {
		w.saver.Changed()
	}
}
