package journal

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"math"
	"slices"
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
	db      *sql.DB   // what it was read from: the journal may begin in memory and move to the disk
	calls   []indexed // the oldest first
	text    []byte    // of all of them
	last    int64     // the highest rowid that was read
	drop    *time.Timer
	shut    bool // the journal is closed
	stop    context.CancelFunc
	readers sync.WaitGroup

	touched touched
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
}

// close ends the reading of calls, and has none read any more.
func (x *index) close() {
	x.mu.Lock()
	x.shut = true
	x.empty()
	x.mu.Unlock()
	x.readers.Wait()
}

// empty is forget for who holds mu.
func (x *index) empty() {
	if x.stop != nil {
		x.stop()
	}
	if x.drop != nil {
		x.drop.Stop()
	}
	x.loaded, x.reading, x.db, x.calls, x.text, x.last = false, nil, nil, nil, nil, 0
	x.touched.end()
}

// ready reports whether the calls of db can be searched. If they are not there, they are being read from now on.
func (x *index) ready(db *sql.DB) bool {
	if x.db != db {
		x.empty()
	}
	if !x.loaded && x.reading == nil && !x.shut {
		read := x.begin(db)
		x.readers.Go(func() { _ = read() }) // after an error the next search tries again
	}
	return x.loaded
}

// begin has changes noted from now on, and returns what reads all calls. The caller holds mu.
func (x *index) begin(db *sql.DB) (read func() error) {
	x.empty()
	ctx, cancel := context.WithCancel(context.Background())
	reading := make(chan struct{})
	x.db, x.reading, x.stop = db, reading, cancel
	x.touched.begin()
	return func() error {
		defer close(reading)
		defer cancel()
		fresh := &index{}
		err := fresh.read(ctx, db, "")
		slices.SortFunc(fresh.calls, byStart)
		x.mu.Lock()
		defer x.mu.Unlock()
		switch {
		case x.reading != reading: // forgotten meanwhile
		case err != nil:
			x.empty()
		default:
			x.reading, x.loaded = nil, true
			x.calls, x.text, x.last = fresh.calls, fresh.text, fresh.last
			x.keep()
		}
		return err
	}
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

// refresh reads the calls that have changed. The caller holds mu. After an error the whole index must be read again, since the notes of what has
// changed are gone.
func (x *index) refresh(ctx context.Context) error {
	if ids := x.touched.take(); len(ids) > 0 {
		if err := x.read(ctx, x.db, "WHERE id IN "+listed, asList(ids)); err != nil {
			return err
		}
	}
	return x.read(ctx, x.db, "WHERE rowid > ?", x.last)
}

// page is a part of what was found: the rowids of calls, newest first, and where to go on for older ones.
type page struct {
	rowids []int64
	older  int
}

// find looks for most calls that meet the conditions, beginning with the newest before place older; 0 and less is the end. Calls that began at the
// same moment come together, for the file has an order of its own for them.
func (x *index) find(conditions []condition, f Filter, older, most int) page {
	from, before := micros(f.From), int64(math.MaxInt64)
	if !f.Before.IsZero() {
		before = micros(f.Before)
	}
	if f.BeforeID != "" { // which of those that began just then are behind that one the file tells
		before++
	}
	p, last := page{}, int64(0)
	for i := older - 1; i >= 0; i-- {
		c := &x.calls[i]
		if c.started < from {
			break
		}
		if c.started >= before || f.Missed && !c.missed || !x.meets(c, conditions) {
			continue
		}
		if len(p.rowids) >= most && c.started != last {
			p.older = i + 1
			return p
		}
		p.rowids, last = append(p.rowids, c.rowid), c.started
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

// searchBatch is how many of the calls that were found are asked for at once, at least: which of them a filter wants, the file tells.
const searchBatch = 500

// searchIndex is History of a filter with a text, from memory. found is false where the file has to be searched.
func (j *Journal) searchIndex(ctx context.Context, f Filter) (rows []Row, found bool, err error) {
	if f.NotLogged { // what is not logged is little, and found sooner from the other end
		return nil, false, nil
	}
	x := &j.index
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.ready(j.reader()) {
		return nil, false, nil
	}
	x.keep()
	if err := x.refresh(ctx); err != nil {
		x.empty()
		return nil, false, nil //nolint:nilerr // the file tells what is wrong with it, if anything is
	}
	conditions := searchConditions(f.Text)
	for older := len(x.calls); older > 0 && len(rows) < f.Limit; {
		p := x.find(conditions, f, older, max(f.Limit, searchBatch))
		older = p.older
		some, err := rowsOf(ctx, x.db, p.rowids, f)
		if err != nil {
			return nil, false, err
		}
		rows = append(rows, some...)
	}
	return rows[:min(f.Limit, len(rows))], true, nil
}

// keep puts off the time at which the index is dropped. The caller holds mu.
func (x *index) keep() {
	if x.drop == nil {
		x.drop = time.AfterFunc(indexKept, x.forget)
		return
	}
	x.drop.Reset(indexKept)
}
