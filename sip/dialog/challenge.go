package dialog

import (
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"
)

// challenged answers a challenge to the request, and reports false when it must not be answered: the challenge is then
// the final answer. What is sent for a challenge is the hash of the password, which can be tried against a dictionary for
// as long as one likes. So it goes to a hop that the registration serves, and to no one else. Where that hop may be a proxy,
// which hands on what whoever is called has written, a challenge is answered in a realm of the registrar's alone, and only for
// a nonce that the registrar has been seen to accept. Each kind of challenge is answered once in a realm, and a second time where it says that
// the nonce was too old, as another server behind the same address says: the server that was answered has passed the
// request on, and what asks then may be somebody else.
//
// That keeps out whoever has no access to the registrar. One who has can ask it for a nonce, and pass that off as the server's: it is genuine, and
// what they get is the digest of this one request. docs/using.md says so.
//
// Some registrars can prove no nonce. Of their calls the first challenge is answered, in a realm that is the account's at any time
// before a phone rings; in any other only where it came without a 100, which most of those say who pass an INVITE on (RFC 3261 §16.2, though
// §17.2.1 and §16.11 let them leave it out), or where the INVITE had no hop left to go. Servers that check Max-Forwards before they ask (§16.3) cannot be
// asked in that way.
func (x *exchange) challenged(res *sip.Response) bool {
	ua, method := x.ua, x.tx.req.Method
	x.challenge = ChallengeForeign
	if !ua.reg.serves(x.tx.to) {
		return false
	}
	if odd(x.tx.req, res) {
		x.challenge = ChallengeOdd
		return false
	}
	proxy := res.StatusCode == sip.StatusProxyAuthRequired
	list := choose(challenges(headersOf(res, challengeHeader(res))))
	answer := func(list ...digestChallenge) bool {
		list = slices.DeleteFunc(slices.Clone(list), func(c digestChallenge) bool { return !x.mayAnswer(c, proxy) })
		if !ua.auth.learn(x.known, x.tx.req, list, x.tx.to, proxy, x.tries == 0) {
			if len(list) > 0 && !slices.ContainsFunc(list, ua.auth.weaker) {
				x.challenge = ChallengeRefused
			}
			return false
		}
		if x.answers == nil {
			x.answers = make(map[realmKey]int)
		}
		for _, c := range list {
			x.answers[realmKey{proxy, c.realm}]++
		}
		x.tries++
		x.alone = false
		x.start()
		return true
	}
	switch {
	case method == sip.REGISTER:
		ua.auth.registrar(list)
		return answer(list...)
	case x.rang: // a server asks before it calls: this is the far end's
		return false
	case x.repeated(list, proxy):
		x.challenge = ChallengeRefused
		return false
	case len(ua.auth.realms) == 0: // a registrar that asks for nothing takes every nonce, and so proves none
		return x.unproven(res, answer, list)
	}
	c := ua.auth.toProve(list)
	if c == nil || !x.mayAnswer(*c, proxy) {
		return false
	}
	if x.alone || x.inside != nil && !x.far && !ua.reg.proves() { // a call at the server itself can be hung up also without a registration
		return answer(*c)
	}
	decide := func(issued bool) {
		ua.guard(x.call, func() {
			switch {
			case x.over:
			case issued && answer(*c):
			default:
				x.refuse(res)
			}
		})
	}
	ua.reg.vouches(func(v vouching) {
		switch {
		case x.far && v == vouchingNo: // perhaps it does take this one
			ua.reg.prove(c, decide)
		case v == vouchingNo: // it takes no nonce but in answer to its own question
			ua.guard(x.call, func() {
				if !x.over && !x.unproven(res, answer, []digestChallenge{*c}) {
					x.refuse(res)
				}
			})
		case v == vouchingOnce && x.proved: // one proof is for one challenge: the callee may ask after the server
			x.proved = false
			decide(true)
		case v == vouchingOnce:
			ua.reg.prove(c, func(issued bool) {
				if !issued {
					decide(false)
					return
				}
				x.askedAfresh()
			})
		default:
			ua.reg.prove(c, decide)
		}
	})
	return true
}

// refuse has a challenge be the final answer, since the server has not made it.
func (x *exchange) refuse(res *sip.Response) {
	x.ua.log.Warn("a challenge that the server did not make is not answered", "call", x.call)
	x.on(res, nil)
}

// mayAnswer reports whether a challenge of its kind and realm is answered, or answered once more. A proxy and a phone system behind it may ask in one
// realm, by 407 and by 401; a server behind the same address as the one that asked does not know its nonce. A REGISTER goes to nobody else.
func (x *exchange) mayAnswer(c digestChallenge, proxy bool) bool {
	n := x.answers[realmKey{proxy, c.realm}]
	return x.tx.req.Method == sip.REGISTER || n == 0 || n == 1 && (c.stale || x.proved)
}

// repeated reports whether credentials of this exchange were refused: the password is wrong. After a 100 it is somebody else who asks.
func (x *exchange) repeated(list []digestChallenge, proxy bool) bool {
	return slices.ContainsFunc(list, func(c digestChallenge) bool {
		_, sent := answers(x.tx.req, proxy, c.realm)
		return sent && !x.mayAnswer(c, proxy) && !x.ringing && !x.ua.auth.weaker(c)
	})
}

// unproven answers a challenge of which the registrar can say nothing, unless something speaks against its being the server's. It reports
// false where it must not be answered.
func (x *exchange) unproven(res *sip.Response, answer func(...digestChallenge) bool, list []digestChallenge) bool {
	open := len(x.ua.auth.realms) == 0 // the registrar asks for nothing
	stale := slices.ContainsFunc(list, func(c digestChallenge) bool { return c.stale })
	switch {
	case x.far:
		return false
	case x.inside != nil, x.alone: // the server is one end of the call itself, or nobody else was asked
		return answer(list...)
	case x.tries > 0 && !open && (x.ringing || !stale):
		return false
	case !x.ringing:
		return answer(list...)
	}
	ours := slices.DeleteFunc(slices.Clone(list), func(c digestChallenge) bool { return !x.ua.ownRealm(c.realm) })
	if len(ours) > 0 || x.tries > 0 {
		return len(ours) > 0 && answer(ours...)
	}
	x.alone, x.asked = true, res
	x.start()
	return true
}

// ownRealm reports whether a realm is the account's: one that the registrar has used, or the name of its server or domain.
func (ua *UA) ownRealm(realm string) bool {
	return ua.auth.realms[realm] || slices.ContainsFunc(ua.accountNames(), func(n string) bool { return strings.EqualFold(n, realm) })
}

// askedAfresh sends the request again without credentials, once the server has proved that it asks for them: the nonce was used up for
// that, and the server asks with another one.
func (x *exchange) askedAfresh() {
	x.ua.guard(x.call, func() {
		if !x.over {
			x.proved, x.bare = true, true
			x.start()
		}
	})
}

// toProve is the challenge of an answer that may come from the far end, when it is worth asking the registrar about: it
// is for a realm that the registrar has used. nil is none.
func (a *authenticator) toProve(list []digestChallenge) *digestChallenge {
	if i := slices.IndexFunc(list, a.believable); i >= 0 && len(a.realms) > 0 { // one that asks for nothing takes every nonce
		return &list[i]
	}
	return nil
}

// believable reports whether a challenge may be the registrar's, by its realm and by what it asks for. One that has challenged
// nothing may use any realm.
func (a *authenticator) believable(c digestChallenge) bool {
	return (len(a.realms) == 0 || a.realms[c.realm]) && !a.weaker(c)
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
func (a *authenticator) registrar(list []digestChallenge) {
	for _, c := range list {
		a.realms[c.realm] = true
		a.asked[c.realm] = strengthOf(c)
	}
}

// odd reports whether a challenge asks for the password in no way that we know. One that names none at all refuses what was sent, where
// something was.
func odd(req *sip.Request, res *sip.Response) bool {
	asked := headersOf(res, challengeHeader(res))
	return len(challenges(asked)) == 0 && (len(asked) > 0 || !credentialed(req))
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
	r.probe(c, func(issued, _ bool) { then(issued) })
}

// proves reports whether the registrar can be asked. One that we leave is not: the question would bring the binding back.
func (r *registration) proves() bool {
	return r.wanted && r.status.State == Registered && len(r.hops) > 0
}

// probe is prove that tells also whether the registrar has said anything of the nonce: no answer does not, nor does one of a server in
// trouble.
func (r *registration) probe(c *digestChallenge, then func(issued, said bool)) {
	ua := r.ua
	if !r.proves() {
		then(false, false)
		return
	}
	req := r.question(r.reached)
	if !ua.auth.answer(req, false, &challenge{digestChallenge: *c}) {
		then(false, true)
		return
	}
	said := false
	tell, stop := r.once(func(issued bool) { then(issued, said) }, false)
	ua.send(req, r.reached, newBranch(), func(res *sip.Response, err error) {
		if err == nil && res.StatusCode < 200 {
			return
		}
		issued := err == nil && res.StatusCode < 300
		said = err == nil && !passing(res.StatusCode)
		stop()
		tell(issued)
	})
}

// vouching is whether a registrar can prove a nonce.
type vouching int

const (
	vouchingUnknown vouching = iota
	vouchingYes              // it takes a nonce in any request, again and again
	vouchingOnce             // in any request, but once
	vouchingNo               // in the request alone that it was made for
)

// vouches finds out whether the registrar takes a nonce of its own in another request than the one it asked, so that it can
// prove one: not all do. Some take each nonce once, and some keep it with the Call-ID. It is asked when that matters first, and
// then runs on the queue. As long as that is not known, a nonce has to be proved.
func (r *registration) vouches(then func(vouching)) {
	if r.vouching != vouchingUnknown || !r.proves() {
		then(r.vouching)
		return
	}
	known := func(v vouching) { r.vouching = v }
	told, stop := r.once(func(bool) { then(r.vouching) }, false)
	done := func() {
		stop()
		told(true)
	}
	var ask func(more bool)
	ask = func(more bool) {
		var x *exchange
		x = r.exchange("", func(h hop) (*sip.Request, error) {
			return r.question(h), nil
		}, func(res *sip.Response, err error) {
			switch {
			case err == nil && res.StatusCode < 200:
			case err != nil || passing(res.StatusCode): // not known: it is asked again another time
				done()
			case res.StatusCode < 300 && x.tries > 0 && more: // its nonce had grown old
				ask(false)
			case res.StatusCode < 300 && x.tries == 0 && credentialed(x.tx.req):
				known(vouchingYes)
				done()
			default:
				r.takesOnce(func(v vouching) {
					known(v)
					done()
				})
			}
		})
	}
	ask(true)
}

// takesOnce asks the registrar for a nonce, does not use it in the request that it was made for, and has it proved.
func (r *registration) takesOnce(then func(vouching)) {
	r.ua.send(r.question(r.reached), r.reached, newBranch(), func(res *sip.Response, err error) {
		switch {
		case err == nil && res.StatusCode < 200:
		case err != nil || passing(res.StatusCode): // it is asked again another time
			then(vouchingUnknown)
		case res.StatusCode != sip.StatusUnauthorized && res.StatusCode != sip.StatusProxyAuthRequired:
			then(vouchingNo)
		default:
			c := r.ua.auth.toProve(choose(challenges(headersOf(res, challengeHeader(res)))))
			if c == nil {
				then(vouchingNo)
				return
			}
			r.probe(c, func(issued, said bool) {
				switch {
				case issued:
					then(vouchingOnce)
				case said:
					then(vouchingNo)
				default:
					then(vouchingUnknown)
				}
			})
		}
	})
}

// question is a REGISTER outside the row of those that keep the binding, which it leaves as it is.
func (r *registration) question(to hop) *sip.Request {
	local, contact := r.local, r.contact
	req := r.request(to, r.expires)
	r.local, r.contact = local, contact
	id := sip.CallIDHeader(uuid.NewString())
	req.ReplaceHeader(&id)
	return req
}

// once is then, for the first answer of a question; otherwise is told where none comes in time, unless stop is called.
func (r *registration) once(then func(bool), otherwise bool) (tell func(bool), stop func()) {
	told := false
	tell = func(answer bool) {
		if !told {
			told = true
			then(answer)
		}
	}
	return tell, r.ua.after(patience, func() { tell(otherwise) })
}
