package dialog

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/emiago/sipgo/sip"

	"linecard/fault"
)

// How soon a REGISTER, or a SUBSCRIBE, follows another. What the server might do better next time is tried again soon: silence, a server in
// trouble. What it answers for good is asked again rarely: RFC 3261 §21.4 does not have a request repeated that was
// refused, and guards such as fail2ban count what a phone asks. All pauses have jitter, against a whole site coming at
// once (RFC 5626 §4.5).
const (
	// patience is how long one REGISTER over UDP may stay without an answer before the next attempt, with the 11
	// retransmissions of RFC 3261 cut short: they would leave up to 32 s between the registrar's return and our notice.
	patience = 2500 * time.Millisecond

	// brisk is how long an outage is met with attempts every retryBrisk; a registrar that restarts is back by then.
	brisk      = 10 * time.Minute
	retryBrisk = time.Second
	retryLater = 10 * time.Second
	// retryClosed is the pause in a long outage in which the server's machine is there and says that nobody listens: it costs it nothing to say so.
	retryClosed = 3 * time.Second

	// A refused account is tried again rarely: it may have been set up in the meantime, and more attempts would lock it out.
	retryRefused    = time.Minute
	retryRefusedMax = 15 * time.Minute

	// secondLook is the pause after the first of several refusals that are neither of the user nor of the password: a
	// server that is being set up gives such answers for a moment.
	secondLook = 8 * time.Second

	// signOffPatience is how long the registrar may take to answer when we leave.
	signOffPatience = time.Second
)

// leastRefresh is the shortest time between two REGISTERs that keep a binding, however short its life: a registrar that grants a second
// gets no flood. A binding that does not live that long is told as shaky.
const leastRefresh = 3 * time.Second

// pacing is how often in a row the server has not granted something, and since when it has not: a binding, or a subscription. It tells how soon
// that is asked for again.
type pacing struct {
	refusals  int       // in a row
	downSince time.Time // zero while it is granted
}

// afterTrouble is the pause after a failure at a moment, that may be over soon: short while the outage is young.
func (p *pacing) afterTrouble(now time.Time) time.Duration { return p.after(now, retryLater) }

// after is afterTrouble where the pause is no longer than most in a long outage.
func (p *pacing) after(now time.Time, most time.Duration) time.Duration {
	if p.downSince.IsZero() {
		p.downSince = now
	}
	if now.Sub(p.downSince) > brisk {
		return halfOrMore(most)
	}
	return halfOrMore(retryBrisk)
}

// afterUnwilling is the pause after a refusal that the same request would get again, though the account may be right. It is asked again once,
// and then as rarely as after a refusal for good.
func (p *pacing) afterUnwilling() time.Duration {
	pause := halfOrMore(secondLook)
	if p.refusals > 0 {
		pause = rarely(p.refusals - 1)
	}
	p.refusals++
	return pause
}

// afterRefusal is the pause after a refusal for good.
func (p *pacing) afterRefusal() time.Duration {
	pause := rarely(p.refusals)
	p.refusals++
	return pause
}

// rarely is the pause after a number of refusals: it grows.
func rarely(refusals int) time.Duration {
	return min(retryRefused<<min(refusals, 4), retryRefusedMax)
}

// passing reports whether a refusal may be over in a moment: the server's own troubles, and its 408 and 480, which tell that
// somebody behind it did not answer. Any other says that the request will not do.
func passing(code int) bool {
	return code == sip.StatusRequestTimeout || code == sip.StatusTemporarilyUnavailable || code >= 500 && code < 600
}

// refreshAfter is when a binding is refreshed: with a tenth of its life left for trouble, at least five seconds and at
// most thirty, spread a little so that a site's phones do not come all at once.
func refreshAfter(life time.Duration) time.Duration {
	margin := min(max(life/10, 5*time.Second), 30*time.Second)
	if margin >= life/2 {
		margin = life / 2
	}
	return max(life-margin-time.Duration(rand.Int64N(int64(margin/2)+1)), life/2)
}

// refreshAfter is when our binding is refreshed. Over UDP nothing tells of a server that has restarted and no longer knows
// its phones; so there the binding is refreshed as often as a keepalive is due, in the place of it.
func (r *registration) refreshAfter(life time.Duration) time.Duration {
	d := max(refreshAfter(life), leastRefresh)
	if !r.reached.network.streamed() {
		d = min(d, spread(max(r.ua.cfg.Account.Keepalive, keepaliveDefault)))
	}
	return d
}

// lost is a failure that another address of the server might not share: it goes to the end of the list.
func (r *registration) lost(st Status) {
	r.next()
	r.failed(st)
}

// unconnected is a server that there is no connection to.
func (r *registration) unconnected(err error) {
	r.next()
	most := retryLater
	if fault.Refused(err) {
		most = retryClosed
	}
	r.failedFor(Status{Problem: CannotConnect, Err: err}, r.after(r.ua.now(), most))
}

// next puts the address in use behind the others.
func (r *registration) next() {
	r.ua.hops.doubt(r.ua.server())
	if len(r.hops) > 1 {
		r.hops = append(r.hops[1:], r.hops[0])
	}
}

// unproved is a server that there is no TLS to, or another one in its place. The next address is tried at once; when none of them
// is proved a person must act, and the pause is longer: each try costs the server a handshake.
func (r *registration) unproved(doubt *TLSError) {
	st := Status{Problem: NotProved, Err: doubt}
	if r.doubts++; doubt.Doubt == NotTLS || r.doubts%max(len(r.hops), 1) != 0 { // a server that restarts closes connections too
		r.lost(st)
		return
	}
	r.next()
	r.failedFor(st, halfOrMore(retryLater))
}

// doubted is a server that ends a connection, after the handshake, because of the certificate that the phone has or has not.
func (r *registration) doubted(to hop, doubt *TLSError) {
	if !r.wanted || to != r.reached || r.x == nil {
		return
	}
	r.stopPatience()
	r.x.abandon()
	r.x = nil
	r.round++
	r.ua.disconnect(to)
	r.unproved(doubt)
}

// silent is a REGISTER without an answer. A connection on which nothing comes back may be dead though nobody has closed it, as
// when a firewall has forgotten it: the next attempt makes a new one.
func (r *registration) silent(err error) {
	r.ua.disconnect(r.reached)
	r.lost(Status{Problem: ServerSilent, Err: err})
}

// askedToWait is a refusal with Retry-After. It is one address of the server that asks (RFC 3261 §21.5.4, RFC 3263 §4.3): another
// one is tried, and only when all have asked is the earliest of them waited for.
func (r *registration) askedToWait(st Status, pause time.Duration) {
	if st.Code == sip.StatusTemporarilyUnavailable { // it speaks of the account
		r.failedFor(st, pause)
		return
	}
	now := r.ua.now()
	r.waiting[r.reached] = now.Add(pause)
	first := now.Add(pause)
	for _, h := range r.hops {
		until := r.waiting[h]
		if !until.After(now) {
			r.lost(st)
			return
		}
		if until.Before(first) {
			first = until
		}
	}
	r.failedFor(st, first.Sub(now))
}

// willingFirst puts the hops that have not asked to wait in front, and of those that have the one that waits least.
func (r *registration) willingFirst() {
	now := r.ua.now()
	for h, until := range r.waiting {
		if !until.After(now) {
			delete(r.waiting, h)
		}
	}
	slices.SortStableFunc(r.hops, func(a, b hop) int { return r.waiting[a].Compare(r.waiting[b]) })
}

// failed plans the next attempt: soon while the outage is young.
func (r *registration) failed(st Status) { r.failedFor(st, r.afterTrouble(r.ua.now())) }

// failedFor plans the next attempt for when a pause is over.
func (r *registration) failedFor(st Status, pause time.Duration) {
	st.State = Unreachable
	r.pauseFor(st, pause)
}

// unwilling is a refusal that the same REGISTER would get again, though the account may be right. least is the pause that the server
// asks for.
func (r *registration) unwilling(st Status, least time.Duration) {
	st.State = Unreachable
	r.pauseFor(st, max(r.afterUnwilling(), least))
}

// refused is a refusal of the user or the password.
func (r *registration) refused(st Status) {
	r.bound = false
	r.pauseFor(st, r.afterRefusal())
}

func (r *registration) pauseFor(st Status, pause time.Duration) {
	r.busy = false
	st.RetryAt = r.ua.now().Add(pause)
	r.stopKeep()
	r.set(st)
	r.stopNext()
	r.stopNext = r.ua.after(pause, r.attempt)
}

// halfOrMore is a random part of a pause, half of it at least.
func halfOrMore(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) }
