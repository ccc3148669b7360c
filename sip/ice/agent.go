package ice

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"github.com/pion/stun/v3"
)

// Config is what signalling has agreed on.
type Config struct {
	Own, Theirs Credentials
	Candidates  []Candidate // the other side's, as they came
	Components  int         // that are used: 1 where reports share the port, else 2
	Controlling bool        // we choose the pair
	Local       netip.Addr  // of our ports: what cannot be reached from there is not tried
}

// Packet is a datagram to send.
type Packet struct {
	Component Component
	To        netip.AddrPort
	Data      []byte
}

const (
	// MostPairs is how many pairs are tried at most: an offer must not make the phone flood others (RFC 8445 §19.5.1).
	MostPairs = 32
	// Pace is the pause between two questions (RFC 8445 §14.2).
	Pace = 50 * time.Millisecond

	again      = 500 * time.Millisecond // before a question is repeated; the pauses double (RFC 8489 §6.2.1),
	againMost  = 2 * time.Second        // up to this: what is found later than that serves no call
	mostAsked  = 9
	mostPeer   = 8                      // addresses that were not named and are tried all the same
	settles    = 400 * time.Millisecond // how long better pairs are waited for once one works
	patience   = 8 * time.Second        // until it is told that there is no way; one that is found later counts all the same
	consentDue = 5 * time.Second        // between two questions on the pair in use; 80 to 120 % of it
	consented  = 30 * time.Second       // how long an answer is good for (RFC 7675 §5.1)
)

// state is that of a pair (RFC 8445 §6.1.2.6). None is frozen: all are of one base, and few.
type state int

const (
	waiting state = iota
	asking
	works
	broken
)

// pair is one way to the other side.
type pair struct {
	Candidate // the other side's
	state     state
	hurry     bool // it is to be tried next: the other side has just asked (§7.3.1.4)
	nominate  bool // our question says that it is chosen
	wanted    bool // the other side has said so
	refused   bool // the other side has answered that with an error: it is not said again
	chosen    bool // both know

	id    [stun.TransactionIDSize]byte
	as    bool      // our question says that we control
	sent  int       // how often it was; 0 while none is under way
	due   time.Time // of the next question
	heard time.Time // of the last answer
}

// Agent finds and keeps the way. Its methods are called one at a time.
type Agent struct {
	own, theirs Credentials
	controlling bool
	tie         uint64
	components  int
	local       netip.Addr
	pairs       []*pair
	proven      map[Component][]netip.AddrPort // whence the other side has asked or answered
	peers       int
	begun       time.Time
	worked      time.Time // when the first pair did
	turn        time.Time // of the next question
	failed      bool
}

// New makes an agent; it begins with the first Tick.
func New(c Config, now time.Time) *Agent {
	a := &Agent{
		own: c.Own, theirs: c.Theirs, controlling: c.Controlling, tie: rand.Uint64(), components: min(max(c.Components, 1), 2), local: c.Local.Unmap(),
		proven: map[Component][]netip.AddrPort{}, begun: now, turn: now,
	}
	a.Named(c.Candidates)
	return a
}

// Named takes the candidates that the other side names, all of them or further ones: the best of those that are not known, while there is room. There always
// is some for addresses that are not named. Candidates are as many as whoever reads them lets in.
func (a *Agent) Named(all []Candidate) {
	var fresh []*pair
	for _, c := range all {
		is := func(p *pair) bool { return p.Component == c.Component && p.Addr == c.Addr }
		if p := a.made(c); p != nil && !slices.ContainsFunc(fresh, is) {
			fresh = append(fresh, p)
		}
	}
	higher := func(p, q *pair) int { return compare(a.rank(q), a.rank(p)) }
	slices.SortStableFunc(fresh, higher)
	room := MostPairs - mostPeer - (len(a.pairs) - a.peers)
	a.pairs = append(a.pairs, fresh[:min(len(fresh), room)]...)
	slices.SortStableFunc(a.pairs, higher)
}

func compare(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// made makes a pair, unless it is there or is none: nil then.
func (a *Agent) made(c Candidate) *pair {
	ip := c.Addr.Addr()
	switch {
	case int(c.Component) > a.components || ip.Is4() != a.local.Is4(), ip.IsLoopback() && !a.local.IsLoopback(), a.pair(c.Component, c.Addr) != nil:
		return nil
	}
	return &pair{Candidate: c}
}

func (a *Agent) pair(of Component, at netip.AddrPort) *pair {
	for _, p := range a.pairs {
		if p.Component == of && p.Addr == at {
			return p
		}
	}
	return nil
}

// rank is the priority of a pair (RFC 8445 §6.1.2.3); ours is the port itself.
func (a *Agent) rank(p *pair) uint64 {
	g, d := uint64(priority(Host, p.Component)), uint64(p.Priority)
	if !a.controlling {
		g, d = d, g
	}
	rank := min(g, d)<<32 + 2*max(g, d)
	if g > d {
		rank++
	}
	return rank
}

// best is the pair of a component with the highest rank among those that fit; nil where none does.
func (a *Agent) best(of Component, fits func(*pair) bool) (best *pair) {
	for _, p := range a.pairs {
		if p.Component == of && fits(p) && (best == nil || a.rank(p) > a.rank(best)) {
			best = p
		}
	}
	return best
}

func isChosen(p *pair) bool { return p.chosen }
func doesWork(p *pair) bool { return p.state == works }

// used is the pair that packets of a component take: the chosen one or, while there is none, the best that works (RFC 8445 §12.1). Some phones never choose. nil for none.
func (a *Agent) used(of Component) *pair {
	if p := a.best(of, isChosen); p != nil {
		return p
	}
	return a.best(of, doesWork)
}

// Chosen is where packets of a component go. ok is false where there is no way, or the other side has not consented of late.
func (a *Agent) Chosen(of Component, now time.Time) (to netip.AddrPort, ok bool) {
	p := a.used(of)
	if p == nil || now.Sub(p.heard) >= consented {
		return netip.AddrPort{}, false
	}
	return p.Addr, true
}

// Proven reports whether the other side has asked or answered from an address.
func (a *Agent) Proven(of Component, src netip.AddrPort) bool {
	return slices.Contains(a.proven[of], src)
}

// ProvenAddrs are all of them.
func (a *Agent) ProvenAddrs(of Component) []netip.AddrPort { return slices.Clone(a.proven[of]) }

// Done reports whether a pair is chosen for each component.
func (a *Agent) Done() bool {
	for of := RTP; int(of) <= a.components; of++ {
		if a.best(of, isChosen) == nil {
			return false
		}
	}
	return true
}

// Failed reports whether there is no way for the sound, as far as could be found out. The other side may still find one.
func (a *Agent) Failed() bool { return a.failed && a.best(RTP, doesWork) == nil }

// Lost reports whether the way was there and the other side no longer consents.
func (a *Agent) Lost(now time.Time) bool {
	p := a.used(RTP)
	return p != nil && now.Sub(p.heard) >= consented
}

// prove notes an address from which the other side has signed something.
func (a *Agent) prove(of Component, src netip.AddrPort) {
	if !a.Proven(of, src) && len(a.proven[of]) < MostPairs {
		a.proven[of] = append(a.proven[of], src)
	}
}
