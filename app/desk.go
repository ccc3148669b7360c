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
	"linecard/sip"
)

// Config is what a desk works with.
type Config struct {
	Phone     Phone
	Ringer    Ringer
	Directory Directory
	Logbook   Logbook
	Journal   *journal.Journal
	Notifier  Notifier
	Parse     func(sip.Party) crm.Number // reads a number with the agent's country and dial plan
	OpenURL   func(url string) error     // opens a record in the browser
	Raise     func()                     // brings the window forward; nil without one
	Rules     Rules
	Demo      bool
	Now       func() time.Time
	Log       *slog.Logger
}

// Desk is the agent's desk. Every method may be called from any goroutine; none waits for a disk or a network, but those
// that say so.
type Desk struct {
	cfg     Config
	inbox   *queue[event]
	disk    *queue[effect] // carried out one after the other: the journal's order is the call's order
	notes   *queue[effect] // notifications, in order
	view    atomic.Pointer[View]
	drawing sync.Mutex  // held while faces are told
	alarm   *time.Timer // touched by the loop only
	writer  *writer
	memory  *memory
	bus     bus
	subs    subscribers

	ctx    context.Context // ends everything that waits
	cancel context.CancelFunc
	work   sync.WaitGroup

	troubled atomic.Bool // the agent was told of a journal in trouble
	stale    bool        // the history has changed since it was read; touched by the disk goroutine only
	unsaved  string      // what the state knows of calls kept in memory; touched by the disk goroutine only
}

// New puts up a desk; it works from Start on.
func New(cfg Config) *Desk {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	d := &Desk{cfg: cfg, inbox: newQueue[event](), disk: newQueue[effect](), notes: newQueue[effect]()}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	d.writer, d.memory = newWriter(d), newMemory()
	d.draw(state{rules: cfg.Rules})
	return d
}

// Start begins to work: the journal is read, what it holds unsent goes on its way.
func (d *Desk) Start() {
	d.work.Go(d.loop)
	d.work.Go(func() { d.disk.each(d.write) })
	d.work.Go(func() { d.notes.each(d.notify) })
	d.work.Go(d.activations)
	d.work.Go(d.writer.run)
	d.work.Go(d.keepAlive)
	d.disk.put(loadMemory{})
	d.disk.put(readHistory{})
}

// Close ends the desk. What is queued for the journal is written, and an activity on its way to the org may arrive until
// ctx ends; if it does not, the next start asks the org for it.
func (d *Desk) Close(ctx context.Context) {
	d.cancel() // lookups
	d.inbox.close()
	d.writer.stop()
	done := make(chan struct{})
	go func() {
		d.work.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		d.writer.giveUp()
		<-done
	}
	d.bus.close() // after the last thing that was written has been told
}

// loop is the one goroutine that owns the state.
func (d *Desk) loop() {
	s := state{rules: d.cfg.Rules}
	d.alarm = time.AfterFunc(time.Hour, func() { d.post(ticked{d.stamp()}) })
	d.alarm.Stop()
	d.inbox.each(func(e event) {
		var effects []effect
		s, effects = next(s, e)
		d.draw(s)
		for _, f := range effects {
			d.carryOut(f)
		}
	})
	d.alarm.Stop()
	// Calls still on the desk keep what was typed: it is in the journal. Nothing more can happen here.
	d.disk.close()
	d.notes.close()
}

// keepAlive notes on disk, now and then, that live calls still live: after a crash their end is known that well. While the
// journal is in trouble it tries even without a call: what the journal keeps in memory goes to disk with the first write
// that succeeds, and nobody may call for hours.
func (d *Desk) keepAlive() {
	t := time.NewTicker(aliveEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			if d.troubled.Load() || d.Unsaved() != "" || slices.ContainsFunc(d.View().Calls, live) {
				d.disk.put(noteAlive{d.cfg.Now()})
			}
		case <-d.ctx.Done():
			return
		}
	}
}

// carryOut hands an effect to the goroutine it belongs to.
func (d *Desk) carryOut(f effect) {
	switch f := f.(type) {
	case say:
		d.bus.publish(f.Event)
	case wakeAt:
		d.setAlarm(f.when)
	case askOrg:
		d.work.Go(func() { d.lookUp(f) })
	case askDetails:
		d.work.Go(func() { d.details(f) })
	case notifyRinging, notifyMissed, notifyParked, withdraw, popRecord, raiseWindow:
		d.notes.put(f)
	default:
		d.disk.put(f)
	}
}

func (d *Desk) setAlarm(when time.Time) {
	if when.IsZero() {
		d.alarm.Stop()
		return
	}
	d.alarm.Reset(max(0, when.Sub(d.cfg.Now())))
}

// draw hands the View to everyone who watches.
func (d *Desk) draw(s state) {
	v := render(s, d.cfg.Demo)
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

// Heard takes what the phone tells. It is the phone's event function.
func (d *Desk) Heard(e sip.Event) {
	switch e := e.(type) {
	case sip.CallIncoming:
		d.arrive(callArrived{stamp: stamp{e.At}, direction: crm.Inbound, id: e.ID, party: e.Party, called: e.Called, refused: e.Refused})
	case sip.CallDialing:
		d.arrive(callArrived{stamp: stamp{e.At}, direction: crm.Outbound, id: e.ID, party: e.Party})
	default:
		d.post(phoneEvent{d.stamp(), e})
	}
}

// arrive reads the number and asks memory, which both take microseconds: the first card waits for nothing else.
func (d *Desk) arrive(e callArrived) {
	e.number = d.cfg.Parse(e.party)
	if !e.number.Withheld && !e.number.Extension {
		e.known, e.choice = d.memory.recall(d.cfg.Directory, e.number)
	}
	d.post(e)
}

// LinkChanged takes the org link's new standing.
func (d *Desk) LinkChanged(s crm.LinkStatus) { d.post(orgChanged{d.stamp(), s}) }

// AudioChanged takes the sound devices now in use.
func (d *Desk) AudioChanged(v AudioView) { d.post(audioChanged{d.stamp(), v}) }

// AccountSet tells whether the phone has an account.
func (d *Desk) AccountSet(configured bool) { d.post(accountSet{d.stamp(), configured}) }

// SetRules applies new settings, without restart.
func (d *Desk) SetRules(r Rules) { d.post(rulesSet{d.stamp(), r}) }

func (d *Desk) post(e event) { d.inbox.put(e) }
func (d *Desk) stamp() stamp { return stamp{d.cfg.Now()} }
