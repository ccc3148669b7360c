package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"

	"github.com/mattn/go-sqlite3"

	"linecard/app/aside"
	"linecard/fault"
)

// What callers branch on, with errors.Is.
var (
	// ErrFull: the disk is full or cannot be written ([Full], [NoAccess]). What was to be written is kept in memory, in order, and written
	// with the next change that succeeds or by Close, see [Journal.Unsaved]; reads do not show it yet. Tell the agent, and go on.
	ErrFull = errors.New("disk full")
	// ErrBusy: another program keeps the file locked. Otherwise as ErrFull.
	ErrBusy = errors.New("journal locked")
	// ErrInUse: another Linecard has the file open.
	ErrInUse = errors.New("journal in use")
	// ErrDamaged: SQLite cannot make sense of the file.
	ErrDamaged = errors.New("journal damaged")
	// ErrNewer: the file was written by a newer Linecard.
	ErrNewer = errors.New("journal of a newer version")
	// ErrUnknown: there is no call or entry with that id.
	ErrUnknown = errors.New("no such call")
	// ErrState: the entry is not in a state from which it can go there.
	ErrState = errors.New("not in that state")
	// ErrMade: a rule had a record of the call made in its org, or is having one made, so that its log stays there. It is an ErrState.
	ErrMade = fmt.Errorf("%w: a record of the call is made in its org", ErrState)
	// ErrUnsure: the entry's org may have it already, and must be asked first.
	ErrUnsure = errors.New("may be in its org already")
	// ErrClosed: the journal was closed.
	ErrClosed = errors.New("journal closed")
)

// Below explain: what its callers find out themselves.
var (
	errMalformed = errors.New("malformed")
	errTooNew    = errors.New("schema too new")
	errAboutCall = errors.New("about a call, not the file")
)

// The codes of faults and notices; their values are named behind them.
const (
	Full             fault.Code = "journal.full"      // the disk
	NoAccess         fault.Code = "journal.no-access" // folder
	Busy             fault.Code = "journal.busy"      // folder
	InUse            fault.Code = "journal.in-use"    // folder
	Damaged          fault.Code = "journal.damaged"
	Newer            fault.Code = "journal.newer"               // folder
	Unusable         fault.Code = "journal.unusable"            // folder
	Renewed          fault.Code = "journal.renewed"             // file, count (calls carried over), waiting (those of them to be logged)
	RenewedEmpty     fault.Code = "journal.renewed-empty"       // file
	Emptied          fault.Code = "journal.emptied"             //
	InMemory         fault.Code = "journal.in-memory"           //
	InMemoryReadOnly fault.Code = "journal.in-memory-read-only" // folder
	KeptFull         fault.Code = "journal.unsaved-full"        // count (of calls)
	KeptBusy         fault.Code = "journal.unsaved-busy"        // count (of calls)
	Unreadable       fault.Code = "journal.unreadable"
)

// Error is a failure of the file: a Fault, and what callers branch on.
type Error struct {
	fault.Fault
	Kind error // ErrFull, ErrBusy, ErrInUse, ErrDamaged, ErrNewer, or nil
	Err  error // the cause, for the log
}

// Error is the code and the cause, for the log. People read the sentence that the catalogue makes.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Err.Error() }

// Failure returns the Fault; [fault.Of] finds it by this.
func (e *Error) Failure() fault.Fault { return e.Fault }

// Unwrap gives errors.Is the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Kind == nil {
		return []error{e.Err}
	}
	return []error{e.Kind, e.Err}
}

// LogValue gives the log the code and the cause.
func (e *Error) LogValue() slog.Value { return slog.StringValue(e.Error()) }

// Kept reports whether a change that failed with err is kept in memory: it will be on the disk, in its turn.
func Kept(err error) bool { return errors.Is(err, ErrFull) || errors.Is(err, ErrBusy) }

// explain turns an error of SQLite or the file system into an *Error; errors that are about a call, not the file, pass
// through.
func explain(path, op string, err error) error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	err = fmt.Errorf("journal: %s: %w", op, err)
	kind := kindOf(err)
	if errors.Is(kind, errAboutCall) {
		return err
	}
	f := fault.New(Unusable, "folder", dirOf(path))
	switch {
	case errors.Is(kind, fs.ErrPermission): // a disk that cannot be written is as good as full: what comes is kept
		kind, f.Code = ErrFull, NoAccess
	case errors.Is(kind, ErrFull):
		f = fault.New(Full)
	case errors.Is(kind, ErrBusy):
		f.Code = Busy
	case errors.Is(kind, ErrInUse):
		f.Code = InUse
	case errors.Is(kind, ErrDamaged):
		f = fault.New(Damaged)
	case errors.Is(kind, ErrNewer):
		f.Code = Newer
	}
	return &Error{Fault: f, Kind: kind, Err: err}
}

func dirOf(path string) string { return filepath.Dir(path) }

// kindOf sorts err; nil when it is not about the file.
func kindOf(err error) error {
	var s sqlite3.Error
	switch {
	case errors.Is(err, ErrUnknown), errors.Is(err, ErrState), errors.Is(err, ErrUnsure), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return errAboutCall
	case errors.Is(err, ErrInUse):
		return ErrInUse
	case errors.Is(err, ErrBusy), errors.Is(err, aside.ErrHeld):
		return ErrBusy
	case errors.Is(err, errNoRoom):
		return ErrFull
	case errors.Is(err, errMalformed):
		return ErrDamaged
	case errors.Is(err, errTooNew):
		return ErrNewer
	case errors.As(err, &s) && s.ExtendedCode == sqlite3.ErrIoErrShortRead: // the file ends before its last page does
		return ErrDamaged
	case errors.As(err, &s):
		switch s.Code {
		case sqlite3.ErrFull, sqlite3.ErrIoErr: // IOERR: quota, a pulled disk, ENOSPC on the -shm file
			return ErrFull
		case sqlite3.ErrBusy, sqlite3.ErrLocked:
			return ErrBusy
		case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
			return ErrDamaged
		case sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrPerm, sqlite3.ErrAuth:
			return fs.ErrPermission
		}
	case fault.DiskFull(err):
		return ErrFull
	case errors.Is(err, fs.ErrPermission), fault.ReadOnly(err):
		return fs.ErrPermission
	}
	return nil
}
