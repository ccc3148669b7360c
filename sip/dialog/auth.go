package dialog

import (
	"slices"

	"github.com/emiago/sipgo/sip"
)

// authenticator answers digest challenges (RFC 3261 §22, RFC 7616, RFC 8760) for one account. It counts how often each nonce was
// used, as servers check.
type authenticator struct {
	user, password string
	realms         map[string]bool     // those the registrar has challenged a REGISTER in
	asked          map[string]strength // and how, by realm
	nonces         nonces
}

// answered are the challenges that were answered in one conversation with the server: of the registration, or of one call. The next
// request of that conversation carries credentials already, and the server need not ask again. No other one carries them: a proxy
// takes out the credentials that it asks for, and passes on all others, to whoever is called.
type answered map[realmKey]*challenge

// realmKey tells a challenge of the registrar (401) from one of a proxy on the way (407).
type realmKey struct {
	proxy bool
	realm string
}

// challenge is one that is answered.
type challenge struct {
	digestChallenge
	by     hop // who made it
	count  int // uses of the nonce: nc
	cnonce string
}

// nonces are those that were used last, each with how often, and with what its answers have in common.
type nonces struct {
	used  map[string]*nonceUse
	order []string
}

type nonceUse struct {
	count  int
	cnonce string
}

// mostNonces bounds how many are kept; a server that makes one for each request outdates them at once.
const mostNonces = 64

// use counts one more use of a nonce.
func (n *nonces) use(nonce string) *nonceUse {
	u := n.used[nonce]
	if u == nil {
		if n.used == nil {
			n.used = make(map[string]*nonceUse)
		}
		u = &nonceUse{cnonce: newCnonce()} // the key of a session is made once (RFC 2617 §3.2.2.2)
		n.used[nonce] = u
	} else {
		n.order = slices.DeleteFunc(n.order, func(other string) bool { return other == nonce })
	}
	if n.order = append(n.order, nonce); len(n.order) > mostNonces {
		delete(n.used, n.order[0])
		n.order = n.order[1:]
	}
	u.count++
	return u
}

func newAuthenticator(a Account) authenticator {
	user := a.AuthUser
	if user == "" {
		user = a.User
	}
	return authenticator{
		user: user, password: a.Password,
		realms: make(map[string]bool), asked: make(map[string]strength),
	}
}

// learn takes the challenges of a 401, or 407 of a proxy. It reports false when there is no point in answering: none of them
// can be answered, or the server has just refused the answer to the same question. first says that the request carried at
// most what was remembered from earlier ones; then a nonce that it did not have is reason enough to try again, as servers that drop old
// nonces without saying "stale" are common. Another request may have learned that nonce while this one was on its way. by is who has made them.
func (a *authenticator) learn(known answered, req *sip.Request, list []digestChallenge, by hop, proxy, first bool) bool {
	learned := false
	for _, c := range list {
		if a.weaker(c) {
			continue
		}
		key := realmKey{proxy, c.realm}
		old := known[key]
		with, sent := answers(req, proxy, c.realm)
		if worthwhile := old == nil || c.stale || first && with != c.nonce; sent && !worthwhile {
			continue // the password was wrong: a new nonce does not make it right
		}
		known[key] = &challenge{digestChallenge: c, by: by}
		learned = true
	}
	return learned
}

// authorize adds the credentials for every known challenge of the hop that the request goes to. The digest is over the Request-URI as sent.
func (a *authenticator) authorize(known answered, req *sip.Request, to hop) {
	for key, c := range known {
		if c.by.at(to) {
			a.answer(req, key.proxy, c)
		}
	}
}

// answer adds the credentials for one challenge. It reports false for a challenge that cannot be answered.
func (a *authenticator) answer(req *sip.Request, proxy bool, c *challenge) bool {
	use := a.nonces.use(c.nonce)
	c.count, c.cnonce = use.count, use.cnonce
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

// answers reports whether the request carried credentials for the realm, and for which nonce.
func answers(req *sip.Request, proxy bool, realm string) (nonce string, sent bool) {
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
