package journal

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"linecard/crm"
)

// missedFrom is a missed call of anna's, some minutes after noon.
func missedFrom(id, number string, minute int) Call {
	at := noon.Add(time.Duration(minute) * time.Minute)
	return Call{
		ID: id, Account: "2041@pbx", Org: "A", User: "anna", Direction: crm.Inbound, Outcome: crm.Missed, Number: number, Dial: number,
		Started: at, Ended: at.Add(20 * time.Second),
	}
}

// talkWith is a call with somebody that the agent made and that was answered.
func talkWith(id, number string, minute int) Call {
	c := missedFrom(id, number, minute)
	c.Direction, c.Outcome, c.AnsweredAt = crm.Outbound, crm.Answered, c.Started.Add(5*time.Second)
	return c
}

func hangUp(t testing.TB, j *Journal, calls ...Call) {
	t.Helper()
	for _, c := range calls {
		c.Verdict = crm.LogNo
		must(t, j.Hangup(ctx, c, nil))
	}
}

// owing is what is owed, by the newest call and how many they are.
func owing(t testing.TB, j *Journal) (all []string) {
	t.Helper()
	owed, err := j.Owed(ctx, noon.Add(time.Hour), nil)
	must(t, err)
	for _, o := range owed {
		all = append(all, fmt.Sprintf("%s x%d", o.ID, o.Times))
	}
	return all
}

func wantOwing(t testing.TB, j *Journal, want ...string) {
	t.Helper()
	if got := owing(t, j); !slices.Equal(got, want) {
		t.Errorf("owed %v, want %v", got, want)
	}
}

const maple, dunn = "+14155550140", "+14155550150"

func TestOwedIsFoldedByNumberNewestFirst(t *testing.T) {
	j := openTemp(t)
	hangUp(t, j, missedFrom("m1", maple, 0), missedFrom("m2", dunn, 1), missedFrom("m3", maple, 2))
	wantOwing(t, j, "m3 x2", "m2 x1")
}

// What is owed to nobody: the agent knows no number, a colleague asks in the corridor, somebody else took the call, it was answered.
func TestNotOwed(t *testing.T) {
	j := openTemp(t)
	withheld, colleague, elsewhere, declined := missedFrom("w", "", 0), missedFrom("x", "2042", 0), missedFrom("e", maple, 0), missedFrom("d", maple, 0)
	withheld.Withheld, colleague.Extension, elsewhere.Outcome, declined.Outcome = true, true, crm.AnsweredElsewhere, crm.Declined
	old := missedFrom("old", maple, -60*24*40)
	hangUp(t, j, withheld, colleague, elsewhere, declined, old)
	wantOwing(t, j)
}

func TestTalkSettlesWhatIsOwed(t *testing.T) {
	records := func(c Call, r crm.Ref) Call { c.Who = r; return c }
	inbound := talkWith("talk", maple, 5)
	inbound.Direction = crm.Inbound
	unanswered := talkWith("talk", maple, 5)
	unanswered.Outcome, unanswered.AnsweredAt = crm.NoAnswer, time.Time{}
	other := talkWith("talk", maple, 5)
	other.User = "bert"
	unlinked := talkWith("talk", maple, 5)
	unlinked.Org, unlinked.User = "", ""
	secure := talkWith("talk", "sips:"+maple+"@pbx", 5)
	keys := talkWith("talk", maple+",,42#", 5)
	short := missedFrom("m", "7001", 0)
	shortElsewhere := talkWith("talk", "7001", 5)
	shortElsewhere.Account = "2041@other"
	for name, tt := range map[string]struct {
		missed, talk Call
		owed         bool
	}{
		"called back":                    {missedFrom("m", maple, 0), talkWith("talk", maple, 5), false},
		"they called again":              {missedFrom("m", maple, 0), inbound, false},
		"with keys after the answer":     {missedFrom("m", maple, 0), keys, false},
		"over an encrypted line":         {missedFrom("m", maple, 0), secure, false},
		"at the record's other number":   {records(missedFrom("m", maple, 0), dana), records(talkWith("talk", dunn, 5), dana), false},
		"while nothing was linked":       {missedFrom("m", maple, 0), unlinked, false},
		"called back in vain":            {missedFrom("m", maple, 0), unanswered, true},
		"with somebody else":             {records(missedFrom("m", maple, 0), dana), records(talkWith("talk", dunn, 5), acme), true},
		"before they called":             {missedFrom("m", maple, 9), talkWith("talk", maple, 5), true},
		"by another user":                {missedFrom("m", maple, 0), other, true},
		"with those digits at another's": {short, shortElsewhere, true},
	} {
		t.Run(name, func(t *testing.T) {
			j := openTemp(t)
			hangUp(t, j, tt.missed, tt.talk)
			if got := len(owing(t, j)) > 0; got != tt.owed {
				t.Errorf("owed: %v, want %v", got, tt.owed)
			}
			if row, err := j.Call(ctx, "m"); err != nil || row.Settled == tt.owed {
				t.Errorf("settled: %v, %v", row.Settled, err)
			}
		})
	}
}

// The record may be known only when the call is over, or be the agent's word.
func TestTalkSettlesOnceItIsKnownWithWhom(t *testing.T) {
	for name, tell := range map[string]func(*Journal) error{
		"identified": func(j *Journal) error { return j.Identify(ctx, "talk", dana.Name, "", dana, "") },
		"pointed at": func(j *Journal) error { return j.Point(ctx, "talk", &crm.Record{Ref: dana}) },
	} {
		t.Run(name, func(t *testing.T) {
			j := openTemp(t)
			missed := missedFrom("m", maple, 0)
			missed.Who = dana
			hangUp(t, j, missed, talkWith("talk", dunn, 5))
			wantOwing(t, j, "m x1")
			must(t, tell(j))
			wantOwing(t, j)
		})
	}
}

// A crash while the agent talks with them leaves nothing owed, and one while it rang leaves a missed call, which is owed.
func TestOwedAfterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	hangUp(t, j, missedFrom("m", maple, 0))
	talk := talkWith("talk", maple, 5)
	talk.Outcome, talk.AnsweredAt, talk.Ended = "", time.Time{}, time.Time{}
	must(t, j.Ring(ctx, talk))
	must(t, j.Answered(ctx, "talk", noon.Add(6*time.Minute), ""))
	wantOwing(t, j)
	rings := missedFrom("rings", dunn, 7)
	rings.Outcome, rings.Ended = "", time.Time{}
	must(t, j.Ring(ctx, rings))
	must(t, j.Close())
	wantOwing(t, openAt(t, path), "rings x1")
}

func TestDoneSettlesTheCallAndThoseBeforeIt(t *testing.T) {
	j := openTemp(t)
	hangUp(t, j, missedFrom("m1", maple, 0), missedFrom("m2", maple, 1), missedFrom("m3", maple, 2), missedFrom("m4", dunn, 3))
	must(t, j.SettleOwed(ctx, "m2"))
	wantOwing(t, j, "m4 x1", "m3 x1")
	must(t, j.SettleOwed(ctx, "m3", "m4"))
	wantOwing(t, j)
	if err := j.SettleOwed(ctx, "nobody's"); err == nil {
		t.Error("a call that is not there is settled")
	}
}

// The calls of older versions were answered for or not: nobody knows, and a list of a year would be no use.
func TestOldMissedCallsAreNotOwed(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	hangUp(t, j, missedFrom("m", maple, 0))
	_, err := j.w.Exec(fmt.Sprintf("DROP INDEX calls_owed; ALTER TABLE calls DROP COLUMN settled; PRAGMA user_version = 8; PRAGMA application_id = %d", mark(8)))
	must(t, err)
	must(t, j.Close())
	j = openAt(t, path)
	wantOwing(t, j)
	if row, err := j.Call(ctx, "m"); err != nil || row.Settled {
		t.Errorf("settled: %v, %v; want that nobody knows", row.Settled, err)
	}
}

func TestSalvageKeepsWhatIsSettled(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	hangUp(t, j, missedFrom("m1", maple, 0), missedFrom("m2", dunn, 1))
	must(t, j.SettleOwed(ctx, "m1"))
	must(t, j.Close())
	n, err := carryOver(path+".new", path, Options{Log: j.log, Now: time.Now})
	must(t, err)
	if n.calls != 2 {
		t.Fatalf("%d calls", n.calls)
	}
	wantOwing(t, openAt(t, path+".new"), "m2 x1")
}

// BenchmarkOwed is what is owed among 100,000 calls, of which 500 wait for an answer.
func BenchmarkOwed(b *testing.B) {
	j := owedAmong(b, 100_000, 500)
	for b.Loop() {
		if _, err := j.Owed(ctx, noon.Add(time.Hour), nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHistoryPage is the page of the history that is read with it.
func BenchmarkHistoryPage(b *testing.B) {
	j := owedAmong(b, 100_000, 500)
	for b.Loop() {
		if _, err := j.History(ctx, Filter{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSettle is the answer of a call among them.
func BenchmarkSettle(b *testing.B) {
	j := owedAmong(b, 100_000, 500)
	hangUp(b, j, talkWith("talk", "+14155559999", 5))
	for b.Loop() {
		must(b, j.Answered(ctx, "talk", noon, ""))
	}
}

// owedAmong is a journal with so many calls of two years, of which the last missed ones wait for an answer.
func owedAmong(b *testing.B, calls, owed int) *Journal {
	b.Helper()
	j := openTemp(b)
	for from := 0; from < calls; from += 10_000 {
		var past []Past
		for i := from; i < from+10_000; i++ {
			c := missedFrom(fmt.Sprint("c", i), fmt.Sprintf("+1415%07d", i%3000), -10*(calls-i))
			if i < calls-owed {
				c = talkWith(c.ID, c.Dial, -10*(calls-i))
			}
			past = append(past, Past{Call: c})
		}
		must(b, j.Import(ctx, past))
	}
	return j
}
