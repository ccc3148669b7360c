package audio

import (
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestUnpluggedBetweenCalls: the agent reads that the headset is gone, and that it is back, without a call to find out.
func TestUnpluggedBetweenCalls(t *testing.T) {
	for name, calls := range map[string]int{"before the first call": 0, "after a call": 1} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				card := newFakeCard()
				all := card.list
				e := startFake(t, Config{Microphone: "headset", Speaker: "headset", Ringer: "headset"}, card)
				for range calls {
					detach := e.Attach(&recorder{})
					run(5 * time.Second)
					detach()
					run(lingerTime + time.Second)
				}
				var told []Status
				e.OnChange(func(s Status) { told = append(told, s) })
				well := Status{Microphone: "headset", Speaker: "headset", Ringer: "headset"}
				for _, c := range []struct {
					devices []Device
					want    Status
				}{
					{all, well},
					{all[:2], Status{Microphone: "mic", Speaker: "box", Ringer: "box", Problem: problemMissing("headset", "mic")}},
					{nil, Status{Null: true, Problem: problemNoDevice}},
					{all, well},
				} {
					card.set(c.devices...)
					run(surveyTime + time.Second)
					if s := e.Status(); !s.equal(c.want) {
						t.Errorf("with %v: status is %+v", c.devices, s)
					}
					if !told[len(told)-1].equal(c.want) {
						t.Errorf("with %v: told %+v", c.devices, told)
					}
				}
				card.mu.Lock()
				defer card.mu.Unlock()
				if len(card.opened) != calls || len(card.running) > 0 {
					t.Errorf("to find out, devices were opened: %v", card.opened)
				}
			})
		})
	}
}

// TestABrokenDeviceStaysTold: it is listed but does not open, and being listed is no reason to call it well after the call.
func TestABrokenDeviceStaysTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		card := newFakeCard()
		card.broken["headset"] = true
		e := startFake(t, Config{Speaker: "headset"}, card)
		detach := e.Attach(&recorder{})
		run(5 * time.Second)
		detach()
		want := Status{Microphone: "mic", Speaker: "box", Ringer: "box", Problem: problemMissing("headset", "box")}
		for range 5 {
			run(time.Minute)
			if s := e.Status(); !s.equal(want) {
				t.Fatalf("status is %+v", s)
			}
		}
	})
}

// TestWithoutASoundSystem it is looked for ever more rarely while nobody calls, and found at the next look.
func TestWithoutASoundSystem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		card := newFakeCard()
		card.setMissed(errNoSystem)
		e := startFake(t, Config{}, card)
		run(24 * time.Hour)
		if n := card.lists(); n < 100 || n > 200 {
			t.Errorf("%d looks in a day", n)
		}
		card.setMissed(nil)
		run(surveyMost)
		if s := e.Status(); s.Null || !s.Problem.IsZero() {
			t.Errorf("status is %+v", s)
		}
	})
}

// TestNewsIsLoggedOnce: a device that is missing all day fills no log.
func TestNewsIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		card := newFakeCard()
		card.setMissed(errNoSystem)
		var log journal
		e := start(Config{}, slog.New(slog.NewTextHandler(&log, nil)), card)
		defer e.Close()
		run(10 * time.Minute)
		detach := e.Attach(&recorder{})
		run(10 * time.Minute)
		if lines := log.take(); len(lines) != 1 {
			t.Errorf("no device, ten minutes idle and ten in a call: %q", lines)
		}
		card.setMissed(nil)
		run(retryMost)
		detach()
		run(10 * time.Minute)
		if lines := log.take(); len(lines) != 1 {
			t.Errorf("a device was connected: %q", lines)
		}
	})
}

func TestSameDevices(t *testing.T) {
	box, mic := Device{Speaker, "box", true}, Device{Microphone, "mic", true}
	plain := Device{Speaker, "box", false}
	for _, c := range []struct {
		a, b []Device
		want bool
	}{
		{nil, nil, true},
		{nil, []Device{}, true},
		{[]Device{box, mic}, []Device{mic, box}, true},
		{[]Device{box, mic}, []Device{box}, false},
		{[]Device{box, mic}, []Device{plain, mic}, false},
		{[]Device{box, box, mic}, []Device{box, mic, mic}, true}, // two of a name are one to whoever chooses by name
		{[]Device{box, box}, []Device{box, mic}, false},
	} {
		if sameDevices(c.a, c.b) != c.want || sameDevices(c.b, c.a) != c.want {
			t.Errorf("%v and %v: want %t", c.a, c.b, c.want)
		}
	}
}

// journal keeps what is logged.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, string(line))
	return len(line), nil
}

// take is what was logged since the last take.
func (j *journal) take() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	lines := slices.Clone(j.lines)
	j.lines = nil
	return lines
}
