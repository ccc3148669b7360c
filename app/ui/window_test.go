package ui

import (
	"math/big"
	"slices"
	"sync"
	"testing"
	"time"

	"linecard/app"
	"linecard/test/wait"
)

func TestMain(m *testing.M) { wait.Main(m) }

// TestViewsFromEverywhere: Views come from many goroutines at once; the last one is what is drawn, and no draw is queued
// for each of them.
func TestViewsFromEverywhere(t *testing.T) {
	b := newBench(t, nil)
	b.settle()
	var senders sync.WaitGroup
	for i := range 8 {
		senders.Go(func() {
			for n := range 50 {
				v := idle()
				v.Today.Calls = i*100 + n
				b.SetView(v)
			}
		})
	}
	senders.Wait()
	v := idle()
	v.Today.Calls = 4711
	b.SetView(v)
	if waiting := len(b.pump.queue); waiting != 1 {
		t.Errorf("%d draws are queued for 401 Views, want 1", waiting)
	}
	b.settle()
	if !b.shows("4,711") {
		t.Errorf("the window says %q", words(b.root))
	}
}

// TestSameViewCostsNothing: drawing what is drawn already makes nothing new.
func TestSameViewCostsNothing(t *testing.T) {
	b := newBench(t, nil)
	v := with(idle(), talking())
	b.draw(v)
	before := b.record.page.Objects[0]
	row := b.left.asked
	b.draw(with(idle(), talking()))
	if b.record.page.Objects[0] != before {
		t.Error("the record was built again")
	}
	if b.left.asked != row {
		t.Error("the history was loaded again")
	}
}

func BenchmarkSameView(b *testing.B) {
	bench := newBench(b, nil)
	v := with(idle(), talking())
	bench.apply(v)
	b.ReportAllocs()
	for b.Loop() {
		bench.apply(v)
	}
}

// TestCounting: the window's clock runs only while something counts.
func TestCounting(t *testing.T) {
	offline := idle()
	offline.Phone.RetryAt = noon.Add(5 * time.Second)
	late := idle()
	late.Phone.RetryAt = noon.Add(-time.Second)
	unlimited := wrapUp()
	unlimited.Wrap.Until = time.Time{}
	for name, tt := range map[string]struct {
		v    app.View
		want bool
	}{
		"idle": {idle(), false}, "ringing": {with(idle(), dana()), true}, "talking": {with(idle(), talking()), true},
		"wrap-up": {with(idle(), wrapUp()), true}, "wrap-up without end": {with(idle(), unlimited), false},
		"failed": {with(idle(), failed("busy")), false}, "trying again soon": {offline, true}, "trying again now": {late, false},
	} {
		if _, got := counting(tt.v, noon); got != tt.want {
			t.Errorf("%s: the clock runs: %v", name, got)
		}
	}
}

// TestSeconds: a tick moves the clock and nothing but the clock.
func TestSeconds(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking()))
	if !b.shows("04:12") {
		t.Fatalf("the window says %q", words(b.root))
	}
	b.now = b.now.Add(time.Second)
	b.tick()
	if !b.shows("04:13") {
		t.Errorf("after a second the window says %q", words(b.root))
	}
	b.draw(with(idle(), wrapUp()))
	if !b.shows("WRAP-UP 0:22") {
		t.Errorf("in wrap-up the window says %q", words(b.root))
	}
}

// TestClockTicksByItself: nobody has to push the clock while a call lasts.
func TestClockTicksByItself(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking()))
	b.now = b.now.Add(time.Second)
	select {
	case tick := <-b.pump.queue:
		tick()
	case <-time.After(wait.Patience):
		t.Fatal("no tick")
	}
	if !b.shows("04:13") {
		t.Errorf("the window says %q", words(b.root))
	}
}

// TestSkeletonComesLate: a lookup that takes its time is shown as one, and a quick one never is.
func TestSkeletonComesLate(t *testing.T) {
	b := newBench(t, nil)
	b.settle()
	b.apply(with(idle(), unknown(app.LookupPending))) // at once: however slow the test is, nothing dispatched has run
	if contains(b.record.root, "Looking up…") {
		t.Error("the skeleton is there at once")
	}
	deadline := time.After(wait.Patience)
	for !contains(b.record.root, "Looking up…") {
		select {
		case f := <-b.pump.queue:
			f()
		case <-deadline:
			t.Fatal("no skeleton")
		}
	}
	b.draw(with(idle(), unknown(app.LookupNoMatch)))
	if !contains(b.record.root, "No match") {
		t.Errorf("the record says %q", words(b.record.root))
	}
	b.record.showSkeleton("c3")
	if !contains(b.record.root, "No match") {
		t.Error("a late skeleton hides the answer")
	}
}

// TestNothingAfterClose: Fyne runs late functions on the calling goroutine once it has quit, so the window must not pass any on.
func TestNothingAfterClose(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking()))
	b.Close()
	before := len(b.pump.queue) // a tick may have been on its way
	b.SetView(idle())
	b.AskDial("123")
	if n := len(b.pump.queue) - before; n != 0 {
		t.Errorf("%d functions were passed on after Close", n)
	}
}

// TestChosenCall: the agent may look at another call, whatever rings, until it ends or another is talked on.
func TestChosenCall(t *testing.T) {
	held := priya()
	held.Phase, held.HeldSince = app.Held, noon
	b := newBench(t, nil)
	b.draw(with(idle(), talking(), held))
	if b.shown().ID != "c1" {
		t.Fatalf("shown is %s", b.shown().ID)
	}
	b.press("Priya Raman")
	if b.shown().ID != "c2" || !b.shows("ON HOLD") {
		t.Errorf("shown is %s, the window says %q", b.shown().ID, words(b.root))
	}
	b.draw(with(idle(), talking(), held))
	if b.shown().ID != "c2" {
		t.Error("the same calls took the choice away")
	}
	third := dana()
	third.ID = "c5"
	b.draw(with(idle(), talking(), third, held))
	if b.shown().ID != "c2" {
		t.Error("a ring took the choice away")
	}
	third.Phase, third.Answered = app.Talking, noon
	b.draw(with(idle(), third, held))
	if b.shown().ID != "c5" {
		t.Error("another call is talked on, and not shown")
	}
}

func TestTitle(t *testing.T) {
	dnd := idle()
	dnd.DND = true
	for want, v := range map[string]app.View{
		"Dana Whitfield, in call — Linecard": with(idle(), talking()),
		"Linecard — 2041":                    idle(), "Linecard": {}, "Linecard — 2041 (do not disturb)": dnd, "Dana Whitfield calling — Linecard": with(idle(), dana()),
	} {
		if got := windowTitle(productName, v); got != want {
			t.Errorf("the title is %q, want %q", got, want)
		}
	}
}

// Whoever runs the program may call it something else, as the demo does.
func TestTitleOfAnotherName(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Title = func() string { return "Practice" } })
	b.draw(with(idle(), dana()))
	if got := b.cfg.Window.Title(); got != "Dana Whitfield calling — Practice" {
		t.Errorf("the title is %q", got)
	}
}

// TestAnyView throws every View at the window in two orders: what is drawn depends on the View alone, never on what was
// there before it.
func TestAnyView(t *testing.T) {
	all := looks()
	draw := func(stride int) [][]string {
		b, drawn := newBench(t, nil), make([][]string, len(all))
		for i := range all {
			i = i * stride % len(all)
			b.draw(all[i].view())
			drawn[i] = words(b.centre.root)
		}
		return drawn
	}
	stride := 19 // any that meets each of them
	for new(big.Int).GCD(nil, nil, big.NewInt(int64(stride)), big.NewInt(int64(len(all)))).Int64() != 1 {
		stride++
	}
	inOrder, shuffled := draw(1), draw(stride)
	for i, l := range all {
		if !slices.Equal(inOrder[i], shuffled[i]) {
			t.Errorf("%s says %q or %q, as comes before it", l.name, inOrder[i], shuffled[i])
		}
	}
}
