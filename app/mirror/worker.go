package mirror

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"linecard/app/directory"
	"linecard/crm"
	"linecard/fault"
)

// worker keeps one copy.
type worker struct {
	m    *Mirror
	org  Org
	book directory.Book

	ctx   context.Context
	end   context.CancelFunc
	done  chan struct{}
	nudge chan struct{}

	turning sync.Mutex  // held while the copy is written
	told    fault.Fault // why it waits, as it was told last; guarded by turning

	mu      sync.Mutex
	state   state
	loaded  bool
	stored  bool // the directory has the state, so what follows is a part of the copy that is there
	records int
	now     string // the object that is being read
	of      string // the object whose error ended the turn; "" for none
	taken   int    // records of the part that is being read
	wanted  bool   // somebody has asked for it while it was under way: it is done once more
	orders  int    // people who wait for the worker to stop
	cancel  context.CancelFunc
}

// wake makes the worker look whether there is something to do.
func (w *worker) wake() {
	select {
	case w.nudge <- struct{}{}:
	default:
	}
}

// interrupt ends what the worker is reading, and keeps it from going on until resume is called; what was stored stays.
func (w *worker) interrupt() (resume func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.orders++
	if w.cancel != nil {
		w.cancel()
	}
	return func() {
		w.mu.Lock()
		w.orders--
		w.mu.Unlock()
		w.wake()
	}
}

// linkChanged makes what waits for the link be tried again.
func (w *worker) linkChanged() {
	w.mu.Lock()
	if w.org.Status().State == crm.Linked {
		w.state.Next = time.Time{}
	}
	w.mu.Unlock()
	w.wake()
}

// chosen makes the worker follow what the admin has chosen: what is off, or not to be copied any more, is not read to its end.
func (w *worker) chosen() {
	c := w.m.o.Choice(w.book.Org)
	w.mu.Lock()
	stop := w.now != "" && (!c.On || !slices.Contains(c.Objects, w.now))
	w.mu.Unlock()
	if stop {
		w.interrupt()()
	}
	w.wake()
}

// want has the copying that is under way followed by another one at once, since it may have begun before what the person knows of; false
// when none is under way.
func (w *worker) want() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wanted = w.now != ""
	return w.wanted
}

// paused reports whether somebody has paused the copying.
func (w *worker) paused() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state.Paused || !w.loaded
}

func (w *worker) run() {
	w.load()
	for {
		wait := w.turn()
		w.m.changed()
		t := time.NewTimer(wait)
		select {
		case <-w.ctx.Done():
			t.Stop()
			return
		case <-w.nudge:
			t.Stop()
		case <-t.C:
		}
	}
}

// load reads how far the copy is.
func (w *worker) load() {
	b, n, err := w.m.store.Copy(w.ctx, w.book)
	if err != nil {
		w.m.o.Log.Warn("how far the copy is cannot be read", "err", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.loaded {
		w.state, w.records, w.loaded, w.stored = decode(b), n, true, len(b) > 0
	}
}

// lost takes notice that the copy is gone: a damaged file was replaced by one without it. All begins again, but for what a person
// has chosen.
func (w *worker) lost() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.m.o.Log.Warn("the copy of the org's people is gone; it is made again", "org", w.book.Org)
	w.state, w.records, w.stored = state{Paused: w.state.Paused, Asked: w.state.Asked}, 0, false
}

// put stores a part of the copy.
func (w *worker) put(ctx context.Context, part directory.Part) error {
	w.mu.Lock()
	part.Continues = w.stored
	w.mu.Unlock()
	if err := w.m.store.PutCopy(ctx, w.book, part); err != nil {
		return &storeError{err}
	}
	return nil
}

// change changes the state and stores it, with a part of the copy.
func (w *worker) change(ctx context.Context, part directory.Part, f func(*state)) error {
	w.mu.Lock()
	next := w.state.clone()
	w.mu.Unlock()
	f(&next)
	part.State = next.encode()
	if err := w.put(ctx, part); err != nil {
		return err
	}
	_, n, err := w.m.store.Copy(ctx, w.book)
	w.mu.Lock()
	w.state, w.stored = next, true
	if err == nil {
		w.records = n
	}
	w.mu.Unlock()
	w.m.changed()
	return nil
}

// order changes the state for a person. It holds also where it cannot be stored.
func (w *worker) order(f func(*state)) error {
	w.turning.Lock()
	defer w.turning.Unlock()
	w.load()
	ctx, changed := context.WithoutCancel(w.ctx), func(s *state) { f(s); s.Next, s.Fails = time.Time{}, 0 }
	err := w.change(ctx, directory.Part{}, changed)
	if errors.Is(err, directory.ErrLost) {
		w.lost()
		err = w.change(ctx, directory.Part{}, changed)
	}
	if err != nil {
		w.mu.Lock()
		f(&w.state)
		w.mu.Unlock()
	}
	w.wake()
	w.m.changed()
	return w.explain(err)
}

// wipe deletes the copy.
func (w *worker) wipe(ctx context.Context) error {
	defer w.interrupt()()
	w.turning.Lock()
	defer w.turning.Unlock()
	w.mu.Lock()
	for _, o := range w.state.Objects {
		w.org.DropCopy(o.Cursor)
	}
	on := w.m.o.Choice(w.book.Org).On
	w.state, w.records, w.stored = state{Paused: on}, 0, false // off, it does not begin again by itself, and nothing tells of a pause
	w.mu.Unlock()
	err := w.m.store.ForgetCopy(ctx, w.book)
	if err == nil && on {
		err = w.change(ctx, directory.Part{}, func(s *state) { *s = state{Paused: true} })
	}
	w.m.changed()
	return w.explain(err)
}

// turn does what is due, and returns how long nothing is then.
func (w *worker) turn() time.Duration {
	const idle = 24 * time.Hour
	w.turning.Lock()
	defer w.turning.Unlock()
	c := w.m.o.Choice(w.book.Org)
	w.mu.Lock()
	s := w.state
	w.mu.Unlock()
	if !c.On || s.Paused || w.org.Status().State != crm.Linked {
		return idle
	}
	now := w.m.o.Now()
	due := s.Checked.Add(c.Every)
	if !s.Next.IsZero() {
		due = s.Next
	}
	if wait := due.Sub(now); !s.Asked && w.asChosen(c) && wait > 0 && !s.Checked.After(now) {
		return wait
	}
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	w.mu.Lock()
	w.cancel, w.wanted = cancel, false
	stop := w.orders > 0
	w.mu.Unlock()
	if stop {
		return idle // resume wakes it
	}
	err := w.sync(ctx, c)
	w.mu.Lock()
	w.now, w.taken, w.cancel = "", 0, nil
	again := w.wanted
	if again {
		w.state.Next, w.state.Asked = time.Time{}, true
	}
	w.mu.Unlock()
	if ctx.Err() != nil { // interrupted
		return time.Second
	}
	if errors.Is(err, directory.ErrLost) {
		w.lost()
		again = true
	}
	if again {
		return 0
	}
	return w.after(err, c)
}

// asChosen reports whether the copy has the objects and fields that are chosen, with their numbers read as those of the chosen country.
func (w *worker) asChosen(c Choice) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.state.Next.IsZero() { // after an error nothing is done before its time
		return true
	}
	for _, name := range c.Objects {
		o := w.state.Objects[name]
		if o == nil || o.Shape != "" && regionOf(o.Shape) != c.Region || o.Phones != c.phones(name) {
			return false
		}
	}
	return len(w.state.Objects) == len(c.Objects)
}

// after stores how a turn has ended, and returns when the next is.
func (w *worker) after(err error, c Choice) time.Duration {
	now := w.m.o.Now()
	wait, why := c.Every, fault.Fault{}
	if err != nil {
		w.mu.Lock()
		fails := w.state.Fails + 1
		w.mu.Unlock()
		why, wait = fault.Of(w.explain(err)), pauseAfter(err, fails)
		w.m.o.Log.Warn("the copy of the org's people waits", "err", err, "for", wait)
	}
	w.mu.Lock()
	of := w.of
	w.mu.Unlock()
	ended := func(s *state) {
		s.Error, s.Of, s.Asked = why, of, false
		if err != nil {
			s.Next, s.Fails = now.Add(wait), s.Fails+1
			return
		}
		s.Next, s.Fails, s.Checked = time.Time{}, 0, now
	}
	switch stored := w.change(context.WithoutCancel(w.ctx), directory.Part{}, ended); {
	case errors.Is(stored, directory.ErrLost):
		w.lost()
		return 0
	case stored != nil:
		w.mu.Lock()
		ended(&w.state)
		w.mu.Unlock()
	}
	if why.Code != w.told.Code && !crm.IsLeftOff(err) {
		w.m.o.Failed(w.book.Org, why)
	}
	w.told = why
	// The desks of an office do not all ask at the same moment.
	return wait + rand.N(wait/10+1)
}

// storeError is an error of the disk.
type storeError struct{ err error }

func (e *storeError) Error() string { return e.err.Error() }
func (e *storeError) Unwrap() error { return e.err }

// explain turns what the disk refuses into what people are told.
func (w *worker) explain(err error) error {
	switch {
	case err == nil || !fault.Of(err).IsZero():
		return err
	case directory.IsFull(err):
		return fault.Err(err, ErrDiskFull)
	}
	return fault.Err(err, ErrDisk)
}

// pauseAfter is how long a copying waits after an error, which may be one of many.
func pauseAfter(err error, fails int) time.Duration {
	var stored *storeError
	if errors.As(err, &stored) {
		return 5 * time.Minute
	}
	var e *crm.Error
	if !errors.As(err, &e) {
		return 15 * time.Minute
	}
	wait := min(30*time.Second<<min(fails-1, 5), 15*time.Minute)
	switch e.Class {
	case crm.ClassQuota:
		wait = 15 * time.Minute
	case crm.ClassBlocked, crm.ClassRelink, crm.ClassNotLinked:
		wait = 5 * time.Minute // the link wakes it before
	case crm.ClassPermission, crm.ClassRejected, crm.ClassGone:
		wait = time.Hour
	}
	return max(wait, e.Retry)
}

// chosen are the objects in the order in which they are copied; those that are copied and not chosen any more come last.
func (s *state) chosen(c Choice) (objects, dropped []string) {
	for name := range s.Objects {
		if !slices.Contains(c.Objects, name) {
			dropped = append(dropped, name)
		}
	}
	slices.Sort(dropped)
	return c.Objects, dropped
}
