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

// FileName is the usual name of the directory's file in the data directory.
const FileName = "directory.db"

// The codes that [Directory.Notice] may return.
const (
	Renewed    fault.Code = "directory.renewed"     // a damaged file was moved aside; value: file
	MemoryOnly fault.Code = "directory.memory-only" // no file can be written: what is remembered from now on is lost when the program ends
	Newer      fault.Code = "directory.newer"       // the file was written by a newer Linecard and is not changed; the directory is in memory
)

// Options configure a directory. Zero values mean the defaults.
type Options struct {
	Now        func() time.Time // nil means time.Now
	Log        *slog.Logger     // nil discards
	Keep       time.Duration    // how long a found answer is remembered after it was last found; 0 means a year
	KeepPicked time.Duration    // how long the agent's choice is remembered after it was last picked or found; 0 means 5 years
	MaxNumbers int              // how many numbers are remembered, for all orgs together; 0 means 10,000
	// Region is the ISO 3166 code of the country that synced numbers without a country code belong to, as for
	// crm.Tails.
	Region string
	// Searched are the objects of an org in which callers are found; others are neither recalled nor found. nil means all.
	Searched func(org string) []string
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
	if o.MaxNumbers <= 0 {
		o.MaxNumbers = 10_000
	}
	return o
}

// Directory is an open directory. Its methods may be called from any goroutine.
type Directory struct {
	path string
	o    Options

	store atomic.Pointer[store]
	torn  atomic.Bool // damage was found: the next write repairs it

	doubted atomic.Int64 // answers before this time, in Unix ns, are not fresh; see Doubt

	turn    sync.Mutex      // held by a goroutine that writes or that replaces the store
	changes int             // answers written since the last eviction; guarded by turn
	gone    map[string]bool // orgs forgotten while the store is in memory: the file may have them still; guarded by turn
	closed  bool            // guarded by turn
	again   time.Time       // until then a damaged file is left as it is; guarded by turn
	pause   time.Duration   // how long that was the last time; guarded by turn

	// mu is never held while waiting for the disk. waiting, owners and hidden are changed only by a goroutine that also holds
	// turn.
	mu      sync.RWMutex
	readers map[string]string // org → its user whose copy is shown
	linked  map[Book]bool     // those of all users who have a link, in whatever state
	owners  map[string]string // org → its user who got what the file has of its answers
	notice  fault.Fault
	waiting map[key]entry   // entries that are not on disk yet: while the disk refuses them, or for a moment
	hidden  map[string]bool // orgs that could not be deleted from disk yet; "" means all orgs
	refused bool            // the disk refused the last change

	sweeping context.CancelFunc // ends the sweep that Open started
	swept    sync.WaitGroup
}

// Open opens the directory at path, and creates it when it does not exist. A file that is not a directory is moved
// aside and a new one is made with the answers that can still be read. A file that cannot be written is read, and changes
// are kept in memory until it can be written. When there is no file to read, or the file is from a newer Linecard, the
// directory is in memory. An error means that SQLite itself does not work.
func Open(path string, o Options) (*Directory, error) {
	path, err := filepath.Abs(path) // SQLite gets a URL, which has no relative path
	if err != nil {
		return nil, explain("open", err)
	}
	d := &Directory{
		path: path, o: o.defaults(), waiting: map[key]entry{}, owners: map[string]string{}, hidden: map[string]bool{}, gone: map[string]bool{},
		changes: evictEvery,
	} // desks that start every day evict, too
	ctx := context.Background()
	var s *store
	if err = d.finish(); err == nil {
		s, err = openFile(ctx, path)
	}
	switch {
	case err == nil:
		d.store.Store(s)
	case damaged(err):
		d.note(err)
		err = d.repair(ctx)
	default:
		err = d.standIn(ctx, err)
	}
	if err != nil {
		return nil, explain("open", err)
	}
	d.ownedBy(readOwners(ctx, d.store.Load().r))
	ctx, d.sweeping = context.WithCancel(ctx)
	if left, err := d.store.Load().left(ctx); err == nil && left {
		d.swept.Go(func() {
			if err := d.sweep(ctx); err != nil && ctx.Err() == nil {
				d.o.Log.Warn("forgotten org not deleted", "err", err)
			}
		})
	}
	if s := d.store.Load(); !s.memory {
		d.swept.Go(func() {
			if err := s.warmUp(ctx, d.o.Region); err != nil && ctx.Err() == nil {
				d.o.Log.Debug("the directory of callers is not warm", "err", err)
			}
		})
	}
	return d, nil
}

// openMemory makes the directory use memory, because of cause.
func (d *Directory) openMemory(ctx context.Context, cause error) error {
	d.o.Log.Warn("directory of callers is in memory only", "err", cause)
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

// Notice returns what the agent should know now; it is the zero Fault when there is no problem.
func (d *Directory) Notice() fault.Fault {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.refused {
		return fault.New(MemoryOnly)
	}
	return d.notice
}

// said is the notice of the store there is.
func (d *Directory) said() fault.Fault {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.notice
}

func (d *Directory) say(f fault.Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.notice = f
}

// Close closes the directory. What was remembered is on disk, unless Close returns an error.
func (d *Directory) Close() error {
	d.sweeping()
	d.swept.Wait()
	d.turn.Lock()
	defer d.turn.Unlock()
	if d.closed {
		return nil
	}
	d.again = time.Time{}
	d.regain(context.Background())
	err := d.flush(context.Background())
	d.closed = true
	return explain("close", errors.Join(err, d.store.Load().close()))
}
