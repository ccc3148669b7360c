package sip

import (
	"cmp"
	"net/netip"
	"slices"
	"time"
)

// UninvitedCalls tells that an address, which is not the account's, tries to call. Its calls get no answer. It comes for the
// first of them, and at most every ten seconds while more come.
type UninvitedCalls struct {
	Account string `json:"account,omitempty"`
	Uninvited
}

// Uninvited is how often an address that is not an account's has tried to call since the phone started.
type Uninvited struct {
	From  netip.Addr `json:"from"`
	Count int        `json:"count"`
	Last  time.Time  `json:"last"`
}

func (UninvitedCalls) event() {}

const (
	// mostUninvited is how many addresses are counted. The one that was heard last the longest ago makes room: a UDP source
	// is easily forged, and a flood may name a new one each time.
	mostUninvited = 32
	// tellUninvited is the shortest pause between two events about an account.
	tellUninvited = 10 * time.Second
)

// uninvited counts who tried to call an account. It belongs to Phone.queue.
type uninvited struct {
	l    *line
	from []Uninvited
	told time.Time
}

func (u *uninvited) count(from netip.Addr) {
	now := time.Now()
	i := slices.IndexFunc(u.from, func(a Uninvited) bool { return a.From == from })
	if i < 0 {
		if len(u.from) >= mostUninvited {
			oldest := slices.MinFunc(u.from, func(a, b Uninvited) int { return a.Last.Compare(b.Last) })
			u.from = slices.DeleteFunc(u.from, func(a Uninvited) bool { return a.From == oldest.From })
		}
		u.from = append(u.from, Uninvited{From: from})
		i = len(u.from) - 1
	}
	a := &u.from[i]
	a.Count++
	a.Last = now
	if now.Sub(u.told) < tellUninvited {
		return
	}
	u.told = now
	u.l.p.log.Warn("calls from an address that is not the account's are not answered", "account", u.l.account.ID(), "from", from, "count", a.Count)
	u.l.p.tell(UninvitedCalls{Account: u.l.account.ID(), Uninvited: *a})
}

// Uninvited is who tried to call an account and was not answered, the latest first; "" stands for the first account.
func (p *Phone) Uninvited(account string) (all []Uninvited) {
	_ = p.do(func() error {
		if l := p.line(account); l != nil {
			all = slices.Clone(l.uninvited.from)
		}
		return nil
	})
	slices.SortFunc(all, func(a, b Uninvited) int { return cmp.Or(b.Last.Compare(a.Last), a.From.Compare(b.From)) })
	return all
}
