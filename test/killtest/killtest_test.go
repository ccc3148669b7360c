package main

import (
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
}
