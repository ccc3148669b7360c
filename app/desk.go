package app

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/inorder"
)

// Config is what a desk works with.
type Config struct {
	Phone     Phone
	Ringer    Ringer
	Directory Directory
	Cards     Cards // nil changes no record
	Logbook   Logbook
	Maker     Maker  // nil makes no records
	Memory    Memory // nil remembers nobody
	Owners    Owners // nil means that every log is the linked user's
	Journal   *journal.Journal
	Notifier  Notifier
	Plan      func(account string) crm.NumberPlan                      // how numbers on the account are read; nil means US numbers
	DialLike  func(account string, like crm.DialSpelling) error        // has an account dial all numbers like that; nil means that it cannot
	ByTLS     func(account string) bool                                // whether the account's server is reached by TLS, registered or not; nil means that none is
	OpenURL   func(url string) error                                   // opens a record in the browser
	Raise     func()                                                   // brings the window forward; nil without one
	Written   func()                                                   // after each write to journal or memory, whatever came of it; returns soon; may be nil
	Failed    func(what Failure, org, user, account string, err error) // told of each failure; returns soon; may be nil
	Logged    func(org, user string)                                   // told of each call that an org took; returns soon; may be nil
	Hook      func(HookCall)                                           // told of each call that a rule tells an address of; returns soon; may be nil
	Rules     Rules
	Demo      bool
	Clock     Clock // nil means the machine's
	Log       *slog.Logger
}

// Desk is the agent's desk. Every method may be called from any goroutine; none waits for a disk or a network, but those
// that say so.
type Desk struct {
	cfg        Config
	inbox      *inorder.Queue[event]
	disk       *inorder.Queue[diskEffect] // one after the other: the journal's order is the call's order
	ringing    *inorder.Queue[*keepRing]
	memory     *inorder.Queue[memoryEffect]
	notes      *inorder.Queue[noteEffect]
	now        atomic.Pointer[state]
	reasons    sync.Map             // by id of a call: why somebody marked Do Not Call is consulted about it
	queueAsked sync.Map             // by account and name of a queue: that a code is called for it
	barred     atomic.Pointer[call] // whose number was to be called again in another spelling, and is marked Do Not Call
	taken      takings              // the calls the agent answered or resumed; the desk hears of it a moment later
	view       atomic.Pointer[View]
	drawing    sync.Mutex // held while faces are told
	alarm      alarm      // touched by the inbox only
	alive      alarm
	writer     *writer
	rings      rings
	bus        bus
	subs       subscribers

	undecided undecided

	ctx    context.Context // ends everything that waits
	cancel context.CancelFunc
	work   sync.WaitGroup

	troubled atomic.Bool     // the agent was told of a journal in trouble
	stale    bool            // the history has changed since it was read; touched by the disk queue only
	held     int             // how many calls are held, as the agent knows; touched by the disk queue only
	unsaved  journal.Unsaved // what the state knows of calls kept in memory; touched by the disk queue only
}

// New puts up a desk; it works from Start on.
func New(cfg Config) *Desk {
	if cfg.Clock == nil {
		cfg.Clock = machineClock{}
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	d := &Desk{cfg: cfg}
	failed := func(err error) { d.cfg.Log.Error("desk", "err", err) }
	d.inbox = inorder.Held(d.handle, failed)
	d.disk = inorder.Held(d.write, failed)
	d.ringing = inorder.Held(d.ring, failed)
	d.memory = inorder.Held(d.memorize, failed)
	d.notes = inorder.Held(d.notify, failed)
	d.ctx, d.cancel = context.WithCancel(context.Background())
	d.writer = newWriter(d)
	if cfg.Memory == nil {
		d.cfg.Memory = noMemory{}
	}
	d.draw(state{rules: cfg.Rules})
	return d
}

// Start begins to work: the journal is read, what it holds unsent goes on its way.
func (d *Desk) Start() {
	d.disk.Put(readHistory{})
	d.disk.Put(readCards{})
	d.inbox.Start()
	d.ringing.Start()
	d.disk.Start()
	d.memory.Start()
	d.notes.Start()
	d.work.Go(d.activations)
	d.writer.start()
	d.keepAlive()
}

// Close ends the desk. What is queued for the journal is written, and an activity on its way to the org may arrive until
// ctx ends; if it does not, the next start asks the org for it. A disk that hangs is given up a moment after that.
func (d *Desk) Close(ctx context.Context) {
	d.cancel() // lookups
	d.writer.stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.inbox.Close()
		d.work.Wait()
		d.disk.Close()
		d.ringing.Close() // the disk's lane has waited for what it wrote
		d.memory.Close()
		d.notes.Close()
	}()
	select {
	case <-done:
	case <-ctx.Done():
		d.writer.giveUp()
		select {
		case <-done:
		case <-time.After(hungFor):
			d.cfg.Log.Error("the desk did not end in time", "waiting", !d.disk.Empty())
		}
	}
	d.alarm.stop()
	d.alive.stop()
	d.bus.close() // after the last thing that was written has been told
}

// hungFor is how long a desk that must end waits for what it has given up: only a disk that hangs takes longer.
const hungFor = 2 * time.Second

// handle takes one event: it is drawn before anything is done about it.
func (d *Desk) handle(e event) {
	s, effects := next(*d.now.Load(), e)
	d.draw(s)
	if c, ok := e.(callArrived); ok && c.drawn != nil {
		close(c.drawn)
	}
	for _, f := range effects {
		f.to(d)
	}
}

// keepAlive notes on disk, now and then, that live calls still live: after a crash their end, and how long was talked, is known that well. While the
// journal is in trouble it tries even without a call: what the journal keeps in memory goes to disk with the first write
// that succeeds, and there may be no call for hours.
func (d *Desk) keepAlive() {
	now := d.cfg.Clock.Now()
	var calls []journal.Life
	for _, c := range d.now.Load().calls {
		if c.live() {
			calls = append(calls, c.life(now))
		}
	}
	if len(calls) > 0 || d.troubled.Load() || d.cfg.Journal.Unsaved().Calls > 0 || d.cfg.Journal.InMemory() {
		d.disk.Put(noteAlive{calls})
	}
	d.alive.set(d.cfg.Clock, aliveEvery, d.keepAlive)
}

func (d *Desk) setAlarm(when time.Time) {
	if d.alarm.at.Equal(when) {
		return
	}
	d.alarm.at = when
	if when.IsZero() {
		d.alarm.set(d.cfg.Clock, 0, nil)
		return
	}
	d.alarm.set(d.cfg.Clock, max(0, when.Sub(d.cfg.Clock.Now())), func() { d.post(ticked{stamp{when}}) })
}

// draw hands the View to everyone who watches.
func (d *Desk) draw(s state) {
	v := render(&s, d.cfg.Demo)
	d.now.Store(&s)
	d.view.Store(&v)
	d.drawing.Lock()
	defer d.drawing.Unlock()
	d.subs.each(v)
}

// View is the desk as it is now.
func (d *Desk) View() View { return *d.view.Load() }

// Subscribe calls f with the View now, and after every change from the desk's own goroutine, one at a time: f must not wait.
func (d *Desk) Subscribe(f func(View)) (cancel func()) {
	d.drawing.Lock() // a change at this moment comes after the View of now, not before it
	defer d.drawing.Unlock()
	cancel = d.subs.add(f)
	f(d.View())
	return cancel
}

// Events delivers what happens from now on until ctx ends or the desk closes. A reader that falls far behind loses the oldest.
func (d *Desk) Events(ctx context.Context) <-chan Event { return d.bus.listen(ctx) }

// LinksChanged takes the standing of all links to orgs, in the order of settings.
func (d *Desk) LinksChanged(all []crm.LinkStatus) { d.post(orgsChanged{d.stamp(), slices.Clone(all)}) }

// AudioChanged takes the sound devices now in use.
func (d *Desk) AudioChanged(v AudioView) { d.post(audioChanged{d.stamp(), v}) }

// SetAccounts tells the phone's accounts, all of them, in the order of settings.
func (d *Desk) SetAccounts(all []Account) { d.post(accountsSet{d.stamp(), slices.Clone(all)}) }

// SetRules applies new settings, also to the calls under way.
func (d *Desk) SetRules(r Rules) {
	d.undecided.forget()
	d.post(rulesSet{d.stamp(), r})
}

// Reword draws the desk again, in the language that the catalogue speaks now.
func (d *Desk) Reword() { d.post(reworded{d.stamp()}) }

func (d *Desk) post(e event) { d.inbox.Put(e) }
func (d *Desk) stamp() stamp { return stamp{d.cfg.Clock.Now()} }

// alarm calls a function once, later. The zero alarm is not set.
type alarm struct {
	at     time.Time
	mu     sync.Mutex
	cancel func()
	over   bool
}

// set takes back what was set before. A nil f sets nothing.
func (a *alarm) set(c Clock, d time.Duration, f func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.cancel != nil {
		a.cancel()
		a.cancel = nil
	}
	if f != nil && !a.over {
		a.cancel = c.AfterFunc(d, f)
	}
}

// stop takes back what was set, for good.
func (a *alarm) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.over = true
	if a.cancel != nil {
		a.cancel()
	}
}
