package audio

import (
	"log/slog"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestFIFOKeepsEverySample, in order, whatever is written and read.
func TestFIFOKeepsEverySample(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var f fifo
		var want []int16
		var next int16
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				pcm := make([]int16, rapid.IntRange(0, 4000).Draw(t, "write"))
				for i := range pcm {
					next++
					pcm[i] = next
				}
				n := f.write(pcm)
				if room := fifoSize - len(want); n != min(room, len(pcm)) {
					t.Fatalf("took %d of %d with room for %d", n, len(pcm), room)
				}
				want = append(want, pcm[:n]...)
				next -= int16(len(pcm) - n)
			case 1:
				pcm := make([]int16, rapid.IntRange(0, 4000).Draw(t, "read"))
				n := f.next(pcm)
				if n != min(len(pcm), len(want)) {
					t.Fatalf("gave %d of %d, holding %d", n, len(pcm), len(want))
				}
				for i := range n {
					if pcm[i] != want[i] {
						t.Fatalf("sample %d is %d, not %d", i, pcm[i], want[i])
					}
				}
				want = want[n:]
			case 2:
				n := rapid.IntRange(0, 4000).Draw(t, "drop")
				f.drop(n)
				want = want[min(n, len(want)):]
			}
			if f.len() != len(want) {
				t.Fatalf("holds %d, not %d", f.len(), len(want))
			}
		}
	})
}

// TestThePacerKeepsWithTheCard: for any crystal and any lateness of the ticks that a computer in order has, the speaker runs
// dry only while the delay is being found, no packet is more than half a percent off its time, and the delay stays short.
func TestThePacerKeepsWithTheCard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drift := rapid.Float64Range(-500e-6, 500e-6).Draw(t, "drift")
		late := rapid.SliceOfN(rapid.Float64Range(0, 0.004), 50, 50).Draw(t, "late") // s, of the ticks
		p := newPacer()
		var now, written float64 // seconds, samples
		dry, longest, most := 0, time.Duration(0), 0
		for i := range 12000 {
			at := now + late[i%len(late)]
			lead := int(written - at*SampleRate*(1+drift))
			v := p.tick(lead)
			if v.fill > 0 && i > 1000 {
				dry++
			}
			most = max(most, lead)
			written += float64(v.fill)
			if !v.skip {
				written += FrameSamples
			}
			longest = max(longest, (v.wait - frameTime).Abs())
			now += v.wait.Seconds()
		}
		if dry > 0 {
			t.Errorf("the speaker ran dry %d times", dry)
		}
		if longest > frameTime/200 {
			t.Errorf("a tick was %v off", longest)
		}
		if most > samples(40*time.Millisecond) {
			t.Errorf("the delay grew to %d samples", most)
		}
	})
}

// TestThePacerAfterAStall: too much waits, so the speaker skips back to its place.
func TestThePacerAfterAStall(t *testing.T) {
	p := newPacer()
	p.tick(-1)
	lead := samples(300 * time.Millisecond)
	for range 40 {
		v := p.tick(lead)
		if !v.skip {
			lead += FrameSamples
		}
		lead -= FrameSamples
	}
	if lead > int(p.target)+leadExcess {
		t.Errorf("still %d samples ahead", lead)
	}
}

// TestALateMicrophoneCatchesUp: what piled up while the clock stood still does not stay as delay.
func TestALateMicrophoneCatchesUp(t *testing.T) {
	b := newBridge()
	pcm := make([]int16, FrameSamples)
	b.exchange(nil, make([]int16, samples(200*time.Millisecond)))
	for range 2 * spareWindow {
		b.exchange(nil, make([]int16, FrameSamples))
		b.record(pcm)
	}
	if left := b.microphone.len(); left > FrameSamples {
		t.Errorf("%d samples are left over", left)
	}
}

// TestATickAllocatesNothing: a garbage collector that has nothing to do does not stop the clock.
func TestATickAllocatesNothing(t *testing.T) {
	b, c := stillClock(&silentPort{}, &silentPort{})
	out, in := make([]int16, FrameSamples), make([]int16, FrameSamples)
	if n := testing.AllocsPerRun(1000, func() { b.exchange(out, in); c.tick() }); n != 0 {
		t.Errorf("%v allocations a tick", n)
	}
}

type silentPort struct{}

func (*silentPort) WriteMicrophone([]int16) {}
func (*silentPort) ReadSpeaker(pcm []int16) { clear(pcm) }

// stillClock is a clock that only the test makes tick, with a device that only the test makes call.
func stillClock(ports ...Port) (*bridge, *clock) {
	e := assemble(Config{Null: true}, slog.New(slog.DiscardHandler), nil)
	var list []*attached
	for _, p := range ports {
		list = append(list, &attached{p})
	}
	e.ports.Store(&list)
	b := newBridge()
	e.bridge.Store(b)
	return b, &clock{engine: e}
}

// BenchmarkTick is one frame of a call, but for the call's own work.
func BenchmarkTick(b *testing.B) {
	bridge, c := stillClock(&silentPort{})
	out, in := make([]int16, FrameSamples), make([]int16, FrameSamples)
	b.ReportAllocs()
	for b.Loop() {
		bridge.exchange(out, in)
		c.tick()
	}
}
