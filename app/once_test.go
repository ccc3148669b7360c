package app

import (
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/crm"
	"linecard/crm/layout"
	"linecard/sip"
)

// Whatever is killed whenever, each call that is to be logged has one Task in the end, of its own org and user; each that
// is not has none, and none waits without end. -rapid.checks=5000 makes it go on for that many lives.
func TestEachCallHasOneTaskInTheEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "once")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		l := newLife(t, dir)
		steps := l.draw(t)
		l.begin()
		defer func() { l.close() }()
		l.confirm()
		for range rapid.IntRange(5, 40).Draw(t, "steps") {
			l.step(t, steps)
		}
		l.end()
		for _, id := range l.ids {
			if most := l.tally.most[id]; most > 1 && l.calls[id].wanted() > 0 { // each was made within the settling time
				t.Fatalf("%s: %d Tasks were there at one time", id, most)
			}
		}
	})
}

// always can happen in every life; the others in those they belong to.
var (
	always = []string{
		"ring", "ring", "answer", "answer", "end", "end", "end", "advance", "advance", "kill", "retry", "relink", "down",
		"save", "don't log", "type", "fate", "merge", "field", "hide", "fixed",
	}
	further = map[string][]string{
		"one org":      {},
		"several orgs": {"link", "unlink", "another user", "log as", "log as", "name an org", "expire"},
		"settings":     {"rules", "rules", "lookups", "owners", "own numbers", "prune", "discard", "retry one"},
		"the clock":    {"clock", "clock"},
		"the disk":     {"full", "full", "discard", "retry one", "rules"},
	}
)

// draw draws how a life begins, and returns what may happen in it.
func (l *life) draw(t *rapid.T) []string {
	l.rules.Settle = 0
	mode := rapid.SampledFrom([]string{"always", "always", "ask", "never", "no missed"}).Draw(t, "rules")
	l.rules.Ask, l.rules.Never, l.rules.Missed = mode == "ask", mode == "never", mode != "no missed"
	other, repairs := layout.Task(), layout.Case()
	other.Name, repairs.Name = "Other", "Repairs"
	l.rules.Layouts = layout.List{other, repairs}
	if rapid.Bool().Draw(t, "a table") {
		l.rules.Table = l.aTable(t)
	}
	for _, o := range l.orgs {
		o.private = rapid.Bool().Draw(t, "private")
		o.upserts = rapid.IntRange(0, 4).Draw(t, "upserts") == 0
		o.matches = rapid.SampledFrom([][]crm.Match{nil, {dana}, {dana, danaTwin}}).Draw(t, "matches")
		o.fates = rapid.SliceOfN(rapid.Custom(aFate), 0, 12).Draw(t, "fates")
		o.moods = rapid.SliceOfN(rapid.Custom(aMood), 0, 8).Draw(t, "moods")
	}
	kinds := []string{"one org", "several orgs", "settings", "the clock", "the disk", "all at once"}
	kind := rapid.SampledFrom(kinds).Draw(t, "kind")
	if kind == "several orgs" || kind == "all at once" {
		l.accounts = []Account{{ID: "work"}, {ID: "a", Org: "00DA"}, {ID: "b", Org: "00DB"}, {ID: "c", Org: "00DC"}}
		l.rules.AllOrgs = rapid.Bool().Draw(t, "all orgs searched")
		l.linked = rapid.SampledFrom([][]link{nil, {{"00DA", "005A"}}, {{"00DA", "005A"}, {"00DB", "005B"}}, {{"00DB", "005B"}, {"00DA", "005X"}}, {{"00DA", "005A"}, {"00DA", "005X"}}}).Draw(t, "links")
	}
	steps := slices.Concat(always, further[kind])
	if kind == "all at once" {
		for _, k := range kinds {
			steps = append(steps, further[k]...)
		}
	}
	return steps
}

// aFate commits, if at all, before the settling time is over.
func aFate(t *rapid.T) fate {
	late := time.Duration(rapid.IntRange(0, 115).Draw(t, "after")) * time.Second
	slow := rapid.SampledFrom([]time.Duration{100 * time.Second, 4 * time.Minute, time.Second}).Draw(t, "slow")
	retry := time.Duration(rapid.IntRange(0, 15).Draw(t, "retry after")) * time.Minute
	return rapid.SampledFrom([]fate{
		{commits: true},
		{commits: true, lost: true},
		{lost: true, slow: slow},
		{commits: true, lost: true, after: late, slow: slow},
		{commits: true, lost: true, after: late},
		{slow: slow},
		{lost: true},
		{},
		{commits: true, hangs: 15 * time.Second, after: late},
		{hangs: 15 * time.Second},
		{commits: true, hangs: 40 * time.Minute, after: late},
		{commits: true, dies: true, after: late},
		{dies: true},
		{refused: answersNo(crm.ClassTransient, retry)},
		{refused: answersNo(crm.ClassQuota, retry)},
		{refused: answersNo(crm.ClassBlocked, retry)},
		{refused: answersNo(crm.ClassGone, 0)},
		{refused: answersNo(crm.ClassRejected, 0)},
		{refused: answersNo(crm.ClassPermission, 0)},
		{refused: answersNo(crm.ClassRejected, 0), hangs: 15 * time.Second},
		{refused: answersNo(crm.ClassTransient, retry), hangs: 15 * time.Second},
	}).Draw(t, "fate")
}

// aMood is what a question is answered; nil is well.
func aMood(t *rapid.T) *crm.Error {
	return rapid.SampledFrom([]*crm.Error{
		nil, nil, answersNo(crm.ClassTransient, 0), answersNo(crm.ClassTransient, time.Minute), answersNo(crm.ClassQuota, 0), answersNo(crm.ClassBlocked, 0),
		errLost, errDies,
	}).Draw(t, "mood")
}

var reasons = []sip.EndReason{sip.EndLocal, sip.EndRemote, sip.EndCancelled, sip.EndAnsweredElsewhere, sip.EndBusy, sip.EndFailed}

// step is one thing that happens. A crash may come before all of it is on disk.
func (l *life) step(t *rapid.T, steps []string) {
	l.happens(t, rapid.SampledFrom(steps).Draw(t, "step"))
	if rapid.IntRange(0, 15).Draw(t, "killed at once") == 0 {
		l.run.die()
	}
	l.quiet()
	switch {
	case l.died():
		l.revive()
	case !l.isFull:
		l.confirm()
	}
}
