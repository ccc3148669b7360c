package dialog

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/emiago/sipgo/sip"
)

// attempts is how often one request is sent again with credentials: for the registrar or proxy, for another proxy on
// the way, and once each for a nonce that had grown old.
const attempts = 4

// exchange is one request to its final answer, through name resolution and challenges.
type exchange struct {
	ua    *UA
	call  string // Call-ID, for guard
	far   bool   // the far end of a call may answer in the place of our server: its proxy passes the request on
	to    target
	build func(hop) (*sip.Request, error)
	on    func(*sip.Response, error)
	tx    *clientTx
	tries int
	bare  bool // credentials sent unasked were refused: it is tried once more without
	over  bool

	known     answered         // the challenges of the conversation that it is part of
	answers   map[realmKey]int // how many challenges it has answered
	alone     bool             // nobody may pass it on: whoever challenges it is the first hop
	asked     *sip.Response    // the challenge that led to that
	challenge Challenge        // what became of the last one
	proved    bool             // the server has proved a nonce of its own, and used it up for that: the next challenge is its own too

	least    time.Duration // the session interval that a 422 asked for; 0 before one
	raises   int           // how many 422s have asked for more
	inside   *dialog       // the request is inside this dialog
	named    []hop         // where the dialog says that it goes
	hops     []hop         // of a request that may go to another address of the server: the one in use, and those not tried yet
	failover bool
	once     bool   // what it asks for must not happen twice: it goes to another address only when this one has surely done nothing
	rang     bool   // a phone may ring: an answer above 100 has come
	heard    bool   // any answer at all has come from the hop in use
	stopWait func() // of the timer that runs until then

	cancelling bool // a CANCEL is wanted
	cancelled  bool // and was sent
	ringing    bool // a provisional answer has come: RFC 3261 §9.1 allows the CANCEL
}

// exchange sends the REGISTER that build makes to the server, again with credentials when it is challenged. build is called for every
// attempt, so that each has its own CSeq number; the branch is new too, and credentials are added. on gets what send's
// on gets, less the challenges answered.
func (r *registration) exchange(call string, build func(hop) (*sip.Request, error), on func(*sip.Response, error)) *exchange {
	x := &exchange{ua: r.ua, call: call, to: r.ua.server(), known: r.known, build: build, on: on}
	x.start()
	return x
}

func (x *exchange) start() {
	x.ringing = false
	if x.known == nil {
		x.known = make(answered)
	}
	if len(x.hops) > 0 {
		x.routed(x.hops, nil) // a challenge is answered where it was made
		return
	}
	x.ua.route(x.to, func(hops []hop, err error) {
		x.ua.guard(x.call, func() {
			if x.inside != nil && err == nil {
				x.named = x.inside.secured(x.ua, hops)
				hops = x.inside.ordered(x.ua, x.named)
			}
			x.routed(hops, err)
		})
	})
}

// routed sends the request to the first hop.
func (x *exchange) routed(hops []hop, err error) {
	switch {
	case x.over:
		return
	case err == nil && x.cancelling:
		err = errGivenUp // before this attempt was sent
	}
	if err != nil {
		x.on(nil, err)
		return
	}
	if x.failover {
		x.hops = hops
	}
	x.ua.ready(hops[0], func(err error) {
		x.ua.guard(x.call, func() { x.sendBy(hops, err) })
	})
}

// sendBy sends the request to the first hop, to which there is a connection now, or there is none to be had.
func (x *exchange) sendBy(hops []hop, err error) {
	switch {
	case x.over:
		return
	case err != nil:
		x.received(nil, fmt.Errorf("%w: %w", errUnreachable, err))
		return
	case x.cancelling: // while the connection was made
		x.on(nil, errGivenUp)
		return
	}
	req, err := x.build(hops[0])
	if err != nil {
		x.on(nil, err)
		return
	}
	x.raise(req)
	unasked := x.tries == 0
	if x.ua.reg.serves(hops[0]) && !(unasked && (x.far || x.bare)) { // credentials are for our server, not for whom we call
		x.ua.auth.authorize(x.known, req, hops[0])
	}
	if x.alone {
		none := sip.MaxForwardsHeader(0)
		req.ReplaceHeader(&none)
	}
	if x.failover {
		x.waitForHop()
	}
	x.tx = x.ua.send(req, hops[0], newBranch(), x.received)
}

func (x *exchange) received(res *sip.Response, err error) {
	if x.over {
		return
	}
	x.heard = err == nil
	x.stopWaiting()
	if x.failsOver(res, err) {
		return
	}
	if err == nil && x.alone && !x.cancelling && res.StatusCode >= 300 && res.StatusCode != 401 && res.StatusCode != 407 { // it would have been passed on
		x.challenge = ChallengeForeign
		x.refuse(x.asked)
		return
	}
	if err == nil && !x.cancelling {
		x.challenge = ChallengeRefused
		if (res.StatusCode == 401 || res.StatusCode == 407) && x.tries < attempts && x.challenged(res) {
			return
		}
		if x.outworn(res) {
			x.bare = true
			x.start()
			return
		}
		if x.tooSmall(res) {
			x.start()
			return
		}
	}
	if x.inside != nil && err == nil {
		if x.stray(res) {
			res, err = nil, errNoAnswer
			if x.inside.reached.at(x.tx.to) {
				x.inside.reached = hop{}
			}
		} else {
			x.inside.reached = x.tx.to
		}
	}
	if err == nil && res.StatusCode < 200 {
		x.ringing = true
		x.rang = x.rang || res.StatusCode > 100
		if x.cancelling {
			x.cancel()
		}
	}
	x.on(res, err)
}

// outworn reports whether a refusal may be due to the credentials that the request brought unasked. Some servers take a
// nonce once, and refuse it the second time as if the password were wrong.
func (x *exchange) outworn(res *sip.Response) bool {
	if x.tries > 0 || x.bare || x.rang || !credentialed(x.tx.req) {
		return false
	}
	switch res.StatusCode {
	case 403:
		return true
	case 401, 407:
		asked := headersOf(res, challengeHeader(res))
		return len(asked) == 0 || slices.ContainsFunc(choose(challenges(asked)), x.ua.auth.believable)
	}
	return false
}

// cancel sends a CANCEL as soon as that is allowed. The answer to the INVITE itself, 487 or a 200 that crossed it (S2),
// still comes to on.
func (x *exchange) cancel() {
	x.cancelling = true
	if x.cancelled || !x.ringing || x.tx == nil || x.tx.final != 0 {
		return
	}
	x.cancelled = true
	req := cancelOf(x.tx.req)
	branch, _ := param(req.Via().Params, "branch")
	x.ua.send(req, x.tx.to, branch, func(*sip.Response, error) {}) // RFC 3261 §9.1: its answer tells nothing
}

// abandon stops waiting for an answer.
func (x *exchange) abandon() {
	x.over = true
	x.stopWaiting()
	if x.tx != nil {
		x.tx.abandon()
	}
}

// sourceOf is where a message came from, as a hop; its address is not valid where the message does not say.
func sourceOf(msg interface {
	Source() string
	Transport() string
},
) hop {
	at, err := netip.ParseAddrPort(msg.Source())
	if err != nil {
		return hop{}
	}
	return hop{network: networkOf(msg), addr: netip.AddrPortFrom(at.Addr().Unmap(), at.Port())}
}

// sourceIP is the address part of a "host:port" source.
func sourceIP(source string) netip.Addr {
	a, err := netip.ParseAddrPort(source)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr().Unmap()
}
