package journal

import (
	"context"
	"errors"
	"io/fs"
	"os"
)

// Sync returns when all that was written before is on the disk and outlives a power cut. Every change but [Journal.Ring] waits for that by
// itself.
func (j *Journal) Sync(ctx context.Context) error {
	return j.inTurn(ctx, func() error {
		if j.noDisk != nil {
			return nil // nothing is in the file
		}
		return j.explain("sync", syncFile(j.path+"-wal"))
	})
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
