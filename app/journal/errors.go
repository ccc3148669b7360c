package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// What callers branch on, with errors.Is.
var (
	// ErrFull: the disk is full or cannot be written. What was to be written is kept in memory, in order, and written
	// with the next change that succeeds or by Close, see [Journal.Unsaved]; reads do not show it yet. Show the sentence, go on.
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
	// ErrClosed: the journal was closed.
	ErrClosed = errors.New("journal closed")
)

// Below explain: what its callers find out themselves.
var (
	errMalformed = errors.New("malformed")
	errTooNew    = errors.New("schema too new")
	errAboutCall = errors.New("about a call, not the file")
)

// Error is a failure of the file, said so that the agent can do something about it.
type Error struct {
	Kind    error  // ErrFull, ErrBusy, ErrInUse, ErrDamaged, ErrNewer, or nil
	Message string // one plain sentence with the remedy
	Err     error  // the cause, for the log
}

func (e *Error) Error() string { return e.Message }

// Unwrap gives errors.Is the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Kind == nil {
		return []error{e.Err}
	}
	return []error{e.Kind, e.Err}
}

// LogValue gives the log the cause instead of the sentence.
func (e *Error) LogValue() slog.Value { return slog.StringValue(e.Err.Error()) }

// kept reports whether a change that failed with err is kept in memory.
func kept(err error) bool { return errors.Is(err, ErrFull) || errors.Is(err, ErrBusy) }

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
	dir := filepath.Dir(path)
	switch kind := kindOf(err); {
	case errors.Is(kind, ErrFull):
		return &Error{Kind: kind, Err: err, Message: "The disk is full or can't be written. " +
			"Free some space: Linecard keeps this call in memory and saves it then."}
	case errors.Is(kind, ErrBusy):
		return &Error{Kind: kind, Err: err, Message: "Another program holds the call journal in " + dir +
			" open. Close it: Linecard keeps this call in memory and saves it then."}
	case errors.Is(kind, ErrInUse):
		return &Error{Kind: kind, Err: err, Message: "Another Linecard has the call journal in " + dir +
			" open. Close it, or start with another --data folder."}
	case errors.Is(kind, ErrDamaged):
		return &Error{Kind: kind, Err: err, Message: "The call journal is damaged. " +
			"Restart Linecard: it puts the damaged file aside and begins a new one."}
	case errors.Is(kind, ErrNewer):
		return &Error{Kind: kind, Err: err, Message: "The call journal in " + dir +
			" was written by a newer Linecard. Install that version, or start with another --data folder."}
	case errors.Is(kind, errAboutCall):
		return err
	case errors.Is(kind, fs.ErrPermission):
		return &Error{Err: err, Message: "Linecard may not write to " + dir +
			". Give yourself access to that folder, or start with another --data folder."}
	default:
		return &Error{Err: err, Message: "The call journal in " + dir + " can't be used. " +
			"Check that folder and its disk, or start with another --data folder."}
	}
}

// kindOf sorts err; nil when it is not about the file.
func kindOf(err error) error {
	var s sqlite3.Error
	switch {
	case errors.Is(err, ErrUnknown), errors.Is(err, ErrState), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return errAboutCall
	case errors.Is(err, ErrInUse):
		return ErrInUse
	case errors.Is(err, errMalformed):
		return ErrDamaged
	case errors.Is(err, errTooNew):
		return ErrNewer
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
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return ErrFull
	case errors.Is(err, fs.ErrPermission):
		return fs.ErrPermission
	}
	return nil
}
