package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"linecard/crm/demoorg"
	"linecard/sip/demopbx"
)

// killsAtMost bounds TestKilledAnywhere where LINECARD_KILLS does not ask for more.
const (
	killsAtMost = 40
	killingTime = time.Minute
)

// TestKilledAnywhere kills the app at random steps of calls, while the org fails in turn, with each of the three ways of
// logging. Afterwards each call that is to be logged has one Task, and no other call has one; a dialed call whose id the
// agent was told is in the history.
//
// LINECARD_KILLS=1000 makes it go on for that many; LINECARD_KILL_SEED=N takes the steps of an earlier run.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	kills, until := killsAtMost, time.Now().Add(killingTime)
	if asked, err := strconv.Atoi(os.Getenv("LINECARD_KILLS")); err == nil {
		kills, until = asked, time.Now().Add(24*time.Hour)
	}
	seed := rand.Uint64()
	if asked, err := strconv.ParseUint(os.Getenv("LINECARD_KILL_SEED"), 10, 64); err == nil {
		seed = asked
	}
	t.Logf("LINECARD_KILL_SEED=%d", seed)
	k := newKilling(t, rand.New(rand.NewPCG(seed, 0)))
	done := 0
	for i, mode := range []string{"always", "ask", "never"} {
		k.logging(mode)
		for done < kills*(i+1)/3 && time.Now().Before(until.Add(-time.Duration(2-i)*killingTime/3)) {
			k.org.ClearFaults()
			k.org.Inject(troubles[k.random.IntN(len(troubles))])
			k.begin()
			k.call()
			k.process.Kill()
			done++
		}
		k.settle()
		k.judge()
	}
	t.Logf("%d kills, %d calls in the history, %d Tasks", done, len(k.history()), k.logged())
	if done < 3 {
		t.Error("too few to prove a thing")
	}
}

// troubles are what the org does to the next request that writes a Task.
var troubles = func() (all []demoorg.Fault) {
	for _, f := range []demoorg.Fault{
		{Kind: demoorg.Reset}, {Kind: demoorg.ResetAfterCommit}, {Kind: demoorg.Unavailable}, {Kind: demoorg.Unavailable, Times: 3},
		{Kind: demoorg.ServerError}, {Kind: demoorg.RowLocked}, {Kind: demoorg.SessionExpired},
		{Kind: demoorg.CommitsLate, Delay: settle / 2}, {Kind: demoorg.CommitsLate, Delay: settle / 2, Status: 504},
		{Kind: demoorg.CommitsLate, Delay: settle / 4, Times: 2}, {Kind: demoorg.NeverCommits}, {Kind: demoorg.AnswersLate, Delay: time.Second},
		{Kind: demoorg.Slow, Delay: 300 * time.Millisecond}, {Kind: demoorg.SlowBody, Delay: 300 * time.Millisecond},
	} {
		f.Method, f.Path = "POST", "/sobjects/Task"
		all = append(all, f)
	}
	return append(all, demoorg.Fault{Kind: demoorg.Slow, Path: "/search", Delay: 200 * time.Millisecond})
}()

// call has somebody call the agent, or the agent somebody, and returns when it is time to kill: at some step, and some
// milliseconds after it.
func (k *killing) call() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	last := []string{"start", "ring", "answer", "word", "end", "logged"}[k.random.IntN(6)]
	step := func(name string) bool { return name == last }
	late := time.Duration(k.random.ExpFloat64() * float64(40*time.Millisecond))
	defer func() { time.Sleep(late) }() // the kill is not to be at a step, but somewhere after it
	if step("start") {
		return
	}
	k.ready()
	person := k.org.People()[k.random.IntN(len(k.org.People()))]
	var id string
	outbound := k.random.IntN(3) == 0
	if outbound {
		if id = k.dial(person.Number); step("ring") {
			return
		}
		k.word(id)
		if step("word") {
			return
		}
	} else {
		answered, left := make(chan struct{}), make(chan struct{})
		ringing := make(chan struct{})
		go func() { // how the call goes for the caller is told by nobody once the phone is dead
			defer close(left)
			_, _ = k.pbx.Call(ctx, demopbx.Caller{
				Number: person.Number, To: extension, GiveUpAfter: time.Duration(100+k.random.IntN(900)) * time.Millisecond,
				TalkFor: time.Duration(50+k.random.IntN(600)) * time.Millisecond, OnRing: func() { close(ringing) }, OnAnswer: func() { close(answered) },
			})
		}()
		if !reached(ringing) || step("ring") {
			return
		}
		if id = k.ringing(left); id == "" {
			return // the caller has given up
		}
		k.word(id)
		if step("word") {
			return
		}
		if k.random.IntN(4) > 0 {
			if k.do("answer", map[string]string{"call": id}) != nil || !reached(answered) {
				return
			}
		}
		if step("answer") {
			return
		}
	}
	if outbound || k.random.IntN(2) == 0 {
		if err := k.do("hangup", map[string]string{"call": id}); err != nil && k.on(id) { // the other side may have been first
			k.t.Errorf("hangup: %v", err)
		}
	}
	k.over(id)
	if step("end") {
		return
	}
	k.word(id)
	late += 300 * time.Millisecond // about when it is logged
}

// reached waits for a step of a call; false is that it did not come, as when the caller gave up first.
func reached(step <-chan struct{}) bool {
	select {
	case <-step:
		return true
	case <-time.After(5 * time.Second):
		return false
	}
}

// word has the agent say at random what is to become of the call. What the app has confirmed is to be kept.
func (k *killing) word(id string) {
	if verb := []string{"", "", "save", "dont-log"}[k.random.IntN(4)]; verb != "" && k.do(verb, map[string]string{"call": id}) == nil {
		k.words[id] = verb
	}
}

// judge holds the Tasks of the org against the calls of the history.
func (k *killing) judge() {
	k.t.Helper()
	tasks := map[string]int{}
	for _, task := range k.org.Tasks() {
		tasks[task.CallObject]++
	}
	known := map[string]bool{}
	for _, r := range k.history() {
		if known[r.ID] {
			k.t.Errorf("call %s is in the history twice", r.ID)
		}
		known[r.ID] = true
		if n := tasks[r.ID]; n != k.wanted(r) {
			k.t.Errorf("%d Tasks, want %d, of the call %v; mode %s, the agent's word %q", n, k.wanted(r), r, k.modeOf(r), k.words[r.ID])
		}
		delete(tasks, r.ID)
	}
	for _, id := range k.dialed {
		if !known[id] {
			k.t.Errorf("the dialed call %s is not in the history", id)
		}
	}
	for id, n := range tasks {
		if !k.seeded[id] {
			k.t.Errorf("%d Tasks of call %s, which is not in the history", n, id)
		}
	}
}

// wanted is how many Tasks a call is to have.
func (k *killing) wanted(r row) int {
	switch k.words[r.ID] {
	case "save":
		return 1
	case "dont-log":
		return 0
	}
	if k.modeOf(r) != "always" || r.Outcome == "failed" || r.Outcome == "answered elsewhere" {
		return 0
	}
	return 1
}

func (r row) String() string {
	return fmt.Sprintf("%s %s %s %s log=%s %s", r.ID, r.Direction, r.Outcome, r.Started.Format("15:04:05.000"), r.Log, r.Error)
}
