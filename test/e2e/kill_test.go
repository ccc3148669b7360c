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

// The limits of TestKilledAnywhere without LINECARD_KILLS.
const (
	killsAtMost = 40
	killingTime = time.Minute
)

// TestKilledAnywhere kills the app at random steps of calls, while the org fails in different ways, in each of the
// three logging modes. Afterwards each call that the mode and the agent want logged has one Task, and no other call has
// one; a dialed call whose id the command line printed is in the history.
//
// LINECARD_KILLS=1000 sets the number of kills; LINECARD_KILL_SEED=N repeats the steps of an earlier run.
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
	k := newKillRig(t, rand.New(rand.NewPCG(seed, 0)))
	done := 0
	for i, mode := range []string{"always", "ask", "never"} {
		k.logging(mode)
		for done < kills*(i+2)/4 && time.Now().Before(until.Add(-time.Duration(2-i)*killingTime/4)) { // half of them in the mode that logs every call
			k.org.ClearFaults()
			k.org.Inject(orgFaults[k.random.IntN(len(orgFaults))])
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
		t.Error("fewer than three kills")
	}
}

// orgFaults are the faults for the next request that writes a Task.
var orgFaults = func() (all []demoorg.Fault) {
	for _, f := range []demoorg.Fault{
		{Kind: demoorg.Reset},
		{Kind: demoorg.ResetAfterCommit},
		{Kind: demoorg.Unavailable},
		{Kind: demoorg.Unavailable, Times: 3},
		{Kind: demoorg.ServerError},
		{Kind: demoorg.RowLocked},
		{Kind: demoorg.SessionExpired},
		{Kind: demoorg.CommitsLate, Delay: settle / 2},
		{Kind: demoorg.CommitsLate, Delay: settle / 2, Status: 504},
		{Kind: demoorg.CommitsLate, Delay: settle / 4, Times: 2},
		{Kind: demoorg.NeverCommits},
		{Kind: demoorg.AnswersLate, Delay: time.Second},
		{Kind: demoorg.Slow, Delay: 300 * time.Millisecond},
		{Kind: demoorg.SlowBody, Delay: 300 * time.Millisecond},
	} {
		f.Method, f.Path = "POST", "/sobjects/Task"
		all = append(all, f)
	}
	return append(all, demoorg.Fault{Kind: demoorg.Slow, Path: "/search", Delay: 200 * time.Millisecond})
}()

// call makes a person call the agent, or the agent call a person, and returns when it is time to kill: some
// milliseconds after a random step.
func (k *killRig) call() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	last := []string{"start", "ring", "answer", "word", "end", "logged"}[k.random.IntN(6)]
	step := func(name string) bool { return name == last }
	late := time.Duration(k.random.ExpFloat64() * float64(40*time.Millisecond))
	defer func() { time.Sleep(late) }() // nothing to wait for: a kill at a random moment after the step is the test
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
		go func() { // the caller's result is not reported once the phone is killed
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
		if err := k.do("hangup", map[string]string{"call": id}); err != nil && k.on(id) { // the other side may have hung up first
			k.t.Errorf("hangup: %v", err)
		}
	}
	k.over(id)
	if step("end") {
		return
	}
	k.word(id)
	late += 300 * time.Millisecond // about when the call is logged
}

// reached waits for a step of a call; it returns false when the step did not come, for example because the caller gave
// up first.
func reached(step <-chan struct{}) bool {
	select {
	case <-step:
		return true
	case <-time.After(5 * time.Second):
		return false
	}
}

// word makes the agent choose at random whether the call is logged. What the app has confirmed must be kept.
func (k *killRig) word(id string) {
	if verb := []string{"", "", "save", "dont-log"}[k.random.IntN(4)]; verb != "" && k.do(verb, map[string]string{"call": id}) == nil {
		k.words[id] = verb
	}
}

// judge compares the org's Tasks with the calls of the history.
func (k *killRig) judge() {
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

// wanted returns how many Tasks a call must have.
func (k *killRig) wanted(r row) int {
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
