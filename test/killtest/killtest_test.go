package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"linecard/test/rig"
)

func TestMain(m *testing.M) {
	if err := rig.DependOnSources(); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// A hundred kills at the weakest moments lose nothing, and write nothing twice, however long they take. The seed in the log
// repeats the calls, the faults of the org and the aims.
func TestAHundredKills(t *testing.T) {
	o := options{kills: 100, seed: uint64(rand.Uint32()), aims: aims}
	t.Logf("seed %d", o.seed)
	n := run(t, o)
	t.Logf("\n%s", n.table())
	if n.total().kills < o.kills {
		t.Errorf("only %d kills", n.total().kills)
	}
}

// The count finds what must not be, whatever the app says of itself.
func TestTheCountFindsWhatIsWrong(t *testing.T) {
	began := time.Now()
	at := func(d time.Duration) time.Time { return began.Add(d) }
	w := &world{t: t, stretches: []stretch{{began.Add(-time.Second), "always"}}}
	l := &life{world: w, number: 1, aim: "ring", process: &process{began: began}, killed: at(time.Second), words: map[string]word{}}
	w.lives = []*life{l}
	inbound := func(number string, told time.Duration) *call {
		c := &call{life: l, inbound: true, number: number, told: at(told)}
		l.calls = append(l.calls, c)
		return c
	}
	kept := func(id, number string) row {
		return row{ID: id, Direction: "Inbound", Outcome: "missed", Dial: number, Started: at(time.Millisecond)}
	}
	inbound("+447700900001", time.Millisecond) // lost
	inbound("+447700900002", 2*time.Second)    // told after the kill: nobody knows of it
	inbound("+447700900003", time.Millisecond) // twice in the history
	inbound("+447700900004", time.Millisecond) // no Task
	inbound("+447700900005", time.Millisecond) // two Tasks
	inbound("+447700900006", time.Millisecond) // not to be logged, and logged
	l.words["6"] = word{verb: "dont-log"}
	inbound("+447700900007", time.Millisecond) // the app died over the agent's word
	l.words["7"] = word{verb: "dont-log", unsure: true}
	inbound("+447700900008", time.Millisecond) // as it must be
	inbound("+447700900010", time.Millisecond) // answered early, and lost with the process
	l.process.log.text.WriteString(`level=INFO msg="call rings before it is on disk" call=10
level=INFO msg="call refused before it is on disk" call=8
`) // that one is kept, so it excuses no other
	n := w.compare([]row{
		kept("3", "+447700900003"), kept("3b", "+447700900003"), kept("4", "+447700900004"), kept("5", "+447700900005"),
		kept("6", "+447700900006"), kept("7", "+447700900007"), kept("8", "+447700900008"), kept("9", "+447700900009"),
	}, map[string]int{"3": 1, "3b": 1, "5": 2, "6": 1, "7": 1, "8": 1, "nobody's": 1},
		[]entry{{ID: "8", State: "ready"}})
	want := map[string]int{"calls lost": 1, "rows doubled": 2, "Tasks lost": 1, "Tasks doubled": 2, "unwanted": 1, "stuck": 1}
	for _, column := range columns {
		if got := n.total().found[column]; got != want[column] {
			t.Errorf("%s: %d found, want %d: %v", column, got, want[column], n.findings)
		}
	}
	if got := n.total().early; got != 1 {
		t.Errorf("%d calls were lost because they were answered early", got)
	}
}

// What is lost because the disk was too late is excused as far as the computer is late, and no further.
func TestTheExcuseHasABound(t *testing.T) {
	for _, tc := range []struct{ early, calls, late, writes, findings int }{
		{early: 2, calls: 2, writes: 1000},
		{early: 3, calls: 10, writes: 1000, findings: 1},
		{early: 4, calls: 200, writes: 1000},
		{early: 5, calls: 200, writes: 1000, findings: 1},
		{early: 5, calls: 200, late: 10, writes: 1000}, // a busy computer
		{early: 5, calls: 200, findings: 1},            // one that was not measured
	} {
		began := time.Now()
		w := &world{t: t, pace: pace{writes: tc.writes, late: tc.late}}
		l := &life{world: w, number: 1, aim: "ring", process: &process{began: began}, killed: began.Add(time.Second)}
		w.lives = []*life{l}
		for i := range tc.calls {
			c := &call{life: l, inbound: true, number: fmt.Sprintf("+447700900%03d", i)}
			if i < tc.early {
				c.told = began
				fmt.Fprintf(&l.process.log, "msg=\"call rings before it is on disk\" part=sip call=%d\n", i)
			}
			l.calls = append(l.calls, c)
		}
		if n := w.compare(nil, nil, nil); len(n.findings) != tc.findings || n.total().early != tc.early {
			t.Errorf("%+v: %d early, %v", tc, n.total().early, n.findings)
		}
	}
}
