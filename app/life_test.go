package app

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"linecard/app/journal"
	"linecard/crm"
)

// life is a desk on a real journal that is killed and started again, with orgs that answer late, early, or never.
type life struct {
	t        failer
	dir      string
	clock    *handClock
	orgs     []*lateOrg
	org      *lateOrg // the first
	tally    tally
	rules    Rules
	plan     atomic.Pointer[crm.NumberPlan]
	accounts []Account
	linked   []link // who is linked, the first one first

	run     *run
	runs    int
	dead    atomic.Pointer[string] // the run has killed itself: the file that it left
	desk    *Desk
	journal *journal.Journal
	path    string
	isFull  bool
	router  *crm.Orgs
	links   map[link]*lateLink
	owners  bosses

	told
}

// failer is a test of rapid's or of Go's own.
type failer interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// newLife is a life with the usual rules, one account, and one org that knows nobody.
func newLife(t failer, dir string) *life {
	clock := &handClock{now: time.Now()}
	l := &life{
		t: t, dir: dir, clock: clock, rules: someRules(), accounts: []Account{{ID: "work"}}, linked: []link{{"00DA", "005A"}},
		told: newTold(),
	}
	for _, id := range []string{"00DA", "00DB", "00DC"} {
		l.orgs = append(l.orgs, newLateOrg(id, clock, l.rules.settle(), &l.tally))
	}
	l.org = l.orgs[0]
	l.plan.Store(&crm.NumberPlan{})
	return l
}

func (l *life) begin() { l.start(filepath.Join(l.dir, "0.db")) }

// start starts the program on a file, as a person does: the links that are known are there before they work.
func (l *life) start(path string) {
	j, err := journal.Open(path, journal.Options{
		Judge: l.rules.Judge, Now: l.clock.Now,
		Object: func(org, name string) string { return l.rules.Layouts.Choose(org, name, "").Object },
	})
	if err != nil {
		l.t.Fatal(err)
	}
	l.path, l.journal, l.isFull = path, j, false
	l.inForce = append(l.inForce, l.rules.Rules)
	shut, kill := context.WithCancel(context.Background())
	l.run = &run{shut, kill, sync.OnceFunc(l.dies)}
	l.router, l.links = &crm.Orgs{}, map[link]*lateLink{}
	l.desk = New(Config{
		Phone: &phoneStub{}, Ringer: &phoneStub{}, Directory: l.router, Logbook: l.router, Maker: l.router, Journal: j, Notifier: nobell{}, Rules: l.rules, Owners: &l.owners,
		Plan:    func(string) crm.NumberPlan { return *l.plan.Load() },
		OpenURL: func(string) error { return nil }, Clock: l.clock,
	})
	l.router.OnStatus(l.desk.LinksChanged)
	l.desk.Start()
	for _, k := range l.linked {
		l.add(k, nil)
	}
	l.desk.SetAccounts(l.accounts)
	for _, k := range l.linked {
		l.links[k].stands(crm.Linked)
	}
	l.quiet()
}

// add makes a client for a link, in the place of another or behind all.
func (l *life) add(k link, instead crm.Client) {
	for _, o := range l.orgs {
		if o.id == k.org {
			l.links[k] = &lateLink{org: o, user: k.user, run: l.run, state: crm.Inactive}
		}
	}
	if err := l.router.Replace(instead, l.links[k]); err != nil {
		l.t.Fatal(err)
	}
}

func (*life) ctx() context.Context { return context.Background() }

// quiet waits until the desk has carried out what it was told.
func (l *life) quiet() {
	for range 2 {
		l.desk.inbox.Wait()
		l.desk.disk.Wait()
		l.desk.memory.Wait()
	}
}

// close ends the run, as the end of its process does: nothing of it reaches an org any more.
func (l *life) close() {
	l.run.kill()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	l.desk.Close(ctx)
	_ = l.journal.Close()
}

// kill is kill -9, and the next start on what is on disk at that moment.
func (l *life) kill() {
	l.run.die()
	l.revive()
}

// dies is kill -9 itself. A run may do it while it waits for an org.
func (l *life) dies() {
	l.run.kill() // first: what the run asked of an org after its file was copied, no process would have asked
	path := filepath.Join(l.dir, fmt.Sprint(l.runs+1, ".db"))
	l.dead.Store(&path) // first: what is on disk from now on may not be in the copy
	copyJournal(l.t, l.path, path)
}

func (l *life) died() bool { return l.dead.Load() != nil }

// revive starts the program again on what it left.
func (l *life) revive() {
	l.run.die() // waits for the copy, where another goroutine makes it
	l.close()
	l.runs++
	path := *l.dead.Swap(nil)
	l.start(path)
	l.reconcile()
}

// copyJournal copies the files of a journal in use while nothing is written to them.
func copyJournal(t failer, from, to string) {
	db, err := sql.Open(unwatched, "file:"+from+"?_txlock=immediate&_busy_timeout=10000")
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

// await polls, since the journal and the org tell nobody when they come to rest. Its deadline is far beyond what it takes.
func (l *life) await(what string, ok func() bool) {
	for deadline := time.Now().Add(30 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			waiting, _ := l.desk.Outbox()
			l.t.Fatalf("never came: %s; waiting %+v", what, waiting)
		}
		time.Sleep(200 * time.Microsecond)
	}
}
