package dialog

import (
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"
)

// State is where the account stands with its registrar.
type State int

// The states of a registration.
const (
	Unregistered State = iota
	Registering
	Registered
	Unreachable // no answer, or none that settles it: trying again at Status.RetryAt
	Refused     // the registrar does not want this user or password: a person must act; tried again now and then
)

// Problem is why a registration is not up.
type Problem int

// The problems a registration can have.
const (
	NoProblem     Problem = iota
	NameNotFound          // the DNS does not know the server
	ServerSilent          // no answer
	CannotConnect         // the connection was refused, or there is no way to the server
	WrongPassword         // 401, 403 or 407 to our credentials
	Forbidden             // 403 although the password was not asked for
	UnknownUser           // 404
	OddChallenge          // 401 or 407 that asks for the password in no way that we know
	NotProved             // there is no TLS to the server, or its certificate does not prove it; Status.Err has a TLSError
	BriefBinding          // registered, but for a shorter time than until it is renewed
	ServerTrouble         // any other refusal; Status.Code tells
)

// Status is one change of the registration.
type Status struct {
	State   State
	Problem Problem
	Code    int       // last SIP status, 0 when there was no answer
	Options []string  // of a 420 or 421: the extensions of SIP that the server does not know, or requires
	Err     error     // for the log
	RetryAt time.Time // zero when nothing is planned
	Expires time.Time // of the binding, when registered

	Certificate Certificate // when registered by TLS: the server's
	Encrypted   bool        // when registered: by TLS

	Associated []string // when registered: the values of P-Associated-URI, the addresses that are this user's (RFC 7315 §4.1)
}

// registration keeps one binding at the registrar: ours, and no other (RFC 3261 §10).
type registration struct {
	ua       *UA
	wanted   bool
	status   Status
	callID   string // kept for all REGISTERs, with a growing CSeq (§10.2)
	seq      uint32
	fromTag  string
	expires  time.Duration // asked for; raised by 423
	x        *exchange
	hops     []hop                    // the server's addresses; the first is in use
	left     map[netip.Addr]time.Time // addresses the server had before, and until when they are listened to
	services []sip.Uri                // Service-Route of the last 200 (RFC 3608): the way of our requests
	routes   []*route                 // what it named in Service-Route and Path together
	reached  hop                      // the one tried last
	waiting  map[hop]time.Time        // hops that asked not to be tried before
	contact  *sip.ContactHeader
	stale    *sip.ContactHeader // an old binding to remove with the next REGISTER
	local    netip.Addr         // what the contact was made for
	public   netip.AddrPort     // our address as the registrar sees it, when a NAT is in between
	publicAt time.Time          // when that was learned
	movedAt  time.Time          // when the address of this machine changed, or came back
	away     bool               // there was no way to the server when it was looked for last
	bound    bool               // the registrar holds our binding, as far as we know
	cleaned  bool               // a binding left by an earlier run was removed
	pacing
	doubts   int      // servers in a row that were not proved
	briefs   int      // 423s since we were registered last
	known    answered // its challenges
	outbound outbounding
	vouching vouching // whether the registrar can prove a nonce
	leaving  []func() // who waits for the binding to be removed
	round    int      // attempt number: answers to an older one are not listened to

	watching  bool      // the timer of watch runs
	suspected time.Time // when a call that failed had us look
	busy      bool      // a REGISTER is being sent, or waits for the DNS or an answer
	lastCheck time.Time // wall clock

	boundBy        netip.AddrPort // our end of the TCP or TLS connection that the last 2xx came by
	flowAt         time.Time      // the first 2xx on the connection in use, by the wall clock
	lostAt         time.Time      // when its TCP connection was seen to be gone
	drops          int            // connections in a row that the server closed soon
	reconnectAfter time.Duration  // the pause before the next one

	stopNext, stopFlow, stopPatience, stopKeep, stopLeft func()

	stun atomic.Pointer[stunAsked] // nil where no STUN server is asked
}

func newRegistration(ua *UA) *registration {
	nop := func() {}
	return &registration{
		ua: ua, callID: uuid.NewString(), fromTag: newTag(), expires: ua.cfg.Account.Expires,
		known:    make(answered),
		left:     make(map[netip.Addr]time.Time),
		waiting:  make(map[hop]time.Time),
		stopNext: nop, stopFlow: nop, stopPatience: nop, stopKeep: nop, stopLeft: nop,
	}
}

// Register registers the account and keeps it registered until SignOff or Close.
func (ua *UA) Register() {
	if !ua.reg.wanted {
		ua.reg.wanted = true
		ua.reg.watch()
		ua.reg.attempt()
	}
}

// Registration is how it stands now.
func (ua *UA) Registration() Status { return ua.reg.status }

// attempt sends one REGISTER and sees to it that there will be another.
func (r *registration) attempt() {
	r.stopNext()
	r.stopPatience()
	if r.x != nil {
		r.x.abandon()
		r.x = nil
	}
	r.busy = true
	r.round++
	round := r.round
	if r.status.State != Registered && r.status.State != Registering && r.status.State != Unreachable {
		r.set(Status{State: Registering})
	}
	r.ua.resolve(r.ua.server(), func(hops []hop, err error) {
		if round != r.round {
			return
		}
		if err != nil {
			r.failed(Status{Problem: NameNotFound, Err: err})
			return
		}
		if len(r.hops) == 0 || !sameHops(r.hops, hops) {
			for _, h := range r.hops {
				r.leaves(h.addr.Addr())
			}
			r.hops = append([]hop(nil), hops...)
		}
		r.send(round)
	})
}

func (r *registration) send(round int) {
	r.willingFirst()
	to := r.hops[0]
	r.reached = to // the hop the exchange takes
	r.ua.retrust()
	r.x = r.exchange(r.callID, func(h hop) (*sip.Request, error) {
		return r.request(h, r.expires), nil
	}, func(res *sip.Response, err error) {
		if round == r.round {
			r.answered(res, err)
		}
	})
	r.stopPatience = r.ua.after(patience, func() {
		if round == r.round && r.x != nil {
			r.x.abandon()
			r.x, r.busy = nil, false
			r.silent(errNoAnswer)
		}
	})
}

// answered takes the final answer to a REGISTER, or the failure to get one.
func (r *registration) answered(res *sip.Response, err error) {
	if err == nil && res.StatusCode < 200 {
		return
	}
	r.stopPatience()
	x := r.x
	r.x, r.busy = nil, false
	if err != nil {
		var doubt *TLSError
		if errors.As(err, &doubt) {
			r.unproved(doubt)
			return
		}
		if errors.Is(err, errUnreachable) {
			r.unconnected(err)
			return
		}
		r.silent(err)
		return
	}
	if r.outbound.retried(res, r.reached.network, r.ua.cfg.Instance) {
		r.attempt()
		return
	}
	st := Status{Problem: ServerTrouble, Code: res.StatusCode, Options: missing(res), Err: fmt.Errorf("%d %s", res.StatusCode, res.Reason)}
	switch code := res.StatusCode; {
	case code < 300:
		r.accepted(res)
	case code == sip.StatusIntervalToBrief:
		least, ok := seconds(header(res, "Min-Expires"))
		asked := time.Duration(least) * time.Second
		if !ok || asked <= r.expires || asked > 24*time.Hour || r.briefs > 0 {
			r.unwilling(st, 0)
			return
		}
		r.briefs++
		r.expires = asked
		r.attempt()
	case (code == 401 || code == 407) && x != nil && (odd(x.tx.req, res) || !credentialed(x.tx.req)):
		clear(r.known) // the next one is asked afresh
		st.State, st.Problem = Refused, OddChallenge
		r.refused(st)
	case (code == 401 || code == 407) && outdated(res): // each answer to it is late: the password was never looked at
		clear(r.known) // the next one is asked afresh
		r.unwilling(st, 0)
	case code == 403 && (x == nil || !credentialed(x.tx.req)): // an address or a user that may not register here
		st.State, st.Problem = Refused, Forbidden
		r.refused(st)
	case code == 401 || code == 403 || code == 407:
		clear(r.known) // the next one is asked afresh
		r.refused(Status{State: Refused, Problem: WrongPassword, Code: code})
	case code == 404 || code == 604:
		r.refused(Status{State: Refused, Problem: UnknownUser, Code: code})
	default:
		after, told := seconds(header(res, "Retry-After"))
		pause := min(time.Duration(after)*time.Second, time.Hour)
		switch {
		case !passing(code):
			r.unwilling(st, pause)
		case told && pause > 0:
			r.askedToWait(st, pause)
		case code == sip.StatusTemporarilyUnavailable: // this address of the server is well: no other one is better
			r.failed(st)
		default:
			r.lost(st)
		}
	}
}

func (r *registration) accepted(res *sip.Response) {
	granted := r.granted(res)
	if granted <= 0 { // the registrar took the REGISTER and ended the binding
		r.unwilling(Status{Problem: ServerTrouble, Code: res.StatusCode, Err: errors.New("registrar ended our binding")}, 0)
		return
	}
	r.bound = true
	r.outbound.agreed(res, r.outbound.offers(r.reached.network, r.ua.cfg.Instance))
	r.learnRoutes(res)
	r.stale = nil
	r.refusals, r.briefs, r.doubts = 0, 0, 0
	if old := r.contact; r.translated(res) {
		r.stale, r.movedAt = old, time.Time{}
		r.ua.followCalls()
		r.attempt()
		return
	}
	if old := r.former(res); old != nil && !r.cleaned {
		r.cleaned = true // once: a registrar that does not remove it is not asked again and again
		r.stale = old
		r.attempt()
		return
	}
	r.busy = false
	r.downSince = time.Time{}
	anew := r.reconnected()
	st := Status{State: Registered, Code: res.StatusCode, Expires: r.ua.now().Add(granted), Associated: headerValues(res, "P-Associated-URI")}
	if st.Encrypted = r.reached.network == overTLS; st.Encrypted {
		st.Certificate = r.ua.proofs[r.reached.addr].cert
	}
	if granted <= leastRefresh {
		st.Problem = BriefBinding
	}
	r.set(st)
	r.stopNext()
	r.stopNext = r.ua.after(r.refreshAfter(granted), r.attempt)
	r.keepAlive()
	if _, told := seenFrom(res, 0); !told {
		r.askSTUN()
	}
	r.ua.subs.registered()
	if anew || r.ua.now().Sub(r.movedAt) < learnTime {
		r.ua.followCalls() // they waited for this answer
	}
}

func (r *registration) set(st Status) {
	r.status = st
	if st.State != Registered {
		r.ua.subs.lost()
	}
	if r.ua.cfg.Registration != nil {
		r.ua.cfg.Registration(st)
	}
}

// close removes our binding and calls done when the registrar has answered, or could not be asked. Called again
// meanwhile, it waits for the same answer.
func (r *registration) close(done func()) {
	if len(r.leaving) > 0 {
		r.leaving = append(r.leaving, done)
		return
	}
	r.wanted, r.busy = false, false
	r.stopTimers()
	r.round++
	asked := r.x != nil && r.status.State == Registering // the first REGISTER is on its way, and may be taken yet
	if r.x != nil {
		r.x.abandon()
		r.x = nil
	}
	if !r.bound && !asked || !r.reached.addr.IsValid() {
		if r.status.State != Unregistered {
			r.set(Status{State: Unregistered})
		}
		done()
		return
	}
	r.leaving = append(r.leaving, done)
	finish := func() {
		leaving := r.leaving
		r.leaving = nil
		if len(leaving) == 0 {
			return // answered, and then the time was up too
		}
		r.bound = false
		r.set(Status{State: Unregistered})
		for _, done := range leaving {
			done()
		}
	}
	r.exchange(r.callID, func(h hop) (*sip.Request, error) {
		return r.request(h, 0), nil
	}, func(res *sip.Response, err error) {
		if err != nil || res.StatusCode >= 200 {
			finish()
		}
	})
	r.ua.after(signOffPatience, finish)
}

func (r *registration) stopTimers() {
	r.stopNext()
	r.stopPatience()
	r.stopKeep()
}
