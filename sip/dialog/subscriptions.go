package dialog

import (
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"
)

const (
	// MostSubscriptions is how many subscriptions a user agent has at most, beside those that were stopped and whose end waits for the server.
	MostSubscriptions = 500
	// subscribesAtOnce is how many SUBSCRIBEs are without an answer at a time: a list of colleagues must not flood the server, and calls
	// go between.
	subscribesAtOnce = 4
)

// unasked are the event packages that the server may tell of without a subscription: RFC 3842 as many phone systems do it, and the request to
// register again.
var unasked = []string{"message-summary", "check-sync"}

// allowedEvents are those that a NOTIFY may be about.
const allowedEvents = "refer, message-summary, check-sync, dialog, presence"

// subscriptions are those of a user agent: only while the account is registered is anything sent for them, and a new flow makes them all new,
// for what is on the way to the old one is lost.
type subscriptions struct {
	ua       *UA
	all      []*Subscription
	byDialog map[string]*Subscription // by dialogKey
	queue    []*Subscription          // whose SUBSCRIBE is due, in order
	sent     int                      // without an answer
	round    int                      // counts the times that what is on its way was given up
	up       bool
	ended    bool
	flow     subscribedBy
	movedAt  time.Time // when the flow became another one
	moves    int       // how often in a row that was soon after the time before
	load     pacing    // of the server's 503s
	held     time.Time // until when nothing is sent because of one; zero while it is
	stopHold func()    // of the timer for that
	done     func()    // when the last one has left
}

// subscribedBy is the way that the notifier knows us by. With TCP and TLS it is the connection: a server reaches a phone behind a NAT by no other,
// and one that is new is another way though the addresses are the same.
type subscribedBy struct {
	server  hop
	contact string
	own     netip.AddrPort // our end of the connection
}

// Subscribe subscribes to a state at the account's server, for as long as the account is registered. It is nil when there are
// [MostSubscriptions] of them.
func (ua *UA) Subscribe(w Watch) *Subscription {
	if ua.subs.ended || ua.subs.wanted() >= MostSubscriptions {
		return nil
	}
	s := &Subscription{ua: ua, watch: w, expires: subscriptionLife, stop: func() {}, stopFade: func() {}}
	ua.subs.all = append(ua.subs.all, s)
	s.due()
	return s
}

// wanted is how many there are that nobody has stopped.
func (l *subscriptions) wanted() (n int) {
	for _, s := range l.all {
		if s.phase != leaving {
			n++
		}
	}
	return n
}

func lifeText(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

// registered is each 2xx to a REGISTER. By the flow that the subscriptions were made on they go on.
func (l *subscriptions) registered() {
	r := l.ua.reg
	now := subscribedBy{server: r.reached}
	if r.reached.network.streamed() {
		now.own = r.boundBy
	}
	if r.contact != nil {
		now.contact = r.contact.Address.String()
	}
	if l.up && now == l.flow || l.ended {
		return
	}
	if now.server != l.flow.server { // the 503 was another's
		l.release()
	}
	l.flow, l.up = now, true
	l.drop()
	pause := l.moved()
	for _, s := range slices.Clone(l.all) {
		if s.phase == leaving {
			s.left()
			continue
		}
		s.rest() // what was known is believed until its notifier says otherwise, or the SUBSCRIBE fails
		s.pacing = pacing{}
		s.startOver()
		if pause > 0 {
			s.wait(pause, s.due)
		} else {
			s.due()
		}
	}
}

// moved notes that the flow is another one, and tells how long the subscriptions wait for it to last. After one that has lasted they do not wait: but
// a server may close each connection soon, and a SUBSCRIBE that opens the next one makes another flow.
func (l *subscriptions) moved() (pause time.Duration) {
	now := l.ua.now()
	if l.movedAt.IsZero() || now.Sub(l.movedAt) > steadyFlow {
		l.moves = 0
	} else {
		l.moves++
		pause = halfOrMore(min(retryBrisk<<min(l.moves-1, 10), retryRefusedMax))
	}
	l.movedAt = now
	return pause
}

// lost is a registration that is not up any more: what the notifiers would tell does not reach us.
func (l *subscriptions) lost() {
	if !l.up || l.ended {
		return
	}
	l.up = false
	l.drop()
	for _, s := range slices.Clone(l.all) {
		if s.phase == leaving {
			s.left()
			continue
		}
		s.restFor(0)
	}
}

// drop forgets what is queued or on its way.
func (l *subscriptions) drop() {
	for _, s := range l.all {
		if s.x != nil {
			s.x.abandon()
			s.x = nil
		}
	}
	l.queue, l.sent = nil, 0
	l.round++
}

// enqueue has a subscription sent when its turn comes.
func (l *subscriptions) enqueue(s *Subscription) {
	if !slices.Contains(l.queue, s) {
		l.queue = append(l.queue, s)
	}
	l.pump()
}

// pump sends what may be sent.
func (l *subscriptions) pump() {
	for l.held.IsZero() && len(l.queue) > 0 && l.sent < subscribesAtOnce {
		s := l.queue[0]
		l.queue = l.queue[1:]
		if s.phase == queued || s.phase == leaving {
			s.send()
		}
	}
}

// taken counts one SUBSCRIBE that is sent, and free the same one when nothing is waited for any more.
func (l *subscriptions) taken() (round int) {
	l.sent++
	return l.round
}

func (l *subscriptions) free(round int) {
	if round == l.round && l.sent > 0 {
		l.sent--
		l.pump()
	}
}

// overloaded is a 503 to a SUBSCRIBE, and the least pause that it asks for. It speaks of the whole server, whomever the SUBSCRIBE was about (RFC 3261
// §21.5.4): nothing is sent until the pause is over. The 503s to what was on its way then make it no longer, unless they ask for that.
func (l *subscriptions) overloaded(least time.Duration) {
	now, pause := l.ua.now(), least
	if l.held.IsZero() {
		pause = max(least, l.load.afterUnwilling())
	}
	until := now.Add(pause)
	if !until.After(l.held) {
		return
	}
	l.stopHold()
	l.held, l.stopHold = until, l.ua.after(pause, func() {
		l.release()
		l.pump()
	})
}

// release ends the pause after a 503.
func (l *subscriptions) release() {
	l.stopHold()
	l.held, l.stopHold = time.Time{}, func() {}
}

// forget removes a subscription that has ended.
func (l *subscriptions) forget(s *Subscription) {
	l.all = slices.DeleteFunc(l.all, func(o *Subscription) bool { return o == s })
	l.queue = slices.DeleteFunc(l.queue, func(o *Subscription) bool { return o == s })
	if done := l.done; done != nil && len(l.all) == 0 {
		l.done = nil
		done()
	}
}

// end ends them all and calls done once that is answered, or is not in a second.
func (l *subscriptions) end(done func()) {
	l.ended = true
	if len(l.all) == 0 || l.done != nil {
		done()
		return
	}
	l.done = done
	for _, s := range slices.Clone(l.all) {
		s.leave()
	}
	l.ua.after(signOffPatience, func() {
		for _, s := range slices.Clone(l.all) {
			s.left()
		}
	})
}

func (l *subscriptions) stopTimers() {
	l.stopHold()
	for _, s := range l.all {
		s.stop()
		s.stopFade()
	}
}

// notifiedUnasked is a NOTIFY that belongs to no dialog. The account's own server may send some; nobody else may.
func (ua *UA) notifiedUnasked(st *serverTx) {
	event, _ := eventOf(st.req)
	if !slices.Contains(unasked, event) || !ua.trusted.Load().isServer(sourceOf(st.req)) {
		st.reply(489, sip.NewHeader("Allow-Events", allowedEvents))
		return
	}
	st.reply(200)
	if event == "check-sync" {
		ua.log.Info("the server asks the phone to register again (check-sync)")
		ua.reg.suspect()
		return
	}
	if ua.cfg.Notified != nil {
		ua.cfg.Notified(event, mediaType(st.req), st.req.Body())
	}
}
