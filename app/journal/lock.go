package journal

import (
	"context"
	"errors"
	"time"

	"github.com/gofrs/flock"
)

// lockPatience is how long a Linecard that is closing may take to unregister and to finish its last write.
const lockPatience = 10 * time.Second

// lockSuffix ends the name of the file that is locked.
const lockSuffix = ".lock"

// takeLock makes this process the one that has the journal at path open. The kernel drops the lock when the process
// ends, however it ends. The file beside the journal stays: removing it would let two hold locks on two files of one name.
func takeLock(path string, patience time.Duration) (*flock.Flock, error) {
	lock := flock.New(path+lockSuffix, flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	held, err := lock.TryLock()
	if err == nil && !held {
		held, err = lock.TryLockContext(ctx, 10*time.Millisecond)
	}
	switch {
	case held:
		return lock, nil
	case errors.Is(err, context.DeadlineExceeded):
		err = ErrInUse
	}
	return nil, errors.Join(err, lock.Close())
}
