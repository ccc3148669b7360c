package mirror

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"linecard/app/directory"
	"linecard/crm"
	"linecard/fault"
)

// Times of the copying.
const (
	// overlap is how far changes are read back: the time of a change is that of the save, and it is seen once its transaction
	// has ended, which may be minutes later.
	overlap = 15 * time.Minute
	// tellsDeletions is how long the org tells of deletions (15 days), less a day.
	tellsDeletions = 14 * 24 * time.Hour
	// wholeLife is after which time all is read again. It mends what no change tells: records that were shared or hidden.
	wholeLife = 30 * 24 * time.Hour
	// mostRestarts is how often a reading begins again in one turn.
	mostRestarts = 2
	// longestPoll is the longest pause between two questions whether a Bulk query is done.
	longestPoll = 30 * time.Second
)

// sync brings a copy up to date. What is the matter with one object alone keeps none of the others.
func (w *worker) sync(ctx context.Context, c Choice) error {
	w.mu.Lock()
	objects, dropped := w.state.chosen(c)
	w.of = ""
	w.mu.Unlock()
	for _, name := range dropped {
		if err := w.dropObject(ctx, name, crm.CopyOptions{Persons: slices.Contains(objects, crm.Account)}); err != nil {
			return err
		}
	}
	var first error
	for _, name := range objects {
		if w.recent(name, c) {
			continue
		}
		w.mu.Lock()
		w.now, w.taken = name, 0
		w.mu.Unlock()
		w.m.changed()
		err := w.syncObject(ctx, name, c)
		alone := err == nil || len(objects) > 1 && ofOneObject(err)
		w.mu.Lock()
		switch {
		case err == nil:
			o := w.state.object(name) // stored with what is changed next
			o.Synced, o.Phones = w.m.o.Now(), c.phones(name)
		case !alone:
			w.of = ""
		case first == nil:
			first, w.of = err, name
		}
		w.mu.Unlock()
		if !alone {
			return err
		}
	}
	return first
}

// recent reports whether an object is up to date: what is tried again is what another one waits for.
func (w *worker) recent(name string, c Choice) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	o := w.state.object(name)
	age := w.m.o.Now().Sub(o.Synced)
	return w.state.Fails > 0 && !w.state.Asked && !o.Synced.IsZero() && age >= 0 && age < c.Every/2
}

// ofOneObject reports whether an error may be about one object alone: the org has refused it, or its answer broke off.
func ofOneObject(err error) bool {
	var e *crm.Error
	if !errors.As(err, &e) {
		return fault.Of(err).Is(ErrRestart)
	}
	switch e.Class {
	case crm.ClassPermission, crm.ClassRejected, crm.ClassGone:
		return true
	case crm.ClassTransient:
		return e.Code != "" || e.Fault.Is("salesforce.copy-broken-off") || e.Fault.Is("salesforce.copy-aborted")
	}
	return false
}

// dropObject deletes an object from the copy that is not chosen any more.
func (w *worker) dropObject(ctx context.Context, name string, o crm.CopyOptions) error {
	w.mu.Lock()
	w.org.DropCopy(w.state.object(name).Cursor)
	w.mu.Unlock()
	if err := w.dropOlder(ctx, name, o, w.m.o.Now().Add(time.Minute)); err != nil {
		return err
	}
	return w.change(ctx, directory.Part{}, func(s *state) { delete(s.Objects, name) })
}

// dropOlder deletes what of an object was read before a time. A person account came as an account, where these are copied.
func (w *worker) dropOlder(ctx context.Context, name string, o crm.CopyOptions, before time.Time) error {
	type kind struct {
		prefix  string
		persons bool
	}
	kinds := []kind{{prefixes[name], false}}
	if name == crm.Account || name == crm.Contact && !o.Persons {
		kinds = append(kinds, kind{prefixes[crm.Contact], true})
	}
	for _, k := range kinds {
		for more := true; more; {
			var err error
			if more, err = w.m.store.DropOlder(ctx, w.book, k.prefix, k.persons, before); err != nil {
				return &storeError{err}
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

// shaped is a shape that also says how numbers without a country code are read, and whether person accounts are left to the accounts.
func shaped(shape, region string, persons bool) string {
	shape += " " + region
	if persons {
		shape += " persons"
	}
	return shape
}

// regionOf is the country in a shape.
func regionOf(shape string) string {
	parts := strings.SplitN(shape, " ", 3)
	return parts[min(1, len(parts)-1)]
}

// syncObject brings one object of a copy up to date.
func (w *worker) syncObject(ctx context.Context, name string, c Choice) error {
	shape, err := w.org.CopyShape(ctx, name)
	if err != nil {
		return err
	}
	o := crm.CopyOptions{Persons: slices.Contains(c.Objects, crm.Account)}
	if shape != "" {
		shape = shaped(shape, c.Region, name == crm.Contact && o.Persons)
	}
	w.mu.Lock()
	at := *w.state.object(name)
	w.mu.Unlock()
	now := w.m.o.Now()
	switch {
	case shape == "":
		if err := w.dropOlder(ctx, name, o, now.Add(time.Minute)); err != nil {
			return err
		}
		return w.change(ctx, directory.Part{}, func(s *state) { *s.object(name) = object{Hidden: true} })
	case at.Shape != shape, !at.reading() && (now.Sub(at.Whole) > wholeLife || now.Sub(at.Gone) > tellsDeletions && now.Sub(at.Whole) > tellsDeletions):
		w.org.DropCopy(at.Cursor)
		if err := w.change(ctx, directory.Part{}, func(s *state) { s.object(name).again(shape, now) }); err != nil {
			return err
		}
	}
	w.mu.Lock()
	reading := w.state.object(name).reading()
	w.mu.Unlock()
	if !reading {
		known, err := w.changes(ctx, name, c, o)
		if err != nil || known {
			return err
		}
		if err := w.change(ctx, directory.Part{}, func(s *state) { s.object(name).again(shape, now) }); err != nil {
			return err
		}
	}
	return w.whole(ctx, name, c, o)
}

// whole reads all of an object, from where it is.
func (w *worker) whole(ctx context.Context, name string, c Choice, o crm.CopyOptions) error {
	if err := w.read(ctx, name, c, o); err != nil {
		return err
	}
	w.mu.Lock()
	began := w.state.object(name).Began
	w.mu.Unlock()
	if err := w.dropOlder(ctx, name, o, began); err != nil {
		return err
	}
	return w.change(ctx, directory.Part{}, func(s *state) {
		at := s.object(name)
		*at = object{Shape: at.Shape, Whole: w.m.o.Now(), Mark: at.Cursor.Began, Gone: at.Cursor.Began}
	})
}

// read reads the parts that are left, and stores each with where the reading then is.
func (w *worker) read(ctx context.Context, name string, c Choice, o crm.CopyOptions) error {
	poll, restarts := w.m.o.Poll, 0
	for {
		w.mu.Lock()
		at := *w.state.object(name)
		w.taken = 0
		w.mu.Unlock()
		if at.Cursor.Done {
			return nil
		}
		stamp := w.m.o.Now()
		if stamp.Before(at.Began) { // the clock was set back: what is read now is not old
			stamp = at.Began
		}
		next, err := w.org.Copy(ctx, name, at.Cursor, o, func(part crm.Copied) error {
			if err := w.put(ctx, directory.Part{Copied: part, Region: c.Region, At: stamp}); err != nil {
				return err
			}
			w.mu.Lock()
			w.taken += len(part.Records) + len(part.Gone)
			w.mu.Unlock()
			w.m.changed()
			return nil
		})
		if err != nil {
			return err
		}
		waits := next == at.Cursor
		restarted := !at.Cursor.Began.IsZero() && next.Began.IsZero() // the org does not have any more what it had prepared
		if !waits {
			poll = w.m.o.Poll
			err := w.change(ctx, directory.Part{}, func(s *state) {
				o := s.object(name)
				o.Cursor = next
				if restarted && o.reading() { // what was read before may have been deleted since
					o.Began = w.m.o.Now()
				}
			})
			if err != nil {
				return err
			}
		}
		if restarted {
			if restarts++; restarts > mostRestarts {
				return fault.Err(nil, ErrRestart)
			}
		}
		if next.Job == "" || next.Ready {
			continue
		}
		if waits {
			poll = min(poll*3/2, longestPoll)
		}
		t := time.NewTimer(poll)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
	}
}

// changes reads what has changed and what was deleted; known is false when the org cannot tell.
func (w *worker) changes(ctx context.Context, name string, c Choice, o crm.CopyOptions) (known bool, err error) {
	w.mu.Lock()
	at := *w.state.object(name)
	w.mu.Unlock()
	if at.Cursor == (crm.Cursor{}) || at.Cursor.Done { // what was read before the deletions were told is read again: there may be more by now
		if err := w.change(ctx, directory.Part{}, func(s *state) { s.object(name).Cursor = crm.Cursor{Since: at.Mark.Add(-overlap)} }); err != nil {
			return true, err
		}
	}
	if err := w.read(ctx, name, c, o); err != nil {
		return true, err
	}
	w.mu.Lock()
	cur := w.state.object(name).Cursor
	w.mu.Unlock()
	gone, until, known, err := w.deleted(ctx, name, c, at.Gone.Add(-overlap), cur.Began)
	switch {
	case err != nil && ctx.Err() == nil: // what has changed is here all the same
		kept := w.change(ctx, directory.Part{}, func(s *state) { s.object(name).Cursor, s.object(name).Mark = crm.Cursor{}, cur.Began })
		if kept != nil {
			return true, kept
		}
		return true, err
	case err != nil || !known:
		return known, err
	}
	for some := range slices.Chunk(gone, 500) {
		if err := w.put(ctx, directory.Part{Copied: crm.Copied{Gone: some}, Region: c.Region}); err != nil {
			return true, err
		}
	}
	return true, w.change(ctx, directory.Part{}, func(s *state) {
		s.object(name).Cursor, s.object(name).Mark, s.object(name).Gone = crm.Cursor{}, cur.Began, until
	})
}

// deleted tells what was deleted of an object since a time; known is false when the org cannot tell.
func (w *worker) deleted(ctx context.Context, name string, c Choice, since, now time.Time) (gone []string, until time.Time, known bool, err error) {
	gone, until, known, err = w.org.Deleted(ctx, name, since, now)
	if err != nil || !known || name != crm.Account || slices.Contains(c.Objects, crm.Contact) {
		return gone, until, known, err
	}
	if persons, err := w.org.Persons(ctx); err != nil || !persons {
		return gone, until, known, err
	}
	contacts, covered, known, err := w.org.Deleted(ctx, crm.Contact, since, now) // a person account is stored as its contact
	var e *crm.Error
	switch {
	case errors.As(err, &e) && (e.Class == crm.ClassPermission || e.Code == "NOT_FOUND"): // the user sees no contacts: those of accounts are told
		return gone, until, true, nil
	case err == nil && known && covered.Before(until):
		until = covered
	}
	return append(gone, contacts...), until, known, err
}
