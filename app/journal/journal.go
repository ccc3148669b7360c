package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	_ "github.com/mattn/go-sqlite3" // registers "sqlite3"

	"linecard/app/aside"
	"linecard/crm"
	"linecard/fault"
	"linecard/private"
)

// FileName is what Open's callers name the journal inside the data directory.
const FileName = "journal.db"

// Journal is an open journal. Close it.
type Journal struct {
	path string
	o    Options
	log  *slog.Logger

	turn     chan struct{} // held by the one that writes; a channel so that waiting honours the context
	lock     *flock.Flock  // guarded by turn; nil while another place than the disk holds the journal
	w        *sql.DB       // one connection: every write; guarded by turn
	backlog  []keptChange  // kept from a full disk, oldest first; guarded by turn
	noDisk   error         // why the journal is in memory; nil once it is on disk; guarded by turn
	tried    time.Time     // when the disk was last tried; guarded by turn
	everyTry time.Duration // how often it is
	retired  []*sql.DB     // read by somebody, perhaps; guarded by turn
	closed   bool          // guarded by turn

	index   index
	r       atomic.Pointer[sql.DB] // a few connections, query_only: history and counts never wait for a write
	unsaved atomic.Pointer[Unsaved]
	notice  atomic.Pointer[fault.Fault]

	syncFile  func(path string) error // another one in tests
	changed   chan struct{}
	closeOnce sync.Once
	closeErr  error

	recovered atomic.Pointer[recovery]
}

// Options are what a journal works with. Every one may be left out.
type Options struct {
	// Judge says what becomes of a call that a crash cut off. It gets facts from the disk. Without it the verdict on disk
	// decides, and a call without any is logged.
	Judge func(crm.Facts) crm.Verdict
	// Object is the object that a layout of an org writes: what a call is written as that a crash cut off. Without it that is a
	// Task.
	Object func(org, layout string) string
	// MissedPerHour is how many Tasks an org's user gets in an hour of inbound calls in which nobody talked; further ones are
	// [Held]. nil and 0 mean no bound.
	MissedPerHour func() int
	// LongestPause is how far ahead a due time may be before it is taken for a wrong clock's; 0 means [LongestPause].
	LongestPause time.Duration
	Now          func() time.Time
	Log          *slog.Logger

	damaged  bool // the file is, and could not be noted as such on a full disk
	thorough bool // the file is read through before use, however large it is
}

// Open opens the journal at path, creating it and its folder when missing, brings an older schema up to date, and
// settles what a crash left behind.
//
// A file that is no journal any more is moved aside and a new one begun, with all that can still be read;
// [Journal.NoticeFault] then says so. A journal of a newer Linecard is left alone: the error is an [*Error] that matches
// [ErrNewer].
//
// On a disk that is full or cannot be written the journal opens in memory, see [Journal.NoticeFault] and [Journal.Unsaved]: a
// phone must ring all the same. With every change it tries the disk again, and moves there with all it has.
//
// One process at a time has a journal open: what is being sent by one would look to the other as if left by a crash, and
// be sent twice. Open waits a while for another to close it, then fails with [ErrInUse].
func Open(path string, o Options) (*Journal, error) {
	o = o.complete()
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	j, err := openOnDisk(path, o, lockPatience)
	if unwritable(err) {
		return openInMemory(path, o, err)
	}
	return j, err
}

// openOnDisk makes the folder, takes the lock and opens the file.
func openOnDisk(path string, o Options, patience time.Duration) (*Journal, error) {
	if err := private.Folder(filepath.Dir(path)); err != nil {
		return nil, explain(path, "create folder", err)
	}
	lock, err := takeLock(path, patience)
	if err != nil {
		return nil, explain(path, "lock", err)
	}
	j, err := openOrRenew(path, o)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	j.lock = lock
	return j, nil
}

func (o Options) complete() Options {
	if o.LongestPause == 0 {
		o.LongestPause = LongestPause
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

func newJournal(path string, o Options) *Journal {
	return &Journal{path: path, o: o, log: o.Log, everyTry: 2 * time.Second, turn: make(chan struct{}, 1), syncFile: syncFile, changed: make(chan struct{}, 1)}
}

// open opens path as it is; ErrDamaged when SQLite cannot make sense of it.
func open(path string, o Options) (_ *Journal, err error) {
	ctx := context.Background()
	if st, err := os.Stat(path); err == nil && st.IsDir() { // it is moved aside as any file that is no journal
		return nil, explain(path, "open", fmt.Errorf("%w: a folder", errMalformed))
	}
	// SQLite gives its -wal and -shm files the mode of the database, so the database must be there first with ours.
	begun := aside.Missing(path)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, explain(path, "open", err)
	}
	thorough := o.thorough || suspect(f)
	if walDamaged(path) { // before SQLite opens it, and begins it again
		return nil, errors.Join(explain(path, "check", fmt.Errorf("%w: the -wal file", errMalformed)), f.Close())
	}
	if cutShort(path) { // SQLite may not notice before it reads a long text straight from the file, which it then takes for a failed disk
		return nil, errors.Join(explain(path, "check", fmt.Errorf("%w: it ends before its last page does", errMalformed)), f.Close())
	}
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return nil, explain(path, "open", err)
	}
	j := newJournal(path, o)
	defer func() {
		if err == nil {
			return
		}
		_ = j.closeDBs()
		if st, statErr := os.Stat(path); begun && statErr == nil && st.Size() == 0 { // a full disk took no more: the next Open begins it, and does not find it emptied
			_ = os.Remove(path)
		}
	}()
	if j.w, err = sql.Open("sqlite3", dsn(path, "_txlock=immediate")); err != nil {
		return nil, explain(path, "open", err)
	}
	j.w.SetMaxOpenConns(1)
	if err = j.check(ctx, thorough); err != nil {
		return nil, explain(path, "check", err)
	}
	if _, err = migrate(ctx, j.w); err != nil {
		return nil, explain(path, "migrate", err)
	}
	if err = sensible(ctx, j.w); err != nil {
		return nil, explain(path, "read the tables", err)
	}
	r, err := sql.Open("sqlite3", dsn(path, "_query_only=1"))
	if err != nil {
		return nil, explain(path, "open", err)
	}
	r.SetMaxOpenConns(4)
	r.SetMaxIdleConns(1) // each holds a page cache of its own
	j.r.Store(r)
	if err = j.recover(ctx); err != nil {
		return nil, senseless(err)
	}
	return j, nil
}

// cacheSize bounds the page cache of one connection, in SQLite's negative KiB. Its own default of 2000 fills over a
// thousand calls, in each connection; the system keeps the file's pages in memory anyway.
const cacheSize = -512

// statements is how many prepared statements one connection keeps: those of a call from ring to log, and of the history. To
// prepare one of some twenty columns takes longer than to run it.
const statements = 24

// dsn is the path with what every connection works by.
func dsn(path string, more string) string {
	return fmt.Sprintf("%s?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_foreign_keys=1&_secure_delete=1&"+
		"_ignore_check_constraints=1&_cache_size=%d&_stmt_cache_size=%d&%s", uri(path), cacheSize, statements, more)
}

// uri spells path so that no character of it is taken for a parameter.
func uri(path string) string {
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") { // C:/Users/…
		p = "/" + p
	}
	return (&url.URL{Scheme: "file", Path: p}).String()
}

// Close ends the journal. What a full disk kept in memory gets a last chance to be written; the error tells if it could
// not be, and [Journal.Unsaved] what is lost. A disk that hangs is given up: the error matches [ErrBusy] then, and the file is left as
// after a crash.
func (j *Journal) Close() error {
	j.closeOnce.Do(func() {
		done := make(chan error, 1)
		go func() { done <- j.shut() }()
		select {
		case j.closeErr = <-done:
		case <-time.After(closePatience):
			j.closeErr = explain(j.path, "close", fmt.Errorf("%w: the disk does not answer", ErrBusy))
		}
	})
	return j.closeErr
}

// closePatience is how long Close waits for the disk.
var closePatience = 8 * time.Second // a variable for tests only

func (j *Journal) shut() error {
	j.turn <- struct{}{}
	defer func() { <-j.turn }()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	j.tried = time.Time{}
	flushErr := j.moveToDisk()
	if flushErr == nil {
		flushErr = j.replay(ctx)
	}
	if len(j.backlog) == 0 {
		flushErr = nil // there is nothing to lose
	}
	j.tally(flushErr)
	j.closed = true
	j.index.close()
	err := errors.Join(flushErr, j.closeDBs())
	if j.lock != nil {
		err = errors.Join(err, j.lock.Close())
	}
	return err
}

func (j *Journal) closeDBs() error {
	var errs []error
	for _, db := range append(j.retired, j.r.Load(), j.w) { // the writer last: the last connection folds the WAL into the file
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

func (j *Journal) reader() *sql.DB { return j.r.Load() }

// Changed receives after the outbox has changed, so that the one that writes need not poll. Changes while nobody
// receives are told once.
func (j *Journal) Changed() <-chan struct{} { return j.changed }

func (j *Journal) tellChanged() {
	select {
	case j.changed <- struct{}{}:
	default:
	}
}
