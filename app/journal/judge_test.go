package journal

import (
	"path/filepath"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/crmtest"
)

// afterCrash opens a journal again in which calls are still on, as a crash leaves it.
func afterCrash(t *testing.T, o Options, before func(*Journal)) *Journal {
	t.Helper()
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	before(j)
	must(t, j.Close())
	j, err := Open(path, o)
	must(t, err)
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func judged(r crm.Rules) Options { return Options{Judge: r.Judge} }

// A crash logs what the rules and the agent want logged, and nothing else.
func TestCrashKeepsToTheVerdict(t *testing.T) {
	always, ask, never := crmtest.LogAll(), crmtest.LogAll(), crmtest.LogAll()
	ask.Ask, never.Never = true, true
	noMissed := crmtest.LogAll()
	noMissed.Missed = false
	for name, tt := range map[string]struct {
		o       Options
		ring    crm.Log
		answer  crm.Log // "" means nobody answers
		word    crm.Word
		drafted State // with typed notes
		plain   State // with nothing typed
	}{
		"always":                            {judged(always), crm.LogYes, crm.LogYes, "", Ready, Ready},
		"the agent is asked":                {judged(ask), crm.LogAsk, crm.LogAsk, "", Draft, Draft},
		"never":                             {judged(never), crm.LogNo, crm.LogNo, "", Discarded, ""},
		"missed calls are not logged":       {judged(noMissed), crm.LogNo, "", "", Discarded, ""},
		"answered ones are":                 {judged(noMissed), crm.LogNo, crm.LogYes, "", Ready, Ready},
		"rules have changed since to never": {judged(never), crm.LogYes, crm.LogYes, "", Discarded, ""},
		"rules have changed since to all":   {judged(always), crm.LogNo, crm.LogNo, "", Discarded, ""},
		"the agent said don't log":          {judged(always), crm.LogYes, crm.LogYes, crm.DontLog, Discarded, ""},
		"the agent said log":                {judged(never), crm.LogNo, crm.LogNo, crm.LogIt, Ready, Ready},
		"nobody judges, yes":                {Options{}, crm.LogYes, crm.LogYes, "", Ready, Ready},
		"nobody judges, ask":                {Options{}, crm.LogAsk, crm.LogAsk, "", Draft, Draft},
		"nobody judges, no":                 {Options{}, crm.LogNo, crm.LogNo, "", Discarded, ""},
		"nobody judges, don't log":          {Options{}, crm.LogYes, crm.LogYes, crm.DontLog, Discarded, ""},
		"nobody judges, log":                {Options{}, crm.LogNo, crm.LogNo, crm.LogIt, Ready, Ready},
	} {
		t.Run(name, func(t *testing.T) {
			j := afterCrash(t, tt.o, func(j *Journal) {
				for _, id := range []string{"drafted", "plain"} {
					c := ringing(id)
					c.Verdict, c.Account, c.Org, c.User = tt.ring, "2041@pbx", "00D1", "0051"
					must(t, j.Ring(ctx, c))
					if tt.answer != "" {
						must(t, j.Answered(ctx, id, noon.Add(5*time.Second), tt.answer))
					}
					if tt.word != "" {
						must(t, j.Say(ctx, id, tt.word))
					}
				}
				must(t, j.TypeActivity(ctx, "drafted", notes("wants 40"), noon))
			})
			for id, want := range map[string]State{"drafted": tt.drafted, "plain": tt.plain} {
				row, err := j.Call(ctx, id)
				must(t, err)
				if row.State != want || !row.Cut || row.Account != "2041@pbx" || row.Org != "00D1" || row.User != "0051" {
					t.Errorf("%s is %q, cut %v, of %s %s %s; want %q", id, row.State, row.Cut, row.Account, row.Org, row.User, want)
				}
				if want != "" {
					e := entry(t, j, id)
					if e.Org != "00D1" || e.User != "0051" || e.Account != "2041@pbx" || e.Activity.Org != "00D1" {
						t.Errorf("%s: entry of %q %q %q", id, e.Account, e.Org, e.User)
					}
					if id == "drafted" && e.Activity.Notes != "wants 40" {
						t.Errorf("%s: what was typed is gone", id)
					}
				}
			}
			wantOpen := 0
			if tt.drafted != Discarded {
				wantOpen = 2
			}
			if es, err := j.Outbox(ctx); err != nil || len(es) != wantOpen {
				t.Errorf("%d in the outbox, %v; want %d", len(es), err, wantOpen)
			}
		})
	}
}

// The judge gets the facts of the call, from disk.
func TestJudgeGetsTheFacts(t *testing.T) {
	c := ringing("c1")
	c.Account, c.Called, c.Extension = "2041@pbx", "+14155550100", true
	c.Story = crm.Story{Diverted: "+14155550101", SIPID: "abc@pbx", Queue: "Support", Headers: map[string]string{"X-Queue": "Support"}, Signalling: crm.Signalling{ReferredBy: "Reception (2050)"}}
	var got crm.Facts
	j := afterCrash(t, Options{Judge: func(f crm.Facts) crm.Verdict { got = f; return crm.Verdict{Log: crm.LogNo} }}, func(j *Journal) {
		must(t, j.Ring(ctx, c))
		must(t, j.Identify(ctx, "c1", dana.Name, acme.Name, dana, crm.LogYes))
	})
	want := crm.Facts{
		Direction: crm.Inbound, Outcome: crm.Missed, Account: c.Account, Called: c.Called, Caller: c.Dial, Written: c.Number, Object: crm.Contact,
		Extension: true, Started: got.Started,
	}
	if got.Variable("x-queue") != "Support" || got.Variable("queue") != "Support" || got.Variable("transferred from") != "Reception (2050)" || got.Variable("diverted from") != "+14155550101" || got.Variable("call id") != "c1" {
		t.Errorf("the call of the facts is %+v", got.Call)
	}
	if got.Call = nil; got != want || !got.Started.Equal(noon) {
		t.Errorf("facts %+v\nwant %+v", got, want)
	}
	if stateOf(t, j, "c1") != "" {
		t.Error("a call that is not to be logged is in the outbox")
	}
}

// A call that is not to be logged leaves nothing in the outbox: in a ring group that is most calls.
func TestHangupKeepsToTheVerdict(t *testing.T) {
	for verdict, want := range map[crm.Log]State{crm.LogYes: Ready, crm.LogAsk: Draft, crm.LogNo: Discarded} {
		t.Run(string(verdict), func(t *testing.T) {
			j := openTemp(t)
			must(t, j.Ring(ctx, ringing("c1")))
			must(t, j.EditActivity(ctx, "c1", notes("typed")))
			c, a := ended("c1")
			a.Notes, c.Verdict = "at the end", verdict
			must(t, j.Hangup(ctx, c, a))
			if got := stateOf(t, j, "c1"); got != want {
				t.Errorf("%s, want %s", got, want)
			}
			n, err := j.Counts(ctx, nil)
			must(t, err)
			if (n.NotLogged == 0) != (verdict == crm.LogNo) {
				t.Errorf("%d count as not logged", n.NotLogged)
			}
			// The look-up that answers late must not bring it back.
			must(t, j.EditActivity(ctx, "c1", notes("late")))
			if got := stateOf(t, j, "c1"); got != want {
				t.Errorf("edited: %s, want %s", got, want)
			}
		})
	}
}

func TestLateEditOfACallNotToBeLogged(t *testing.T) {
	j := openTemp(t)
	c, a := ended("c1")
	c.Verdict = crm.LogNo
	must(t, j.Hangup(ctx, c, nil))
	must(t, j.EditActivity(ctx, "c1", *a))
	if got := stateOf(t, j, "c1"); got != Discarded {
		t.Errorf("%s, want the text kept and no more", got)
	}
	must(t, j.Requeue(ctx, "c1"))
	if e := entry(t, j, "c1"); e.State != Ready || e.Activity.Subject != a.Subject {
		t.Errorf("the agent wants it logged after all: %+v", e)
	}
	if row, _ := j.Call(ctx, "c1"); row.Word != crm.LogIt {
		t.Errorf("word %q", row.Word)
	}
}

// A clock that is set during the call does not change how long it was.
func TestDurationIsNotTheClocks(t *testing.T) {
	j := openTemp(t)
	c, a := ended("c1")
	c.Ended, c.Talked = c.AnsweredAt.Add(time.Hour), 1300*time.Millisecond
	a.Ended, a.Talked = c.Ended, c.Talked
	must(t, j.Hangup(ctx, c, a))
	row, err := j.Call(ctx, "c1")
	must(t, err)
	if e := entry(t, j, "c1"); row.Duration() != 1300*time.Millisecond || e.Activity.Duration() != row.Duration() {
		t.Errorf("talked %v, to be logged %v", row.Duration(), e.Activity.Duration())
	}
}

// What a crash leaves of how long was talked is believed as far as it can be.
func TestTalkedAfterACrash(t *testing.T) {
	answered := noon.Add(5 * time.Second)
	later := answered.Add(time.Minute)
	for name, tt := range map[string]struct {
		noted  Life
		damage string
		talked time.Duration
		ended  time.Time
	}{
		"never noted":                  {talked: 0, ended: answered},
		"noted":                        {noted: Life{"c1", later, time.Minute}, talked: time.Minute, ended: later},
		"the time talked is not known": {noted: Life{"c1", later, 0}, talked: time.Minute, ended: later},
		"more than there was time for": {noted: Life{"c1", later, time.Hour}, talked: time.Minute, ended: later},
		"when it lived is damaged":     {noted: Life{"c1", later, time.Minute}, damage: "alive = 'x'", talked: time.Minute, ended: later},
		"a negative time":              {damage: "talked = -5000000", talked: 0, ended: answered},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), FileName)
			j := openAt(t, path)
			must(t, j.Ring(ctx, ringing("c1")))
			must(t, j.Answered(ctx, "c1", answered, ""))
			must(t, j.Alive(ctx, tt.noted))
			if tt.damage != "" {
				_, err := j.w.Exec("UPDATE calls SET " + tt.damage)
				must(t, err)
			}
			must(t, j.Close()) // leaves the call open, as a crash would
			j = openAt(t, path)
			row, err := j.Call(ctx, "c1")
			must(t, err)
			a := entry(t, j, "c1").Activity
			if row.Duration() != tt.talked || a.Duration() != tt.talked || !row.Ended.Equal(tt.ended) || !a.Ended.Equal(tt.ended) {
				t.Errorf("talked %v until %v, to be logged %v until %v", row.Duration(), row.Ended, a.Duration(), a.Ended)
			}
		})
	}
}

// A call is given to the first link made for it, and never moves by itself.
func TestCallBelongsToItsFirstLink(t *testing.T) {
	j := openTemp(t)
	c, a := ended("c1")
	must(t, j.Ring(ctx, ringing("c1")))
	must(t, j.Hangup(ctx, c, a))
	must(t, j.Belong(ctx, "c1", "A", "anna"))
	must(t, j.Belong(ctx, "c1", "B", "bert"))
	edited := *a
	edited.Org, edited.User, edited.Notes = "B", "bert", "typed"
	must(t, j.EditActivity(ctx, "c1", edited))
	c.Org, c.User = "B", "bert"
	must(t, j.Hangup(ctx, c, a))
	row, err := j.Call(ctx, "c1")
	must(t, err)
	e := entry(t, j, "c1")
	if row.Org != "A" || row.User != "anna" || e.Org != "A" || e.User != "anna" || e.Activity.Org != "A" || e.Activity.User != "anna" {
		t.Errorf("call of %s %s, entry of %s %s", row.Org, row.User, e.Org, e.User)
	}
	if e.Activity.Notes != "typed" {
		t.Errorf("the text is gone: %+v", e.Activity)
	}
}
