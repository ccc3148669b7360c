package app

import (
	"context"
	"errors"
	"strings"

	"linecard/app/catalogue"
	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// readHistory hands the newest page and the counts to the state.
func (d *Desk) readHistory(ctx context.Context) error {
	rows, err := d.history(ctx, HistoryFilter{})
	if err != nil {
		return err
	}
	links := d.now.Load().links
	n, err := d.cfg.Journal.Counts(ctx, func(org, user string) bool { return linked(links, link{org, user}) })
	if err != nil {
		return err
	}
	day, err := d.cfg.Journal.Today(ctx, d.cfg.Clock.Now())
	if err != nil {
		return err
	}
	owed, err := d.owed(ctx)
	if err != nil {
		return err
	}
	d.tellHeld(n.Held)
	past, err := d.rereadOpened(ctx)
	if err != nil {
		return err
	}
	d.post(historyRead{d.stamp(), past, rows, counts{
		missed: n.Missed, unlogged: n.NotLogged,
		outbox: OutboxView{
			Waiting: n.Waiting, Elsewhere: n.WaitingElsewhere, Checking: n.Checking, Parked: n.Parked, Held: n.Held,
			Why: n.Reason, NextTry: n.NextTry,
		},
		today: Today(day), owed: owed[:min(len(owed), shownOwed)], owing: len(owed),
	}})
	return nil
}

// History returns a page of past calls, newest first. It reads the disk.
func (d *Desk) History(f HistoryFilter) ([]HistoryRow, error) {
	rows, err := d.history(d.ctx, f)
	if err != nil {
		return nil, err
	}
	return d.now.Load().placed(rows), nil
}

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
		out = append(out, historyRow(r))
	}
	return out, nil
}

// historyRow is a call of the journal as the faces list it, wherever its log may be sent from.
func historyRow(r journal.Row) HistoryRow {
	row := HistoryRow{
		ID: r.ID, Account: r.Account, Org: r.Org, User: r.User, Direction: r.Direction, Outcome: r.Outcome,
		Name: r.Name, Company: r.Company, Number: r.Number, Dial: r.Dial, Started: r.Started, Duration: r.Duration(), Who: r.Who,
		Unidentified: r.Unidentified && r.Who.IsZero(), Log: logState(r.State), Task: r.Task, ReasonCode: r.Reason.Code, Error: catalogue.Say(r.Reason), Seen: r.Seen, NeedsRecord: r.NeedsRecord, Settled: r.Settled,
		WhyCode: r.Why.Code, Why: catalogue.Say(r.Why),
	}
	if sip.Named(row.Dial) { // as versions before this one kept those that are read as a number
		row.Dial = sip.Dialed{Number: row.Dial}.At(serverOf(row.Account))
	}
	if r.Direction == crm.Outbound && strings.ContainsAny(row.Dial, ",;") { // keys begin with a pause; the page is read at every call
		if d, err := sip.Read(row.Dial); err == nil {
			row.Then = d.Keys()
			row.Number = WithKeys(row.Number, row.Then)
		}
	}
	if len(r.Earlier) > 0 {
		row.Earlier = catalogue.Text("desk.parties", "parties", parties(r.Earlier))
	}
	switch {
	case r.Story.Transferred != "":
		row.Transfer = catalogue.Text("desk.transferred", "target", r.Story.Transferred)
	case r.Story.Conference != "":
		row.Transfer = catalogue.Text("desk.history-conference", "room", r.Story.Conference)
	case r.Story.TransferredBy != "":
		row.Transfer = catalogue.Text("desk.history-transferred-by", "by", r.Story.TransferredBy)
	}
	if r.Withheld {
		row.Number = withheld()
	}
	row.Log = heldState(row.Log, r.Reason)
	if row.Log == LogQueued && r.Reason.Is(Checking) {
		row.Log = LogChecking
	}
	return row
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
	d.disk.Put(readHistory{})
}

// Reread reads the history again: somebody else wrote into the journal.
func (d *Desk) Reread() { d.disk.Put(readHistory{}) }

// Outbox lists what is not in the org yet. It reads the disk.
func (d *Desk) Outbox() ([]journal.Entry, error) { return d.cfg.Journal.Outbox(d.ctx) }

// Waiting is how many calls of an org wait to be logged, whatever they wait for. It reads the disk.
func (d *Desk) Waiting(org string) (int, error) { return d.cfg.Journal.Waiting(d.ctx, org) }

// SendAll sends everything now that waits or was refused, without regard to the pauses, and tells how much that is. It
// writes the disk.
func (d *Desk) SendAll() (n int, err error) {
	if n, err = d.cfg.Journal.RequeueAll(d.ctx, nil); err != nil {
		return 0, refusal(err)
	}
	d.tryNow()
	d.writer.hurry()
	d.disk.Put(readHistory{})
	return n, nil
}

// CapLifted sends what has waited for the desk's own cap of requests.
func (d *Desk) CapLifted() {
	d.writer.capLifted()
	d.disk.Put(sendCapped{})
}

// tryNow makes the links that an org refuses for now try again with their next request.
func (d *Desk) tryNow() {
	if l, ok := d.cfg.Logbook.(interface{ TryNow() }); ok {
		l.TryNow()
	}
}

// RetryLog sends a parked or waiting activity now; of one that may have arrived it asks now. It writes the disk.
func (d *Desk) RetryLog(id string) error {
	if err := d.inDiskLane(d.ctx, func(ctx context.Context) error { return d.settle(ctx, id, d.cfg.Journal.Requeue) }); err != nil {
		return refusal(err)
	}
	d.sendAgain(id)
	return nil
}

// sendAgain has the logs of calls sent that are due again by now.
func (d *Desk) sendAgain(ids ...string) {
	if len(ids) == 0 {
		return
	}
	d.disk.Put(d.now.Load().adoption())
	d.tryNow()
	d.writer.hurry()
	for _, id := range ids {
		d.moved(id, logStanding{state: LogQueued})
	}
}

// DiscardLog gives an unsent activity up for good. It writes the disk.
func (d *Desk) DiscardLog(id string) error {
	if err := d.inDiskLane(d.ctx, func(ctx context.Context) error { return d.settle(ctx, id, d.cfg.Journal.Discard) }); err != nil {
		return refusal(err)
	}
	d.moved(id, logStanding{state: LogSkipped})
	return nil
}

// settle does to the entry of a call that is over what the agent says.
func (d *Desk) settle(ctx context.Context, id string, do func(ctx context.Context, id string) error) error {
	if row, err := d.cfg.Journal.Call(ctx, id); err == nil && row.Ended.IsZero() {
		return ErrNotOver
	}
	return do(ctx, id)
}

// LogAs logs a call that belongs to another org or user with the link there is for its account, or else with the first that works.
// What the call's org said of the caller is dropped. It writes the disk.
func (d *Desk) LogAs(id string) error {
	row, err := d.cfg.Journal.Call(d.ctx, id)
	if err != nil {
		return refusal(err)
	}
	now := d.now.Load()
	l, _ := now.linkFor(row.Account)
	if l.State != crm.Linked {
		l, _ = now.firstLink()
	}
	if l.State != crm.Linked {
		return fault.Err(nil, "desk.log-as-not-linked")
	}
	to := link{l.OrgID, l.UserID}
	err = d.inDiskLane(d.ctx, func(ctx context.Context) error {
		return d.settle(ctx, id, func(ctx context.Context, id string) error {
			return d.cfg.Journal.LogAs(ctx, id, to.org, to.user, d.isLinked)
		})
	})
	if err != nil {
		return refusal(err)
	}
	d.post(logAsWanted{d.stamp(), id, to})
	return nil
}

// isLinked reports whether a user of an org is linked.
func (d *Desk) isLinked(org, user string) bool { return d.writer.linked(link{org, user}) }

// Forget drops what is remembered of an org's people: it was unlinked, its data goes. It writes the disk.
func (d *Desk) Forget(ctx context.Context, org string) error { return d.cfg.Memory.Forget(ctx, org) }

// Unsaved is a sentence about calls kept in memory only, with what to do before quitting; "" when there are none. It knows
// sooner than the View.
func (d *Desk) Unsaved() string { return catalogue.Say(d.cfg.Journal.Unsaved().Fault()) }

// refusal turns what the journal says of an entry into the fault that the agent is told.
func refusal(err error) error {
	switch {
	case errors.Is(err, journal.ErrUnknown):
		return fault.Err(nil, "desk.not-in-outbox")
	case errors.Is(err, journal.ErrUnsure):
		return fault.Err(nil, "desk.may-be-logged")
	case errors.Is(err, journal.ErrMade):
		return fault.Err(nil, madeInOrg)
	case errors.Is(err, journal.ErrState):
		return fault.Err(nil, "desk.logged-already")
	}
	return err
}
