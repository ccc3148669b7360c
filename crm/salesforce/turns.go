package salesforce

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"linecard/crm"
)

// holdLink locks the link for one operation that changes its tokens: in this process, and in every other process that
// shares Config.Lock.
func (c *Client) holdLink(ctx context.Context) (unlock func(), err error) {
	release, err := c.holdHere(ctx)
	if err != nil {
		return nil, err
	}
	released, err := c.lockLink(ctx)
	if err != nil {
		release()
		return nil, err
	}
	return func() {
		released()
		release()
	}, nil
}

// holdHere locks the link in this process.
func (c *Client) holdHere(ctx context.Context) (release func(), err error) {
	select {
	case c.holding <- struct{}{}:
		return func() { <-c.holding }, nil
	case <-ctx.Done():
		return nil, gaveUp(ctx.Err())
	}
}

func gaveUp(err error) error {
	return &crm.Error{Class: crm.ClassTransient, Fault: connectionFault(err), Err: err}
}

// lockLink locks the link against the other processes that share Config.Lock.
func (c *Client) lockLink(ctx context.Context) (unlock func(), err error) {
	if c.cfg.Lock == "" {
		return func() {}, nil
	}
	if err := os.MkdirAll(filepath.Dir(c.cfg.Lock), 0o700); err != nil {
		c.cfg.Log.Warn("link lock not available", "err", err)
		return func() {}, nil
	}
	lock := flock.New(c.cfg.Lock, flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		if ctx.Err() != nil {
			return nil, gaveUp(err)
		}
		c.cfg.Log.Warn("link lock not available", "err", err) // the file system has no locks
	}
	return func() { _ = lock.Close() }, nil
}
