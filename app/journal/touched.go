package journal

import (
	"maps"
	"slices"
	"sync"
)

// touched are the calls that have changed since they were read, by id. Who writes notes them, and waits for no search.
type touched struct {
	mu  sync.Mutex
	ids map[string]bool // nil while nobody wants to know
}

// add notes that a call has changed. One that is new is found by its rowid.
func (c *touched) add(call string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids != nil {
		c.ids[call] = true
	}
}

// begin has changes noted from now on.
func (c *touched) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ids = map[string]bool{}
}

func (c *touched) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ids = nil
}

// take returns what was noted, to be read again.
func (c *touched) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := slices.Collect(maps.Keys(c.ids))
	clear(c.ids)
	return ids
}
