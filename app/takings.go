package app

import "sync"

// takings are the calls that the agent has answered or resumed, as far as they are asked for: while the org says whether a number may
// be called.
type takings struct {
	mu    sync.Mutex
	count int
	last  [8]string // the ids of the last ones, each where its count says
}

// add notes that the agent takes a call; "" is one whose id is not known yet.
func (t *takings) add(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last[t.count%len(t.last)] = id
	t.count++
}

// mark is where the takings stand.
func (t *takings) mark() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count
}

// since reports whether a call has been taken since a mark, other than except.
func (t *takings) since(mark int, except string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.count-mark > len(t.last) {
		return true
	}
	for ; mark < t.count; mark++ {
		if id := t.last[mark%len(t.last)]; id == "" || id != except {
			return true
		}
	}
	return false
}
