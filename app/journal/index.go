package journal

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
)

// To look for a part of a word in every call that there is takes SQLite a tenth of a second for 100,000 of them, and an agent waits for it
// with each key. So what is searched in is kept in memory while somebody searches: some 10 MB for 100,000 calls, read at the first search,
// which goes to the file itself, and dropped a while after the last one.

// indexKept is how long the index stays in memory after a search.
const indexKept = 5 * time.Minute

// index is what is searched in of every call of the file.
type index struct {
	mu      sync.Mutex    // held while somebody searches, which takes as long as the file does
	reading chan struct{} // closed once the calls have been read; nil while nobody reads them
	loaded  bool
	calls   []indexed // the oldest first
	text    []byte    // of all of them
	last    int64     // the highest rowid that was read
	file    int       // which file it was read from, as changes count them
	drop    *time.Timer

	changes changes
}

// changes are what has happened to the file since it was read. Who writes notes them, and waits for no search.
type changes struct {
	mu      sync.Mutex
	touched map[string]bool // calls that have changed, by id; nil while nobody wants to know
	file    int             // counts the files that the journal has had: it may begin in memory
}

// touch notes that a call has changed. One that is new is found by its rowid.
func (c *changes) touch(call string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.touched != nil {
		c.touched[call] = true
	}
}

// move notes that the journal is in another file from now on.
func (c *changes) move() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.file++
}

// from has changes noted from now on, or no more, and returns which file it is.
func (c *changes) from(wanted bool) (file int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.touched = nil; wanted {
		c.touched = map[string]bool{}
	}
	return c.file
}

// take returns what was noted, to be read again, and which file it is.
func (c *changes) take() (calls []string, file int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	calls = slices.Collect(maps.Keys(c.touched))
	clear(c.touched)
	return calls, c.file
}

// indexed is where the text of a call is, and what a filter asks beside it.
type indexed struct {
	started, rowid    int64
	from, middle, end uint32 // its words are text[from:middle], its digits text[middle:end]
	missed            bool
}

const indexColumns = "SELECT rowid, started, outcome = 'missed', search, digits FROM calls "

// forget drops what is in memory.
func (x *index) forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.empty()
	if x.drop != nil {
		x.drop.Stop()
	}
}

// empty is forget for who holds mu.
func (x *index) empty() {
	x.loaded, x.reading, x.calls, x.text, x.last = false, nil, nil, nil, 0
	x.changes.from(false)
}

// indexReady reports whether the index can be searched. If it is not there, it is being read from now on.
func (j *Journal) indexReady() bool {
	x := &j.index
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.loaded && x.reading == nil {
		reading := x.begin()
		go func() { _ = j.loadIndex(context.Background(), reading) }() // after an error the next search tries again
	}
	return x.loaded
}

// begin has changes noted from now on. The caller holds mu.
func (x *index) begin() (reading chan struct{}) {
	x.loaded, x.reading, x.file = false, make(chan struct{}), x.changes.from(true)
	return x.reading
}

// loadIndex reads all calls.
func (j *Journal) loadIndex(ctx context.Context, reading chan struct{}) error {
	defer close(reading)
	fresh := &index{}
	err := fresh.read(ctx, j.reader(), "")
	slices.SortFunc(fresh.calls, byStart)
	x := &j.index
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.reading != reading { // forgotten meanwhile
		return err
	}
	if err != nil {
		x.empty()
		return err
	}
	x.reading, x.loaded = nil, true
	x.calls, x.text, x.last = fresh.calls, fresh.text, fresh.last
	x.keep()
	return nil
}

func byStart(a, b indexed) int {
	return cmp.Or(cmp.Compare(a.started, b.started), cmp.Compare(a.rowid, b.rowid))
}

// read adds calls. Those that are there already are replaced.
func (x *index) read(ctx context.Context, db *sql.DB, where string, args ...any) error {
	rows, err := db.QueryContext(ctx, indexColumns+where, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var c indexed
		var words, digits string
		if err := rows.Scan(&c.rowid, number(&c.started), flag(&c.missed), text(&words), text(&digits)); err != nil {
			return err
		}
		c.from = uint32(len(x.text))
		x.text = append(x.text, words...)
		c.middle = uint32(len(x.text))
		x.text = append(x.text, digits...)
		c.end = uint32(len(x.text))
		x.last = max(x.last, c.rowid)
		if where == "" {
			x.calls = append(x.calls, c) // and sorted at the end
		} else {
			x.put(c)
		}
	}
	return rows.Err()
}

// put adds a call, or replaces it. What it said before stays in the text, unseen, until the index is dropped.
func (x *index) put(c indexed) {
	if i := slices.IndexFunc(x.calls, func(o indexed) bool { return o.rowid == c.rowid }); i >= 0 {
		x.calls = slices.Delete(x.calls, i, i+1)
	}
	i, _ := slices.BinarySearchFunc(x.calls, c, byStart)
	x.calls = slices.Insert(x.calls, i, c)
}

// refresh reads what has changed. The caller holds mu. After an error the index is to be read anew: what was noted is gone.
func (x *index) refresh(ctx context.Context, db *sql.DB) error {
	ids, file := x.changes.take()
	if file != x.file {
		return errOtherFile
	}
	for some := range slices.Chunk(ids, 500) { // SQLite takes so many values, and more
		args := make([]any, len(some))
		for i, id := range some {
			args[i] = id
		}
		if err := x.read(ctx, db, "WHERE id IN (?"+strings.Repeat(",?", len(some)-1)+")", args...); err != nil {
			return err
		}
	}
	return x.read(ctx, db, "WHERE rowid > ?", x.last)
}

// errOtherFile means that the index was read from a file that the journal is no longer in.
var errOtherFile = errors.New("the journal has moved")

// page is a part of what was found: the rowids of calls, newest first, and where to go on for older ones.
type page struct {
	rowids []int64
	older  int
}

// find looks for up to most calls that meet the conditions, beginning with the newest before place older; 0 and less is the end.
func (x *index) find(conditions []condition, f Filter, older, most int) page {
	from, before := micros(f.From), int64(math.MaxInt64)
	if !f.Before.IsZero() {
		before = micros(f.Before)
	}
	if f.BeforeID != "" { // which of those that began just then are behind that one the file tells
		before++
	}
	p := page{}
	for i := older - 1; i >= 0; i-- {
		c := &x.calls[i]
		if c.started < from {
			break
		}
		if c.started >= before || f.Missed && !c.missed || !x.meets(c, conditions) {
			continue
		}
		if p.rowids = append(p.rowids, c.rowid); len(p.rowids) == most {
			p.older = i
			return p
		}
	}
	return p
}

func (x *index) meets(c *indexed, conditions []condition) bool {
	for _, cond := range conditions {
		in := x.text[c.from:c.middle]
		if cond.digits {
			in = x.text[c.middle:c.end]
		}
		if !bytes.Contains(in, cond.part) {
			return false
		}
	}
	return true
}

// searchIndex is History of a filter with a text, from memory. found is false where the file has to be searched.
func (j *Journal) searchIndex(ctx context.Context, f Filter, limit int) (rows []Row, found bool, err error) {
	if f.NotLogged || !j.indexReady() { // what is not logged is little, and found sooner from the other end
		return nil, false, nil
	}
	x := &j.index
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.loaded {
		return nil, false, nil
	}
	x.keep()
	if err := x.refresh(ctx, j.reader()); err != nil {
		x.empty()
		return nil, false, nil //nolint:nilerr // the file tells what is wrong with it, if anything is
	}
	conditions := searchConditions(f.Text)
	for older := len(x.calls); older > 0 && len(rows) < limit; {
		p := x.find(conditions, f, older, limit-len(rows))
		older = p.older
		some, err := j.rowsOf(ctx, p.rowids, f)
		if err != nil {
			return nil, false, err
		}
		rows = append(rows, some...)
	}
	return rows, true, nil
}

// keep puts off the time at which the index is dropped. The caller holds mu.
func (x *index) keep() {
	if x.drop == nil {
		x.drop = time.AfterFunc(indexKept, x.forget)
		return
	}
	x.drop.Reset(indexKept)
}
