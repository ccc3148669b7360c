package app

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
)

// Codes of reasons why an entry of the outbox waits.
const (
	Checking       fault.Code = "desk.checking"        // an earlier attempt may have written it
	waitsElsewhere fault.Code = "desk.waits-elsewhere" // it belongs to an org or user that is not linked
	unreachable    fault.Code = "desk.org-unreachable"
	capReached     fault.Code = "meter.cap-reached" // Linecard's own cap of requests
)

// sender takes activities from the journal to one org, one at a time. A slow or dead org does not delay the others.
type sender struct {
	w     *writer
	org   string
	nudge chan struct{}

	lifts int64             // of the writer, when the latest attempt began; of the sender's own goroutine
	alone map[string]bool   // entries that are sent by themselves, by call id; of the sender's own goroutine
	looks map[string]int    // how often the org has refused to be looked at for a call; of the sender's own goroutine
	lacks map[string]string // by call id, the users without whom no more can be found out of it; of the sender's own goroutine

	mu    sync.Mutex
	rests map[string]rest // by the user whose attempt the org has refused
}

func (s *sender) wake() {
	select {
	case s.nudge <- struct{}{}:
	default:
	}
}

// run sends what is due until the writer stops.
func (s *sender) run() {
	for !s.w.ended() {
		wait := s.step()
		if wait == 0 {
			continue
		}
		stop := s.w.d.cfg.Clock.AfterFunc(wait, s.wake)
		select {
		case <-s.nudge:
		case <-s.w.quit:
		}
		stop()
	}
}

// idle is how long a sender with nothing to do sleeps, unless it is woken.
const idle = time.Hour

// mine reports whether what is org's and user's goes to this sender's org, now.
func (s *sender) mine(org, user string) bool { return org == s.org && s.w.linked(link{org, user}) }

// step does the one thing that is due, and tells how long there is nothing to do after it.
func (s *sender) step() (wait time.Duration) {
	j, now := s.w.d.cfg.Journal, s.w.d.cfg.Clock.Now()
	all, users := s.resting(now)
	if all > 0 {
		return all
	}
	mine := func(org, user string) bool { return s.mine(org, user) && users[cmp.Or(user, s.w.user(s.org))] == 0 }
	e, due, ok, err := j.NextDue(s.w.ctx, now, mine)
	if err == nil && ok {
		return s.sendDue(e, now)
	}
	var lookDue time.Duration
	if err == nil {
		e, lookDue, ok, err = j.NextLook(s.w.ctx, now, mine)
	}
	switch {
	case err != nil:
		s.w.note(err)
		return 10 * time.Second
	case ok:
		away := s.absent(e.Activity)
		s.look(e)
		s.cameBack(e, away)
		return 0
	}
	wait = idle
	for _, d := range append(slices.Collect(maps.Values(users)), due, lookDue) {
		if d > 0 {
			wait = min(wait, d)
		}
	}
	return wait
}

// send makes one attempt.
func (s *sender) send(e journal.Entry) (wait time.Duration) {
	ctx := s.lasting()
	e, ok := s.begin(ctx, e)
	if !ok {
		return time.Second
	}
	away := s.absent(e.Activity)
	logged, who, err := s.attempt(ctx, e)
	if errors.Is(err, errMayBeAnothers) {
		err = s.lacked(e)
	}
	s.finish(ctx, e, logged, who, err)
	s.cameBack(e, away)
	return 0
}

// lasting is the context for the journal, which must hear how it went even if the desk closes in the meantime.
func (s *sender) lasting() context.Context { return context.WithoutCancel(s.w.ctx) }

// begin marks an entry on disk as being sent; without that nothing may go out.
func (s *sender) begin(ctx context.Context, e journal.Entry) (begun journal.Entry, ok bool) {
	w, j := s.w, s.w.d.cfg.Journal
	s.lifts = w.lifts.Load()
	now := w.d.cfg.Clock.Now()
	if e.User == "" { // it rang before its org had a user; from the first attempt on it is that user's
		if err := j.Belong(ctx, e.ID, s.org, w.user(s.org)); err != nil {
			w.note(err)
			return e, false
		}
	}
	begin := j.Begin
	if e.User = cmp.Or(e.User, w.user(s.org)); s.upserts(e) {
		begin = j.BeginUpsert
	}
	e, err := begin(w.ctx, e.ID, now)
	if err != nil {
		if !errors.Is(err, journal.ErrState) { // the agent may have said "don't log" this moment
			w.note(err)
		}
		return e, false
	}
	if e.Doubtful() {
		s.moved(e, logStanding{state: LogChecking, reason: fault.New(Checking)})
	} else {
		if e.Kind == journal.Create { // a change of a Task makes none
			w.attempted(e.ID, now)
		}
		s.moved(e, logStanding{state: LogSending, task: e.Task})
	}
	return e, true
}

// upserts reports whether the org itself refuses a second record of the entry's call to the entry's user.
func (s *sender) upserts(e journal.Entry) bool {
	return e.Kind == journal.Create && s.w.d.cfg.Logbook.Upserts(s.org, e.User, e.Activity.WrittenAs())
}

// finish notes how an attempt went.
func (s *sender) finish(ctx context.Context, e journal.Entry, logged crm.Logged, who *crm.Match, err error) {
	w, j := s.w, s.w.d.cfg.Journal
	var ce *crm.Error
	var soon *notYet
	var judged *rejudged
	var other *elsewhere
	switch {
	case err == nil:
		again := time.Time{}
		if !e.Late() { // an earlier attempt may still arrive after a change of the Task, too
			w.settled(e.ID)
		} else if now := w.d.cfg.Clock.Now(); e.Keyed { // an earlier upsert may still arrive, with what the agent had typed by then
			again = now.Add(w.settlesAt(e.ID).Sub(now))
		}
		w.note(j.Done(ctx, e.ID, logged, again))
		w.d.took(e.Org, e.User)
		if who != nil {
			e.Activity = pointAt(e.Activity, *who)
		}
		s.moved(e, logStanding{state: LogDone, task: logged.Ref}, who)
	case errors.As(err, &judged): // the journal has it
		m := s.news(e, logStanding{state: judged.state()})
		m.verdict = judged.verdict
		w.d.post(m)
	case errors.As(err, &other): // the journal has it
		w.d.post(foundThere{w.d.stamp(), e.ID, other.to, s.numberOf(e), other.who})
		w.wake()
	case errors.As(err, &soon):
		reason := fault.New(Checking)
		w.note(j.Retry(ctx, e.ID, soon.at, reason, false))
		s.moved(e, logStanding{state: LogChecking, reason: reason, nextTry: soon.at})
	case errors.As(err, &ce) && parks(ce.Class) && w.linked(link{e.Org, refusedUser(e, err)}):
		w.d.cfg.Log.Warn("activity refused", "call", e.ID, "err", cause(err))
		w.d.failed(RefusalFailure, e.Org, refusedUser(e, err), e.Account, err)
		w.note(j.Park(ctx, e.ID, ce.Fault))
		to := logStanding{state: LogParked, task: e.Task, reason: ce.Fault}
		if now, err := j.Entry(ctx, e.ID); err == nil && now.State == journal.Ready { // mended during the attempt: it goes out again
			to = logStanding{state: LogQueued, task: e.Task}
		}
		s.moved(e, to)
	default:
		s.failed(ctx, e, err, ce)
	}
}

// failed puts an entry back whose attempt failed, or may have.
func (s *sender) failed(ctx context.Context, e journal.Entry, err error, ce *crm.Error) {
	wait, reason := pause(e.Attempts, ce), fault.New(unreachable)
	ambiguous := true // an error without a class may mean anything
	if ce != nil {
		reason, ambiguous = ce.Fault, ce.Class == crm.ClassAmbiguous
	}
	state := LogQueued
	if e.Kind == journal.Create && (ambiguous || e.CheckFirst) {
		state = LogChecking
		if ambiguous {
			wait = max(checkPause, wait)
			reason = fault.New(Checking)
		}
	}
	if reason.Is(mayBeAnothers) && s.lacking(e) { // the link wakes it
		wait = lackPause
	}
	at := s.w.d.cfg.Clock.Now().Add(wait)
	s.w.d.cfg.Log.Warn("activity not written", "call", e.ID, "attempt", e.Attempts, "err", cause(err))
	s.w.d.failed(LoggingFailure, e.Org, refusedUser(e, err), e.Account, err)
	s.w.note(s.w.d.cfg.Journal.Retry(ctx, e.ID, at, reason, ambiguous))
	if ce != nil {
		s.leaveAlone(refusedUser(e, err), ce, at)
	}
	s.moved(e, logStanding{state: state, task: e.Task, reason: reason, nextTry: at})
	if ce != nil && ce.Code == crm.CodeOwnCap && s.w.lifts.Load() != s.lifts { // lifted while this attempt was refused
		s.w.d.CapLifted()
	}
}

// moved tells the state where an activity is now, and whose it is.
func (s *sender) moved(e journal.Entry, l logStanding, who ...*crm.Match) {
	waits := l.state == LogQueued || l.state == LogParked || l.state == LogChecking && !l.nextTry.IsZero()
	if waits && s.w.unwanted(context.WithoutCancel(s.w.ctx), e.ID) { // said during the attempt: the journal has discarded it
		l = logStanding{state: LogSkipped}
	}
	m := s.news(e, l)
	if len(who) > 0 {
		m.who = who[0]
	}
	s.w.d.post(m)
}

// news is where an entry's activity is now, and whose it is.
func (s *sender) news(e journal.Entry, l logStanding) logMoved {
	m := logMoved{
		stamp: s.w.d.stamp(), id: e.ID, standing: l, link: link{e.Org, e.User}, account: e.Account,
		name: e.Activity.PartyName, number: e.Activity.Number, record: e.Activity.Who,
	}
	if m.record.IsZero() {
		m.record = e.Activity.What
	}
	return m
}

// notYet says that an earlier attempt may still arrive: look again at that time.
type notYet struct{ at time.Time }

func (*notYet) Error() string { return string(Checking) }

// attempt sends the activity, or finds out that it is there.
func (s *sender) attempt(ctx context.Context, e journal.Entry) (crm.Logged, *crm.Match, error) {
	w, book := s.w, s.w.d.cfg.Logbook
	if e.Reason.Is(mayBeAnothers) && s.lacking(e) { // not so where the agent has asked for another attempt
		return crm.Logged{}, nil, s.lacked(e)
	}
	if e.Doubtful() || keyedByOthers(e) {
		if logged, sure, err := s.arrived(ctx, e); sure || err != nil {
			return logged, nil, err
		}
	}
	a, who, asked, err := s.identified(e)
	if err != nil {
		return crm.Logged{}, nil, err
	}
	if wantsRecord(a) {
		var made *crm.Match
		if a, made, err = s.withRecord(ctx, e, a); err != nil {
			return crm.Logged{}, nil, err
		}
		if made != nil {
			who = made
		}
		asked = true
	}
	if e.Kind == journal.Update {
		update := func(a crm.Activity) error { return s.update(e, a) }
		err := update(a)
		if isGone(err) {
			err = s.again(e, a, err, update)
		}
		return crm.Logged{Ref: e.Task}, who, err
	}
	wish := a
	if a, err = s.owned(a); err != nil {
		return crm.Logged{}, nil, err
	}
	if a.Upsert, err = s.goesOut(ctx, e, asked, w.d.cfg.Clock.Now()); err != nil {
		return crm.Logged{}, nil, err
	}
	leaving := w.leaving(w.ctx, e.ID)
	logged, err := book.Log(leaving, a, false)
	relog := func(b crm.Activity) (err error) { // after a clear refusal: nothing of it can arrive
		now := w.d.cfg.Clock.Now()
		if e.Doubtful() || !e.CheckFirst {
			if err := w.d.cfg.Journal.Absent(w.ctx, e.ID, now, a.Upsert); err != nil {
				return unwritable(err)
			}
		}
		w.attempted(e.ID, now)
		b.Upsert = a.Upsert
		logged, err = book.Log(leaving, b, false)
		return err
	}
	if crm.OwnerRefused(err) {
		next, same, why := s.disowned(wish, a)
		switch {
		case why != nil:
			return crm.Logged{}, who, why
		case !same:
			next.Upsert = a.Upsert
			a = next
			err = relog(a)
		}
	}
	if isGone(err) {
		err = s.again(e, a, err, relog)
	}
	if isDuplicate(err) && e.Attempts > 1 {
		logged, err = s.duplicate(ctx, e, err)
	}
	return logged, who, err
}

// checked judges what the org was found to have of a call that may have arrived there: the Task, for sure, or nothing so
// late that nothing can come any more; notYet when it still may.
func (s *sender) checked(ctx context.Context, e journal.Entry, found []crm.Ref, asked time.Time) (logged crm.Logged, sure bool, err error) {
	if len(found) > 1 {
		s.w.note(s.w.d.cfg.Journal.LookAgain(ctx, e.ID, asked))
	}
	if len(found) > 0 {
		return crm.Logged{Ref: found[0], Existed: true}, true, nil
	}
	if settles := s.w.settlesAt(e.ID); asked.Before(settles) {
		// The journal keeps times of day, and the clock may have been set since settles was reckoned: with that one's time
		// of day the check would be due again at once, and again.
		left := settles.Sub(asked)
		return crm.Logged{}, false, &notYet{asked.Add(min(max(checkPause, pause(e.Attempts, nil)), left))}
	}
	return crm.Logged{}, false, nil
}

// goesOut notes that a create goes out now: of a doubtful entry, after an earlier one was looked for and not found. asked tells
// that time has passed since the entry was begun. With upsert on disk the create must be one, or must not be made at all.
func (s *sender) goesOut(ctx context.Context, e journal.Entry, asked bool, now time.Time) (upsert bool, err error) {
	j := s.w.d.cfg.Journal
	upsert = e.Keyed
	if e.Doubtful() {
		upsert = s.upserts(e)
		err = j.LookAgain(ctx, e.ID, now.Add(lookAfter))
	}
	if e.Doubtful() || asked && !e.CheckFirst { // what upserts came before is not settled: each may still arrive
		err = errors.Join(err, j.Absent(ctx, e.ID, now, upsert))
	}
	if err != nil {
		return false, unwritable(err)
	}
	s.w.attempted(e.ID, now)
	return upsert, nil
}

// again sends an activity once more that was refused because a record is gone, about what has taken its place. refused
// stays the error when all records are there.
func (s *sender) again(e journal.Entry, a crm.Activity, refused error, send func(crm.Activity) error) error {
	for range 2 { // what it was followed to may be gone as well by now
		next, successors, err := s.follow(e.ID, e.Org, a)
		switch {
		case err != nil:
			return err
		case len(successors) == 0:
			return refused
		}
		if a, refused = next, send(next); !isGone(refused) {
			return refused
		}
	}
	return refused
}
