package dialog

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"strings"
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
	WrongPassword         // 401 or 407 to our credentials, or 403
	UnknownUser           // 404
	ServerTrouble         // any other refusal; Status.Code tells
)

// Status is one change of the registration.
type Status struct {
	State   State
	Problem Problem
	Code    int       // last SIP status, 0 when there was no answer
	Err     error     // for the log
	RetryAt time.Time // zero when nothing is planned
	Expires time.Time // of the binding, when registered
}

// How the registration keeps time.
const (
	// patience is how long one REGISTER over UDP may stay without an answer before the next attempt, with the 11
	// retransmissions of RFC 3261 cut short: they would leave up to 32 s between the registrar's return and our notice.
	patience = 2500 * time.Millisecond

	// brisk is how long an outage is met with attempts every retryBrisk; a registrar that restarts is back by then.
	brisk       = 10 * time.Minute
	retryBrisk  = time.Second
	retryPatien = 10 * time.Second

	// A refused account is tried again rarely: it may have been set up meanwhile, and more would lock it out.
	retryRefused    = time.Minute
	retryRefusedMax = 15 * time.Minute

	// flowCheck is how often the local address, the TCP connection and the clock are looked at; a look costs microseconds.
	flowCheck = 2 * time.Second

	// natInterval keeps the way back through a NAT open; RFC 5626 §4.4.2 asks for 24 to 29 s over UDP.
	natInterval = 25 * time.Second

	signOffPatience = time.Second
)

// registration keeps one binding at the registrar: ours, and no other (RFC 3261 §10).
type registration struct {
	ua      *UA
	wanted  bool
	status  Status
	callID  string // kept for all REGISTERs, with a growing CSeq (§10.2)
	seq     uint32
	fromTag string
	expires time.Duration // asked for; raised by 423
	x       *exchange
	hops    []hop // the server's addresses; the first is in use
	reached hop   // the last one that answered
	contact *sip.ContactHeader
	bound   bool // the registrar holds our binding, as far as we know
	downSince,
	lastCheck time.Time
	refusals                                  int
	round                                     int // attempt number: answers to an older one are not listened to
	stopNext, stopFlow, stopNAT, stopPatience func()
}

func newRegistration(ua *UA) *registration {
	nop := func() {}
	return &registration{
		ua: ua, callID: uuid.NewString(), fromTag: newTag(), expires: ua.cfg.Account.Expires,
		stopNext: nop, stopFlow: nop, stopNAT: nop, stopPatience: nop,
	}
}

// Register signs on and stays signed on until Close.
func (ua *UA) Register() {
	if !ua.reg.wanted {
		ua.reg.wanted = true
		ua.reg.attempt()
	}
}

// Registration is how it stands now.
func (ua *UA) Registration() Status { return ua.reg.status }

// target is where REGISTER and all that leaves a dialog goes: the proxy, or else the registrar.
func (ua *UA) server() target {
	a := ua.cfg.Account
	if a.Proxy != "" {
		host, port, err := net.SplitHostPort(a.Proxy)
		if err != nil {
			return target{host: strings.Trim(a.Proxy, "[]"), network: a.Transport}
		}
		n, _ := strconv.Atoi(port)
		return target{host: host, port: n, network: a.Transport}
	}
	return target{host: strings.Trim(a.Host, "[]"), port: a.Port, network: a.Transport}
}

// domain is the address of record's host part, as a Request-URI of the registrar.
func (ua *UA) domain() sip.Uri {
	return sip.Uri{Scheme: "sip", Host: strings.Trim(ua.cfg.Account.Host, "[]"), Port: ua.cfg.Account.Port}
}

// self is the address of record.
func (ua *UA) self() sip.Uri {
	u := ua.domain()
	u.User = escapeUser(ua.cfg.Account.User)
	return u
}

// preloaded is the Route of requests outside a dialog: the outbound proxy, when there is one.
func (ua *UA) preloaded() []sip.Uri {
	if ua.cfg.Account.Proxy == "" {
		return nil
	}
	t := ua.server()
	u := sip.Uri{Scheme: "sip", Host: t.host, Port: t.port}
	if t.network != "udp" {
		u.UriParams.Add("transport", t.network)
	}
	u.UriParams.Add("lr", "")
	return []sip.Uri{u}
}

// flow is the hop the server was last reached on, when the target is the server.
func (r *registration) flow(to target) (hop, bool) {
	if to == r.ua.server() && r.reached.addr.IsValid() {
		return r.reached, true
	}
	return hop{}, false
}

// serves reports whether a packet from or to the address is our server's or proxy's.
func (r *registration) serves(source string) bool {
	ip := sourceIP(source)
	if !ip.IsValid() {
		return false
	}
	if ip == r.reached.addr.Addr() {
		return true
	}
	for _, h := range r.hops {
		if h.addr.Addr() == ip {
			return true
		}
	}
	return false
}

// attempt sends one REGISTER and sees to it that there will be another.
func (r *registration) attempt() {
	r.stopNext()
	r.stopPatience()
	if r.x != nil {
		r.x.abandon()
		r.x = nil
	}
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
			r.hops = append([]hop(nil), hops...)
		}
		r.send(round)
	})
}

func (r *registration) send(round int) {
	to := r.hops[0]
	r.reached = to // so that the exchange takes this hop; unset again on failure
	r.x = r.ua.exchange(r.ua.server(), func(h hop) (*sip.Request, error) {
		return r.request(h, r.expires), nil
	}, func(res *sip.Response, err error) {
		if round == r.round {
			r.answered(to, res, err)
		}
	})
	r.stopPatience = r.ua.after(patience, func() {
		if round == r.round && r.x != nil {
			r.x.abandon()
			r.x = nil
			r.lost(Status{Problem: ServerSilent, Err: errNoAnswer})
		}
	})
}

func (r *registration) request(to hop, expires time.Duration) *sip.Request {
	ua := r.ua
	r.seq++
	self := ua.self()
	from := &sip.FromHeader{DisplayName: quotable(ua.cfg.Account.DisplayName), Address: self}
	from.Params.Add("tag", r.fromTag)
	req := ua.newRequest(sip.REGISTER, ua.domain(), from, &sip.ToHeader{Address: self}, r.callID, r.seq)
	for _, u := range ua.preloaded() {
		req.AppendHeader(&sip.RouteHeader{Address: u})
	}
	r.contact = ua.contact(to)
	if ua.cfg.Instance != "" {
		r.contact.Params.Add("+sip.instance", `"<`+ua.cfg.Instance+`>"`)
	}
	contact := r.contact.Clone()
	contact.Params.Add("expires", strconv.Itoa(int(expires/time.Second)))
	req.AppendHeader(contact)
	req.AppendHeader(sip.NewHeader("Expires", strconv.Itoa(int(expires/time.Second))))
	req.AppendHeader(sip.NewHeader("Allow", allowed))
	req.AppendHeader(sip.NewHeader("Supported", supported+", path, outbound"))
	return req
}

// answered takes the final answer to a REGISTER, or the failure to get one.
func (r *registration) answered(from hop, res *sip.Response, err error) {
	if err == nil && res.StatusCode < 200 {
		return
	}
	r.stopPatience()
	r.x = nil
	if err != nil {
		problem := ServerSilent
		if errors.Is(err, errUnreachable) {
			problem = CannotConnect
		}
		r.lost(Status{Problem: problem, Err: err})
		return
	}
	r.reached = from
	switch code := res.StatusCode; {
	case code < 300:
		r.accepted(res)
	case code == sip.StatusIntervalToBrief:
		least, ok := seconds(header(res, "Min-Expires"))
		asked := time.Duration(least) * time.Second
		if !ok || asked <= r.expires || asked > 24*time.Hour {
			r.failed(Status{Problem: ServerTrouble, Code: code})
			return
		}
		r.expires = asked
		r.attempt()
	case code == 401 || code == 403 || code == 407:
		r.ua.auth.forget()
		r.refused(Status{State: Refused, Problem: WrongPassword, Code: code})
	case code == 404 || code == 604:
		r.refused(Status{State: Refused, Problem: UnknownUser, Code: code})
	default:
		st := Status{Problem: ServerTrouble, Code: code, Err: fmt.Errorf("%d %s", code, res.Reason)}
		if after, ok := seconds(header(res, "Retry-After")); ok && after > 0 {
			r.failedFor(st, min(time.Duration(after)*time.Second, time.Hour))
			return
		}
		if code == 408 || code >= 500 && code < 600 {
			r.lost(st)
			return
		}
		r.failed(st)
	}
}

func (r *registration) accepted(res *sip.Response) {
	granted := r.granted(res)
	if granted <= 0 { // the registrar took the REGISTER and not the binding
		r.failed(Status{Problem: ServerTrouble, Code: res.StatusCode, Err: errors.New("registrar returned no binding of ours")})
		return
	}
	r.bound = true
	r.refusals = 0
	r.downSince = time.Time{}
	now := time.Now()
	r.set(Status{State: Registered, Code: res.StatusCode, Expires: now.Add(granted)})
	r.stopNext()
	r.stopNext = r.ua.after(refreshAfter(granted), r.attempt)
	r.watch()
}

// refreshAfter is when a binding is refreshed: with a tenth of its life left for trouble, at least five seconds and at
// most thirty, spread a little so that a site's phones do not come all at once.
func refreshAfter(life time.Duration) time.Duration {
	margin := min(max(life/10, 5*time.Second), 30*time.Second)
	if margin >= life/2 {
		margin = life / 2
	}
	return life - margin - time.Duration(rand.Int64N(int64(margin/2)+1))
}

// granted is the life of our own binding in the 200; other devices of the same user are listed beside it
// (RFC 3261 §10.2.4). Registrars that rewrite the Contact behind NAT keep the instance id.
func (r *registration) granted(res *sip.Response) time.Duration {
	def, hasDefault := seconds(header(res, "Expires"))
	contacts := res.GetHeaders("Contact")
	for _, h := range contacts {
		c, ok := h.(*sip.ContactHeader)
		if !ok || !r.isOurs(c) {
			continue
		}
		if v, ok := param(c.Params, "expires"); ok {
			if n, ok := seconds(v); ok {
				return time.Duration(n) * time.Second
			}
		}
		if hasDefault {
			return time.Duration(def) * time.Second
		}
		return r.expires
	}
	if len(contacts) == 0 || !r.instanceKept(contacts) { // some list none, some rewrite what we would know it by
		if hasDefault {
			return time.Duration(def) * time.Second
		}
		if len(contacts) == 1 {
			if c, ok := contacts[0].(*sip.ContactHeader); ok {
				if v, ok := param(c.Params, "expires"); ok {
					if n, ok := seconds(v); ok {
						return time.Duration(n) * time.Second
					}
				}
			}
		}
		return r.expires
	}
	return 0
}

func (r *registration) isOurs(c *sip.ContactHeader) bool {
	if v, ok := param(c.Params, "+sip.instance"); ok && r.ua.cfg.Instance != "" {
		return strings.EqualFold(strings.Trim(v, `"<>`), r.ua.cfg.Instance)
	}
	a, b := c.Address, r.contact.Address
	return a.User == b.User && a.Host == b.Host && a.Port == b.Port
}

// instanceKept reports whether the registrar gives instance ids back at all.
func (r *registration) instanceKept(contacts []sip.Header) bool {
	for _, h := range contacts {
		if c, ok := h.(*sip.ContactHeader); ok {
			if _, ok := param(c.Params, "+sip.instance"); ok {
				return true
			}
		}
	}
	return false
}

// lost is a failure that another address of the server might not share: it goes to the end of the list.
func (r *registration) lost(st Status) {
	if len(r.hops) > 1 {
		r.hops = append(r.hops[1:], r.hops[0])
	}
	r.failed(st)
}

// failed plans the next attempt: soon while the outage is young, with jitter against a whole site coming at once.
func (r *registration) failed(st Status) {
	if r.downSince.IsZero() {
		r.downSince = time.Now()
	}
	pause := retryBrisk
	if time.Since(r.downSince) > brisk {
		pause = retryPatien
	}
	r.failedFor(st, pause/2+time.Duration(rand.Int64N(int64(pause/2)+1)))
}

func (r *registration) failedFor(st Status, pause time.Duration) {
	st.State = Unreachable
	st.RetryAt = time.Now().Add(pause)
	r.stopFlow()
	r.set(st)
	r.stopNext()
	r.stopNext = r.ua.after(pause, r.attempt)
}

func (r *registration) refused(st Status) {
	pause := min(retryRefused<<min(r.refusals, 4), retryRefusedMax)
	r.refusals++
	r.bound = false
	st.RetryAt = time.Now().Add(pause)
	r.stopFlow()
	r.set(st)
	r.stopNext()
	r.stopNext = r.ua.after(pause, r.attempt)
}

func (r *registration) set(st Status) {
	r.status = st
	if r.ua.cfg.Registration != nil {
		r.ua.cfg.Registration(st)
	}
}

// watch looks after the flow while registered: a new local address, a lost TCP connection and a clock that jumped, as
// it does when a laptop wakes, each mean that the registrar can no longer reach us. It also keeps a NAT's mapping.
func (r *registration) watch() {
	r.stopFlow()
	r.stopNAT()
	r.lastCheck = time.Now().Round(0) // wall clock: the monotonic one stands still in sleep
	var check func()
	check = func() {
		now := time.Now().Round(0)
		slept := now.Sub(r.lastCheck) > flowCheck+10*time.Second
		r.lastCheck = now
		r.stopFlow = r.ua.after(flowCheck, check)
		moved := r.ua.localIP(r.reached.addr).String() != r.contact.Address.Host
		dropped := r.reached.network == "tcp" && !r.ua.connected(r.reached)
		if slept || moved || dropped {
			r.ua.log.Info("registering again", "slept", slept, "address changed", moved, "connection lost", dropped)
			r.attempt()
		}
	}
	r.stopFlow = r.ua.after(flowCheck, check)
	var keep func()
	keep = func() {
		r.stopNAT = r.ua.after(natInterval, keep)
		r.ua.keepAlive(r.reached)
	}
	r.stopNAT = r.ua.after(natInterval, keep)
}

// keepAlive sends the CRLFs of RFC 5626 §3.5.1 to a hop.
func (ua *UA) keepAlive(to hop) {
	if to.network == "udp" {
		ua.udp.WriteToUDPAddrPort([]byte("\r\n\r\n"), to.addr) //nolint:errcheck // the next REGISTER will tell
		return
	}
	c := ua.tp.Pool(to.network).Get(to.addr.String())
	if c == nil {
		return
	}
	if tcp, ok := c.(*sip.TCPConnection); ok {
		tcp.Write([]byte("\r\n\r\n")) //nolint:errcheck // a dead connection leaves the pool, and watch sees it
	}
	c.TryClose() //nolint:errcheck // a reference given back
}

// close removes our binding and calls done when the registrar has answered, or could not be asked.
func (r *registration) close(done func()) {
	r.wanted = false
	r.stopTimers()
	r.round++
	if r.x != nil {
		r.x.abandon()
		r.x = nil
	}
	if !r.bound || !r.reached.addr.IsValid() {
		if r.status.State != Unregistered {
			r.set(Status{State: Unregistered})
		}
		done()
		return
	}
	finish := func() {
		if r.bound {
			r.bound = false
			r.set(Status{State: Unregistered})
			done()
		}
	}
	r.ua.exchange(r.ua.server(), func(h hop) (*sip.Request, error) {
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
	r.stopFlow()
	r.stopNAT()
	r.stopPatience()
}

func sameHops(a, b []hop) bool {
	if len(a) != len(b) {
		return false
	}
	in := make(map[netip.AddrPort]bool, len(a))
	for _, h := range a {
		in[h.addr] = true
	}
	for _, h := range b {
		if !in[h.addr] {
			return false
		}
	}
	return true
}
