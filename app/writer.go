package app

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"linecard/crm"
)

// The rule that makes a Task exactly one, against an org that may still be working when the answer is no longer waited for:
//
//  1. An attempt is marked in the journal, with its beginning, before the first byte goes out (Begin).
//  2. An attempt whose end is not known for sure, be it by a lost answer, a crash or a quit, leaves the mark CheckFirst. The
//     org may be asked for the call id at once and as often as wanted, but nothing is created before the settling time has passed
//     since the last request of the attempt left (of an attempt of an earlier run: since the start of this one), and not without
//     a look at or after that time that found nothing. That look settles the attempt: the one that follows counts from its
//     own requests (Absent).
//  3. Ten minutes after such a create there is one more look. Of several Tasks of one call one stays.
//  4. One attempt at a time goes to an org. What belongs to an org or user that is not linked waits for that link.
//  5. "Don't log" is on disk before anything is done about it. What may have arrived is looked for and deleted.
//  6. What the agent gives to another user of the org while it may have arrived is looked for through the link of each user in whose name
//     it may have. While one of those links is not there nothing is created, and nothing is given away ([crm.Activity.UnsureBy]).
//
// An org that refuses a second Task of a call by itself (Upserts) needs none of 2 and 3, as long as each attempt that is not settled
// was such an upsert: the journal knows that of each (Keyed). A Task that was made without the key is no target of an upsert, so
// an org that gets the field in between is no such org yet. What upserts leave is looked at once when they are settled: an earlier
// one that arrives last writes over what the agent has typed since, and makes a Task again that "don't log" has deleted.
// What was given to another user is looked for all the same: where that user does not see the Task, an upsert is refused as a duplicate.
//
// Everything else is about when: at once, later with back-off, or never until a person looked (parked).

// writer takes activities from the journal to the orgs, with one sender for each.
type writer struct {
	d      *Desk
	began  time.Time       // the run
	quit   chan struct{}   // closed: start nothing new
	ctx    context.Context // ends an attempt under way
	giveUp context.CancelFunc
	lifts  atomic.Int64 // how often the desk's own cap was lifted

	mu      sync.Mutex
	links   []crm.LinkStatus
	senders map[string]*sender   // by org id
	settles map[string]time.Time // when an attempt of this run that may have arrived is settled, by call id

	underWay map[string]bool // attempts that go on beside the senders, as in settles
}

func newWriter(d *Desk) *writer {
	w := &writer{d: d, began: d.cfg.Clock.Now(), quit: make(chan struct{}), senders: map[string]*sender{}, settles: map[string]time.Time{}, underWay: map[string]bool{}}
	w.ctx, w.giveUp = context.WithCancel(context.Background())
	return w
}

// start passes the journal's changes on to all senders until stop.
func (w *writer) start() {
	w.d.work.Go(func() {
		for {
			select {
			case <-w.d.cfg.Journal.Changed():
				w.wake()
			case <-w.quit:
				return
			}
		}
	})
}

// stop lets the attempts under way end and begins no other.
func (w *writer) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.quit)
}

// ended reports whether stop was called.
func (w *writer) ended() bool {
	select {
	case <-w.quit:
		return true
	default:
		return false
	}
}

// follow takes the links there are. Without one nothing is tried for its org: the link coming back wakes the sender, and ends the rest of its
// own user. No other news does: an answer to somebody else's question is no leave to ask before the time that the org has set.
func (w *writer) follow(links []crm.LinkStatus) {
	w.mu.Lock()
	was := w.links
	w.links = links
	for _, l := range links {
		if w.ended() || l.State != crm.Linked || w.senders[l.OrgID] != nil {
			continue
		}
		s := &sender{w: w, org: l.OrgID, nudge: make(chan struct{}, 1), alone: map[string]bool{}, looks: map[string]int{}, lacks: map[string]string{}}
		w.senders[l.OrgID] = s
		w.d.work.Go(s.run)
	}
	w.mu.Unlock()
	w.hurryFor(func(org, user string, _ rest) bool { l := link{org, user}; return linked(links, l) && !linked(was, l) })
}

// wake makes every sender look again now.
func (w *writer) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.senders {
		s.wake()
	}
}

// user is the user who is linked to an org, "" for none.
func (w *writer) user(org string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range w.links {
		if l.State == crm.Linked && l.OrgID == org {
			return l.UserID
		}
	}
	return ""
}

// linked reports whether what is org's and user's can be written now.
func (w *writer) linked(l link) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return linked(w.links, l)
}

// attempted notes that a request of an attempt leaves now which may arrive.
func (w *writer) attempted(id string, now time.Time) {
	settles := now.Add(w.settle())
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settles[id] = settles
}

// leaving is ctx for a write of attempts that begin now: each of its requests that may arrive is noted as it leaves, for one attempt may
// take several, with minutes between them.
func (w *writer) leaving(ctx context.Context, ids ...string) context.Context {
	return crm.BeforeWrites(ctx, func() {
		now := w.d.cfg.Clock.Now()
		for _, id := range ids {
			w.attempted(id, now)
		}
	})
}

// settled forgets the attempts of a call: its Task is there.
func (w *writer) settled(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.settles, id)
}

// begins notes an attempt that goes on beside the sender, which may be minutes before its request leaves: nothing has settled until it ends.
func (w *writer) begins(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.underWay[id] = true
}

func (w *writer) ends(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.underWay, id)
}

// settlesAt is when what was begun for the entry can no longer arrive, on a clock that cannot be set. An attempt of an earlier
// run began before this one did; when it did is known only by a clock that may have been set since, so it is given the
// settling time from the start on.
func (w *writer) settlesAt(id string) time.Time {
	w.mu.Lock()
	at, ok := w.settles[id]
	underWay := w.underWay[id]
	w.mu.Unlock()
	switch {
	case underWay:
		return w.d.cfg.Clock.Now().Add(w.settle())
	case !ok:
		return w.began.Add(w.settle())
	}
	return at
}

func (w *writer) settle() time.Duration { return w.d.now.Load().rules.settle() }

// unwanted reports whether the agent said that the call must not be logged.
func (w *writer) unwanted(ctx context.Context, id string) bool {
	row, err := w.d.cfg.Journal.Call(ctx, id)
	return err == nil && row.Word == crm.DontLog
}

// note logs a journal error; the entry stays in sending, and the next start checks it.
func (w *writer) note(err error) {
	if err != nil {
		w.d.cfg.Log.Error("outbox", "err", err)
	}
}

// Pauses between attempts: soon at first, since most outages are short, then up to five minutes. What the org refuses
// altogether, such as everything beyond a quota, is tried again when the link says.
const (
	firstPause  = 2 * time.Second
	checkPause  = 10 * time.Second // between looks for an attempt that may have arrived
	lastPause   = 5 * time.Minute
	heldPause   = 45 * time.Second // where the link does not say when
	longestRest = 24 * time.Hour   // of what an org asks for (Retry-After): more is a mistake
	lookAfter   = 10 * time.Minute // from a create that followed an attempt that may have arrived to the look for a surplus
)

// pause is how long to wait after the given number of attempts, with jitter so that a floor of agents does not return as one.
func pause(attempts int, e *crm.Error) time.Duration {
	p := min(firstPause<<min(max(attempts-1, 0), 10), lastPause)
	if e != nil && (e.Class == crm.ClassQuota || e.Class == crm.ClassBlocked) {
		if p = min(e.Retry, longestRest); p > 0 {
			return p + 100*time.Millisecond // after the link's own time
		}
		p = heldPause
	}
	p += time.Duration(rand.Int64N(int64(p)/4 + 1))
	if e != nil && e.Retry > p {
		p = min(e.Retry, longestRest)
	}
	return p
}
