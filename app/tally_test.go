package app

import "sync"

// tally counts the Tasks of each call that are there at one time, in whatever org: a second one may be deleted again, but
// somebody may have seen it, or a flow been started by it. One that is made after the agent had the first deleted is none.
type tally struct {
	mu        sync.Mutex
	now, most map[string]int
}

func (t *tally) add(call string, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now == nil {
		t.now, t.most = map[string]int{}, map[string]int{}
	}
	t.now[call] += n
	t.most[call] = max(t.most[call], t.now[call])
}
