package dialog

import (
	"slices"

	"github.com/emiago/sipgo/sip"
)

// authenticator answers digest challenges (RFC 3261 §22, RFC 7616, RFC 8760) for one account.
//
// It keeps the last challenge of each realm, so that the next request carries credentials already and the server need
// not ask again, and counts how often each nonce was used, as servers check.
type authenticator struct {
	user, password string
	known          map[realmKey]*challenge
	realms         map[string]bool     // those the registrar has challenged a REGISTER in
	asked          map[string]strength // and how, by realm
	used           map[string]int      // how often a nonce was used to prove it
}

// realmKey tells a challenge of the registrar (401) from one of a proxy on the way (407).
type realmKey struct {
	proxy bool
	realm string
}

// challenge is one that is answered, with what its answers have in common.
type challenge struct {
	digestChallenge
	count  int // uses of the nonce: nc
	cnonce string
}

func newAuthenticator(a Account) authenticator {
	user := a.AuthUser
	if user == "" {
		user = a.User
	}
	return authenticator{
		user: user, password: a.Password,
		known: make(map[realmKey]*challenge), realms: make(map[string]bool), asked: make(map[string]strength), used: make(map[string]int),
	}
}

// learn takes the challenges of a 401, or 407 of a proxy. It reports false when there is no point in answering: none of them
// can be answered, or the server has just refused the answer to the same question. first says that the request carried at
// most what was remembered from earlier ones; then a nonce that it did not have is reason enough to try again, as servers that drop old
// nonces without saying "stale" are common. Another request may have learned that nonce while this one was on its way.
func (a *authenticator) learn(req *sip.Request, list []digestChallenge, proxy, first bool) bool {
	learned := false
	for _, c := range list {
		if a.weaker(c) {
			continue
		}
		key := realmKey{proxy, c.realm}
		old := a.known[key]
		with, sent := answered(req, proxy, c.realm)
		if worthwhile := old == nil || c.stale || first && with != c.nonce; sent && !worthwhile {
			continue // the password was wrong: a new nonce does not make it right
		}
		a.known[key] = &challenge{digestChallenge: c, count: a.used[c.nonce]}
		if old != nil && old.nonce == c.nonce {
			a.known[key].count = old.count // each use has a count of its own
		}
		learned = true
	}
	clear(a.used)
	return learned
}

// forget drops what is known of the realms a request was refused in, so that the next one is asked afresh.
func (a *authenticator) forget() { clear(a.known) }

// authorize adds the credentials for every known challenge. The digest is over the Request-URI as sent.
func (a *authenticator) authorize(req *sip.Request) {
	for key, c := range a.known {
		c.count++
		a.answer(req, key.proxy, c)
	}
}

// answer adds the credentials for one challenge, whose count is that of this use. It reports false for a challenge that
// cannot be answered.
func (a *authenticator) answer(req *sip.Request, proxy bool, c *challenge) bool {
	text, ok := c.credentials(string(req.Method), req.Recipient.String(), req.Body(), a.user, a.password)
	if !ok {
		return false
	}
	name := "Authorization"
	if proxy {
		name = "Proxy-Authorization"
	}
	req.AppendHeader(sip.NewHeader(name, text))
	return true
}

// answered reports whether the request carried credentials for the realm, and for which nonce.
func answered(req *sip.Request, proxy bool, realm string) (nonce string, sent bool) {
	name := "Authorization"
	if proxy {
		name = "Proxy-Authorization"
	}
	for _, h := range req.GetHeaders(name) {
		for _, s := range readSchemes(h.Value()) {
			if r, ok := s.get("realm"); ok && r == realm {
				nonce, _ = s.get("nonce")
				return nonce, true
			}
		}
	}
	return "", false
}

// credentialed reports whether a request carries any credentials.
func credentialed(req *sip.Request) bool {
	return req.GetHeader("Authorization") != nil || req.GetHeader("Proxy-Authorization") != nil
}

func headersOf(res *sip.Response, name string) []string {
	var values []string
	for _, h := range res.GetHeaders(name) {
		values = append(values, h.Value())
	}
	return values
}

// choose keeps, of each realm, the topmost challenge that can be answered: servers list them by preference
// (RFC 8760 §2.4).
func choose(list []digestChallenge) []digestChallenge {
	var chosen []digestChallenge
	for _, c := range list {
		if !slices.ContainsFunc(chosen, func(o digestChallenge) bool { return o.realm == c.realm }) {
			chosen = append(chosen, c)
		}
	}
	return chosen
}
