package app

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
)

// The rule that makes a Task exactly one:
//
//  1. An attempt is marked in the journal before the first byte goes out (Begin).
//  2. An attempt whose end is not known for sure, or that a crash cut off, leaves the mark CheckFirst: the org is asked for
//     the call id before anything is sent again.
//  3. Only one goroutine sends.
//
// Everything else is about when: at once, later with back-off, or never until a person looked (parked).

// writer takes activities from the journal to the org.
type writer struct {
	d      *Desk
	nudge  chan struct{}
	quit   chan struct{}   // closed: start nothing new
	ctx    context.Context // ends an attempt under way
	giveUp context.CancelFunc

	mu   sync.Mutex
	back map[string]bool // calls whose activity is to be deleted once it is written
}

func newWriter(d *Desk) *writer {
	w := &writer{d: d, nudge: make(chan struct{}, 1), quit: make(chan struct{}), back: map[string]bool{}}
	w.ctx, w.giveUp = context.WithCancel(context.Background())
	return w
}

// wake makes the writer look again now.
func (w *writer) wake() {
	select {
	case w.nudge <- struct{}{}:
	default:
	}
}

// stop lets the writer finish the attempt under way and begin no other.
func (w *writer) stop() { close(w.quit) }

// ended reports whether stop was called.
func (w *writer) ended() bool {
	select {
	case <-w.quit:
		return true
	default:
		return false
	}
}

// run sends what is due until stop.
func (w *writer) run() {
	j := w.d.cfg.Journal
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		e, wait, ok, err := j.NextDue(w.ctx, w.d.cfg.Now(), nil)
		switch {
		case w.ended():
			return
		case !w.linked():
			wait = time.Hour // LinkChanged tells
		case err != nil:
			w.d.cfg.Log.Error("outbox", "err", err)
			wait = 10 * time.Second
		case ok:
			if !w.send(e) {
				return
			}
			continue
		case wait == 0:
			wait = time.Hour // Changed tells
		}
		timer.Reset(wait)
		select {
		case <-timer.C:
		case <-j.Changed():
		case <-w.nudge:
		case <-w.quit:
			return
		}
	}
}

// linked reports whether there is an org to write to. Without one nothing is tried: the link coming back wakes the writer.
func (w *writer) linked() bool { return w.d.View().Org.State == crm.Linked }

// send makes one attempt. It says false when the desk closes.
func (w *writer) send(e journal.Entry) bool {
	j := w.d.cfg.Journal
	e, err := j.Begin(w.ctx, e.ID, w.d.cfg.Now())
	if err != nil { // not marked on disk, so nothing may go out
		w.d.cfg.Log.Error("outbox", "err", err)
		return w.sleep(time.Second)
	}
	w.moved(e, logStanding{state: LogSending, task: e.Task})

	logged, who, err := w.attempt(e)
	// From here on the journal must hear how it went, whatever ends meanwhile.
	ctx := context.WithoutCancel(w.ctx)
	var ce *crm.Error
	switch {
	case err == nil:
		if err := j.Done(ctx, e.ID, logged, time.Time{}); err != nil {
			w.d.cfg.Log.Error("outbox", "err", err)
		}
		if who != nil {
			e.Activity = pointAt(e.Activity, *who)
		}
		w.moved(e, logStanding{state: LogDone, task: logged.Ref}, who)
		w.finishTakeBack(e.ID, logged.Ref)
	case errors.As(err, &ce) && (ce.Class == crm.ClassRejected || ce.Class == crm.ClassPermission) && w.linked():
		w.d.cfg.Log.Warn("activity refused", "call", e.ID, "err", cause(err))
		w.note(j.Park(ctx, e.ID, fault.New(fault.Plain, "text", ce.Message)))
		w.moved(e, logStanding{state: LogParked, task: e.Task, reason: ce.Message})
	default:
		at, reason := w.d.cfg.Now().Add(pause(e.Attempts, ce)), "Salesforce can't be reached."
		ambiguous := true // an error nobody classed may have been anything
		if ce != nil {
			reason, ambiguous = ce.Message, ce.Class == crm.ClassAmbiguous
		}
		w.d.cfg.Log.Warn("activity not written", "call", e.ID, "attempt", e.Attempts, "err", cause(err))
		w.note(j.Retry(ctx, e.ID, at, fault.New(fault.Plain, "text", reason), ambiguous))
		w.moved(e, logStanding{state: LogQueued, task: e.Task, reason: reason, nextTry: at})
	}
	return !w.ended()
}

// moved tells the state where an activity is now, and whose it is.
func (w *writer) moved(e journal.Entry, l logStanding, who ...*crm.Match) {
	m := logMoved{stamp: w.d.stamp(), id: e.ID, standing: l, name: e.Activity.PartyName, number: e.Activity.Number, record: e.Activity.Who}
	if m.record.IsZero() {
		m.record = e.Activity.What
	}
	if len(who) > 0 {
		m.who = who[0]
	}
	w.d.post(m)
}

// attempt sends the activity, after asking who it was with if nobody could be asked before.
func (w *writer) attempt(e journal.Entry) (crm.Logged, *crm.Match, error) {
	a := e.Activity
	var who *crm.Match
	if a.Unidentified {
		r, err := w.d.cfg.Directory.Lookup(w.ctx, w.d.cfg.Parse(numberParty(a.Number)))
		if err != nil {
			var ce *crm.Error
			if errors.As(err, &ce) && ce.Class == crm.ClassAmbiguous {
				ce.Class = crm.ClassTransient // a search writes nothing
			}
			return crm.Logged{}, nil, err
		}
		if a.Org != "" && r.Org != "" && r.Org != a.Org {
			return crm.Logged{}, nil, crm.OfAnotherOrg()
		}
		who = card(r, w.d.memory.choice(r.Number)).Record
		a, err = w.d.cfg.Journal.Amend(w.ctx, e.ID, func(a crm.Activity) crm.Activity {
			a.Unidentified = false
			if who != nil && a.Who.IsZero() { // the agent may have said meanwhile
				a = pointAt(a, *who)
			}
			return a
		})
		if err != nil {
			return crm.Logged{}, nil, &crm.Error{Class: crm.ClassTransient, Message: "The journal could not be written.", Err: err}
		}
		if who != nil {
			w.d.disk.put(identify{e.ID, *who})
		}
	}
	if e.Kind == journal.Update {
		return crm.Logged{Ref: e.Task}, who, w.d.cfg.Logbook.Update(w.ctx, e.Task, a)
	}
	logged, err := w.d.cfg.Logbook.Log(w.ctx, a, e.CheckFirst)
	return logged, who, err
}

// pointAt makes the activity about a record, with the subject that goes with it unless the agent wrote one.
func pointAt(a crm.Activity, m crm.Match) crm.Activity {
	standard := a.Subject == "" || a.Subject == crm.DefaultSubject(a)
	a.Who, a.What = crm.Target(m.Record)
	a.PartyName = m.Name
	if standard {
		a.Subject = crm.DefaultSubject(a)
	}
	return a
}

// takeBack deletes the activity from the org: now if it is there, else as soon as it is.
func (w *writer) takeBack(id string) {
	e, err := w.d.cfg.Journal.Entry(w.ctx, id)
	w.mu.Lock()
	w.back[id] = true
	w.mu.Unlock()
	if err == nil && e.State == journal.Done {
		w.d.work.Go(func() { w.finishTakeBack(id, e.Task) })
	}
}

func (w *writer) finishTakeBack(id string, task crm.Ref) {
	w.mu.Lock()
	wanted := w.back[id]
	delete(w.back, id)
	w.mu.Unlock()
	if !wanted {
		return
	}
	if err := w.d.cfg.Logbook.Delete(w.ctx, task); err != nil {
		w.d.cfg.Log.Warn("activity not deleted", "call", id, "err", cause(err))
		w.d.Notice("The call is in Salesforce already and could not be deleted there. Open it from the history and delete it.")
		return
	}
	w.note(w.d.cfg.Journal.TakenBack(w.ctx, id))
	w.d.moved(id, logStanding{state: LogSkipped})
}

// note logs a journal error; the entry stays in sending, and the next start checks it.
func (w *writer) note(err error) {
	if err != nil {
		w.d.cfg.Log.Error("outbox", "err", err)
	}
}

// sleep waits, and says false when the desk closes meanwhile.
func (w *writer) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-w.quit:
		return false
	}
}

// Pauses between attempts: soon at first, since most outages are short, then up to five minutes. A quota comes back when
// its window has moved, so asking every minute only spends it.
const (
	firstPause = 2 * time.Second
	lastPause  = 5 * time.Minute
	quotaPause = 15 * time.Minute
)

// pause is how long to wait after the given number of attempts, with jitter so that a floor of agents does not return as one.
func pause(attempts int, e *crm.Error) time.Duration {
	p := min(firstPause<<min(max(attempts-1, 0), 10), lastPause)
	if e != nil && e.Class == crm.ClassQuota {
		p = quotaPause
	}
	p += time.Duration(rand.Int64N(int64(p)/4 + 1))
	if e != nil && e.Retry > p {
		p = e.Retry
	}
	return p
}
