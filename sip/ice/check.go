package ice

import (
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/pion/stun/v3"
)

// Tick is what to send now, and when to ask again at the latest. Whatever comes meanwhile may make it sooner: Receive says so.
func (a *Agent) Tick(now time.Time) (out []Packet, next time.Time) {
	a.choose(now)
	if !a.Done() && now.Sub(a.begun) >= patience {
		a.failed = true
	}
	next = now.Add(consentDue)
	soonest := func(t time.Time) {
		if t.Before(next) {
			next = t
		}
	}
	if now.Before(a.turn) {
		if a.any() {
			soonest(a.turn)
		}
	} else if p := a.next(now); p != nil {
		out = append(out, a.send(p, now))
		a.turn = now.Add(Pace)
		soonest(a.turn)
	}
	for _, p := range a.pairs {
		switch {
		case p != a.used(p.Component) && !p.pending():
		case p.due.Before(a.turn):
			soonest(a.turn)
		default:
			soonest(p.due)
		}
	}
	if !a.failed && !a.Done() {
		soonest(a.begun.Add(patience))
		if !a.worked.IsZero() && a.controlling && now.Before(a.worked.Add(settles)) {
			soonest(a.worked.Add(settles))
		}
	}
	if !next.After(now) {
		next = now.Add(time.Millisecond)
	}
	return out, next
}

// any reports whether something waits to be asked.
func (a *Agent) any() bool {
	for _, p := range a.pairs {
		if p.hurry || p.state == waiting && !a.settled(p.Component) {
			return true
		}
	}
	return false
}

// settled reports whether a component has its pair: the others are tried no longer (RFC 8445 §8.1.2).
func (a *Agent) settled(of Component) bool { return a.best(of, isChosen) != nil }

// next is the pair that is to be asked now; nil for none. The other side's questions are answered with one first, then what was lost is repeated, then the next best is
// tried.
func (a *Agent) next(now time.Time) *pair {
	for _, p := range a.pairs {
		if p.hurry {
			p.hurry = false
			p.begin()
			return p
		}
	}
	for _, p := range a.pairs {
		if !p.pending() || now.Before(p.due) {
			continue
		}
		if p.sent < mostAsked && (p.wanted || !a.settled(p.Component)) {
			return p
		}
		p.state, p.nominate, p.sent = broken, false, 0
	}
	for _, p := range a.pairs {
		if p == a.used(p.Component) && !p.pending() && !now.Before(p.due) { // consent
			p.id, p.sent = stun.NewTransactionID(), 0
			return p
		}
	}
	var best *pair
	for of := RTP; int(of) <= a.components; of++ {
		p := a.best(of, func(p *pair) bool { return p.state == waiting && !a.settled(of) })
		if p != nil && (best == nil || a.rank(p) > a.rank(best)) {
			best = p
		}
	}
	if best != nil {
		best.begin()
	}
	return best
}

// pending reports whether an answer is waited for that decides something.
func (p *pair) pending() bool {
	return p.sent > 0 && !p.chosen && (p.state == asking || p.nominate)
}

// begin asks anew.
func (p *pair) begin() {
	p.id, p.sent = stun.NewTransactionID(), 0
	if p.state != works {
		p.state = asking
	}
}

func (a *Agent) send(p *pair, now time.Time) Packet {
	p.sent++
	p.as = a.controlling
	if p.due = now.Add(min(again<<(p.sent-1), againMost)); !p.pending() {
		p.due = nextConsent(now)
	}
	return Packet{p.Component, p.Addr, a.ask(p.id, p.Component, p.nominate && a.controlling)}
}

// choose nominates, where that is ours: the best pair that works, once nothing better can be hoped for.
func (a *Agent) choose(now time.Time) {
	if !a.controlling {
		return
	}
	for of := RTP; int(of) <= a.components; of++ {
		p := a.best(of, func(p *pair) bool { return p.state == works && !p.refused })
		if p == nil || a.settled(of) || a.best(of, func(q *pair) bool { return q.nominate && q.state == works }) != nil {
			continue
		}
		better := a.best(of, func(q *pair) bool { return q.state == waiting || q.state == asking })
		if better != nil && a.rank(better) > a.rank(p) && now.Sub(a.worked) < settles {
			continue
		}
		p.nominate, p.hurry = true, true
	}
}

// Receive takes a STUN message. heard is false for one that is not the other side's: it changes nothing and gets no answer. After one that is
// there may be something to send, which Tick tells.
func (a *Agent) Receive(of Component, data []byte, src netip.AddrPort, now time.Time) (out []Packet, heard bool) {
	if int(of) > a.components {
		return nil, false
	}
	m, ok := a.read(data)
	if !ok {
		return nil, false
	}
	switch m.Type.Class {
	case stun.ClassRequest:
		q, ok := asked(m)
		if !ok {
			return nil, false
		}
		return a.asked(of, q, src), true
	case stun.ClassSuccessResponse, stun.ClassErrorResponse:
		return nil, a.answered(of, m, src, now)
	}
	return nil, false
}

// asked takes a question of the other side's (RFC 8445 §7.3).
func (a *Agent) asked(of Component, q question, src netip.AddrPort) []Packet {
	if q.controlling == a.controlling {
		if a.controlling == (a.tie >= q.tie) { // whoever controls and has the greater number goes on, and so does who is controlled and has the lesser
			return []Packet{{of, src, a.conflict(q)}}
		}
		a.changeRole()
	}
	p := a.pair(of, src)
	if p == nil && a.peers < mostPeer {
		if p = a.made(Candidate{Foundation: "peer", Component: of, Priority: q.priority & (1<<31 - 1), Addr: src, Kind: Peer}); p != nil {
			a.pairs = append(a.pairs, p)
			a.peers++
		}
	}
	a.prove(of, src)
	out := []Packet{{of, src, a.answer(q, src)}}
	if p == nil {
		return out
	}
	p.wanted = p.wanted || q.nominates && !a.controlling
	switch {
	case p.state == works && p.wanted && !p.chosen:
		p.chosen, p.due = true, p.heard.Add(consentDue)
	case p.state == waiting, p.state == broken, p.state == asking && p.sent > 1:
		p.hurry = !a.settled(of) || p.wanted
	}
	return out
}

// answered takes an answer to a question of ours (RFC 8445 §7.2.5).
func (a *Agent) answered(of Component, m *stun.Message, src netip.AddrPort, now time.Time) bool {
	var p *pair
	for _, q := range a.pairs {
		if q.Component == of && q.sent > 0 && q.id == m.TransactionID {
			p = q
		}
	}
	if p == nil || p.Addr != src { // from elsewhere the way would be another one in each direction (§7.2.5.2.1)
		return false
	}
	p.id, p.sent = [stun.TransactionIDSize]byte{}, 0
	if m.Type.Class == stun.ClassErrorResponse {
		var code stun.ErrorCodeAttribute
		switch conflict := code.GetFrom(m) == nil && code.Code == stun.CodeRoleConflict; {
		case conflict:
			a.giveWay(p.as)
			p.hurry = true
		case p.state == asking:
			p.state = broken
		case p.nominate && !p.chosen: // the pair works all the same; another one may be agreed on
			p.nominate, p.refused = false, true
		}
		return true
	}
	if p.heard = now; a.worked.IsZero() {
		a.worked = now
	}
	p.state, p.due = works, nextConsent(now)
	a.prove(of, src)
	p.chosen = p.chosen || p.wanted && !a.controlling || p.nominate && a.controlling
	return true
}

// giveWay changes our role, since the other side has the same and keeps it (RFC 8445 §7.2.5.1).
func (a *Agent) giveWay(was bool) {
	if a.controlling != was { // it was changed since
		return
	}
	a.tie = rand.Uint64()
	a.changeRole()
}

// changeRole has the other side choose, or us; what was about to be chosen is not.
func (a *Agent) changeRole() {
	a.controlling = !a.controlling
	for _, p := range a.pairs {
		p.nominate = false
	}
}

// nextConsent is when the pair in use is asked next (RFC 7675 §5.1).
func nextConsent(now time.Time) time.Time { return now.Add(consentDue*4/5 + rand.N(consentDue*2/5)) }
