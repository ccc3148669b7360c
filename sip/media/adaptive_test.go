package media

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"linecard/test/interop"
)

// network is a simulated way from a phone to ours: what happens to each packet is drawn from a seeded generator, so that
// every run of a case is the same run.
type network struct {
	seed   uint64
	loss   float64                                 // part of the packets that vanish
	delay  func(r *rand.Rand, n int) time.Duration // of packet n
	drift  float64                                 // how much slower our sound card is than the sender's clock, in parts per million
	burst  int                                     // blocks our sound card asks for at once
	silent func(n int) bool                        // packets the sender does not send, its timestamps going on
	stamp  func(n int) uint32                      // timestamp of packet n
	twice  bool                                    // every packet comes two times
}

// heard is what came of it.
type heard struct {
	stats   BufferStats
	pcm     []int16
	delayed []time.Duration // buffer delay at each Put
}

type flight struct {
	at   time.Duration
	n    int
	data []byte
}

type flights []flight

func (f flights) Len() int { return len(f) }
func (f flights) Less(i, j int) bool {
	return f[i].at < f[j].at || f[i].at == f[j].at && f[i].n < f[j].n
}
func (f flights) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f *flights) Push(x any)   { *f = append(*f, x.(flight)) }
func (f *flights) Pop() any {
	old := *f
	x := old[len(old)-1]
	*f = old[:len(old)-1]
	return x
}

// callLength is long enough for the clocks of the drift cases to part by 60 ms.
const callLength = time.Minute

// listen plays the voice through the network into an Adaptive.
func (n network) listen() heard {
	const frame = 160
	rng := rand.New(rand.NewPCG(n.seed, 1))
	pcm := voice()
	var air flights
	for i := range len(pcm) / frame {
		var d time.Duration
		if n.delay != nil {
			d = n.delay(rng, i)
		}
		if lost := rng.Float64() < n.loss; lost || n.silent != nil && n.silent(i) {
			continue
		}
		data := make([]byte, frame)
		mulaw{}.encode(data, pcm[i*frame:(i+1)*frame])
		// A packet leaves when its last sample was spoken.
		f := flight{at: time.Duration(i+1)*20*time.Millisecond + d, n: i, data: data}
		heap.Push(&air, f)
		if n.twice {
			heap.Push(&air, f)
		}
	}
	var h heard
	b := NewAdaptive(8000, 8000)
	stamp := n.stamp
	if stamp == nil {
		stamp = func(i int) uint32 { return 0xFFFFF000 + uint32(i)*frame } // wraps around early
	}
	out := make([]int16, 80)
	burst := max(n.burst, 1)
	for k := 0; ; k++ {
		now := time.Duration(float64(k*burst) * float64(10*time.Millisecond) * (1 + n.drift/1e6))
		if now > callLength {
			break
		}
		for len(air) > 0 && air[0].at <= now {
			f := heap.Pop(&air).(flight)
			b.Put(&Packet{Sequence: uint16(f.n), Timestamp: stamp(f.n), Payload: f.data, Decoder: mulaw{}})
			h.delayed = append(h.delayed, b.Stats().Delay)
		}
		for range burst {
			b.Get(out)
			h.pcm = append(h.pcm, out...)
		}
	}
	h.stats = b.Stats()
	return h
}

// voice is something like speech: a gliding pitch with harmonics in syllables of 200 ms, and pauses between sentences.
var voice = sync.OnceValue(func() []int16 {
	pcm := make([]int16, 8000*callLength/time.Second)
	phase := 0.0
	for i := range pcm {
		t := float64(i) / 8000
		phase += 2 * math.Pi * (130 + 30*math.Sin(2*math.Pi*0.7*t)) / 8000
		if math.Mod(t, 3) > 2.4 {
			continue // a pause
		}
		level := math.Pow(math.Sin(math.Pi*math.Mod(t, 0.2)/0.2), 2)
		v := 0.0
		for k := 1; k <= 8; k++ {
			v += math.Sin(float64(k)*phase) / float64(k)
		}
		pcm[i] = int16(6000 * level * v)
	}
	return pcm
})

// settled is the mean delay over the last part of the call.
func (h heard) settled() time.Duration {
	tail := h.delayed[len(h.delayed)*2/3:]
	var sum time.Duration
	for _, d := range tail {
		sum += d
	}
	return sum / time.Duration(len(tail))
}

// steepest is the largest step between two samples: what a click would be.
func steepest(pcm []int16) int {
	m := 0
	for i := 1; i < len(pcm); i++ {
		m = max(m, abs(int(pcm[i])-int(pcm[i-1])))
	}
	return m
}

func abs(x int) int { return max(x, -x) }

// uniform delays each packet by up to d, which also reorders them when d is more than a packet.
func uniform(d time.Duration) func(*rand.Rand, int) time.Duration {
	return func(r *rand.Rand, _ int) time.Duration { return time.Duration(r.Int64N(int64(d))) }
}

func TestAdaptive(t *testing.T) {
	interop.Proves(t, "S5.1")
	for name, c := range map[string]struct {
		net       network
		concealed float64       // at most this part of the call
		delay     time.Duration // at most this much once settled
	}{
		"perfect":                      {network{}, 0, 25 * time.Millisecond},
		"a steady 150 ms":              {network{delay: func(*rand.Rand, int) time.Duration { return 150 * time.Millisecond }}, 0, 25 * time.Millisecond},
		"5 ms of jitter":               {network{delay: uniform(5 * time.Millisecond)}, 0.001, 25 * time.Millisecond},
		"20 ms of jitter":              {network{delay: uniform(20 * time.Millisecond)}, 0.002, 30 * time.Millisecond},
		"60 ms, out of order":          {network{delay: uniform(60 * time.Millisecond)}, 0.003, 50 * time.Millisecond},
		"Wi-Fi: rare late ones":        {network{delay: spikes}, 0.01, 25 * time.Millisecond},
		"5 in 100 lost":                {network{loss: 0.05}, 0.06, 30 * time.Millisecond},
		"20 in 100 lost":               {network{loss: 0.20, delay: uniform(10 * time.Millisecond)}, 0.22, 30 * time.Millisecond},
		"their clock is faster":        {network{drift: 1000}, 0.002, 30 * time.Millisecond},
		"their clock is slower":        {network{drift: -1000}, 0.001, 30 * time.Millisecond},
		"sound card in 40 ms":          {network{burst: 4}, 0.005, 40 * time.Millisecond},
		"every packet twice":           {network{twice: true}, 0, 25 * time.Millisecond},
		"silence is not sent":          {network{silent: pauses, delay: uniform(10 * time.Millisecond)}, 0.025, 30 * time.Millisecond},
		"the same, every packet twice": {network{silent: pauses, stamp: standing, twice: true}, 0.025, 30 * time.Millisecond},
		"silence, clock stands":        {network{silent: pauses, stamp: standing}, 0.025, 30 * time.Millisecond},
		"half a second of nothing":     {network{delay: tunnel}, 0.005, 40 * time.Millisecond},
		"the sender counts afresh":     {network{stamp: afresh}, 0.0015, 25 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			draws := uint64(1)
			if c.net.loss > 0 || c.net.delay != nil {
				draws = 3
			}
			for c.net.seed = range draws {
				h := c.net.listen()
				concealed := h.stats.Concealed.Seconds() / callLength.Seconds()
				t.Logf("concealed %.2f %%, settled at %v, %+v", concealed*100, h.settled(), h.stats)
				if concealed > c.concealed {
					t.Errorf("%.2f %% of the call was made up, more than %.2f %%", concealed*100, c.concealed*100)
				}
				if d := h.settled(); d > c.delay {
					t.Errorf("audio waits %v in the end, more than %v", d, c.delay)
				}
				if got, said := steepest(h.pcm), steepest(voice()); got > said*3/2 {
					t.Errorf("a click: a step of %d where the voice has %d at most", got, said)
				}
				if loud := level(h.pcm); loud < level(voice())*8/10 {
					t.Errorf("the voice got lost: level %d", loud)
				}
			}
		})
	}
}

// TestCatchesUp: early media lay in the socket before anybody read it, or a tunnel held the voice back; two seconds later
// the talkers do not notice any more.
func TestCatchesUp(t *testing.T) {
	for name, c := range map[string]struct {
		delay func(*rand.Rand, int) time.Duration
		after int // packets
	}{
		"a backlog of 300 ms": {func(_ *rand.Rand, n int) time.Duration { return time.Duration(max(15-n, 0)) * 20 * time.Millisecond }, 15},
		"a tunnel":            {tunnel, 525},
	} {
		h := network{delay: c.delay}.listen()
		if d := h.delayed[c.after+100]; d > 60*time.Millisecond {
			t.Errorf("%s: two seconds later audio still waits %v", name, d)
		}
	}
}

// TestChangesOfPaceKeepPitch: a tone, the hardest of all to cut, keeps its level while the buffer comes to its delay, waits
// longer and waits less again.
func TestChangesOfPaceKeepPitch(t *testing.T) {
	for _, hz := range []float64{440, 697, 1000, 1209} {
		pcm := tone(hz, 8000, 8000, 8000*20)
		b := NewAdaptive(8000, 8000)
		payload, out := make([]byte, 160), make([]int16, 80)
		var heard []int16
		get := func() {
			b.Get(out)
			heard = append(heard, out...)
		}
		for i := range len(pcm) / 160 {
			mulaw{}.encode(payload, pcm[i*160:(i+1)*160])
			b.Put(&Packet{Timestamp: uint32(i) * 160, Payload: payload, Decoder: mulaw{}})
			get()
			if i != 300 { // our sound card loses a block, twice gains one
				get()
			}
			if i == 500 || i == 501 {
				get()
			}
		}
		st := b.Stats()
		if st.Dropped == 0 {
			t.Errorf("%v Hz: nothing to test: %+v", hz, st)
		}
		soft, window := 0, 400
		for i := 2000; i+window < len(heard); i += window {
			if a := amplitude(heard[i:i+window], hz, 8000); a < 7200 {
				soft++
			}
		}
		if soft > 4 { // one place each where a block was lost or gained, of at most two windows
			t.Errorf("%v Hz: in %d of %d windows of 50 ms the tone is below nine tenths: %+v", hz, soft, len(heard)/window, st)
		}
	}
}

// TestJumpDoesNotClick: a rumble too low for the buffer to find a place that looks alike. The two ends are blended.
func TestJumpDoesNotClick(t *testing.T) {
	pcm := tone(30, 8000, 8000, 8000*2)
	b := NewAdaptive(8000, 8000)
	payload, out := make([]byte, 160), make([]int16, 80)
	var heard []int16
	for i := range len(pcm) / 160 {
		mulaw{}.encode(payload, pcm[i*160:(i+1)*160])
		b.Put(&Packet{Timestamp: uint32(i) * 160, Payload: payload, Decoder: mulaw{}})
		for range 2 {
			b.Get(out)
			heard = append(heard, out...)
		}
	}
	if b.Stats().Dropped == 0 {
		t.Error("nothing was left out")
	}
	if got := steepest(heard); got > 1000 {
		t.Errorf("a step of %d where the rumble has 190", got)
	}
}

// TestHoldKeepsPhase: the playhead is held back in the middle of a tone, with everything there to be played.
func TestHoldKeepsPhase(t *testing.T) {
	for _, hz := range []float64{150, 210, 440, 697} {
		pcm := tone(hz, 8000, 8000, 8000)
		b := NewAdaptive(8000, 8000)
		payload, out := make([]byte, 160), make([]int16, 80)
		var heard []int16
		for i := range len(pcm) / 160 {
			mulaw{}.encode(payload, pcm[i*160:(i+1)*160])
			b.Put(&Packet{Timestamp: uint32(i) * 160, Payload: payload, Decoder: mulaw{}})
			if i < 3 {
				continue // stay well ahead, so that nothing but the debt holds the playhead
			}
			if i == 24 {
				b.debt = b.step
			}
			for range 2 {
				b.Get(out)
				heard = append(heard, out...)
			}
		}
		if got := b.Stats().Inserted; got == 0 {
			t.Fatal("the playhead was not held")
		}
		for i := 40 * 80; i < 46*80; i += 80 {
			if a := amplitude(heard[i:i+400], hz, 8000); a < 7000 {
				t.Errorf("%v Hz: from sample %d on the tone of 8000 is at %.0f", hz, i, a)
			}
		}
	}
}

// spikes is 5 ms of jitter, and one packet in 200 comes 80 ms late.
func spikes(r *rand.Rand, _ int) time.Duration {
	if r.IntN(200) == 0 {
		return 80 * time.Millisecond
	}
	return time.Duration(r.Int64N(int64(5 * time.Millisecond)))
}

// pauses tells the packets of voice's pauses.
func pauses(n int) bool { return n*20%3000 > 2400 && n*20%3000 < 2980 }

// standing is a sender whose timestamps count what it sends only, as some gateways do against RFC 3550.
func standing(n int) uint32 { return uint32(n-(n+1)/150*28) * 160 }

// tunnel holds everything back for half a second every twenty seconds, then lets it go at once.
func tunnel(_ *rand.Rand, n int) time.Duration {
	if in := n % 1000; in >= 500 && in < 525 {
		return time.Duration(525-in) * 20 * time.Millisecond
	}
	return 0
}

// afresh is a sender that begins another timestamp line every fifteen seconds, ahead of the old one or behind it.
func afresh(n int) uint32 {
	return []uint32{0, 0x55555555, 0x10000000, 0xF0000000}[n/750%4] + uint32(n)*160
}
