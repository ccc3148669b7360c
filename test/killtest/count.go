package main

import (
	"database/sql"
	"fmt"
	"regexp"
	"time"

	_ "github.com/mattn/go-sqlite3" // registers "sqlite3"
)

func openReadOnly(path string) (*sql.DB, error) { return sql.Open("sqlite3", "file:"+path+"?mode=ro") }

// row is a line of `history --json`.
type row struct {
	ID, Direction, Outcome, Number, Dial, Log, Error string
	Started                                          time.Time
}

// finding is something that must not be.
type finding struct {
	life   *life // nil: none in particular
	column string
	what   string
}

func (f finding) String() string {
	if f.life == nil {
		return f.column + ": " + f.what
	}
	l := f.life
	at := ""
	if !l.killed.IsZero() {
		at = fmt.Sprintf(", killed %v after its start", l.killed.Sub(l.process.began).Round(100*time.Microsecond))
	}
	return fmt.Sprintf("%s: life %d, aimed at %s (%s + %v)%s: %s", f.column, l.number, l.aim, l.after, l.delay.Round(100*time.Microsecond), at, f.what)
}

func (w *world) note(l *life, column, what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fatal = append(w.fatal, finding{l, column, what})
}

// count compares what happened with the history, the outbox and the org.
func (w *world) count() *tally {
	w.t.Helper()
	rows, left := w.history()
	tasks := map[string]int{}
	for _, task := range w.org.Tasks() {
		if !w.seeded[task.CallObject] {
			tasks[task.CallObject]++
		}
	}
	return w.compare(rows, tasks, left)
}

// compare compares the lives with the rows of the history, the number of Tasks by call, and what is left in the outbox.
func (w *world) compare(rows []row, tasks map[string]int, left []entry) *tally {
	n := newTally(w)
	byID := map[string]row{}
	claimed := map[*call]int{}
	for _, r := range rows {
		if _, twice := byID[r.ID]; twice {
			n.find(nil, "rows doubled", "call %s is in the history twice", r.ID)
			continue
		}
		byID[r.ID] = r
		c := w.callOf(r)
		if c == nil {
			n.find(nil, "rows doubled", "nobody made the call %s", r)
			continue
		}
		if claimed[c]++; claimed[c] > 1 {
			n.find(c.life, "rows doubled", "%d rows for one call, the last one %s", claimed[c], r)
		}
		n.judge(c.life, r, tasks[r.ID])
	}
	for id, many := range tasks {
		if _, known := byID[id]; !known {
			n.find(nil, "Tasks doubled", "%d Tasks of call %s, which is not in the history", many, id)
		}
	}
	for _, e := range left {
		if r, known := byID[e.ID]; !known || e.State != "draft" || w.modeOf(r) != "ask" { // where the agent is asked, drafts wait for the answer
			n.find(nil, "stuck", "%s", e)
		}
	}
	for _, l := range w.lives {
		excuses := l.early(byID)
		for _, c := range l.calls {
			excuses -= n.lost(c, claimed[c] > 0, excuses > 0)
		}
	}
	if sum := n.total(); sum.early > w.pace.excused(sum.calls) {
		n.find(nil, "calls lost", "%d of %d calls were known outside before the disk had them, and went with the process; %s excuses %d", sum.early, sum.calls, &w.pace, w.pace.excused(sum.calls))
	}
	return n
}

// early is how many calls the app of a life says to have answered before they were on disk, as far as no row of the history has their id.
func (l *life) early(kept map[string]row) (calls int) {
	for _, m := range answeredEarly.FindAllStringSubmatch(l.process.log.String(), -1) {
		if _, known := kept[m[1]]; !known {
			calls++
		}
	}
	return calls
}

var answeredEarly = regexp.MustCompile(`msg="call (?:rings|refused) before it is on disk".* call=(\S+)`)

// callOf finds the call that a row tells of: the one of that number and direction in the life in which it began.
func (w *world) callOf(r row) *call {
	for _, l := range w.lives {
		if r.Started.Before(l.process.began) || r.Started.After(l.killed) {
			continue
		}
		for _, c := range l.calls {
			if c.inbound == (r.Direction == "Inbound") && (sameNumber(c.number, r.Dial) || sameNumber(c.number, r.Number)) {
				return c
			}
		}
	}
	return nil
}

// lost checks that a call that was told to anybody is in the history. It returns how many excuses were used, of an inbound call that may have been
// answered before it was on disk.
func (n *tally) lost(c *call, kept, excusable bool) (excuses int) {
	n.of(c.life).calls++
	if kept || c.told.IsZero() || c.told.After(c.life.killed) {
		return 0
	}
	way := "outbound"
	if c.inbound {
		way = "inbound"
	}
	age := c.life.killed.Sub(c.told).Round(100 * time.Microsecond)
	if c.inbound && excusable {
		n.of(c.life).early++
		return 1
	}
	n.find(c.life, "calls lost", "an %s call was known outside %v before the kill, and is not in the history", way, age)
	return 0
}

// judge checks how many Tasks a call has.
func (n *tally) judge(l *life, r row, tasks int) {
	least, most := n.world.wanted(l, r)
	switch {
	case tasks > max(most, 1):
		n.find(l, "Tasks doubled", "%d Tasks of call %s", tasks, r)
	case tasks < least:
		n.find(l, "Tasks lost", "no Task of call %s, mode %s, word %+v", r, n.world.modeOf(r), l.words[r.ID])
	case tasks > most:
		n.find(l, "unwanted", "a Task of call %s, mode %s, word %+v", r, n.world.modeOf(r), l.words[r.ID])
	}
	n.of(l).tasks += tasks
}

// wanted returns how many Tasks a call must have at least and at most.
func (w *world) wanted(l *life, r row) (least, most int) {
	word := l.words[r.ID]
	switch {
	case word.unsure, word.verb == "save" && r.Outcome == "failed": // a call that never was has no form to save
		return 0, 1
	case word.verb == "save":
		return 1, 1
	case word.verb == "dont-log", w.modeOf(r) != "always", r.Outcome == "failed", r.Outcome == "answered elsewhere", r.Outcome == "forwarded":
		return 0, 0
	}
	return 1, 1
}

// modeOf returns what was logged when a call began.
func (w *world) modeOf(r row) (mode string) {
	for _, s := range w.stretches {
		if r.Started.After(s.since) {
			mode = s.mode
		}
	}
	return mode
}

func (r row) String() string {
	return fmt.Sprintf("%s (%s %s %s at %s, log %q %s)", r.ID, r.Direction, r.Dial, r.Outcome, r.Started.Format("15:04:05.000"), r.Log, r.Error)
}
