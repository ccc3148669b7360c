package app

import (
	"sync"

	"linecard/fault"
)

// theBoss is whom a rule names as the owner of logs, and bossID the user who that is.
const (
	theBoss = "boss@example.com"
	bossID  = "005Boss"
)

// bosses are the users who own logs by a rule. They may be missing: such a log waits for them.
type bosses struct {
	mu   sync.Mutex
	away bool
}

func (b *bosses) set(away bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.away = away
}

func (b *bosses) missing() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.away
}

func (b *bosses) Owner(_, _, wish string) (id string, why fault.Fault, instead bool) {
	switch {
	case wish != theBoss:
		return "", fault.Fault{}, false
	case b.missing():
		return "", fault.New("owners.nobody", "extension", wish), false
	}
	return bossID, fault.Fault{}, false
}

func (*bosses) Refused(string, string) {}

// retryOwners is what the program does after it has read the users again.
func (l *life) retryOwners() {
	err := l.desk.RetryOwners(l.run.shut)
	switch {
	case l.run.shut.Err() != nil:
		l.run.die() // it has killed itself meanwhile: wait for its file
	case !heard(err):
		l.t.Fatal(err)
	}
}
