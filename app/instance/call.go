package instance

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"

	"linecard/fault"
)

// Call asks the instance of dir and gives each reply to each (which may be nil) as it comes. Its errors are
// [ErrNotRunning], what each returned, ctx's, or what the instance answered with (see [IsMisuse]): its fault, or a plain
// sentence.
func Call(ctx context.Context, dir string, r Request, each func(json.RawMessage) error) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("instance: %w", err)
	}
	doc, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("instance: %w", err)
	}
	conn, err := dial(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
	defer stop()
	if _, err := conn.Write(append(doc, '\n')); err != nil {
		return broken(ctx, err)
	}
	in := bufio.NewScanner(conn)
	in.Buffer(nil, maxReply)
	for in.Scan() {
		var l line
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			return fault.Err(err, "instance.unreadable-answer")
		}
		switch {
		case l.Error != "" && l.Misuse:
			return Misuse(l.err())
		case l.Error != "":
			return l.err()
		case l.OK:
			return nil
		case each != nil:
			if err := each(l.Reply); err != nil {
				return err
			}
		}
	}
	return broken(ctx, in.Err())
}

// err is the error that the line carries.
func (l line) err() error {
	if l.Fault != nil && !l.Fault.IsZero() {
		return &fault.Error{Fault: *l.Fault}
	}
	return errors.New(l.Error)
}

// broken is the error of a connection that ended without a last line.
func broken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err == nil {
		err = errors.New("connection closed")
	}
	return fault.Err(err, "instance.went-away")
}

// dial connects to the instance of dir. One that has just started holds the lock but does not listen yet, one that ends
// listens no more: either is waited for.
func dial(ctx context.Context, dir string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, changeTime)
	defer cancel()
	for {
		conn, err := connect(ctx, dir)
		if err == nil {
			return conn, nil
		}
		switch {
		case errors.Is(err, fs.ErrPermission):
			return nil, fault.Err(err, "instance.other-user", "folder", dir)
		case ctx.Err() != nil:
			return nil, fault.Err(context.Cause(ctx), "instance.no-answer")
		case !absent(err):
			return nil, fault.Err(err, "instance.unreachable")
		case !locked(dir):
			return nil, ErrNotRunning
		}
		pause(ctx)
	}
}

// locked reports whether an instance holds the lock of dir. It tries a shared lock, so that clients do not take each
// other for an instance; a server that starts at this moment tries again (takeLock).
func locked(dir string) bool {
	return isLocked(filepath.Join(dir, lockName)) || lockedElsewhere(dir, "")
}

// lockedElsewhere reports whether an instance holds a lock of dir outside of it, other than own.
func lockedElsewhere(dir, own string) bool {
	return slices.ContainsFunc(locksElsewhere(dir), func(path string) bool { return path != own && isLocked(path) })
}

func isLocked(path string) bool {
	if _, err := os.Lstat(path); err != nil {
		return false // never create one in a folder that may not even be Linecard's
	}
	lock := flock.New(path, flock.SetPermissions(0o600))
	defer func() { _ = lock.Close() }()
	got, err := lock.TryRLock()
	return err == nil && !got
}
