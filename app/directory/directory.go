package directory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"linecard/fault"
)

// FileName is what Open's callers name the directory inside the data directory.
const FileName = "directory.db"

// What [Directory.Notice] may say.
const (
	Renewed    fault.Code = "directory.renewed"     // a damaged file was moved aside; value: file
	MemoryOnly fault.Code = "directory.memory-only" // no file can be written: what is remembered ends with the program
)

// Options are how a directory behaves. Zero values are the defaults.
type Options struct {
	Now  func() time.Time // nil means time.Now
	Log  *slog.Logger     // nil discards
	Keep time.Duration    // how long an answer is remembered; 0 means a year
	Most int              // how many answers are remembered; 0 means 10,000
	// Region is the country that synced numbers without one are read in, as crm.Tails takes it.
	Region string
}

// Directory is an open directory. Its methods may be called from any goroutine.
type Directory struct {
	path   string
	o      Options
	notice fault.Fault

	store   atomic.Pointer[store]
	turn    sync.Mutex // held by whoever writes, or puts another store in place
	changes int        // answers written since the last eviction; guarded by turn
	closed  bool       // guarded by turn
}

// serial makes the names of databases in memory unique in the process.
var serial atomic.Int64

// Open opens the directory at path, making it when missing. A file that is no directory is moved aside and a new one
// begun; where none can be written the directory lives in memory. An error means that SQLite itself does not work.
func Open(path string, o Options) (*Directory, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Keep <= 0 {
		o.Keep = 365 * 24 * time.Hour
	}
	if o.Most <= 0 {
		o.Most = 10_000
	}
	d := &Directory{path: path, o: o}
	ctx := context.Background()
	s, err := openFile(ctx, path)
	if damaged(err) {
		s, err = d.renew(ctx, err)
	}
	if err != nil {
		o.Log.Warn("the directory of callers lives in memory", "err", err)
		d.notice = fault.New(MemoryOnly)
		if s, err = openMemory(ctx, fmt.Sprintf("directory-%d", serial.Add(1))); err != nil {
			return nil, explain("open in memory", err)
		}
	}
	d.store.Store(s)
	return d, nil
}

// renew moves a damaged file aside and opens a new one.
func (d *Directory) renew(ctx context.Context, cause error) (*store, error) {
	aside, err := moveAside(d.path, d.o.Now())
	if err != nil {
		return nil, err
	}
	d.o.Log.Error("the directory of callers was damaged; a new one was begun", "aside", aside, "err", cause)
	d.notice = fault.New(Renewed, "file", filepath.Base(aside))
	return openFile(ctx, d.path)
}

// moveAside renames a damaged file and the two files that SQLite keeps beside it. The new name tells when.
func moveAside(path string, now time.Time) (aside string, err error) {
	aside = path + ".broken-" + now.Format("2006-01-02")
	for n := 2; ; n++ { // a second one on the same day
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			break
		}
		aside = fmt.Sprintf("%s.broken-%s-%d", path, now.Format("2006-01-02"), n)
	}
	if err := os.Rename(path, aside); err != nil {
		return "", err
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return aside, nil
}

// Notice is what the agent should know after Open; the zero Fault when all is well.
func (d *Directory) Notice() fault.Fault { return d.notice }

// Close ends the directory. What was remembered is on disk.
func (d *Directory) Close() error {
	d.turn.Lock()
	defer d.turn.Unlock()
	if d.closed {
		return nil
	}
	d.closed = true
	return explain("close", d.store.Load().close())
}

// write runs f with the store, one writer at a time. A file that turns out to be damaged is moved aside, and f runs once
// more on the new one: what is being remembered now is worth more than what could not be read.
func (d *Directory) write(ctx context.Context, op string, f func(*store) error) error {
	d.turn.Lock()
	defer d.turn.Unlock()
	if d.closed {
		return explain(op, fs.ErrClosed)
	}
	err := f(d.store.Load())
	if !damaged(err) {
		return explain(op, err)
	}
	_ = d.store.Load().close() // a Recall under way fails, which is an answer too
	s, renewErr := d.renew(ctx, err)
	if renewErr != nil {
		if s, renewErr = openMemory(ctx, fmt.Sprintf("directory-%d", serial.Add(1))); renewErr != nil {
			return explain(op, errors.Join(err, renewErr))
		}
	}
	d.store.Store(s)
	return explain(op, f(s))
}
