package journal

import (
	"context"
	"errors"
	"io/fs"
	"os"
)

// Sync returns when all that was written before is on the disk and outlives a power cut. Every change but [Journal.Ring] waits for that by
// itself. The next call may be written meanwhile.
func (j *Journal) Sync(ctx context.Context) error {
	var onDisk bool
	err := j.inTurn(ctx, func() error {
		onDisk = j.noDisk == nil
		return nil
	})
	if err != nil || !onDisk { // in memory nothing is in the file
		return err
	}
	return j.explain("sync", j.syncFile(j.path+"-wal"))
}

// syncFile waits until a file is on the disk, whoever wrote it. SQLite takes no locks on a -wal file: this process may open and close it.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) { // all of it is in the journal's own file, and SQLite has waited for that
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
