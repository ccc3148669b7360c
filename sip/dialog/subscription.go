package dialog

import (
	"errors"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"
)

// Package is an event package (RFC 6665 §7.2), as one of two ways to be told of a state.
type Package struct {
	Event  string // its name: "dialog", "presence", "message-summary"
	Accept string // media type of its notifications, in lower case
}

// Watch is what a subscription is to (RFC 6665).
type Watch struct {
	Package
	Second Package // asked for where the server has no such events as the first ones; zero for none
	User   string  // whose state, at the account's server; "" means the account's own

	// Notify is told each notification, on the queue, and when there is none to rely on any more.
	Notify func(Notification)
}

// Notification is what a subscription tells.
type Notification struct {
	Up    bool   // the subscription is up. Without, nothing is known until the next notification
	First bool   // of a new subscription: what its notifier has said before counts no longer
	Event string // the package that tells it; that of the watch, or the second one
	Body  []byte // as Accept says; empty where the notifier has nothing to say yet. It must not be kept

	// Refused is the status that the server has refused the subscription with, 0 for none: a user or event that it does not know.
	Refused int
}

// phase is what a subscription is doing.
type phase int

const (
	resting phase = iota // until the registration is up, or the pause after a failure is over
	queued               // to be sent when its turn comes
	asking               // a SUBSCRIBE is on its way
	watched              // it is granted, until the refresh is due
	leaving              // the SUBSCRIBE that ends it is queued or on its way
	gone
)

// Subscription is one subscription, kept up for as long as the account is registered and Stop is not called. It has one dialog at a time: of
// the notifiers that a SUBSCRIBE may reach by a fork the first one is believed (RFC 6665 §4.1.2.4).
type Subscription struct {
	ua    *UA
	watch Watch
	packages
	pacing
	phase    phase
	callID   string
	localTag string
	seq      uint32
	d        *dialog // once a NOTIFY has come
	x        *exchange
	expires  time.Duration // asked for; raised by 423
	briefs   int           // 423s since it was granted last
	since    time.Time     // when the dialog in use was asked for
	ends     time.Time     // when the notifier ends it, unless it is refreshed
	dueAt    time.Time     // when it is refreshed
	wants    wants         // what has been asked for out of turn
	up       bool          // what Watch.Notify was told last
	stop     func()        // of the timer that runs
	stopFade func()        // of the one that ends the belief in what a dialog that was given up has told
}

// subscriptionLife is how long a subscription is asked for.
const subscriptionLife = 10 * time.Minute

// firstNotify is how long the first NOTIFY may take after the SUBSCRIBE was granted: Timer N of RFC 6665 §4.1.2.4.
func firstNotify() time.Duration { return 64 * sip.T1 }

// briefLife is the life of a subscription that a notifier has ended too soon to be asked for it again at once.
const briefLife = 30 * time.Second

var errNoNotification = errors.New("no NOTIFY came")

// begin gives the subscription a dialog of its own, in place of the one it may have had.
func (s *Subscription) begin() {
	s.forgetDialog()
	s.callID, s.localTag, s.seq = uuid.NewString(), newTag(), 0
	s.ua.subs.byDialog[dialogKey(s.callID, s.localTag)] = s
}

// forgetDialog has the notifications of the dialog answered 481 from now on, which ends them.
func (s *Subscription) forgetDialog() {
	delete(s.ua.subs.byDialog, dialogKey(s.callID, s.localTag))
	s.d = nil
}

// send sends the SUBSCRIBE that is due: the first of a dialog, one that refreshes it, or one that ends it.
func (s *Subscription) send() {
	life := s.expires
	if s.phase == leaving {
		life = 0
	} else {
		s.phase = asking
	}
	fill := func(req *sip.Request) {
		req.AppendHeader(sip.NewHeader("Event", s.asks().Event))
		req.AppendHeader(sip.NewHeader("Accept", s.asks().Accept))
		req.AppendHeader(sip.NewHeader("Expires", lifeText(life)))
	}
	round := s.ua.subs.taken()
	var x *exchange
	on := func(res *sip.Response, err error) {
		if err == nil && res.StatusCode < 200 {
			return
		}
		if s.x == x && s.phase != gone {
			s.x = nil
			s.answered(res, err)
		}
		s.ua.subs.free(round) // not before it: a 503 has the next one wait
	}
	if s.d != nil {
		x = s.d.subscribe(s.ua, fill, on)
	} else {
		if s.seq == 0 {
			s.since = s.ua.now()
		}
		x = s.first(fill, on)
	}
	s.x = x
	x.start()
}

// subscribe makes the exchange of a SUBSCRIBE inside the dialog.
func (d *dialog) subscribe(ua *UA, fill func(*sip.Request), on func(*sip.Response, error)) *exchange {
	return d.newExchange(ua, sip.SUBSCRIBE, func(req *sip.Request, _ hop) error {
		fill(req)
		return nil
	}, on)
}

// first makes the exchange of the SUBSCRIBE that has no dialog yet. It goes where the account's calls go.
func (s *Subscription) first(fill func(*sip.Request), on func(*sip.Response, error)) *exchange {
	ua := s.ua
	uri := ua.self()
	if s.watch.User != "" {
		uri.User = escapeUser(s.watch.User)
	}
	from, to := &sip.FromHeader{Address: ua.self()}, &sip.ToHeader{Address: uri}
	from.Params.Add("tag", s.localTag)
	uri.Port = ua.domain().Port
	routes := ua.routeSet()
	return &exchange{ua: ua, call: s.callID, to: ua.firstHop(uri, routes), on: on, build: func(h hop) (*sip.Request, error) {
		s.seq++
		req := ua.newRequest(sip.SUBSCRIBE, uri, from, to, s.callID, s.seq)
		for _, u := range routes {
			req.AppendHeader(&sip.RouteHeader{Address: u})
		}
		req.AppendHeader(ua.contactFor(h, secure(uri)))
		req.AppendHeader(sip.NewHeader("Allow", allowed))
		req.AppendHeader(sip.NewHeader("Allow-Events", allowedEvents))
		fill(req)
		return req, nil
	}}
}

// answered takes the final answer to a SUBSCRIBE, or the failure to get one (RFC 6665 §4.1.2).
func (s *Subscription) answered(res *sip.Response, err error) {
	var least time.Duration // the pause that is asked for
	if err == nil {
		after, _ := seconds(header(res, "Retry-After"))
		least = min(time.Duration(after)*time.Second, time.Hour)
		if res.StatusCode == sip.StatusServiceUnavailable {
			s.ua.subs.overloaded(least)
		}
	}
	if s.phase == leaving {
		s.left()
		return
	}
	if s.phase != asking { // a NOTIFY has ended it
		return
	}
	if err != nil {
		s.failed(err)
		return
	}
	switch code := res.StatusCode; {
	case code < 300:
		s.granted(res)
	case code == sip.StatusCallTransactionDoesNotExists && s.d != nil: // the server has forgotten it, as by a restart
		s.again()
	case code == sip.StatusIntervalToBrief:
		n, ok := seconds(header(res, "Min-Expires"))
		asked := time.Duration(n) * time.Second
		if !ok || asked <= s.expires || asked > 24*time.Hour || s.briefs > 0 {
			s.refused(code, s.afterUnwilling())
			return
		}
		s.briefs++
		s.expires = asked
		s.due()
	case lacksEvents(code):
		if s.other() {
			s.again()
			return
		}
		s.refused(code, 0)
	case code == 401 || code == 407 || code == 403 || code == 404 || code == 410 || code == 604:
		s.refused(code, s.afterRefusal())
	case passing(code): // of one colleague or of the server: asked for each of a whole list, so not as soon as a registration
		s.giveUp(max(s.afterUnwilling(), least))
	default:
		s.refused(code, max(s.afterUnwilling(), least))
	}
}

// granted is a 2xx. The state comes by a NOTIFY, which may have been here before it.
func (s *Subscription) granted(res *sip.Response) {
	s.briefs = 0
	s.ua.subs.load = pacing{}
	life := s.expires
	if n, ok := seconds(header(res, "Expires")); ok {
		life = min(life, time.Duration(n)*time.Second)
	}
	if life <= 0 {
		s.refused(res.StatusCode, s.afterUnwilling())
		return
	}
	s.changed = false
	s.phase, s.ends = watched, s.ua.now().Add(life)
	if s.d == nil {
		s.wait(min(firstNotify(), life), s.unheard)
		return
	}
	s.steady()
	s.refresh()
}

// steady forgets the failures before a subscription that has lived for a while.
func (s *Subscription) steady() {
	if s.ua.now().Sub(s.since) > briefLife {
		s.pacing = pacing{}
	}
}

// refresh plans the refresh of the subscription, which is granted and heard, for a moment before it ends.
func (s *Subscription) refresh() {
	s.trying = false
	now := s.ua.now()
	pause := max(refreshAfter(max(s.ends.Sub(now), 0)), leastRefresh)
	s.dueAt = now.Add(pause)
	s.wait(pause, s.due)
}

// failed is a SUBSCRIBE without an answer. Where the whole server is away the registration notices it, and all are asked for again with its next
// flow; a server that answers everything but this is not asked for each of a whole list every second.
func (s *Subscription) failed(err error) {
	s.ua.log.Debug("subscription", "event", s.asks().Event, "error", err)
	s.giveUp(s.afterUnwilling())
}

// unheard is a SUBSCRIBE that was granted, without the NOTIFY that has to follow it.
func (s *Subscription) unheard() {
	s.ua.log.Debug("subscription", "event", s.asks().Event, "error", errNoNotification)
	s.giveUp(s.afterUnwilling())
}

// refused is a refusal that is told. Without a pause it is asked again when the registration has another flow.
func (s *Subscription) refused(code int, pause time.Duration) {
	if s.back() {
		return
	}
	s.restFor(pause)
	s.tell(Notification{Refused: code})
}

// giveUp rests for a pause after a failure, unless it was one of the package that is tried again.
func (s *Subscription) giveUp(pause time.Duration) {
	if !s.back() {
		s.restFor(pause)
	}
}

// restFor gives the dialog up and asks for another one after a pause, or with the next flow where the pause is 0.
func (s *Subscription) restFor(pause time.Duration) {
	s.rest()
	s.tell(Notification{})
	if pause > 0 {
		s.wait(pause, s.due)
	}
}

// again asks for a dialog at once, in the place of one that has ended.
func (s *Subscription) again() {
	s.rest()
	s.due()
}

// rest gives up the dialog and what is on its way. What the dialog has told is believed until it would have ended, and for as long as the first
// notification of another one may take; but what is asked for in its place may have to wait, as for a server that is overloaded.
func (s *Subscription) rest() {
	s.halt()
	s.forgetDialog()
	s.phase = resting
	s.stopFade()
	s.stopFade = func() {}
	if s.up {
		s.stopFade = s.ua.after(max(s.ends.Sub(s.ua.now()), firstNotify()), s.fade)
	}
}

// fade has nothing known any more, unless another dialog has told it.
func (s *Subscription) fade() {
	if s.d == nil {
		s.tell(Notification{})
	}
}

// halt stops the timer and the exchange.
func (s *Subscription) halt() {
	s.stop()
	s.stop = func() {}
	if s.x != nil {
		s.x.abandon()
		s.x = nil
		s.ua.subs.free(s.ua.subs.round)
	}
}

// due queues the SUBSCRIBE that is due.
func (s *Subscription) due() {
	if s.phase == gone || s.phase == leaving || !s.ua.subs.up {
		return
	}
	if s.try() {
		s.rest()
	}
	if s.d == nil && s.phase != asking {
		s.begin()
	}
	if s.wants.waiting {
		s.wants.waiting, s.wants.last = false, s.ua.now()
	}
	s.phase = queued
	if s.d != nil && !s.ends.IsZero() {
		s.wait(max(s.ends.Sub(s.ua.now()), 0), s.lapsed)
	}
	s.ua.subs.enqueue(s)
}

// lapsed is a subscription that has ended while its refresh waited for its turn: what was told is not known any more.
func (s *Subscription) lapsed() {
	if s.phase != queued {
		return
	}
	s.restFor(0)
	s.due()
}

// wait has a step done in a while, in the place of the one before.
func (s *Subscription) wait(d time.Duration, step func()) {
	s.stop()
	s.stop = s.ua.after(d, step)
}

func (s *Subscription) tell(n Notification) {
	if s.phase == gone || s.phase == leaving || !n.Up && !s.up && n.Refused == 0 {
		return
	}
	s.up, n.Event = n.Up, s.asks().Event
	s.watch.Notify(n)
}

// Stop ends the subscription: nothing more is told of it.
func (s *Subscription) Stop() { s.leave() }

// leave ends the subscription at the server where there is one.
func (s *Subscription) leave() {
	if s.phase == gone || s.phase == leaving {
		return
	}
	established := s.d != nil
	s.halt()
	s.phase = leaving
	if !established || !s.ua.subs.up {
		s.left()
		return
	}
	s.ua.subs.enqueue(s)
}

// left forgets the subscription. The NOTIFY that says that it has ended is still answered 200 if it comes first.
func (s *Subscription) left() {
	s.halt()
	s.stopFade()
	s.forgetDialog()
	s.phase = gone
	s.ua.subs.forget(s)
}
