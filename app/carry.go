package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"linecard/app/journal"
	"linecard/crm"
)

// lookUp asks the org who a number is.
func (d *Desk) lookUp(f askOrg) {
	r, err := d.cfg.Directory.Lookup(d.ctx, f.number)
	if err != nil {
		d.cfg.Log.Warn("lookup failed", "call", f.id, "err", cause(err))
	}
	d.post(lookupEnded{d.stamp(), f.id, r, err, d.memory.choice(f.number)})
}

// details fetches what stands beside a record. Without it the record is shown all the same.
func (d *Desk) details(f askDetails) {
	got, err := d.cfg.Directory.Details(d.ctx, f.ref)
	if err != nil {
		d.cfg.Log.Warn("record details failed", "call", f.id, "err", cause(err))
		return
	}
	d.post(detailsCame{d.stamp(), f.id, f.ref, got})
}

// write carries out an effect on the journal. It runs on one goroutine, so the journal sees a call's story in order.
func (d *Desk) write(f effect) {
	// What is queued is written even while the desk closes: a call may have ended a moment ago.
	ctx := context.WithoutCancel(d.ctx)
	j := d.cfg.Journal
	var err error
	switch f := f.(type) {
	case writeRing:
		e := d.entry(f.call)
		if f.noLog {
			e.Verdict = crm.LogNo
		}
		err = j.Ring(ctx, e)
	case writeAnswered:
		err = j.Answered(ctx, f.id, f.when, "")
	case writeIdentity:
		m, _ := f.call.who()
		err = j.Identify(ctx, f.call.id, m.Name, m.Company, m.Ref, "")
	case identify:
		d.stale = true
		err = j.Identify(ctx, f.id, f.record.Name, f.record.Company, f.record.Ref, "")
	case writeDraft:
		err = j.TypeActivity(ctx, f.id, f.activity, f.until)
	case writeEdit:
		err = j.EditActivity(ctx, f.id, f.activity)
	case writeEnd:
		err = j.Hangup(ctx, d.entry(f.call), f.activity)
	case logIt:
		if err = j.Requeue(ctx, f.id); err == nil {
			d.moved(f.id, logStanding{state: LogQueued})
		}
	case sendAll:
		_, err = j.RequeueAll(ctx)
		d.stale = true
		d.writer.wake()
	case takeBack:
		err = d.takeBack(ctx, f.id)
	case remember:
		k := journal.Known{Match: f.record, Picked: f.picked, At: d.cfg.Now()}
		d.memory.keep(f.number, k)
		err = j.Remember(ctx, f.number.E164, f.record, f.picked)
	case loadMemory:
		var known map[string]journal.Known
		if known, err = j.AllKnown(ctx); err == nil {
			d.memory.load(known)
		}
	case sayWritten:
		d.bus.publish(f.Event)
	case noteAlive:
		err = j.Alive(ctx, f.when)
	case readHistory:
		d.stale = true
	}
	d.complain(err)
	if err == nil && writes(f) && d.troubled.CompareAndSwap(true, false) {
		d.stale = true // what was kept back is in the history now
		d.NoticeAbout(AboutJournal, "")
	}
	if text := d.Unsaved(); text != d.unsaved {
		d.unsaved = text
		d.post(unsavedChanged{d.stamp(), text})
	}
	if d.stale && d.disk.empty() { // a burst of changes is read once
		d.stale = false
		d.complain(d.readHistory(ctx))
	}
}

// writes reports whether an effect that went well proves that the journal can be written. A full disk can still be read.
func writes(f effect) bool {
	switch f.(type) {
	case sayWritten, readHistory, loadMemory:
		return false
	}
	return true
}

// complain tells the agent about a journal in trouble, once.
func (d *Desk) complain(err error) {
	var je *journal.Error
	switch {
	case err == nil:
	case errors.As(err, &je):
		d.cfg.Log.Error("journal", "err", je.Err)
		if !d.troubled.Swap(true) {
			d.NoticeAbout(AboutJournal, je.Message)
		}
	default:
		d.cfg.Log.Error("journal", "err", err)
	}
}

// Unsaved is a sentence about calls kept in memory only, with what to do before quitting; "" when there are none. It knows
// sooner than the View.
func (d *Desk) Unsaved() string { return d.cfg.Journal.Unsaved().String() }

// entry is the call as the history keeps it.
func (d *Desk) entry(c call) journal.Call {
	e := journal.Call{
		ID: c.id, Direction: c.direction, Name: c.name(), Number: c.shownNumber(), Dial: c.number.E164, Called: c.called,
		Withheld: c.number.Withheld, Extension: c.number.Extension, Started: c.started, AnsweredAt: c.answered, Ended: c.ended,
	}
	if e.Dial == "" && !e.Withheld {
		e.Dial = c.number.Raw
	}
	if m, ok := c.who(); ok {
		e.Company, e.Who = m.Company, m.Ref
	}
	if !c.ended.IsZero() {
		e.Outcome = c.outcome()
	}
	return e
}

// takeBack withdraws an activity: unsent it never goes out, sent it is deleted from the org.
func (d *Desk) takeBack(ctx context.Context, id string) error {
	err := d.cfg.Journal.Discard(ctx, id)
	if errors.Is(err, journal.ErrUnknown) { // nothing was typed yet
		return nil
	}
	if !errors.Is(err, journal.ErrState) {
		d.moved(id, logStanding{state: LogSkipped})
		return err
	}
	d.writer.takeBack(id)
	return nil
}

// readHistory hands the newest page and the counts to the state.
func (d *Desk) readHistory(ctx context.Context) error {
	rows, err := d.history(ctx, HistoryFilter{})
	if err != nil {
		return err
	}
	n, err := d.cfg.Journal.Counts(ctx, nil)
	if err != nil {
		return err
	}
	day, err := d.cfg.Journal.Today(ctx, d.cfg.Now())
	if err != nil {
		return err
	}
	d.post(historyRead{d.stamp(), rows, counts{
		missed: n.Missed, unlogged: n.NotLogged,
		outbox: OutboxView{Waiting: n.Waiting, Parked: n.Parked, Reason: ReasonText(n.Reason), NextTry: n.NextTry},
		today:  Today(day),
	}})
	return nil
}

// History returns a page of past calls, newest first. It reads the disk.
func (d *Desk) History(f HistoryFilter) ([]HistoryRow, error) { return d.history(d.ctx, f) }

func (d *Desk) history(ctx context.Context, f HistoryFilter) ([]HistoryRow, error) {
	rows, err := d.cfg.Journal.History(ctx, journal.Filter(f))
	if err != nil {
		return nil, err
	}
	out := make([]HistoryRow, 0, len(rows))
	for _, r := range rows {
		if r.Ended.IsZero() {
			continue // it is on the desk
		}
		out = append(out, HistoryRow{
			ID: r.ID, Direction: r.Direction, Outcome: r.Outcome, Name: r.Name, Company: r.Company, Number: r.Number, Dial: r.Dial,
			Started: r.Started, Duration: r.Duration(), Who: r.Who, Unidentified: r.Unidentified && r.Who.IsZero(), Log: logState(r.State), Task: r.Task, Error: ReasonText(r.Reason), Seen: r.Seen,
		})
	}
	return out, nil
}

// logState is the journal's state in the words of the View.
func logState(s journal.State) LogState {
	switch s {
	case journal.Draft, journal.Ready:
		return LogQueued
	case journal.Sending:
		return LogSending
	case journal.Done:
		return LogDone
	case journal.Parked:
		return LogParked
	case journal.Discarded:
		return LogSkipped
	}
	return LogNone
}

// MarkMissedSeen takes the mark off missed calls: the agent has looked. It writes the disk.
func (d *Desk) MarkMissedSeen() {
	if err := d.cfg.Journal.MarkSeen(d.ctx); err != nil {
		d.cfg.Log.Error("journal", "err", err)
	}
	d.disk.put(readHistory{})
}

// Reread reads the history again: somebody else wrote into the journal.
func (d *Desk) Reread() { d.disk.put(readHistory{}) }

// Outbox lists what is not in the org yet. It reads the disk.
func (d *Desk) Outbox() ([]journal.Entry, error) { return d.cfg.Journal.Outbox(d.ctx) }

// RetryLog sends a parked or waiting activity now. It writes the disk.
func (d *Desk) RetryLog(id string) error {
	if err := d.cfg.Journal.Requeue(d.ctx, id); err != nil {
		return sentence(err)
	}
	d.moved(id, logStanding{state: LogQueued})
	return nil
}

// DiscardLog gives an unsent activity up for good. It writes the disk.
func (d *Desk) DiscardLog(id string) error {
	if err := d.cfg.Journal.Discard(d.ctx, id); err != nil {
		return sentence(err)
	}
	d.moved(id, logStanding{state: LogSkipped})
	return nil
}

// Forget drops what is remembered of callers: the org was unlinked, its data goes. It writes the disk.
func (d *Desk) Forget(ctx context.Context) error {
	d.memory.forget()
	return d.cfg.Journal.Forget(ctx)
}

// sentence turns the journal's errors into words for the agent.
func sentence(err error) error {
	switch {
	case errors.Is(err, journal.ErrUnknown):
		return errors.New("there is no such call in the outbox")
	case errors.Is(err, journal.ErrState):
		return errors.New("that call is in Salesforce already, or on its way")
	}
	return err
}

// moved tells the state where a call's activity is now.
func (d *Desk) moved(id string, l logStanding) {
	d.post(logMoved{stamp: d.stamp(), id: id, standing: l})
}

// cause is what goes to the log: the technical error, without the sentence made for people.
func cause(err error) slog.Value {
	var ce *crm.Error
	if errors.As(err, &ce) {
		return slog.GroupValue(slog.String("class", string(ce.Class)), slog.String("code", ce.Code), slog.Any("err", ce.Err))
	}
	return slog.AnyValue(err)
}

// aliveEvery is how often a live call is noted on disk: how far off its end may be after a crash. A journal in trouble is
// tried as often.
const aliveEvery = 5 * time.Second
