package audio

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Config says which devices to use. Names are those of [Device.Name]; "" is the system's default.
type Config struct {
	Microphone string
	Speaker    string
	Ringer     string       // "" rings on the speaker
	Null       bool         // use no sound device at all: servers and tests
	Cadence    string       // whose tones: one of the Cadence constants; "" and others are CadenceUS
	RingVolume int          // of the ring tone, 1 to 100; 0 is the default, 80
	Log        *slog.Logger // nil discards
}

// Engine is the phone's sound. See the package documentation for how it works.
type Engine struct {
	log     *slog.Logger
	backend backend
	null    bool
	talk    *line
	ring    *line
	cancel  context.CancelFunc
	running sync.WaitGroup

	wake   chan struct{} // to the clock: there is something to do
	ports  atomic.Pointer[[]*attached]
	ear    atomic.Pointer[[]*sound]
	room   atomic.Pointer[[]*sound]
	bridge atomic.Pointer[bridge] // nil while no device is up

	mu       sync.Mutex // guards what follows and the replacing of the lists above
	config   Config
	tones    []*tone
	onChange func(Status)
	told     Status

	telling sync.Mutex // held while onChange is called
}

type attached struct{ port Port }

// tone is one call of Ring.
type tone struct {
	kind    string
	own     *sound
	waiting *sound // what a ring tone becomes in the ear while a call is up
}

// New starts an engine. No device is opened yet; what devices there are is found out in the background, for Status.
func New(config Config) *Engine {
	log := config.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return start(config, log, miniaudio{log: log})
}

func start(config Config, log *slog.Logger, backend backend) *Engine {
	e := assemble(config, log, backend)
	ctx, cancel := context.WithCancel(context.Background())
	e.cancel = cancel
	e.running.Go(func() { (&clock{engine: e}).run(ctx) })
	if e.null {
		return e
	}
	e.mu.Lock()
	e.arrange(true)
	e.mu.Unlock()
	e.running.Go(func() { e.talk.run(ctx) })
	e.running.Go(func() { e.ring.run(ctx) })
	return e
}

// assemble makes an engine whose goroutines do not run yet.
func assemble(config Config, log *slog.Logger, backend backend) *Engine {
	e := &Engine{log: log, backend: backend, null: config.Null, wake: make(chan struct{}, 1), config: config}
	e.ports.Store(new([]*attached))
	e.ear.Store(new([]*sound))
	e.room.Store(new([]*sound))
	e.told = Status{Null: config.Null}
	e.talk = e.newLine("talk", e.beginTalk)
	e.ring = e.newLine("ring", e.beginRing)
	return e
}

func (e *Engine) newLine(name string, begin func() (receiver, func(), func())) *line {
	return &line{name: name, backend: e.backend, log: e.log, begin: begin, changed: e.tell, kick: make(chan struct{}, 1)}
}

// Close ends the clock and closes the devices, waiting a few seconds for a sound server that does not let go. Ports still
// attached are called no more. Close may be called twice; nothing else may be called after it.
func (e *Engine) Close() {
	e.cancel()
	done := make(chan struct{})
	go func() {
		e.running.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		e.log.Warn("the sound system does not let go of a device")
	}
}

// Attach makes the clock call the port, the first time at once, until detach is called. detach does not wait for a call of
// the port under way; it may be called twice.
func (e *Engine) Attach(port Port) (detach func()) {
	a := &attached{port: port}
	e.mu.Lock()
	list := append(slices.Clone(*e.ports.Load()), a)
	e.ports.Store(&list)
	e.arrange(false)
	e.mu.Unlock()
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		list := slices.DeleteFunc(slices.Clone(*e.ports.Load()), func(other *attached) bool { return other == a })
		e.ports.Store(&list)
		e.arrange(false)
	}
}

// Ring plays a tone, one of the Tone constants, until stop is called or, for the test tones, until it is over. Tones may
// overlap. An unknown kind is an error of the program: it is logged and plays nothing. stop may be called twice.
func (e *Engine) Ring(kind string) (stop func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	style := ringStyle{e.config.Cadence, e.config.RingVolume}
	own, ok := style.scoreOf(kind)
	if !ok {
		e.log.Error("there is no such tone", "kind", kind)
		return func() {}
	}
	waiting, _ := style.scoreOf(ToneCallWaiting)
	t := &tone{kind: kind, own: &sound{own}, waiting: &sound{waiting}}
	e.tones = append(e.tones, t)
	e.arrange(false)
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.tones = slices.DeleteFunc(e.tones, func(other *tone) bool { return other == t })
		e.arrange(false)
	}
}

// over takes away a tone that came to its own end.
func (e *Engine) over(s *sound) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tones = slices.DeleteFunc(e.tones, func(t *tone) bool { return t.own == s })
	e.arrange(false)
}

// SetDevices chooses devices, "" being the system's default, and the ringer "" the speaker. Those in use are changed at once,
// and calls go on.
func (e *Engine) SetDevices(microphone, speaker, ringer string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.config.Microphone, e.config.Speaker, e.config.Ringer = microphone, speaker, ringer
	e.arrange(true)
}

// SetRing changes how the phone rings, as Config's Cadence and RingVolume do, from the next ring on.
func (e *Engine) SetRing(cadence string, volume int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.config.Cadence, e.config.RingVolume = cadence, volume
}

// Devices lists the microphones and speakers of the computer. It asks the sound system, which may take a while: not for
// the thread that draws. Without a sound system it is an error.
func (e *Engine) Devices() ([]Device, error) {
	if e.null {
		return nil, nil
	}
	list, err := e.backend.devices()
	if err != nil {
		return nil, fmt.Errorf("sound devices: %w", err)
	}
	return list, nil
}

// arrange works out who hears which tone and which devices that needs. The caller holds mu.
func (e *Engine) arrange(chosen bool) {
	inCall := len(*e.ports.Load()) > 0
	duplex := inCall
	var ear, room []*sound
	for _, t := range e.tones {
		switch {
		case t.kind == ToneRing && inCall:
			if !slices.ContainsFunc(e.tones, func(o *tone) bool { return slices.Contains(ear, o.waiting) }) {
				ear = append(ear, t.waiting) // two calls waiting make one tone
			}
		case len(t.own.score.notes) == 0: // a silent ring opens no device
		case t.kind == ToneRing, t.kind == ToneRingTest:
			room = append(room, t.own)
		default:
			ear = append(ear, t.own)
			// The far end may answer any moment, and a microphone takes a while to open.
			duplex = duplex || t.kind == ToneRingback
		}
	}
	store(&e.ear, ear)
	store(&e.room, room)
	select {
	case e.wake <- struct{}{}:
	default:
	}
	if e.null {
		return
	}
	want := plan{speaker: e.config.Speaker}
	if duplex || len(ear) == 0 { // with nothing to play, what a call would need
		want.duplex, want.microphone = true, e.config.Microphone
	}
	e.talk.set(inCall || len(ear) > 0, true, want, chosen)
	ringer := e.config.Ringer
	if ringer == "" {
		ringer = e.config.Speaker
	}
	e.ring.set(len(room) > 0, e.config.Ringer != "", plan{speaker: ringer}, chosen)
}

// store replaces a list unless it is the same: a mixer takes a new list to be a change.
func store(at *atomic.Pointer[[]*sound], list []*sound) {
	if !slices.Equal(*at.Load(), list) {
		at.Store(&list)
	}
}

// beginTalk makes the bridge a talk line's new stream meets the clock in.
func (e *Engine) beginTalk() (r receiver, up, down func()) {
	b := newBridge()
	r = receiver{exchange: b.exchange, shared: b.shared, quiet: b.quiet}
	return r, func() { e.bridge.Store(b) }, func() { e.bridge.CompareAndSwap(b, nil) }
}

// device is the bridge to a device that is alive, or nil. One that has ceased to call is passed over at once, however long
// the line takes to see to it, and taken up again when it calls again.
func (e *Engine) device() *bridge {
	if b := e.bridge.Load(); b != nil && b.quiet() <= quietLimit {
		return b
	}
	return nil
}

// beginRing makes the ring line's new stream play the room's tones by itself: it has no call to keep time with.
func (e *Engine) beginRing() (r receiver, up, down func()) {
	var c mixer
	var s shared // only its time is used
	exchange := func(out, _ []int16) {
		s.last.Store(since())
		clear(out)
		c.mix(out, e.room.Load(), e.over)
	}
	return receiver{exchange: exchange, quiet: s.quiet}, func() {}, func() {}
}
