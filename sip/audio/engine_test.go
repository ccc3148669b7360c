package audio

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"linecard/test/interop"
	"linecard/test/wait"
)

func TestMain(m *testing.M) { wait.Main(m) }

// run lets a make-believe time pass.
func run(d time.Duration) {
	time.Sleep(d) // inside a synctest bubble: nothing waits
	synctest.Wait()
}

func TestACallWithoutSoundIsPaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := startFake(t, Config{Null: true}, newFakeCard())
		port := &recorder{}
		began := time.Now()
		detach := e.Attach(port)
		run(time.Second)
		detach()
		calls, heard := port.take()
		if len(calls) < 100 || !calls[0].Equal(began) {
			t.Fatalf("%d frames in a second, the first %v after the start", len(calls), calls[0].Sub(began))
		}
		if longest(calls) != frameTime {
			t.Errorf("frames up to %v apart", longest(calls))
		}
		if slices.ContainsFunc(heard, func(v int16) bool { return v != 0 }) {
			t.Error("there is no microphone, but it was heard")
		}
		run(time.Second)
		if calls, _ := port.take(); len(calls) != 0 {
			t.Errorf("a detached port was called %d times", len(calls))
		}
		if s := e.Status(); !s.equal(Status{Null: true}) {
			t.Errorf("status is %+v", s)
		}
	})
}

// TestASlowDeviceDelaysNoCall: a card that takes three seconds to open costs the call neither a packet nor its pace.
func TestASlowDeviceDelaysNoCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		card := newFakeCard()
		card.delay = 3 * time.Second
		e := startFake(t, Config{}, card)
		port := &recorder{says: func(int) int16 { return 7 }}
		began := time.Now()
		detach := e.Attach(port)
		defer detach()
		if took := time.Since(began); took != 0 {
			t.Errorf("Attach took %v", took)
		}
		run(10 * time.Second)
		calls, heard := port.take()
		if gap := longest(calls); gap > 12*time.Millisecond {
			t.Errorf("the packets paused %v", gap)
		}
		if n := len(calls); n < 995 || n > 1005 {
			t.Errorf("%d frames in ten seconds", n)
		}
		if heard[samples(2*time.Second)] != 0 || heard[samples(4*time.Second)] != 1 {
			t.Error("the microphone is to be heard once the card is open, not before")
		}
		if played := card.heard("box"); !slices.Contains(played, 7) {
			t.Error("the call is not heard on the speaker")
		}
	})
}

// TestAStuckSoundServer: opening never returns. The call goes on, and the phone can be closed.
func TestAStuckSoundServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		card := newFakeCard()
		card.hang = make(chan struct{})
		e := startFake(t, Config{}, card)
		port := &recorder{}
		detach := e.Attach(port)
		run(time.Minute)
		stop := e.Ring(ToneRing)
		stop()
		detach()
		calls, _ := port.take()
		if gap := longest(calls); gap != frameTime || len(calls) < 6000 {
			t.Errorf("%d frames, up to %v apart", len(calls), gap)
		}
		e.Close()
		close(card.hang)
		synctest.Wait()
	})
}

func TestNoSoundDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		card := newFakeCard()
		card.missed = errNoSystem
		e := startFake(t, Config{}, card)
		synctest.Wait()
		if s := e.Status(); !s.Null || !s.Problem.Is("sip.audio.no-device") {
			t.Errorf("before the first call the status is %+v", s)
		}
		port := &recorder{}
		defer e.Attach(port)()
		run(5 * time.Minute)
		if calls, _ := port.take(); longest(calls) != frameTime {
			t.Error("the call is not paced")
		}
		card.mu.Lock()
		tries := card.tries
		card.missed = nil
		card.mu.Unlock()
		if tries < 20 || tries > 40 {
			t.Errorf("%d tries in five minutes", tries)
		}
		run(retryMost)
		if s := e.Status(); s.Null || !s.Problem.IsZero() || s.Speaker != "box" {
			t.Errorf("a device was connected; the status is %+v", s)
		}
	})
}

// TestWhatStandsIn: which devices are used when those chosen are not there, and what the agent reads.
func TestWhatStandsIn(t *testing.T) {
	box, mic := Device{Speaker, "box", true}, Device{Microphone, "mic", true}
	headset, headmic := Device{Speaker, "headset", false}, Device{Microphone, "headset", false}
	for name, c := range map[string]struct {
		config  Config
		devices []Device
		broken  string
		want    Status
	}{
		"the system's default": {Config{}, []Device{box, mic}, "", Status{Microphone: "mic", Speaker: "box", Ringer: "box"}},
		"the chosen": {
			Config{Microphone: "headset", Speaker: "headset"},
			[]Device{box, mic, headset, headmic},
			"",
			Status{Microphone: "headset", Speaker: "headset", Ringer: "headset"},
		},
		"speaker missing": {
			Config{Speaker: "headset"},
			[]Device{box, mic},
			"",
			Status{Microphone: "mic", Speaker: "box", Ringer: "box", Problem: problemMissing("headset", "box")},
		},
		"speaker broken": {
			Config{Speaker: "headset"},
			[]Device{box, mic, headset},
			"headset",
			Status{Microphone: "mic", Speaker: "box", Ringer: "box", Problem: problemMissing("headset", "box")},
		},
		"microphone missing": {
			Config{Microphone: "headset"},
			[]Device{box, mic},
			"",
			Status{Microphone: "mic", Speaker: "box", Ringer: "box", Problem: problemMissing("headset", "mic")},
		},
		"both missing": {
			Config{Microphone: "headset", Speaker: "headset"},
			[]Device{box, mic},
			"",
			Status{Microphone: "mic", Speaker: "box", Ringer: "box", Problem: problemMissing("headset", "mic")},
		},
		"no microphone at all": {Config{}, []Device{box}, "", Status{Speaker: "box", Ringer: "box", Problem: problemNoMic}},
		"no speaker":           {Config{}, []Device{mic}, "", Status{Null: true, Problem: problemNoDevice}},
		"nothing":              {Config{}, nil, "", Status{Null: true, Problem: problemNoDevice}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				card := newFakeCard()
				card.set(c.devices...)
				card.broken[c.broken] = true
				e := startFake(t, c.config, card)
				synctest.Wait()
				if got := e.Status(); !got.equal(c.want) && c.broken == "" { // that it is broken shows when it is opened
					t.Errorf("idle: got  %+v\n                 want %+v", got, c.want)
				}
				defer e.Attach(&recorder{})()
				run(time.Second)
				if got := e.Status(); !got.equal(c.want) {
					t.Errorf("in a call: got  %+v\n                      want %+v", got, c.want)
				}
			})
		})
	}
}

// TestTheHeadsetIsPulledOutAndPluggedIn during a call, which goes on.
func TestTheHeadsetIsPulledOutAndPluggedIn(t *testing.T) {
	interop.Proves(t, "S6.1")
	synctest.Test(t, func(t *testing.T) {
		card := newFakeCard()
		all := card.list
		e := startFake(t, Config{Microphone: "headset", Speaker: "headset"}, card)
		var told []Status
		e.OnChange(func(s Status) { told = append(told, s) })
		port := &recorder{}
		defer e.Attach(port)()
		run(5 * time.Second)
		port.take()

		card.set(all[:2]...)
		card.freeze()
		run(time.Second)
		if s := e.Status(); s.Speaker != "box" || s.Microphone != "mic" || s.Problem.IsZero() {
			t.Errorf("pulled out: status is %+v", s)
		}
		calls, _ := port.take()
		if gap := longest(calls); gap > 12*time.Millisecond {
			t.Errorf("pulled out: the packets paused %v", gap)
		}

		card.set(all...)
		run(3 * time.Second)
		if s := e.Status(); s.Speaker != "headset" || s.Microphone != "headset" || !s.Problem.IsZero() {
			t.Errorf("plugged in: status is %+v", s)
		}
		calls, _ = port.take()
		if gap := longest(calls); gap > 12*time.Millisecond {
			t.Errorf("plugged in: the packets paused %v", gap)
		}
		synctest.Wait()
		if len(told) < 2 || !told[len(told)-1].equal(e.Status()) {
			t.Errorf("told %+v", told)
		}
	})
}

// TestADeviceThatFallsSilent though it is still listed is opened again.
func TestADeviceThatFallsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		card := newFakeCard()
		e := startFake(t, Config{}, card)
		port := &recorder{}
		defer e.Attach(port)()
		run(5 * time.Second)
		card.freeze()
		run(10 * time.Second)
		if len(card.opened) != 2 || len(card.now()) != 1 {
			t.Errorf("opened %v, open now %v", card.opened, card.now())
		}
		calls, heard := port.take()
		if gap := longest(calls); gap > 12*time.Millisecond {
			t.Errorf("the packets paused %v", gap)
		}
		if heard[len(heard)-1] != 1 {
			t.Error("the microphone is not heard again")
		}
	})
}

// TestDevicesAreOpenOnlyWhileNeeded, and calls that follow each other do not reopen them.
func TestDevicesAreOpenOnlyWhileNeeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		card := newFakeCard()
		e := startFake(t, Config{}, card)
		run(time.Hour)
		if card.tries != 0 {
			t.Fatal("an idle phone opened a device")
		}
		for range 3 {
			detach := e.Attach(&recorder{})
			run(10 * time.Second)
			detach()
			detach()
			run(lingerTime - 500*time.Millisecond)
		}
		if len(card.opened) != 1 || !card.opened[0].duplex {
			t.Errorf("opened %v", card.opened)
		}
		run(time.Second)
		if open := card.now(); len(open) != 0 {
			t.Errorf("still open: %v", open)
		}
	})
}

// TestADefaultWithoutAName: ALSA, for one, does not always tell which device its default is. It is used all the same.
func TestADefaultWithoutAName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		card := newFakeCard(Device{Speaker, "box", false}, Device{Microphone, "mic", false})
		e := startFake(t, Config{}, card)
		defer e.Attach(&recorder{})()
		run(time.Minute)
		if len(card.opened) != 1 {
			t.Errorf("it was opened %d times in a minute", len(card.opened))
		}
		if s := e.Status(); s.Null || !s.Problem.IsZero() {
			t.Errorf("status is %+v", s)
		}
	})
}

// TestChoosingOtherDevices while a call goes on changes to them at once.
func TestChoosingOtherDevices(t *testing.T) {
	interop.Proves(t, "S6.1")
	synctest.Test(t, func(t *testing.T) {
		card := newFakeCard()
		e := startFake(t, Config{}, card)
		port := &recorder{}
		defer e.Attach(port)()
		run(time.Second)
		e.SetDevices("headset", "headset", "")
		run(200 * time.Millisecond)
		if s := e.Status(); s.Speaker != "headset" || s.Microphone != "headset" || !s.Problem.IsZero() {
			t.Errorf("status is %+v", s)
		}
		if calls, _ := port.take(); longest(calls) > 12*time.Millisecond {
			t.Errorf("the packets paused %v", longest(calls))
		}
	})
}

// TestDriftingCards: whatever the card's crystal and its bursts, the call keeps the card's time evenly and, once the delay
// has been found, nothing it says is lost and nothing is inserted.
func TestDriftingCards(t *testing.T) {
	interop.Proves(t, "S5.1")
	for name, c := range map[string]struct {
		burst int
		drift float64
		phase time.Duration
	}{
		"exact": {1, 0, 3 * time.Millisecond}, "exact, just after us": {1, 0, 100 * time.Microsecond},
		"exact, just before us": {1, 0, frameTime - 100*time.Microsecond},
		"fast":                  {1, -300e-6, 3 * time.Millisecond}, "slow": {1, 300e-6, 3 * time.Millisecond},
		"bursts of 20 ms": {2, 50e-6, 3 * time.Millisecond}, "PipeWire's quantum and a poor crystal": {3, -500e-6, 3 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				card := newFakeCard()
				card.burst, card.drift, card.phase = c.burst, c.drift, c.phase
				count := func(i int) int16 { return int16(i%30000 + 1) }
				card.mic = count
				e := startFake(t, Config{}, card)
				port := &recorder{says: count}
				defer e.Attach(port)()
				run(10 * time.Second)
				port.take()
				card.heard("box")
				run(2 * time.Minute)
				calls, heard := port.take()
				if gap := longest(calls); gap > frameTime+frameTime/100 {
					t.Errorf("frames up to %v apart", gap)
				}
				expectWhole(t, "microphone", heard)
				expectWhole(t, "speaker", card.heard("box"))
			})
		})
	}
}

// expectWhole wants a run of the counting samples with none missing and none added.
func expectWhole(t *testing.T, what string, pcm []int16) {
	t.Helper()
	breaks := 0
	for i := 1; i < len(pcm); i++ {
		if pcm[i] != pcm[i-1]%30000+1 {
			breaks++
		}
	}
	if breaks > 0 || len(pcm) < SampleRate {
		t.Errorf("%s: %d samples with %d breaks", what, len(pcm), breaks)
	}
}
