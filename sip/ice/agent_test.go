package ice

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v3"

	"linecard/test/interop"
)

// side is one phone of a test: an agent behind a NAT, or behind none.
type side struct {
	*Agent
	at    map[Component]netip.AddrPort // its own ports
	nat   map[Component]netip.AddrPort // how others see them; the same without a NAT
	wakes time.Time

	mute    bool // it never asks
	refuses bool // it answers each nomination with an error
	refused int
}

// network carries datagrams between two sides, by a clock of its own.
type network struct {
	t     *testing.T
	now   time.Time
	sides [2]*side
	loses func() bool
	way   []flying // by arrival
	sent  int
}

type flying struct {
	at   time.Time
	from netip.AddrPort
	p    Packet
}

func (n *network) Len() int           { return len(n.way) }
func (n *network) Less(i, j int) bool { return n.way[i].at.Before(n.way[j].at) }
func (n *network) Swap(i, j int)      { n.way[i], n.way[j] = n.way[j], n.way[i] }
func (n *network) Push(x any)         { n.way = append(n.way, x.(flying)) }
func (n *network) Pop() any {
	last := n.way[len(n.way)-1]
	n.way = n.way[:len(n.way)-1]
	return last
}

func addr(text string) netip.AddrPort { return netip.MustParseAddrPort(text) }

// setup is how two sides meet.
type setup struct {
	components   int
	nat          [2]bool
	named        [2][]string // further addresses that a side names and nobody has, as "1 192.0.2.1:4000"
	hidden       [2]bool     // a NAT that no STUN server has told of
	bothControl  bool
	noneControls bool
	loss         float64
	seed         uint64
}

func meet(t *testing.T, s setup) *network {
	r := rand.New(rand.NewPCG(s.seed, 1))
	n := &network{t: t, now: time.Unix(1e9, 0), loses: func() bool { return r.Float64() < s.loss }}
	creds := [2]Credentials{NewCredentials(), NewCredentials()}
	var all [2][]Candidate
	for i := range n.sides {
		n.sides[i] = &side{at: map[Component]netip.AddrPort{}, nat: map[Component]netip.AddrPort{}}
		for of := RTP; int(of) <= s.components; of++ {
			at := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(i), 0, 1}), uint16(4000+int(of)))
			seen := at
			if s.nat[i] {
				seen = netip.AddrPortFrom(netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}), uint16(9000+int(of)))
			}
			n.sides[i].at[of], n.sides[i].nat[of] = at, seen
			if s.hidden[i] {
				seen = at
			}
			all[i] = append(all[i], Candidates(of, at, seen)...)
		}
		for _, text := range s.named[i] {
			var of Component
			var at string
			fmt.Sscan(text, &of, &at)
			all[i] = append(all[i], newCandidate(Host, of, addr(at), addr(at)))
		}
	}
	for i := range n.sides {
		controls := (i == 0 || s.bothControl) && !s.noneControls
		n.sides[i].Agent = New(Config{Own: creds[i], Theirs: creds[1-i], Candidates: all[1-i], Components: s.components, Controlling: controls, Local: n.sides[i].at[RTP].Addr()}, n.now)
		n.sides[i].wakes = n.now
	}
	return n
}

func (n *network) send(i int, out []Packet) {
	for _, p := range out {
		n.sent++
		if len(p.Data) == 0 {
			n.t.Fatal("an empty datagram")
		}
		if !n.loses() {
			heap.Push(n, flying{n.now.Add(20 * time.Millisecond), n.sides[i].nat[p.Component], p})
		}
	}
}

// run goes on until done, or for as long as d.
func (n *network) run(d time.Duration, done func() bool) bool {
	for end := n.now.Add(d); n.now.Before(end); {
		if done() {
			return true
		}
		next := end
		for _, s := range n.sides {
			if !s.mute && s.wakes.Before(next) {
				next = s.wakes
			}
		}
		if n.Len() > 0 && n.way[0].at.Before(next) {
			next = n.way[0].at
		}
		n.now = next
		for n.Len() > 0 && !n.way[0].at.After(n.now) {
			f := heap.Pop(n).(flying)
			for i, s := range n.sides {
				if f.p.To != s.nat[f.p.Component] {
					continue // nobody is there, or it is behind a NAT
				}
				if q, ok := s.nominated(f.p.Data); ok && s.refuses {
					s.refused++
					n.send(i, []Packet{{f.p.Component, f.from, s.sign(q, stun.BindingError, stun.ErrorCodeAttribute{Code: 400, Reason: []byte("Bad Request")})}})
					continue
				}
				out, heard := s.Receive(f.p.Component, f.p.Data, f.from, n.now)
				if !heard && n.loses() {
					continue
				}
				n.send(i, out)
				s.wakes = n.now
			}
		}
		for i, s := range n.sides {
			if !s.mute && !s.wakes.After(n.now) {
				out, next := s.Tick(n.now)
				if !next.After(n.now) {
					n.t.Fatal("an agent asks to be asked at once, for ever")
				}
				n.send(i, out)
				s.wakes = next
			}
		}
	}
	return done()
}

// nominated is the question by which the other side chooses, where a datagram is one.
func (s *side) nominated(data []byte) (q question, ok bool) {
	m, ok := s.read(data)
	if !ok || m.Type.Class != stun.ClassRequest {
		return q, false
	}
	q, ok = asked(m)
	return q, ok && q.nominates
}

// goes has a side be where nobody looks for it, and say nothing more.
func (n *network) goes(i int) {
	for of := range n.sides[i].nat {
		n.sides[i].nat[of] = addr("192.0.2.1:1")
	}
	n.sides[i].wakes = n.now.Add(24 * time.Hour)
}

func (n *network) done() bool { return n.sides[0].Done() && n.sides[1].Done() }

// TestWaysAreFound: the two agree on the same pair, whatever stands in between, and sound that comes by it is known.
func TestWaysAreFound(t *testing.T) {
	interop.Proves(t, "S4.8")
	for name, s := range map[string]setup{
		"one network":                      {components: 2},
		"reports on the port of the sound": {components: 1},
		"one behind a NAT":                 {components: 2, nat: [2]bool{true, false}},
		"the other behind a NAT":           {components: 2, nat: [2]bool{false, true}},
		"both behind NATs":                 {components: 2, nat: [2]bool{true, true}},
		"a NAT that nobody has told of":    {components: 1, nat: [2]bool{true, false}, hidden: [2]bool{true, false}},
		"addresses that lead nowhere":      {components: 2, named: [2][]string{{"1 10.9.0.1:4001", "2 10.9.0.1:4002", "1 10.9.0.2:4001"}, {"1 10.9.0.3:4001"}}},
		"both say that they choose":        {components: 2, bothControl: true},
		"nobody says so":                   {components: 2, noneControls: true},
	} {
		for seed := range uint64(8) {
			for _, loss := range []float64{0, 0.2} {
				s.seed, s.loss = seed, loss
				n := meet(t, s)
				if !n.run(14*time.Second, n.done) {
					t.Errorf("%s, loss %v: no way was found", name, loss)
					break
				}
				if a, b := n.sides[0].controlling, n.sides[1].controlling; a == b {
					t.Errorf("%s: both have one role", name)
				}
				n.loses = func() bool { return false }
				n.run(200*time.Millisecond, func() bool { return false })
				for of := RTP; int(of) <= s.components; of++ {
					for i, side := range n.sides {
						to, ok := side.Chosen(of, n.now)
						if !ok || to != n.sides[1-i].nat[of] || !side.Proven(of, to) {
							t.Errorf("%s: component %d goes to %v, %v", name, of, to, ok)
						}
					}
				}
				if loss == 0 && n.now.Sub(time.Unix(1e9, 0)) > 3*time.Second {
					t.Errorf("%s: took %v", name, n.now.Sub(time.Unix(1e9, 0)))
				}
			}
		}
	}
}

// TestNoWay: nobody is there. The number of questions is bounded, and it is told in time.
func TestNoWay(t *testing.T) {
	n := meet(t, setup{components: 2})
	n.goes(1)
	if !n.run(patience+time.Second, n.sides[0].Failed) {
		t.Error("nobody has told that there is no way")
	}
	if _, ok := n.sides[0].Chosen(RTP, n.now); ok || n.sent > 4*mostAsked {
		t.Errorf("%d questions to nobody", n.sent)
	}
}

// TestConsent: the chosen pair is asked for as long as the call lasts; whoever has gone gets nothing more after half a minute.
func TestConsent(t *testing.T) {
	interop.Proves(t, "S4.8")
	n := meet(t, setup{components: 1})
	if !n.run(14*time.Second, n.done) {
		t.Fatal("no way")
	}
	before := n.sent
	n.run(5*time.Minute, func() bool { return false })
	if _, ok := n.sides[0].Chosen(RTP, n.now); !ok || n.sides[0].Lost(n.now) {
		t.Error("consent is gone while the other side is there")
	}
	if asked := n.sent - before; asked > 400 || asked < 150 { // two sides, each answered, every five seconds
		t.Errorf("%d datagrams in five minutes", asked)
	}
	n.goes(1)
	if !n.run(31*time.Second, func() bool { return n.sides[0].Lost(n.now) }) {
		t.Error("it is not told that the other side has gone")
	}
	if _, ok := n.sides[0].Chosen(RTP, n.now); ok {
		t.Error("sound goes on to nobody")
	}
}

// TestLite: a peer that only answers, as ice-lite ones do.
func TestLite(t *testing.T) {
	n := meet(t, setup{components: 2})
	lite := n.sides[1]
	if !n.run(5*time.Second, func() bool {
		lite.wakes = n.now.Add(time.Hour) // it never asks
		return n.sides[0].Done()
	}) {
		t.Error("no way to a peer that only answers")
	}
}

// TestWorksAndIsNotChosen: the sound stays where it can go, be it that the other side never chooses, or that it takes none of our choices. Once nobody
// is there, that is told.
func TestWorksAndIsNotChosen(t *testing.T) {
	for name, begin := range map[string]func(n *network){
		"it answers only": func(n *network) {
			n.sides[0].controlling, n.sides[1].controlling = false, true
			n.sides[1].mute = true
		},
		"it refuses": func(n *network) { n.sides[1].refuses = true },
	} {
		n := meet(t, setup{components: 2})
		begin(n)
		a, b := n.sides[0], n.sides[1]
		n.run(2*time.Minute, func() bool { return false })
		for of := RTP; of <= RTCP; of++ {
			if to, ok := a.Chosen(of, n.now); !ok || to != b.nat[of] || a.Done() {
				t.Errorf("%s: component %d goes to %v, %v", name, of, to, ok)
			}
		}
		if a.Lost(n.now) || a.Failed() || b.refused > 2 {
			t.Errorf("%s: lost %v, failed %v, nominated %d times", name, a.Lost(n.now), a.Failed(), b.refused)
		}
		n.goes(1)
		n.run(31*time.Second, func() bool { return false })
		if _, ok := a.Chosen(RTP, n.now); ok || !a.Lost(n.now) {
			t.Errorf("%s: nobody is there, lost %v", name, a.Lost(n.now))
		}
	}
}

// TestBestAreTried: of more candidates than are tried it is the best, in whatever order they come; there is room for those that nobody names; and one
// that is named later is tried too.
func TestBestAreTried(t *testing.T) {
	n := meet(t, setup{components: 1})
	a, b := n.sides[0], n.sides[1]
	var all []Candidate
	for port := range uint16(60) {
		c := newCandidate(Seen, RTP, netip.AddrPortFrom(netip.MustParseAddr("192.0.2.1"), 5000+port), b.at[RTP])
		c.Priority -= 1000
		all = append(all, c)
	}
	best := newCandidate(Host, RTP, b.at[RTP], b.at[RTP])
	a.Agent = New(Config{Own: a.own, Theirs: a.theirs, Candidates: append(all, best, best), Components: 1, Controlling: true, Local: a.at[RTP].Addr()}, n.now)
	if a.pairs[0].Addr != best.Addr || len(a.pairs) != MostPairs-mostPeer {
		t.Errorf("%d pairs, the first to %v", len(a.pairs), a.pairs[0].Addr)
	}
	for port := range uint16(20) {
		a.Receive(RTP, b.ask([12]byte{byte(port)}, RTP, false), netip.AddrPortFrom(netip.MustParseAddr("198.51.100.9"), 6000+port), n.now)
	}
	a.Named(append(all, newCandidate(Host, RTP, addr("192.0.2.2:1"), addr("192.0.2.2:1"))))
	if a.peers != mostPeer || len(a.pairs) != MostPairs {
		t.Errorf("%d pairs, %d of them not named", len(a.pairs), a.peers)
	}

	n = meet(t, setup{components: 1, nat: [2]bool{true, false}})
	a, b = n.sides[0], n.sides[1]
	a.Agent = New(Config{Own: a.own, Theirs: a.theirs, Candidates: all[:3], Components: 1, Controlling: true, Local: a.at[RTP].Addr()}, n.now)
	b.mute = true
	n.run(time.Second, func() bool { return false })
	a.Named([]Candidate{all[0], best})
	a.wakes = n.now
	if !n.run(5*time.Second, a.Done) {
		t.Error("what is named later is not tried")
	}
}

// TestStrangersAreNotAnswered: without the right name and signature there is no answer and no change; to whoever has them there are fewer bytes out
// than in.
func TestStrangersAreNotAnswered(t *testing.T) {
	interop.Proves(t, "S4.8")
	n := meet(t, setup{components: 1})
	a, b := n.sides[0], n.sides[1]
	stranger := addr("198.51.100.9:5000")
	id := [12]byte{1, 2, 3}
	good := b.ask(id, RTP, false)
	out, heard := a.Receive(RTP, good, b.at[RTP], n.now)
	if !heard || len(out) != 1 || len(out[0].Data) >= len(good) {
		t.Fatalf("%v, %d bytes for %d", heard, len(out[0].Data), len(good))
	}
	for i := range good {
		bad := append([]byte(nil), good...)
		bad[i] ^= 0x40
		if out, heard := a.Receive(RTP, bad, stranger, n.now); heard || out != nil {
			t.Errorf("with octet %d changed it is answered", i)
		}
	}
	other := *b.Agent
	other.theirs = NewCredentials()
	other.theirs.Name = a.own.Name
	if out, heard := a.Receive(RTP, other.ask(id, RTP, true), stranger, n.now); heard || out != nil || a.Proven(RTP, stranger) {
		t.Error("whoever knows the name alone is answered")
	}
	if out, heard := a.Receive(RTCP, good, b.at[RTP], n.now); heard || out != nil {
		t.Error("a component that is not used is answered")
	}
	// Nobody can have the phone try more than so many addresses.
	for port := range uint16(500) {
		from := netip.AddrPortFrom(stranger.Addr(), 6000+port)
		a.Receive(RTP, good, from, n.now)
	}
	if len(a.pairs) > 1+mostPeer || len(a.proven[RTP]) > MostPairs {
		t.Errorf("%d pairs, %d proven", len(a.pairs), len(a.proven[RTP]))
	}
}

// TestAnswersFromElsewhere: an answer that comes from another address than was asked proves nothing.
func TestAnswersFromElsewhere(t *testing.T) {
	n := meet(t, setup{components: 1})
	a, b := n.sides[0], n.sides[1]
	out, _ := a.Tick(n.now)
	answer, _ := b.Receive(RTP, out[0].Data, a.at[RTP], n.now)
	if _, heard := a.Receive(RTP, answer[0].Data, addr("198.51.100.9:5000"), n.now); heard {
		t.Error("it is taken")
	}
	if _, ok := a.Chosen(RTP, n.now); ok {
		t.Error("and a way is found")
	}
	if _, heard := a.Receive(RTP, answer[0].Data, b.at[RTP], n.now); !heard {
		t.Error("from where it was asked it is not")
	}
}
