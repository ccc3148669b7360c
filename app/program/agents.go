package program

import (
	"reflect"
	"sync"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// agentPause is the time between two questions for the user of the same link. Every answer of an org changes the status of its link, so
// without a pause one question would lead to the next.
const agentPause = 15 * time.Minute

// agents are the links whose user was asked for already.
type agents struct {
	wake chan struct{} // has one when links must be looked at

	mu    sync.Mutex
	asked map[string]time.Time // by org and user
	from  string               // the org and user that named the agent
	lacks fault.Fault          // why there is no account, or one without a name
}

func newAgents() *agents { return &agents{wake: make(chan struct{}, 1), asked: map[string]time.Time{}} }

// named notes that a link has named the agent.
func (a *agents) named(s crm.LinkStatus) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.from = s.OrgID + s.UserID
}

// tell takes why the agent's account is not made as the profile describes it; the zero Fault when it is. It reports whether that is new.
func (a *agents) tell(lacks fault.Fault) (isNew bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	isNew = !reflect.DeepEqual(a.lacks, lacks)
	a.lacks = lacks
	return isNew
}

// trouble is why the agent's account is not made as the profile describes it.
func (a *agents) trouble() fault.Fault {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lacks
}

// known reports whether the agent is known by a link.
func (a *agents) known(s crm.LinkStatus) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.from == s.OrgID+s.UserID
}

// look has the links looked at soon.
func (a *agents) look() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// begin reports whether a link's user must be asked for, and takes it for asked from now on.
func (a *agents) begin(s crm.LinkStatus) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := s.OrgID + s.UserID
	if at, asked := a.asked[key]; asked && time.Since(at) < agentPause {
		return false
	}
	a.asked[key] = time.Now()
	return true
}

// later takes back that a link's user was asked for.
func (a *agents) later(s crm.LinkStatus) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.asked, s.OrgID+s.UserID)
}

// again has all links asked for once more.
func (a *agents) again() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.asked)
	a.from, a.lacks = "", fault.Fault{}
}
