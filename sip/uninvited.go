package sip

import (
	"cmp"
	"net/netip"
	"slices"
	"time"
)

// UninvitedCalls tells that an address, which is not the account's, tries to call. Its calls get no answer. It comes at once for
// an address that is new, and every ten seconds for those that have called since they were told of; in ten seconds at most
// [mostToldUninvited] addresses are told at once and as many at their end.
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
	// mostToldUninvited is how many addresses of an account are told of in one go.
	mostToldUninvited = 4
)

// tellUninvited is the pause between events about an account. A variable for tests only.
var tellUninvited = 10 * time.Second

// uninvited counts who tried to call an account. It belongs to Phone.queue.
type uninvited struct {
	l      *line
	from   []stranger
	atOnce int  // how many were told since the pause began
	paused bool // a pause runs
}

// stranger is one address, and how much of its count has been told.
type stranger struct {
	Uninvited
	told int
}

func (u *uninvited) count(from netip.Addr) {
	i := slices.IndexFunc(u.from, func(a stranger) bool { return a.From == from })
	if i < 0 {
		if len(u.from) >= mostUninvited {
			oldest := slices.MinFunc(u.from, func(a, b stranger) int { return a.Last.Compare(b.Last) })
			u.from = slices.DeleteFunc(u.from, func(a stranger) bool { return a.From == oldest.From })
		}
		u.from = append(u.from, stranger{Uninvited: Uninvited{From: from}})
		i = len(u.from) - 1
	}
	a := &u.from[i]
	a.Count++
	a.Last = u.l.p.now()
	if !u.paused || a.told == 0 && u.atOnce < mostToldUninvited { // another edge of the phone system may call once behind a scanner
		u.tell(a)
	}
}

func (u *uninvited) tell(a *stranger) {
	a.told = a.Count
	u.atOnce++
	u.l.p.log.Warn("calls from an address that is not the account's are not answered", "account", u.l.account.ID(), "from", a.From, "count", a.Count)
	u.l.p.tell(UninvitedCalls{Account: u.l.account.ID(), Uninvited: a.Uninvited})
	if !u.paused {
		u.paused = true
		u.l.p.after(tellUninvited, u.flush)
	}
}

// flush tells who has called in the pause, those first that were not told of yet.
func (u *uninvited) flush() {
	u.paused, u.atOnce = false, 0
	if !slices.Contains(u.l.p.lines, u.l) {
		return
	}
	var news []*stranger
	for i := range u.from {
		if u.from[i].told < u.from[i].Count {
			news = append(news, &u.from[i])
		}
	}
	slices.SortFunc(news, func(a, b *stranger) int {
		return cmp.Or(cmp.Compare(min(a.told, 1), min(b.told, 1)), b.Last.Compare(a.Last))
	})
	for _, a := range news[:min(len(news), mostToldUninvited)] {
		u.tell(a)
	}
	u.atOnce = 0
}

// Uninvited is who tried to call an account and was not answered, the latest first, less those that the account takes calls from by
// now; "" stands for the first account.
func (p *Phone) Uninvited(account string) (all []Uninvited) {
	_ = p.do(func() error {
		if l := p.line(account); l != nil {
			for _, a := range l.uninvited.from {
				if !slices.ContainsFunc(l.account.Trust.From, func(p netip.Prefix) bool { return p.Masked().Contains(a.From) }) {
					all = append(all, a.Uninvited)
				}
			}
		}
		return nil
	})
	slices.SortFunc(all, func(a, b Uninvited) int { return cmp.Or(b.Last.Compare(a.Last), a.From.Compare(b.From)) })
	return all
}
