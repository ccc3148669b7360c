package media

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"linecard/sip/ice"
	"linecard/sip/sdp"
)

// The search for the way, where both sides have agreed on ICE: its questions and answers share the ports with the sound (RFC 7983). Until there is a way
// nothing is sent, and nothing but what comes from whoever has signed something is heard. Where none is found the call goes on as without ICE, by the addresses that
// signalling names.

// ways are where a port's packets come from and go to by ICE.
type ways struct {
	search bool             // ICE decides
	chosen netip.AddrPort   // not valid before there is one
	proven []netip.AddrPort // whence the peer has signed something
}

// followed reports whether the stream comes from an address.
func (l *latch) followed(src netip.AddrPort) bool {
	if l.search {
		return slices.Contains(l.proven, src)
	}
	return src == l.locked
}

// search is one for the way.
type search struct {
	s      *Session
	agreed *sdp.ICE
	wake   chan struct{}
	stop   chan struct{}

	mu     sync.Mutex
	agent  *ice.Agent
	before [parts]ways // that an earlier search has found, until this one has found one or given up
	over   bool
	found  bool // there is a way for the sound
	failed bool // there is none
}

// seek begins the search that was agreed on, unless it goes on already, and ends another one; nil ends any. What was found before holds until the new one finds something.
func (s *Session) seek(agreed *sdp.ICE) {
	s.seeking.Lock()
	defer s.seeking.Unlock()
	old := s.search.Load()
	switch {
	case s.sought:
		return
	case old != nil && old.agreed.Same(agreed):
		if agreed != nil {
			old.named(agreed.Candidates)
		}
		return
	}
	if old != nil {
		old.end()
	}
	if agreed == nil {
		if old != nil {
			s.search.Store(nil)
			s.follow(ways{}, ways{})
		}
		return
	}
	n := &search{
		s: s, agreed: agreed, wake: make(chan struct{}, 1), stop: make(chan struct{}),
		agent: ice.New(ice.Config{
			Own: agreed.Ours, Theirs: agreed.Theirs, Candidates: agreed.Candidates, Components: agreed.Components, Controlling: agreed.Controlling,
			Local: s.socket.Load().Addr().Addr(),
		}, time.Now()),
	}
	n.before = [parts]ways{{search: true}, {search: true}}
	if old != nil {
		n.before = old.last()
	}
	s.search.Store(n)
	n.mu.Lock()
	n.tell(time.Now())
	n.mu.Unlock()
	s.done.Go(n.run)
}

// endSearch is the end of any search.
func (s *Session) endSearch() {
	s.seek(nil)
	s.seeking.Lock()
	defer s.seeking.Unlock()
	s.sought = true
	if n := s.search.Swap(nil); n != nil {
		n.end()
	}
}

// follow has packets take the ways there are.
func (s *Session) follow(sound, reports ways) {
	s.recv.mu.Lock()
	s.recv.latch.ways = sound
	s.recv.mu.Unlock()
	s.report.mu.Lock()
	s.report.ways = reports
	s.report.mu.Unlock()
	s.aim()
}

// nameable tells of an address whether it is the peer's for a handshake of its reports.
func (r *reporter) nameable(src netip.AddrPort, possible bool) (named, may bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.search {
		known := slices.Contains(r.proven, src)
		return known, known
	}
	return src == r.remote, possible
}

// run asks what is due until the search is over.
func (n *search) run() {
	for {
		n.mu.Lock()
		now := time.Now()
		out, next := n.agent.Tick(now)
		n.tell(now)
		n.mu.Unlock()
		n.send(out)
		t := time.NewTimer(time.Until(next))
		select {
		case <-t.C:
		case <-n.wake:
		case <-n.stop:
			t.Stop()
			return
		case <-n.s.stop:
			t.Stop()
			return
		}
		t.Stop()
	}
}

// named takes what the other side names in a search that goes on.
func (n *search) named(all []ice.Candidate) {
	n.mu.Lock()
	n.agent.Named(all)
	n.mu.Unlock()
	n.hurry()
}

// hurry has the agent say at once what is due.
func (n *search) hurry() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

func (n *search) end() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.over {
		n.over = true
		close(n.stop)
	}
}

// take is a STUN message that came to a port; false where it is not the peer's.
func (n *search) take(of part, data []byte, src netip.AddrPort) bool {
	n.mu.Lock()
	now := time.Now()
	out, heard := n.agent.Receive(component(of), data, src, now)
	if heard {
		n.tell(now)
	}
	n.mu.Unlock()
	if !heard {
		return false
	}
	n.send(out)
	n.hurry()
	return true
}

func component(of part) ice.Component {
	if of == forRTCP {
		return ice.RTCP
	}
	return ice.RTP
}

// tell has packets go where the agent says. n.mu is held.
func (n *search) tell(now time.Time) {
	if n.over {
		return
	}
	sound, found := n.ways(forRTP, now)
	reports, both := n.ways(forRTCP, now)
	reports.search = reports.search && n.agreed.Components == 2
	failed := !found && n.agent.Failed()
	for of, over := range [parts]bool{forRTP: found || failed, forRTCP: both || failed} {
		if over {
			n.before[of] = ways{search: true}
		}
	}
	switch {
	case failed && !n.failed:
		n.s.log.Info("media: no way was found by ICE")
		n.report(false)
	case n.found && !found:
		n.s.log.Info("media: the other side no longer answers by ICE")
		n.report(false)
	case found && !n.found: // for the sound: reports are not worth more
		n.s.log.Info("media: a way was found by ICE")
		n.report(true)
	}
	first := found && !n.found
	if n.found, n.failed = found, failed; n.failed { // as without
		sound, reports = ways{}, ways{}
	}
	n.s.follow(sound, reports)
	if first {
		n.s.send.first()
	}
}

func (n *search) report(found bool) {
	if n.s.onWay != nil {
		n.s.onWay(found)
	}
}

// ways are those of a port: what an earlier search has found holds until this one finds something. They are few, however often there is another search.
func (n *search) ways(of part, now time.Time) (w ways, found bool) {
	w = ways{search: true, proven: n.agent.ProvenAddrs(component(of))}
	w.chosen, found = n.agent.Chosen(component(of), now)
	before := n.before[of]
	if !found && !before.search { // an earlier one has found none: as without, until this one does
		return ways{}, false
	}
	for _, src := range before.proven {
		if len(w.proven) < ice.MostPairs && !slices.Contains(w.proven, src) {
			w.proven = append(w.proven, src)
		}
	}
	if !found {
		w.chosen = before.chosen
	}
	return w, found
}

// last is what the search has found when it ends.
func (n *search) last() (found [parts]ways) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.failed {
		return found
	}
	for of := range parts {
		found[of], _ = n.ways(of, time.Now())
	}
	return found
}

// send sends what the agent says. What is not taken is as lost as any datagram.
func (n *search) send(out []ice.Packet) {
	socket := n.s.socket.Load()
	for _, p := range out {
		conn := [...]*net.UDPConn{socket.rtp, socket.rtcp}[min(max(int(p.Component)-1, 0), 1)]
		if err := writeWithin(conn, p.Data, p.To, time.Now()); err != nil {
			n.s.log.Debug("media: question of ICE not sent", "err", err)
		}
	}
}
