package demoorg

import (
	"context"
	"sync"
)

// changes tells those who wait that something in the org has changed.
type changes struct {
	mu   sync.Mutex
	next chan struct{} // closed at the next change; nil while nobody waits
}

func (c *changes) wait() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next == nil {
		c.next = make(chan struct{})
	}
	return c.next
}

func (c *changes) tell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next != nil {
		close(c.next)
		c.next = nil
	}
}

// Await returns once ok is true. It asks ok at each change: a record was written, a request is answered, or one is delayed by
// CommitsLate. The error is that of ctx.
func (o *Org) Await(ctx context.Context, ok func() bool) error {
	for {
		changed := o.changes.wait()
		if ok() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
