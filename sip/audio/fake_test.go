package audio

import (
	"slices"
	"sync"
	"testing"
	"time"
)

// fakeCard is a backend whose devices behave as the test says. Under synctest its clock is exact, and an hour is over at once.
type fakeCard struct {
	mu      sync.Mutex
	list    []Device
	missed  error              // what devices and open answer, when set
	broken  map[string]bool    // speakers that are listed but do not open
	delay   time.Duration      // of every open
	hang    chan struct{}      // open waits for it
	burst   int                // frames at a time; 0 means 1
	drift   float64            // the card's clock is slow by this share
	phase   time.Duration      // from open to the card's first period
	mic     func(i int) int16  // what the microphone hears
	opened  []plan             // every attempt that succeeded
	tries   int                // every attempt
	looks   int                // times somebody listed the devices
	running map[*fakeOpen]bool // now
	played  map[string][]int16 // by speaker
}

type fakeOpen struct {
	card   *fakeCard
	plan   plan
	speak  string
	frozen chan struct{}
	stop   chan struct{}
	ended  chan struct{}
}

func newFakeCard(devices ...Device) *fakeCard {
	if devices == nil {
		devices = []Device{{Microphone, "mic", true}, {Speaker, "box", true}, {Speaker, "headset", false}, {Microphone, "headset", false}}
	}
	return &fakeCard{
		list: devices, running: map[*fakeOpen]bool{}, broken: map[string]bool{}, played: map[string][]int16{},
		mic:   func(int) int16 { return 1 },
		phase: 3 * time.Millisecond, // ticking at the very instant the clock does would leave the order of the two to chance
	}
}

func (c *fakeCard) devices() ([]Device, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.looks++
	if c.missed != nil {
		return nil, c.missed
	}
	return slices.Clone(c.list), nil
}

func (c *fakeCard) lists() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.looks
}

// setMissed makes every question fail with err; nil answers them again.
func (c *fakeCard) setMissed(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.missed = err
}

func (c *fakeCard) set(devices ...Device) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = devices
}

func (c *fakeCard) now() (open []plan) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for o := range c.running {
		open = append(open, o.plan)
	}
	return open
}

// heard is what a speaker has played so far, and then forgets it.
func (c *fakeCard) heard(speaker string) []int16 {
	c.mu.Lock()
	defer c.mu.Unlock()
	pcm := c.played[speaker]
	c.played[speaker] = nil
	return pcm
}

// freeze makes open devices cease to call, as unplugged ones do.
func (c *fakeCard) freeze() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for o := range c.running {
		close(o.frozen)
	}
}

func (c *fakeCard) open(p plan, r receiver) (stream, error) {
	c.mu.Lock()
	c.tries++
	delay, hang := c.delay, c.hang
	c.mu.Unlock()
	if hang != nil {
		<-hang
	}
	time.Sleep(delay) // the sound server's time
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.missed != nil {
		return nil, c.missed
	}
	o := &fakeOpen{card: c, plan: p, speak: p.speaker, frozen: make(chan struct{}), stop: make(chan struct{}), ended: make(chan struct{})}
	if p.speaker == "" {
		o.speak = firstName(c.list, Speaker)
	}
	mic := p.microphone
	if mic == "" {
		mic = firstName(c.list, Microphone)
	}
	present := toSet(c.list)
	if !present[Device{Kind: Speaker, Name: o.speak}] || p.duplex && !present[Device{Kind: Microphone, Name: mic}] || c.broken[o.speak] {
		return nil, errNotConnected
	}
	c.opened = append(c.opened, p)
	c.running[o] = true
	go o.run(r.exchange, max(c.burst, 1), time.Duration(float64(frameTime)*(1+c.drift)))
	return o, nil
}

// firstName is the system's choice: the default, or where it does not say which that is, the first.
func firstName(list []Device, kind Kind) string {
	name := defaultName(list, kind)
	for _, d := range list {
		if d.Kind == kind && name == "" {
			name = d.Name
		}
	}
	return name
}

func (o *fakeOpen) run(exchange func(out, in []int16), burst int, period time.Duration) {
	defer close(o.ended)
	time.Sleep(o.card.phase)
	tick := time.NewTicker(period * time.Duration(burst))
	defer tick.Stop()
	at := 0
	for {
		select {
		case <-o.stop:
			return
		case <-o.frozen:
			<-o.stop
			return
		case <-tick.C:
		}
		for range burst {
			out := make([]int16, FrameSamples)
			var in []int16
			if o.plan.duplex {
				in = make([]int16, FrameSamples)
				for i := range in {
					in[i] = o.card.mic(at)
					at++
				}
			}
			exchange(out, in)
			o.card.mu.Lock()
			o.card.played[o.speak] = append(o.card.played[o.speak], out...)
			o.card.mu.Unlock()
		}
	}
}

func (o *fakeOpen) devices() ([]Device, error) { return o.card.devices() }

func (o *fakeOpen) close() {
	close(o.stop)
	<-o.ended
	o.card.mu.Lock()
	defer o.card.mu.Unlock()
	delete(o.card.running, o)
}

func startFake(t *testing.T, config Config, card *fakeCard) *Engine {
	t.Helper()
	e := start(config, testLog(t), card)
	t.Cleanup(e.Close)
	return e
}

// recorder is a port that keeps when it was called and what it was given, and says one value.
type recorder struct {
	mu    sync.Mutex
	says  func(i int) int16
	at    int
	calls []time.Time
	heard []int16
}

func (r *recorder) WriteMicrophone(pcm []int16) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, time.Now())
	r.heard = append(r.heard, pcm...)
}

func (r *recorder) ReadSpeaker(pcm []int16) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range pcm {
		pcm[i] = 0
		if r.says != nil {
			pcm[i] = r.says(r.at)
		}
		r.at++
	}
}

// take is what was kept since the last take.
func (r *recorder) take() (calls []time.Time, heard []int16) {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls, heard = r.calls, r.heard
	r.calls, r.heard = nil, nil
	return calls, heard
}
