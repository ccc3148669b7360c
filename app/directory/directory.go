package directory

import (
	"context"
	"errors"
	"log/slog"
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
	Newer      fault.Code = "directory.newer"       // the file is a newer Linecard's: as MemoryOnly, and the file stays as it is
)

// Options are how a directory behaves. Zero values are the defaults.
type Options struct {
	Now        func() time.Time // nil means time.Now
	Log        *slog.Logger     // nil discards
	Keep       time.Duration    // how long what was found is remembered, from the last time it was; 0 means a year
	KeepPicked time.Duration    // how long what the agent picked is, from the last time it was picked or found; 0 means 5 years
	Most       int              // how many numbers are remembered, of all orgs together; 0 means 10,000
	// Region is the country that synced numbers without one are read in, as crm.Tails takes it.
	Region string
}

func (o Options) defaults() Options {
	const year = 365 * 24 * time.Hour
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Keep <= 0 {
		o.Keep = year
	}
	if o.KeepPicked <= 0 {
		o.KeepPicked = max(5*year, o.Keep)
	}
	if o.Most <= 0 {
		o.Most = 10_000
	}
	return o
}

// Directory is an open directory. Its methods may be called from any goroutine.
type Directory struct {
	path string
	o    Options

	store atomic.Pointer[store]
	torn  atomic.Bool // damage was met: the next write mends it

	turn    sync.Mutex // held by whoever writes, or puts another store in place
	changes int        // answers written since the last eviction; guarded by turn
	closed  bool       // guarded by turn

	// mu is never held while the disk is waited for. waiting and hidden are changed by who holds turn too.
	mu      sync.RWMutex
	notice  fault.Fault
	waiting map[key]entry   // not on disk yet: only while the disk refuses, or for a moment
	hidden  map[string]bool // orgs that could not be forgotten on disk yet; "" is all of them
	refused bool            // the disk did not take the last change

	sweeping context.CancelFunc // ends the sweep that Open began
	swept    sync.WaitGroup
}

// Open opens the directory at path, making it when missing. A file that is no directory is moved aside and a new one
// begun, with the answers that can still be read; where none can be written, and beside the file of a newer Linecard, the
// directory lives in memory. An error means that SQLite itself does not work.
func Open(path string, o Options) (*Directory, error) {
	path, err := filepath.Abs(path) // SQLite gets a URL, which has no relative path
	if err != nil {
		return nil, explain("open", err)
	}
	d := &Directory{path: path, o: o.defaults(), waiting: map[key]entry{}, hidden: map[string]bool{}}
	ctx := context.Background()
	s, err := openFile(ctx, path)
	switch {
	case err == nil:
		d.store.Store(s)
	case damaged(err):
		d.note(err)
		err = d.mend(ctx)
	default:
		err = d.openMemory(ctx, err)
	}
	if err != nil {
		return nil, explain("open", err)
	}
	ctx, d.sweeping = context.WithCancel(ctx)
	if left, err := d.store.Load().left(ctx); err == nil && left {
		d.swept.Go(func() {
			if err := d.sweep(ctx); err != nil && ctx.Err() == nil {
				d.o.Log.Warn("a forgotten org could not be deleted", "err", err)
			}
		})
	}
	return d, nil
}

// openMemory has the directory live in memory, because of cause.
func (d *Directory) openMemory(ctx context.Context, cause error) error {
	d.o.Log.Warn("the directory of callers lives in memory", "err", cause)
	s, err := openMemory(ctx)
	if err != nil {
		return errors.Join(cause, err)
	}
	d.store.Store(s)
	if errors.Is(cause, errNewer) {
		d.say(fault.New(Newer))
	} else {
		d.say(fault.New(MemoryOnly))
	}
	return nil
}

// Notice is what the agent should know at the moment; the zero Fault when all is well.
func (d *Directory) Notice() fault.Fault {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.refused {
		return fault.New(MemoryOnly)
	}
	return d.notice
}

func (d *Directory) say(f fault.Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.notice = f
}

// Close ends the directory. What was remembered is on disk, unless it returns an error.
func (d *Directory) Close() error {
	d.sweeping()
	d.swept.Wait()
	d.turn.Lock()
	defer d.turn.Unlock()
	if d.closed {
		return nil
	}
	err := d.flush(context.Background())
	d.closed = true
	return explain("close", errors.Join(err, d.store.Load().close()))
}
