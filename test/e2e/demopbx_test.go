package e2e

import (
	"context"
	"sync"
	"testing"
	"time"

	"linecard/sip/demopbx"
	"linecard/test/interop"
	"linecard/test/rig"
)

// atDemoPBX starts an app registered at the demo's PBX, with short pauses between the PBX's steps.
func atDemoPBX(t *testing.T, flags ...string) (*app, *demopbx.PBX) {
	t.Helper()
	pbx, err := demopbx.Start(t.Context(), demopbx.Config{
		Users:     map[string]string{extension: password, "2042": password},
		Directory: []demopbx.Person{{Name: "Tom Reed", Number: "+442079460018"}},
		Ring:      100 * time.Millisecond, NoAnswer: 500 * time.Millisecond, Step: 300 * time.Millisecond,
		Algorithms: []string{"SHA-256", "MD5"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pbx.Close() })
	a := newApp(t)
	a.account(pbx.Addr(), extension, password, flags...)
	a.registered()
	return a, pbx
}

// calling places a scripted call; its result is sent when it has ended.
func calling(t *testing.T, pbx *demopbx.PBX, c demopbx.Caller) <-chan demopbx.Result {
	t.Helper()
	done := make(chan demopbx.Result, 1)
	go func() {
		r, err := pbx.Call(context.Background(), c)
		if err != nil {
			t.Errorf("call: %v", err)
		}
		done <- r
	}()
	return done
}

func over(t *testing.T, done <-chan demopbx.Result) demopbx.Result {
	t.Helper()
	select {
	case r := <-done:
		return r
	case <-time.After(rig.Patience):
		t.Fatal("the caller is still in the call")
		panic("unreachable")
	}
}

// TestServiceNumbers: the demo PBX's numbers behave with the real phone as documented, over UDP and TCP.
func TestServiceNumbers(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S7.4")
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			a, _ := atDemoPBX(t, "--transport", transport)
			for number, outcome := range map[string]string{"601": "busy", "602": "no answer", "603": "declined", "777": "failed"} {
				id := a.dial(number)
				if e := a.await("ended", of(id)); e.State != outcome {
					t.Errorf("%s ended %q, want %q", number, e.State, outcome)
				}
			}
			t.Run("600 echoes", func(t *testing.T) {
				id := a.dial("600")
				a.await("answered", of(id))
				a.do("hangup")
				a.await("ended", of(id))
			})
			t.Run("a person answers", func(t *testing.T) {
				id := a.dial("020 7946 0018")
				a.await("progress", of(id))
				a.await("answered", of(id))
				a.do("hangup")
				a.await("ended", of(id))
			})
			t.Run("605 holds and resumes", func(t *testing.T) {
				id := a.dial("605")
				a.await("answered", of(id))
				a.await("hold", func(e event) bool { return e.Call == id && e.State == "remotely held" })
				a.await("hold", func(e event) bool { return e.Call == id && e.State == "talking" })
				a.do("hangup")
				a.await("ended", of(id))
			})
		})
	}
}

// TestCallerScripts: the agent's actions in a call reach the caller: keys, hold, and transfers that work and that fail.
func TestCallerScripts(t *testing.T) {
	t.Parallel()
	a, pbx := atDemoPBX(t)
	answered := func(c demopbx.Caller) (string, <-chan demopbx.Result) {
		t.Helper()
		mark := a.mark()
		c.Name, c.Number, c.To = "Tom Reed", "+442079460018", extension
		done := calling(t, pbx, c)
		ringing := a.awaitAfter(mark, "ringing", nil)
		a.do("answer")
		a.await("answered", of(ringing.Call))
		return ringing.Call, done
	}
	t.Run("keys and hold", func(t *testing.T) {
		keys := make(chan string, 10)
		id, done := answered(demopbx.Caller{OnKey: func(key string) { keys <- key }})
		a.do("dtmf", "19#")
		for _, want := range []string{"1", "9", "#"} {
			select {
			case key := <-keys:
				if key != want {
					t.Errorf("the caller heard key %s, want %s", key, want)
				}
			case <-time.After(rig.Patience):
				t.Fatalf("the caller did not hear key %s", want)
			}
		}
		a.do("hold")
		a.await("hold", func(e event) bool { return e.Call == id && e.State == "held" })
		a.do("resume")
		a.await("hold", func(e event) bool { return e.Call == id && e.State == "talking" })
		a.do("hangup")
		if r := over(t, done); r.Digits != "19#" || r.Holds != 1 || !r.PhoneHungUp || r.Received == 0 || r.Sent == 0 {
			t.Errorf("the caller saw %+v", r)
		}
	})
	t.Run("the caller hangs up", func(t *testing.T) {
		id, done := answered(demopbx.Caller{TalkFor: 300 * time.Millisecond})
		if r := over(t, done); r.PhoneHungUp {
			t.Errorf("the caller saw %+v", r)
		}
		a.await("ended", of(id))
	})
	t.Run("blind transfer", func(t *testing.T) {
		id, done := answered(demopbx.Caller{})
		a.do("transfer", "600")
		a.await("transfer", func(e event) bool { return e.Call == id && e.State == "done" })
		a.await("ended", of(id))
		if r := over(t, done); r.Transferred != "600" {
			t.Errorf("the caller saw %+v", r)
		}
	})
	t.Run("blind transfer to a busy number", func(t *testing.T) {
		id, done := answered(demopbx.Caller{})
		a.do("transfer", "601")
		e := a.await("transfer", func(e event) bool { return e.Call == id && e.State == "failed" })
		if e.Reason == "" {
			t.Error("the agent gets no reason")
		}
		a.do("hangup") // the call still exists
		if r := over(t, done); r.Transferred != "" || !r.PhoneHungUp {
			t.Errorf("the caller saw %+v", r)
		}
	})
	t.Run("queue without other agents", func(t *testing.T) {
		mark := a.mark()
		done := calling(t, pbx, demopbx.Caller{Number: "+442079460018", To: "2001", GiveUpAfter: 300 * time.Millisecond, AnsweredElsewhere: true})
		ringing := a.awaitAfter(mark, "ringing", nil)
		if e := a.await("ended", of(ringing.Call)); e.State != "answered elsewhere" {
			t.Errorf("ended %q", e.State)
		}
		over(t, done)
	})
}

// TestTenCallsAtOnce: each of ten simultaneous calls rings or gets busy, according to the line limit.
func TestTenCallsAtOnce(t *testing.T) {
	t.Parallel()
	const lines, calls = 3, 10
	a, pbx := atDemoPBX(t, "--lines", "3")
	var mu sync.Mutex
	outcomes := map[demopbx.Outcome]int{}
	var all sync.WaitGroup
	ctx, giveUp := context.WithTimeout(context.Background(), rig.Patience)
	defer giveUp()
	for range calls {
		all.Go(func() {
			r, err := pbx.Call(ctx, demopbx.Caller{Number: "+442079460018", To: extension})
			if err != nil {
				t.Errorf("call: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			if outcomes[r.Outcome]++; outcomes[demopbx.Busy] == calls-lines {
				giveUp() // the calls that ring
			}
		})
	}
	all.Wait()
	if outcomes[demopbx.Cancelled] != lines || outcomes[demopbx.Busy] != calls-lines {
		t.Errorf("%v, want %d that rang until the caller gave up and %d told busy", outcomes, lines, calls-lines)
	}
	rig.Until(t, "every call is over, and missed", func() bool { s := a.status(); return s.Calls == 0 && s.Missed == calls })
}

// TestManyCallsInARow: after many calls the app has as many goroutines as after a few.
func TestManyCallsInARow(t *testing.T) {
	t.Parallel()
	const calls = 300
	a, pbx := atDemoPBX(t)
	rounds := func(n int) int {
		for range n {
			done := calling(t, pbx, demopbx.Caller{Number: "+442079460018", To: extension, GiveUpAfter: time.Millisecond})
			if r := over(t, done); r.Outcome != demopbx.Cancelled {
				t.Fatalf("a call went %+v", r)
			}
		}
		rig.Until(t, "every call is over", func() bool { return a.status().Calls == 0 })
		return a.status().Goroutines
	}
	few := rounds(10)
	many := rounds(calls)
	if many > few+20 {
		t.Errorf("%d goroutines after 10 calls, %d after %d more", few, many, calls)
	}
	t.Logf("%d goroutines after 10 calls, %d after %d more", few, many, calls)
	rig.Until(t, "every call is in the history", func() bool { return a.status().Missed == 10+calls })
}
