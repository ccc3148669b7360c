package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecard/app/journal"
	"linecard/test/rig"
)

// run kills as often as asked, and counts. Every finding fails the test.
func run(t testing.TB, o options) *tally {
	t.Helper()
	w := newWorld(t, o)
	number := 0
	for i, mode := range []string{"always", "ask", "never"} {
		w.logging(mode)
		for number < o.kills*(i+2)/4 { // half of them in the mode that logs every call
			number++
			l := w.newLife(number)
			l.live()
			if l.unlinked {
				w.relink()
			}
		}
		w.settle()
	}
	w.checkFiles()
	n := w.count()
	for _, f := range n.findings {
		t.Errorf("%s", f)
	}
	if len(n.findings) > 0 {
		t.Errorf("repeat the calls, faults and aims with -seed %d", o.seed)
	}
	return n
}

// quiet starts the app for this program's own use, with an org without faults.
func (w *world) quiet() *life {
	w.t.Helper()
	w.org.ClearFaults()
	l := &life{world: w, aim: "settle", random: rand.New(rand.NewPCG(w.o.seed, 1<<32)), words: map[string]word{}}
	w.begin(l)
	l.ready()
	return l
}

// relink links the org again, so that one lost link is counted once.
func (w *world) relink() {
	l := w.quiet()
	w.link()
	l.quit()
}

// logging changes what is logged.
func (w *world) logging(mode string) {
	w.t.Helper()
	l := w.quiet()
	wrap := map[string]string{"always": "0", "ask": "1", "never": "0"}[mode]
	for key, value := range map[string]string{
		"mode": mode, "wrap_up": wrap, "settle_seconds": fmt.Sprint(int(settle.Seconds())),
		"missed_per_hour": "0", // these are an afternoon's calls in minutes
	} {
		if err := w.ask(nil, "settings-set", map[string]string{"key": "logging." + key, "value": value}); err != nil {
			w.t.Fatalf("settings set logging.%s: %v", key, err)
		}
	}
	l.quit()
	w.stretches = append(w.stretches, stretch{time.Now(), mode})
}

// settle lets the app finish what it has begun. An impatient agent presses Retry: entries that must not be sent yet stay.
func (w *world) settle() {
	w.t.Helper()
	l := w.quiet()
	if !l.registered() {
		w.t.Fatalf("the phone does not register:\n%s", l.process.log.String())
	}
	if l.until(rig.Patience, l.linked); l.unlinked {
		w.link()
	}
	pressed := time.Now()
	if !l.until(rig.Patience, func() bool {
		if time.Since(pressed) > settle/5 {
			pressed = time.Now()
			w.retry()
		}
		var s status
		return w.ask(&s, "status", nil) == nil && s.Outbox.Waiting == 0 && s.Calls == 0
	}) && l.over() {
		w.t.Fatalf("the app ended while it settled:\n%s", end(l.process.log.String()))
	}
	w.look(l)
	l.quit()
}

// entry is a line of `outbox --json`.
type entry struct {
	ID, Kind, State, Reason, ReasonCode string
	Attempts                            int
	NextTry                             time.Time
}

func (e entry) String() string {
	return fmt.Sprintf("%s of call %s is still %s after %d attempts, next at %v: %s %s", e.Kind, e.ID, e.State, e.Attempts, e.NextTry, e.ReasonCode, e.Reason)
}

// look notes what still waits once everything should be done.
func (w *world) look(l *life) {
	var s status
	if err := w.ask(&s, "status", nil); err != nil {
		w.t.Fatalf("status: %v", err)
	}
	if s.Notice != "" {
		l.note("damaged", "there is a notice: %s", s.Notice)
	}
	for _, e := range w.outbox() {
		if e.State != "draft" {
			l.note("stuck", "%s; it is %v, Salesforce %s\n%s", e, time.Now().UTC(), s.Salesforce, end(l.process.log.String()))
		}
	}
}

func (w *world) outbox() (entries []entry) {
	w.t.Helper()
	if err := w.ask(&entries, "outbox", nil); err != nil {
		w.t.Fatalf("outbox: %v", err)
	}
	return entries
}

func (w *world) retry() {
	for _, e := range w.outbox() {
		if e.State == "ready" {
			_ = w.ask(nil, "outbox-retry", map[string]string{"id": e.ID}) // it may have been logged in the meantime
		}
	}
}

// checkFiles looks for files that were put aside as damaged, and asks SQLite for its opinion of the journal.
func (w *world) checkFiles() {
	files, err := os.ReadDir(w.dir)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range files {
		if strings.Contains(f.Name(), "broken") || strings.Contains(f.Name(), "suspect") || strings.HasSuffix(f.Name(), ".tmp") {
			w.note(nil, "damaged", f.Name()+" is in the data directory")
		}
	}
	if problem := integrity(filepath.Join(w.dir, journal.FileName)); problem != "" {
		w.note(nil, "damaged", "journal: "+problem)
	}
}

// history reads all rows of the app's history, and what is left in the outbox.
func (w *world) history() (rows []row, left []entry) {
	w.t.Helper()
	l := w.quiet()
	defer l.quit()
	if err := w.ask(&rows, "history", map[string]string{"limit": fmt.Sprint(1_000_000)}); err != nil {
		w.t.Fatalf("history: %v", err)
	}
	return rows, w.outbox()
}

func integrity(path string) (problem string) {
	ctx, cancel := context.WithTimeout(context.Background(), rig.Patience)
	defer cancel()
	db, err := openReadOnly(path)
	if err != nil {
		return err.Error()
	}
	defer db.Close()
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&problem); err != nil {
		return err.Error()
	}
	if problem == "ok" {
		return ""
	}
	return problem
}
