package program

import (
	"sync"

	"linecard/crm"
)

// agents are the links whose user was asked for already.
type agents struct {
	wake chan struct{} // has one when links are to be looked at

	mu    sync.Mutex
	asked map[string]bool // org and user
}

func newAgents() *agents { return &agents{wake: make(chan struct{}, 1), asked: map[string]bool{}} }

// look has the links looked at soon.
func (a *agents) look() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// begin reports whether a link's user is to be asked for, and takes it for asked from now on.
func (a *agents) begin(s crm.LinkStatus) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := s.OrgID + s.UserID
	if a.asked[key] {
		return false
	}
	a.asked[key] = true
	return true
}

// again has links asked for once more.
func (a *agents) again(links ...crm.LinkStatus) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range links {
		delete(a.asked, s.OrgID+s.UserID)
	}
}
