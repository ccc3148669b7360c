package audio

import (
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"linecard/test/interop"
)

var allTones = []string{ToneRing, ToneRingback, ToneBusy, ToneCongestion, ToneCallWaiting, ToneTest, ToneRingTest, ToneAnswered}

// render is the first part of a tone.
func render(t *testing.T, kind, cadence string, length time.Duration) []int16 {
	t.Helper()
	s, ok := ringStyle{cadence: cadence}.scoreOf(kind)
	if !ok {
		t.Fatalf("there is no tone %q", kind)
	}
	pcm := make([]int16, samples(length))
	p := newPlayer(s)
	for i := 0; i < len(pcm); i += FrameSamples {
		p.mix(pcm[i:min(i+FrameSamples, len(pcm))])
	}
	return pcm
}

// onOff is how long a tone sounds and is silent, in turn; pauses under 20 ms are part of a sine.
func onOff(pcm []int16) []time.Duration {
	const window = SampleRate / 100
	var times []time.Duration
	var was bool
	began := 0
	for i := 0; i+window <= len(pcm); i += window {
		is := rms(pcm[i:i+window]) > 0.002
		if i == 0 {
			was = is
		}
		if is != was {
			times = append(times, time.Duration(i-began)*time.Second/SampleRate)
			was, began = is, i
		}
	}
	return times
}

// TestNetworkTones: frequencies and cadences are those of the country.
func TestNetworkTones(t *testing.T) {
	for _, c := range []struct {
		kind, cadence string
		hertz         []float64
		onOff         []int // ms
	}{
		{ToneRingback, CadenceUS, []float64{440, 480}, []int{2000, 4000, 2000, 4000}},
		{ToneRingback, CadenceUK, []float64{400, 450}, []int{400, 200, 400, 2000, 400}},
		{ToneBusy, CadenceUS, []float64{480, 620}, []int{500, 500, 500, 500}},
		{ToneBusy, CadenceUK, []float64{400}, []int{380, 370, 380, 370}},
		{ToneCongestion, CadenceUS, []float64{480, 620}, []int{250, 250, 250}},
		{ToneCongestion, CadenceUK, []float64{400}, []int{400, 350, 230, 520}},
		{ToneCallWaiting, CadenceUS, []float64{440}, []int{300, 200, 300, 5200}},
		{ToneRingback, CadenceEU, []float64{425}, []int{1000, 4000, 1000}},
		{ToneBusy, CadenceEU, []float64{425}, []int{500, 500, 500}},
		{ToneCongestion, CadenceEU, []float64{425}, []int{250, 250, 250}},
		{ToneRingback, CadenceJP, []float64{400, 384, 416}, []int{1000, 2000, 1000}},
		{ToneBusy, CadenceJP, []float64{400}, []int{500, 500, 500}},
		{ToneCallWaiting, CadenceUK, []float64{400}, []int{100, 2900, 100, 2900}},
	} {
		t.Run(c.kind+" "+c.cadence, func(t *testing.T) {
			pcm := render(t, c.kind, c.cadence, 15*time.Second)
			got := onOff(pcm)
			for i, want := range c.onOff {
				if i >= len(got) || (got[i]-ms(want)).Abs() > ms(20) {
					t.Fatalf("cadence is %v, wanted %v ms", got, c.onOff)
				}
			}
			first := pcm[:samples(ms(c.onOff[0]))]
			level := 0.0
			for _, h := range c.hertz {
				a := amplitude(first, h)
				level += a * a
				if a < 0.04 {
					t.Errorf("%g Hz has amplitude %.3f", h, a)
				}
			}
			if all := rms(first) * math.Sqrt2; math.Abs(all-math.Sqrt(level)) > all/10 {
				t.Errorf("there is something else: %.3f in all, %.3f of the frequencies", all, math.Sqrt(level))
			}
		})
	}
}

// TestNoToneClicksOrClips: the steps between samples are those of its sines, also where notes begin and end, and the peak
// leaves room.
func TestNoToneClicksOrClips(t *testing.T) {
	for _, kind := range allTones {
		for _, cadence := range []string{CadenceUS, CadenceUK, CadenceEU, CadenceJP} {
			pcm := render(t, kind, cadence, 7*time.Second)
			peak, step := 0.0, 0.0
			for i, v := range pcm {
				peak = max(peak, math.Abs(float64(v))/32767)
				if i > 0 {
					step = max(step, math.Abs(float64(v)-float64(pcm[i-1]))/32767)
				}
			}
			if peak < 0.04 || peak > 0.9 {
				t.Errorf("%s %s: peak %.2f", kind, cadence, peak)
			}
			if step > 0.15 { // 5.3 kHz at a quarter of full scale: the ring's highest partial
				t.Errorf("%s %s: a step of %.2f", kind, cadence, step)
			}
		}
	}
}

func TestTheRingGoesOnAndTheTestEnds(t *testing.T) {
	pcm := render(t, ToneRing, CadenceUS, 20*time.Second)
	for from := 0; from+5*SampleRate <= len(pcm); from += 5 * SampleRate {
		if rms(pcm[from:from+5*SampleRate]) < 0.02 {
			t.Errorf("the ring has stopped at %d s", from/SampleRate)
		}
	}
	if pcm := render(t, ToneTest, CadenceUS, 10*time.Second); rms(pcm[3*SampleRate:]) != 0 || rms(pcm[:2*SampleRate]) < 0.02 {
		t.Error("the test tone is to sound for two seconds, once")
	}
}

// TestTheRingIsAsLoudAsChosen: each step up is louder, full volume does not clip, and silent is silent.
func TestTheRingIsAsLoudAsChosen(t *testing.T) {
	last := 0.0
	for _, volume := range []int{1, 20, 50, 80, 100} {
		s, _ := ringStyle{volume: volume}.scoreOf(ToneRing)
		pcm := make([]int16, 2*SampleRate)
		newPlayer(s).mix(pcm)
		now := rms(pcm)
		if now <= last || slices.Contains(pcm, 32767) {
			t.Errorf("volume %d is at %.4f, the one before at %.4f", volume, now, last)
		}
		last = now
	}
	synctest.Test(t, func(t *testing.T) {
		card := newFakeCard()
		e := startFake(t, Config{Cadence: CadenceSilent}, card)
		defer e.Ring(ToneRing)()
		run(5 * time.Second)
		if card.tries != 0 {
			t.Error("a silent ring opened a device")
		}
		e.SetRing("", 0)
		stop := e.Ring(ToneRing)
		run(2 * time.Second)
		if rms(card.heard("box")) < 0.02 {
			t.Error("it was told to ring")
		}
		stop()
	})
}

func TestMixingATone(t *testing.T) {
	s, _ := ringStyle{}.scoreOf(ToneRing)
	p := newPlayer(s)
	pcm := make([]int16, FrameSamples)
	if n := testing.AllocsPerRun(1000, func() { p.mix(pcm) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

// TestStoppingIsSoft: a stopped tone is gone within a frame and does not click.
func TestStoppingIsSoft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		card := newFakeCard()
		e := startFake(t, Config{}, card)
		stop := e.Ring(ToneRingback)
		run(time.Second)
		card.heard("box")
		stop()
		stop()
		run(100 * time.Millisecond)
		end := card.heard("box")
		if rms(end) == 0 || rms(end[samples(ms(60)):]) != 0 {
			t.Error("the tone is to end at once, softly")
		}
		for i := 1; i < len(end); i++ {
			if step := math.Abs(float64(end[i])-float64(end[i-1])) / 32767; step > 0.05 {
				t.Fatalf("a step of %.2f at sample %d", step, i)
			}
		}
	})
}

// TestRinging: the ring plays into the room on the ringer, without a microphone; once a call is up it is a discreet tone in
// the ear instead, and back in the room when that call has ended.
func TestRinging(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		card := newFakeCard(Device{Microphone, "mic", true}, Device{Speaker, "box", true}, Device{Speaker, "bell", false})
		e := startFake(t, Config{Ringer: "bell"}, card)
		stop := e.Ring(ToneRing)
		run(2 * time.Second)
		if open := card.now(); !slices.Equal(open, []plan{{speaker: "bell"}}) {
			t.Errorf("open: %v", open)
		}
		if rms(card.heard("bell")) < 0.02 {
			t.Error("it does not ring")
		}
		another := e.Ring(ToneRing)
		detach := e.Attach(&recorder{})
		run(100 * time.Millisecond)
		card.heard("bell")
		card.heard("box")
		run(800 * time.Millisecond)
		if rms(card.heard("bell")) != 0 {
			t.Error("it rings into the call")
		}
		if a := amplitude(card.heard("box"), 440); a == 0 || a > 2*waitingLevel {
			t.Errorf("call waiting has amplitude %.3f", a)
		}
		another()
		detach()
		run(2 * time.Second)
		if rms(card.heard("bell")) < 0.02 {
			t.Error("it does not ring again after the call")
		}
		stop()
		run(lingerTime + time.Second)
		if open := card.now(); len(open) != 0 {
			t.Errorf("still open: %v", open)
		}
	})
}

// TestTestTones end by themselves and let the device go.
func TestTestTones(t *testing.T) {
	interop.Proves(t, "S6.2")
	synctest.Test(t, func(t *testing.T) {
		card := newFakeCard()
		e := startFake(t, Config{Ringer: "headset"}, card)
		e.Ring(ToneTest)
		stop := e.Ring(ToneRingTest)
		run(2 * time.Second)
		if rms(card.heard("box")) < 0.02 || rms(card.heard("headset")) < 0.02 {
			t.Error("they cannot be heard")
		}
		run(10 * time.Second)
		if open := card.now(); len(open) != 0 {
			t.Errorf("still open: %v", open)
		}
		stop()
		e.Ring("no such tone")()
	})
}
