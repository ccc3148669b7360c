package app

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
)

// look carries out a question to an org.
func (d *Desk) look(f lookupEffect) { d.work.Go(func() { f.ask(d) }) }

// ask asks the org who a number is.
func (f askOrg) ask(d *Desk) {
	if d.rules().NoLookup && !f.again {
		d.post(lookupEnded{d.stamp(), f.id, f.org, f.number, crm.Result{}, errLookupOff, crm.Ref{}})
		return
	}
	k, known := d.cfg.Memory.Recall(f.org, f.number)
	if known && !f.again {
		if k.Fresh {
			d.post(lookupEnded{d.stamp(), f.id, f.org, f.number, k.Result, nil, chosenBefore(f.org, k)})
			return
		}
		d.post(remembered{d.stamp(), f.id, f.org, f.number, k.Result, chosenBefore(f.org, k)})
	}
	ctx := crm.ForCall(d.ctx, f.id)
	if !known && !f.again {
		ctx = crm.ForUse(ctx, crm.UseStranger)
	}
	r, err := d.whoHas(ctx, f.org, f.number, f.again)
	if err != nil {
		d.cfg.Log.Warn("lookup failed", "call", f.id, "err", cause(err))
		d.failed(LookupFailure, f.org, "", "", err)
	}
	d.post(lookupEnded{d.stamp(), f.id, f.org, f.number, r, err, d.choice(f.org, f.number)})
	if err != nil {
		d.askLater(f.id, err)
	}
}

// ask asks the org who several numbers are.
func (f askSeveral) ask(d *Desk) {
	numbers := make([]crm.Number, len(f.asks))
	for i, a := range f.asks {
		numbers[i] = a.number
	}
	all, err := d.cfg.Directory.LookupAll(crm.ForCall(d.ctx, f.asks[0].id), f.org, numbers)
	if err == nil && len(all) != len(f.asks) {
		err = fault.Err(nil, "desk.org-silent")
	}
	if err != nil {
		d.cfg.Log.Warn("lookup failed", "calls", len(f.asks), "err", cause(err))
		d.failed(LookupFailure, f.org, "", "", err)
		all = make([]crm.Result, len(f.asks))
	}
	for i, a := range f.asks {
		d.post(lookupEnded{d.stamp(), a.id, f.org, a.number, all[i], err, d.choice(f.org, a.number)})
		if err != nil {
			d.askLater(a.id, err)
		}
	}
}

// ask fetches what stands beside a record. Without it the record is shown all the same.
func (f askDetails) ask(d *Desk) {
	got, err := d.cfg.Directory.Details(crm.ForCall(d.ctx, f.id), f.ref)
	if err != nil {
		d.cfg.Log.Warn("record details failed", "call", f.id, "err", cause(err))
		d.failed(LookupFailure, f.ref.Org, "", "", err)
		d.post(detailsFailed{d.stamp(), f.id, f.ref, got, err})
		d.askLater(f.id, err)
		return
	}
	d.post(detailsCame{d.stamp(), f.id, f.ref, got})
}

// write carries out an effect on the journal. It runs on one goroutine, so the journal sees a call's story in order.
func (d *Desk) write(f diskEffect) {
	// What is queued is written even while the desk closes: a call may have ended a moment ago.
	ctx := context.WithoutCancel(d.ctx)
	err := f.write(ctx, d)
	d.complain(err)
	if d.cfg.Written != nil {
		d.cfg.Written()
	}
	switch f.(type) {
	case readHistory, sayWritten, tellSettled, syncJournal: // a full disk can still be read
	case laneJob: // it may have been refused before it wrote anything
	default:
		if err == nil && d.troubled.CompareAndSwap(true, false) {
			d.stale = true // what was kept back is in the history now
			d.NoticeAbout(AboutJournal, fault.Fault{})
		}
	}
	if u := d.cfg.Journal.Unsaved(); u != d.unsaved {
		d.unsaved = u
		d.post(unsavedChanged{d.stamp(), u.Fault()})
	}
	if d.stale && d.disk.Empty() { // a burst of changes is read once
		d.stale = false
		d.complain(d.readHistory(ctx))
	}
}

func (f writeRing) write(ctx context.Context, d *Desk) error {
	return errors.Join(d.cfg.Journal.Ring(ctx, d.row(&f.call)), d.cfg.Journal.Sync(ctx))
}

func (f writeAnswered) write(ctx context.Context, d *Desk) error {
	return d.cfg.Journal.Answered(ctx, f.id, f.when, f.verdict)
}

func (f writeIdentity) write(ctx context.Context, d *Desk) error {
	m, _ := f.call.who()
	r := d.row(&f.call)
	verdict := f.call.verdict
	if !f.call.live() { // the sender judges it again, and may have done so while this waited
		verdict = ""
	}
	return d.cfg.Journal.Identify(ctx, f.call.id, r.Name, r.Company, m.Ref, verdict)
}

func (f identify) write(ctx context.Context, d *Desk) error {
	d.stale = true
	return d.identifyPast(ctx, f.id, f.record.Record)
}

func (f noteAsked) write(ctx context.Context, d *Desk) error {
	return d.cfg.Journal.Asked(ctx, f.id, f.unasked)
}

func (f belong) write(ctx context.Context, d *Desk) error {
	return d.cfg.Journal.Belong(ctx, f.id, f.org, f.user)
}

func (f moveOrg) write(ctx context.Context, d *Desk) error {
	return d.cfg.Journal.Move(ctx, f.id, f.org, f.user)
}

func (f adopt) write(ctx context.Context, d *Desk) error {
	waiting, err := d.cfg.Journal.Outbox(ctx)
	if err != nil {
		return err
	}
	for _, e := range waiting {
		if e.Org != "" && e.User != "" {
			continue
		}
		to, ok := f.accounts[e.Account]
		if !ok {
			to = f.first
		}
		if to.org == "" || e.Org != "" && e.Org != to.org {
			continue
		}
		err = errors.Join(err, d.cfg.Journal.Belong(ctx, e.ID, to.org, to.user))
	}
	d.stale = true
	return err
}

func (f writeDraft) write(ctx context.Context, d *Desk) error {
	return d.cfg.Journal.TypeActivity(ctx, f.id, f.activity, f.until)
}

func (f writeEdit) write(ctx context.Context, d *Desk) error {
	return d.cfg.Journal.EditActivity(ctx, f.id, f.activity)
}

func (f writeLate) write(ctx context.Context, d *Desk) error {
	if f.party == "" && !f.takesBack {
		if o, err := d.cfg.Journal.Call(ctx, f.other); err == nil {
			f.party = cmp.Or(o.Dial, o.Name, withheld())
		}
	}
	return d.cfg.Journal.TellLate(ctx, f.id, func(s *crm.Story) {
		switch {
		case !f.takesBack && s.Transferred == "":
			s.Transferred = f.party
		case f.takesBack && s.Transferred != "": // its party has hung up, and was with nobody else
			s.Transferred, s.HungUp = "", crm.ByParty
		}
	})
}

func (f writeEnd) write(ctx context.Context, d *Desk) error {
	err := d.cfg.Journal.Hangup(ctx, d.row(&f.call), f.activity)
	if err != nil || f.activity == nil || !f.call.nobodyTalked() {
		return err
	}
	if e, err := d.cfg.Journal.Entry(ctx, f.call.id); err == nil && e.Held() {
		d.moved(f.call.id, logStanding{state: LogHeld, reason: e.Reason})
	}
	return nil
}

func (f logIt) write(ctx context.Context, d *Desk) error {
	err := d.cfg.Journal.Requeue(ctx, f.id)
	if err == nil {
		d.moved(f.id, logStanding{state: LogQueued})
	}
	return err
}

func (f logDraft) write(ctx context.Context, d *Desk) error { return d.logIf(ctx, f.id, journal.Draft) }

func (f sendMended) write(ctx context.Context, d *Desk) error {
	return d.logIf(ctx, f.id, journal.Parked)
}

// logIf is logIt for an activity that is in a state.
func (d *Desk) logIf(ctx context.Context, id string, in journal.State) error {
	e, err := d.cfg.Journal.Entry(ctx, id)
	switch {
	case errors.Is(err, journal.ErrUnknown) || err == nil && e.State != in:
		return nil
	case err != nil:
		return err
	}
	return logIt{id}.write(ctx, d)
}

func (f logSaved) write(ctx context.Context, d *Desk) error {
	row, err := d.cfg.Journal.Call(ctx, f.id)
	if err != nil || row.Word != crm.NoWord || row.State != journal.Draft && row.State != journal.Discarded {
		return err
	}
	return logIt(f).write(ctx, d)
}

func (f wantLogged) write(ctx context.Context, d *Desk) error {
	if err := d.cfg.Journal.Say(ctx, f.id, crm.LogIt); err != nil {
		return err
	}
	e, err := d.cfg.Journal.Entry(ctx, f.id)
	if err != nil || e.State != journal.Draft && e.State != journal.Discarded {
		return err
	}
	return logIt(f).write(ctx, d)
}

func (f sendAll) write(ctx context.Context, d *Desk) error {
	fresh := func(org, user string) bool { return linked(f.fresh, link{org, user}) }
	_, err := d.cfg.Journal.RequeueAll(ctx, fresh)
	err = errors.Join(err, d.cfg.Journal.RequeueUnsure(ctx, mayBeAnothers, fresh))
	d.stale = true
	d.writer.wake()
	return err
}

func (sendCapped) write(ctx context.Context, d *Desk) error {
	err := d.cfg.Journal.RequeueWaiting(ctx, capReached)
	d.stale = true
	d.writer.wake()
	return err
}

func (f takeBack) write(ctx context.Context, d *Desk) error {
	err := d.cfg.Journal.DontLog(ctx, f.id, d.cfg.Clock.Now())
	if err == nil {
		d.moved(f.id, logStanding{state: LogSkipped})
	}
	return err
}

func (f noteAlive) write(ctx context.Context, d *Desk) error {
	return d.cfg.Journal.Alive(ctx, f.calls...)
}

func (f readHistory) write(_ context.Context, d *Desk) error {
	d.stale = true
	return nil
}

func (f sayWritten) write(_ context.Context, d *Desk) error {
	d.bus.publish(f.Event)
	return nil
}

// complain shows the agent a notice when the journal begins to fail, once for each failure.
func (d *Desk) complain(err error) {
	var je *journal.Error
	switch {
	case err == nil:
	case errors.As(err, &je):
		d.cfg.Log.Error("journal", "err", je.Err)
		if !d.troubled.Swap(true) {
			d.NoticeAbout(AboutJournal, je.Fault)
		}
	default:
		d.cfg.Log.Error("journal", "err", err)
	}
}

// row is the call as the history keeps it: without words, so a withheld number is none.
func (c *call) row() journal.Call {
	c = c.logged()
	r := journal.Call{
		ID: c.id, Account: c.account, Org: c.org, User: c.user, Direction: c.direction, Name: c.name(),
		Number: c.writtenNumber(), Dial: c.callBack(), Called: c.called, Withheld: c.number.Withheld, Extension: c.number.Extension,
		Unasked: c.unknown(), LeftOff: c.leftOff, Verdict: c.verdict, Word: c.word, Started: c.started, AnsweredAt: c.answered, Ended: c.ended, Earlier: c.formerParties(),
	}
	if m, ok := c.who(); ok {
		r.Company, r.Who, r.Object = m.Company, m.Ref, m.Object
		if c.madeOf(m) {
			r.Object = crm.ObjectNone
		}
	}
	r.Story = c.story()
	r.Story.Company = ""
	if !c.ended.IsZero() {
		r.Outcome, r.Talked = c.outcome(), c.talked(c.ended)
		if c.answered.IsZero() {
			r.Why = c.end.Text
		}
	}
	return r
}

// moved tells the state where a call's activity is now, and whose it is. It reads the disk.
func (d *Desk) moved(id string, l logStanding) {
	m := logMoved{stamp: d.stamp(), id: id, standing: l}
	if row, err := d.cfg.Journal.Call(context.WithoutCancel(d.ctx), id); err == nil {
		m.link, m.account, m.name, m.number, m.record = link{row.Org, row.User}, row.Account, row.Name, row.Facts().Caller, row.Who
		m.word = row.Word
	}
	d.post(m)
}

// cause is what goes to the log: the technical error, without the values, which may name people.
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
