package salesforce

import (
	"math"
	"sync/atomic"
	"time"
)

// plainly is until when an org is searched by number without the wildcards inside the terms, because it has refused them or they take
// too long. No org is known to refuse them.
type plainly struct{ until atomic.Int64 } // Unix time in nanoseconds; 0 for not at all

// plainAfterTimeout is how long it is, after a search that took too long: the org may have been slow for another reason.
const plainAfterTimeout = 10 * time.Minute

// because notes why a search was repeated plainly, and succeeded. What the org refuses lasts until the link is checked.
func (p *plainly) because(code string, now time.Time) {
	if code == queryTimeout {
		p.until.Store(now.Add(plainAfterTimeout).UnixNano())
		return
	}
	p.until.Store(math.MaxInt64)
}

func (p *plainly) now(at time.Time) bool { return at.UnixNano() < p.until.Load() }

func (p *plainly) forget() { p.until.Store(0) }
