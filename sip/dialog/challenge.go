package dialog

import (
	"slices"

	"github.com/emiago/sipgo/sip"
)

// challenged answers a challenge to the request, and reports false when it is not to be answered: the challenge is then
// the final answer. What is sent for a challenge is the hash of the password, which can be tried against a dictionary for
// as long as one likes. So it goes to a hop that the registration serves, and to no one else; and where the far end of a
// call could have written the challenge, only for a nonce that the registrar has been seen to accept.
func (x *exchange) challenged(res *sip.Response) bool {
	ua := x.ua
	if !ua.reg.serves(x.tx.to.addr.String()) {
		return false
	}
	again := func() {
		x.tries++
		x.start()
	}
	if !x.far {
		if !ua.auth.learn(x.tx.req, res, x.tries == 0) {
			return false
		}
		again()
		return true
	}
	c := ua.auth.toProve(res)
	if c == nil {
		return false
	}
	ua.reg.prove(c, func(issued bool) {
		ua.guard(x.call, func() {
			switch {
			case x.over:
			case issued && ua.auth.learn(x.tx.req, res, x.tries == 0):
				again()
			default:
				ua.log.Warn("a challenge that the server did not make is not answered", "call", x.call)
				x.on(res, nil)
			}
		})
	})
	return true
}

// toProve is the challenge of an answer that may come from the far end, when it is worth asking the registrar about: it
// is for a realm that the registrar has used. nil is none.
func (a *authenticator) toProve(res *sip.Response) *digestChallenge {
	for _, c := range choose(challenges(headersOf(res, challengeHeader(res)))) {
		if a.realms[c.realm] && !a.weaker(c) {
			return &c
		}
	}
	return nil
}

// strength is how well a server has asked in a realm: it is never answered with less (RFC 7616 §5.7 tells of the attack).
type strength struct {
	qop       bool
	algorithm int // place in hashes
}

func strengthOf(c digestChallenge) strength {
	place, _ := c.hash()
	return strength{qop: len(c.qop) > 0, algorithm: place}
}

// weaker reports whether a challenge asks for less than the registrar asks for in its realm.
func (a *authenticator) weaker(c digestChallenge) bool {
	s, asked := a.asked[c.realm], strengthOf(c)
	return s.qop && !asked.qop || asked.algorithm < s.algorithm
}

// registrar keeps what the registrar asks for in a challenge to a REGISTER.
func (a *authenticator) registrar(res *sip.Response) {
	for _, c := range choose(challenges(headersOf(res, challengeHeader(res)))) {
		a.realms[c.realm] = true
		a.asked[c.realm] = strengthOf(c)
	}
}

// outdated reports whether a refusal says that only the nonce was too old.
func outdated(res *sip.Response) bool {
	list := choose(challenges(headersOf(res, challengeHeader(res))))
	return slices.ContainsFunc(list, func(c digestChallenge) bool { return c.stale })
}

func challengeHeader(res *sip.Response) string {
	if res.StatusCode == sip.StatusProxyAuthRequired {
		return "Proxy-Authenticate"
	}
	return "WWW-Authenticate"
}

// prove asks the registrar whether a nonce is its own, with a REGISTER that is answered by it: only a registrar that has
// challenged us before tells anything by taking it. then runs on the queue.
func (r *registration) prove(c *digestChallenge, then func(issued bool)) {
	ua := r.ua
	if r.status.State != Registered || len(r.hops) == 0 {
		then(false)
		return
	}
	req := r.request(r.reached, r.expires)
	if !ua.auth.answer(req, false, &challenge{digestChallenge: *c, count: 1}) {
		then(false)
		return
	}
	asked := false
	tell := func(issued bool) {
		if !asked {
			asked = true
			then(issued)
		}
	}
	stop := ua.after(patience, func() { tell(false) })
	ua.send(req, r.reached, newBranch(), func(res *sip.Response, err error) {
		if err == nil && res.StatusCode < 200 {
			return
		}
		stop()
		tell(err == nil && res.StatusCode < 300)
	})
}
