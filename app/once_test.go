package app

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/sip"
)

// life is a desk on a real journal that is killed and started again, with an org that answers late, early, or never.
type life struct {
	t     failer
	dir   string
	runs  int
	clock *handClock
	org   *lateOrg
	rules Rules

	desk    *Desk
	door    *door
	journal *journal.Journal
	path    string
	live    []string // calls under way
	calls   []string
	said    map[string]crm.Word
}

// failer is a test of rapid's or of Go's own.
type failer interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// Whatever is killed whenever, each call that is to be logged has one Task in the end, each that is not has none, and none
// waits without end.
func TestEachCallHasOneTaskInTheEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "once")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		l := drawnLife(t, dir)
		defer func() { l.close() }()
		for range rapid.IntRange(5, 40).Draw(t, "steps") {
			l.step(t)
			l.quiet()
		}
		l.end()
		for id, n := range l.org.ever {
			if n > 1 { // each was made well within the settling time, so no second one had to be deleted again
				t.Fatalf("%s: %d Tasks were made", id, n)
			}
		}
	})
}

// newLife is a life with the usual rules and nobody in the org.
func newLife(t failer, dir string) *life {
	clock := &handClock{now: t0}
	return &life{
		t: t, dir: dir, clock: clock, rules: someRules(), said: map[string]crm.Word{},
		org: &lateOrg{clock: clock, ever: map[string]int{}},
	}
}

func drawnLife(t *rapid.T, dir string) *life {
	l := newLife(t, dir)
	mode := rapid.SampledFrom([]string{"always", "ask", "never", "no missed"}).Draw(t, "rules")
	l.rules.Ask, l.rules.Never, l.rules.Missed = mode == "ask", mode == "never", mode != "no missed"
	l.org.upserts = rapid.IntRange(0, 4).Draw(t, "upserts") == 0
	l.org.matches = rapid.SampledFrom([][]crm.Match{nil, {dana}, {dana, danaTwin}}).Draw(t, "matches")
	l.org.fates = rapid.SliceOfN(rapid.Custom(aFate), 0, 12).Draw(t, "fates")
	l.start(filepath.Join(dir, "0.db"))
	return l
}

// aFate commits, if at all, well before the settling time is over: the clock may move by half a minute between the beginning
// of an attempt and its first byte.
func aFate(t *rapid.T) fate {
	late := time.Duration(rapid.IntRange(0, 80).Draw(t, "after")) * time.Second
	return rapid.SampledFrom([]fate{
		{commits: true},
		{commits: true, lost: true},
		{commits: true, lost: true, after: late},
		{lost: true},
		{},
		{commits: true, hangs: 15 * time.Second, after: late},
		{hangs: 15 * time.Second},
	}).Draw(t, "fate")
}

func (l *life) start(path string) {
	j, err := journal.Open(path, journal.Options{Judge: l.rules.Judge, Now: l.clock.Now})
	if err != nil {
		l.t.Fatal(err)
	}
	l.path, l.journal, l.door = path, j, l.org.door()
	l.desk = New(Config{
		Phone: &phoneStub{}, Ringer: &phoneStub{}, Directory: l.door, Logbook: l.door, Journal: j, Notifier: nobell{}, Rules: l.rules,
		OpenURL: func(string) error { return nil }, Clock: l.clock,
	})
	l.desk.Start()
	l.link()
}

func (*life) ctx() context.Context { return context.Background() }

func (l *life) link() {
	l.desk.LinkChanged(crm.LinkStatus{State: crm.Linked, OrgID: "00DA", UserID: "005A"})
}

// quiet waits until the desk has carried out what it was told.
func (l *life) quiet() {
	for range 2 {
		l.desk.inbox.Wait()
		l.desk.disk.Wait()
	}
}

// close ends the run, as the end of its process does: nothing of it reaches the org any more.
func (l *life) close() {
	l.door.kill()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	l.desk.Close(ctx)
	_ = l.journal.Close()
}

// kill is kill -9, and the next start on what is on disk at that moment.
func (l *life) kill() {
	l.door.kill() // first: what the run asked of the org after its file was copied, no process would have asked
	l.runs++
	path := filepath.Join(l.dir, fmt.Sprint(l.runs, ".db"))
	copyJournal(l.t, l.path, path)
	l.close()
	l.live = nil
	l.start(path)
}

// copyJournal copies the files of a journal in use while nothing is written to them.
func copyJournal(t failer, from, to string) {
	db, err := sql.Open("sqlite3", "file:"+from+"?_txlock=immediate&_busy_timeout=10000")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	hold, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = hold.Rollback() }()
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(from + suffix)
		if err == nil {
			err = os.WriteFile(to+suffix, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// step is one thing that happens.
func (l *life) step(t *rapid.T) {
	now := l.clock.Now()
	text := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "text")
	one := func() string { return rapid.SampledFrom(l.live).Draw(t, "call") }
	steps := map[string]func(){
		"ring": func() {
			user := rapid.SampledFrom([]string{"+14155550132", "2042"}).Draw(t, "party")
			l.ring(user, rapid.Bool().Draw(t, "inbound"))
		},
		"advance": func() { l.advance(rapid.IntRange(1, 8).Draw(t, "times")) },
		"kill":    l.kill,
		"retry":   l.retry,
		"relink": func() {
			l.desk.LinkChanged(crm.LinkStatus{State: crm.Unlinked})
			l.link()
		},
		"down": func() {
			l.org.mu.Lock()
			defer l.org.mu.Unlock()
			l.org.down = !l.org.down
		},
		"save": func() { _ = l.desk.SaveWrap("") },
		"don't log": func() {
			if v := l.desk.View(); len(v.Calls) > 0 {
				l.said[v.Calls[0].ID] = crm.DontLog
				_ = l.desk.DontLog(v.Calls[0].ID)
			}
		},
		"type": func() { _ = l.desk.EditWrap("", WrapEdit{Notes: &text}) },
	}
	names := []string{"ring", "ring", "advance", "kill", "retry", "relink", "down", "save", "don't log", "type"}
	if len(l.live) > 0 {
		steps["answer"] = func() { l.desk.Heard(sip.CallAnswered{ID: one(), At: now}) }
		steps["end"] = func() { l.endCall(one(), rapid.SampledFrom(reasons).Draw(t, "reason")) }
		names = append(names, "answer", "answer", "end", "end", "end")
	}
	steps[rapid.SampledFrom(names).Draw(t, "step")]()
}

var reasons = []sip.EndReason{sip.EndLocal, sip.EndRemote, sip.EndCancelled, sip.EndAnsweredElsewhere, sip.EndBusy, sip.EndFailed}

func (l *life) ring(user string, inbound bool) (id string) {
	id = fmt.Sprint("c", len(l.calls))
	l.calls, l.live = append(l.calls, id), append(l.live, id)
	if party := (sip.Party{User: user}); inbound {
		l.desk.Heard(sip.CallIncoming{ID: id, At: l.clock.Now(), Party: party})
	} else {
		l.desk.Heard(sip.CallDialing{ID: id, At: l.clock.Now(), Party: party})
	}
	return id
}

func (l *life) endCall(id string, reason sip.EndReason) {
	for i, live := range l.live {
		if live == id {
			l.live = append(l.live[:i:i], l.live[i+1:]...)
		}
	}
	l.desk.Heard(sip.CallEnded{ID: id, At: l.clock.Now(), Reason: reason})
}

func (l *life) retry() {
	waiting, err := l.desk.Outbox()
	if err != nil {
		l.t.Fatal(err)
	}
	for _, e := range waiting {
		if e.State == journal.Ready {
			_ = l.desk.RetryLog(e.ID)
		}
	}
}

// advance moves the clock on by half a minute a time. It does not do so while an attempt is due or on its way to the org,
// for there no clock moves like that.
func (l *life) advance(times int) {
	for range times {
		l.await("the attempts under way", func() bool {
			sending := 0
			waiting, err := l.desk.Outbox()
			for _, e := range waiting {
				if e.State == journal.Sending {
					sending++
				}
			}
			l.desk.writer.wake() // the clock may have moved while a sender worked out how long to sleep
			_, _, due, err2 := l.journal.NextDue(context.Background(), l.clock.Now(), nil)
			l.org.mu.Lock()
			defer l.org.mu.Unlock()
			return err == nil && err2 == nil && sending <= l.org.hanging && (!due || l.org.hanging > 0)
		})
		l.clock.advance(30 * time.Second)
	}
}

// await polls: what comes to rest is in the journal and the org, which tell nobody. Its deadline is far beyond what it takes.
func (l *life) await(what string, ok func() bool) {
	for deadline := time.Now().Add(30 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			waiting, _ := l.desk.Outbox()
			l.t.Fatalf("never came: %s; waiting %+v", what, waiting)
		}
		time.Sleep(200 * time.Microsecond)
	}
}

// end lets everything come to rest, with an org that is well, and counts.
func (l *life) end() {
	for len(l.live) > 0 {
		l.endCall(l.live[0], sip.EndRemote)
	}
	l.quiet()
	l.org.mu.Lock()
	l.org.fates, l.org.down = nil, false
	l.org.mu.Unlock()
	l.await("rest", func() bool {
		l.advance(1)
		l.quiet()
		later, ctx := l.clock.Now().Add(24*time.Hour), context.Background()
		waiting, err := l.journal.Outbox(ctx) // first: an entry on its way comes back as one to be looked at
		due := false
		for _, e := range waiting {
			due = due || e.State == journal.Sending || e.State == journal.Ready
		}
		_, _, look, err2 := l.journal.NextLook(ctx, later, nil)
		return err == nil && err2 == nil && !due && !look
	})
	for _, id := range l.calls {
		row, err := l.journal.Call(context.Background(), id)
		if err != nil {
			l.t.Fatalf("%s: %v", id, err)
		}
		if w := l.said[id]; w != "" && row.Word != w {
			l.t.Fatalf("%s: the agent said %q, on disk is %q", id, w, row.Word)
		}
		want := 0
		if l.rules.Judge(row.Facts()).Log == crm.LogYes {
			want = 1
		}
		if n := l.org.count(id); n != want {
			l.t.Fatalf("%s (%s, %q): %d Tasks, want %d; row %+v", id, row.Outcome, row.Word, n, want, row)
		}
		if row.State == journal.Draft && l.rules.Judge(row.Facts()).Log != crm.LogAsk {
			l.t.Fatalf("%s: a draft waits for nobody", id)
		}
	}
}
