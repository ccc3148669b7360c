package dialog

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// A call goes to the next address of the server when the one it was sent to says 503, says nothing, or is not reached
// (RFC 3263 §4.3). Once a phone has rung it does not: another one would ring too. A request inside a call does the same, but
// for a key in a SIP INFO: one that was only not answered may have been pressed, and pressing it again may dial another number.

// hopPatience is how long an address may say nothing, not even 100, before the call is sent to the next one. The INVITE
// has gone out three times by then.
func hopPatience() time.Duration { return 6 * sip.T1 }

// waitForHop starts the wait for the first answer of the hop in use.
func (x *exchange) waitForHop() {
	x.heard = false
	x.stopWaiting()
	x.stopWait = x.ua.after(hopPatience(), func() {
		x.ua.guard(x.call, func() {
			if x.over || x.heard {
				return
			}
			x.failed()
			if x.cancelling || len(x.hops) < 2 {
				return // the transaction may yet be answered
			}
			if x.once { // it may have been taken, and only its answer be lost: what comes next goes to the other address
				next, on := x.hops[1], x.on
				x.abandon()
				x.inside.reached = next
				on(nil, errNoAnswer)
				return
			}
			x.leave()
			x.next()
		})
	})
}

func (x *exchange) stopWaiting() {
	if x.stopWait != nil {
		x.stopWait()
		x.stopWait = nil
	}
}

// failsOver sends the request to the next hop if this one has failed, and reports whether it did.
func (x *exchange) failsOver(res *sip.Response, err error) bool {
	if !x.failover {
		return false
	}
	switch {
	case err != nil && !errors.Is(err, errNoAnswer) && !errors.Is(err, errUnreachable):
		return false
	case err == nil && res.StatusCode != sip.StatusServiceUnavailable:
		return false
	case x.once && errors.Is(err, errNoAnswer):
		return false
	}
	x.failed()
	if x.cancelling || x.rang || len(x.hops) < 2 {
		return false
	}
	x.next()
	return true
}

func (x *exchange) next() {
	x.ua.log.Info("a request goes to the next address of the server", "call", x.call)
	x.hops, x.tries, x.bare, x.proved, x.alone, x.answers = x.hops[1:], 0, false, false, false, nil
	x.start()
}

// failed has the registration look whether the server is still there.
func (x *exchange) failed() {
	if len(x.hops) > 0 && x.hops[0] == x.ua.reg.reached {
		x.ua.reg.suspect()
	}
}

// leave gives up the transaction in use without an answer. Should the server have got the request after all, and say so
// later, the phone that it rang is told that nobody calls.
func (x *exchange) leave() {
	t := x.tx
	if t.tx == nil { // still connecting: it was not sent
		t.abandon()
		return
	}
	if x.inside != nil {
		t.on = func(res *sip.Response, err error) {
			if err == nil && t.req.IsInvite() && res.StatusCode >= 200 && res.StatusCode < 300 {
				x.inside.acknowledge(x.ua, t.req)
			}
		}
		return
	}
	cancelled, ended := false, map[string]bool{}
	t.on = func(res *sip.Response, err error) {
		switch {
		case err != nil || res.StatusCode >= 300:
		case res.StatusCode < 200:
			if !cancelled {
				cancelled = true
				branch, _ := param(t.req.Via().Params, "branch")
				x.ua.send(cancelOf(t.req), t.to, branch, func(*sip.Response, error) {})
			}
		default:
			d := dialogOfResponse(t.req, res)
			d.acknowledge(x.ua, t.req)
			if !ended[d.remoteTag] {
				ended[d.remoteTag] = true
				d.bye(x.ua, nil)
			}
		}
	}
}

// secured are the hops of a dialog's way as an account with TLS takes it. A server that names a port of itself without saying that it takes TLS
// means the one that it has in the clear: what is for it goes by the connection that it was heard on.
func (d *dialog) secured(ua *UA, hops []hop) []hop {
	uri := d.first()
	by, _ := param(uri.UriParams, "transport")
	known := d.reached
	if !known.addr.IsValid() {
		known = ua.reg.reached
	}
	if ua.network != overTLS || known.network != overTLS || secure(uri) || strings.EqualFold(by, overTLS.String()) {
		return hops
	}
	list := slices.Clone(hops)
	for i, h := range list {
		if h.addr.Addr() == known.addr.Addr() && !h.at(known) && !slices.Contains(ua.reg.hops, h) {
			list[i] = known
			if h.name != "" { // it has to prove the name that led there
				list[i].name = h.name
			}
		}
	}
	return list
}

// ordered is where a request of the dialog goes, best first: where the last one was answered, then where its way leads, and
// where that is one address of the server, the other ones. A pair of servers that stand in for each other knows the calls of both.
func (d *dialog) ordered(ua *UA, hops []hop) []hop {
	list := slices.Clone(hops)
	if len(list) == 1 && slices.Contains(ua.reg.hops, list[0]) {
		for _, h := range ua.reg.hops {
			if h != list[0] {
				list = append(list, h)
			}
		}
	}
	if i := slices.IndexFunc(list, d.reached.at); i > 0 {
		first := list[i] // with the name that led there now
		list = slices.Insert(slices.Delete(list, i, i+1), 0, first)
	}
	return list
}

// stray reports whether a refusal comes from an address of the server that the dialog does not name. It was asked in the place
// of one that said nothing, and if it does not know the call, that tells nothing of the call.
func (x *exchange) stray(res *sip.Response) bool {
	return res.StatusCode >= 300 && !slices.Contains(x.named, x.tx.to)
}

// suspicion is the least pause between two REGISTERs that calls which failed, or the server's own wishes, have sent.
const suspicion = 10 * time.Second

// suspect looks whether the server still answers a REGISTER, because it did not answer a call, or asks for one. Another address of it
// is taken if not.
func (r *registration) suspect() {
	if !r.wanted || r.busy || r.status.State != Registered || r.ua.now().Sub(r.suspected) < suspicion {
		return
	}
	r.suspected = r.ua.now()
	r.attempt()
}

// route resolves a target. The registrar's, or proxy's, begins with the flow that it was last reached on.
func (ua *UA) route(to target, then func([]hop, error)) {
	first, ok := ua.reg.flow(to)
	if !ok {
		ua.resolve(to, then)
		return
	}
	hops := []hop{first}
	for _, h := range ua.reg.hops {
		if h != first {
			hops = append(hops, h)
		}
	}
	then(hops, nil)
}
