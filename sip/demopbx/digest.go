package demopbx

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// nonceLife is how long a nonce may be used before the client is told it is stale and gets a fresh one.
const nonceLife = 5 * time.Minute

// nonces makes and checks nonces that carry their own age, signed, so that none need remembering (RFC 7616 §3.3).
type nonces struct{ key [32]byte }

func (n *nonces) init(random io.Reader) { _, _ = io.ReadFull(random, n.key[:]) }

func (n *nonces) issue(now time.Time) string {
	stamp := binary.BigEndian.AppendUint64(nil, uint64(now.UnixNano()))
	return hex.EncodeToString(append(stamp, n.sign(stamp)...))
}

func (n *nonces) sign(stamp []byte) []byte {
	mac := hmac.New(sha256.New, n.key[:])
	mac.Write(stamp)
	return mac.Sum(nil)[:16]
}

// fresh reports whether the nonce is ours and young enough.
func (n *nonces) fresh(nonce string, now time.Time) bool {
	raw, err := hex.DecodeString(nonce)
	if err != nil || len(raw) != 24 || !hmac.Equal(raw[8:], n.sign(raw[:8])) {
		return false
	}
	age := now.Sub(time.Unix(0, int64(binary.BigEndian.Uint64(raw))))
	return age >= 0 && age < nonceLife
}

// authenticate checks a request's credentials for this PBX and returns the extension they prove. When there are none, or
// they are stale, it answers with a challenge (401 to REGISTER, 407 to anything else); when they are wrong, with 403.
// In both cases ok is false and the request has been answered.
func (p *PBX) authenticate(req *sip.Request, tx sip.ServerTransaction) (extension string, ok bool) {
	name := "Proxy-Authorization"
	if req.Method == sip.REGISTER {
		name = "Authorization"
	}
	now := time.Now()
	for _, h := range req.GetHeaders(name) {
		cred, err := digest.ParseCredentials(h.Value())
		if err != nil || cred.Realm != p.cfg.Realm {
			continue // credentials for another server on the way
		}
		if !p.nonces.fresh(cred.Nonce, now) {
			p.challenge(req, tx, true)
			return "", false
		}
		password, known := p.cfg.Users[cred.Username]
		if !known || !p.proves(cred, password, req.Method.String()) {
			p.log.Info("demo PBX: wrong password", "method", req.Method)
			p.respond(req, tx, 403, "Forbidden")
			return "", false
		}
		return cred.Username, true
	}
	p.challenge(req, tx, false)
	return "", false
}

// proves reports whether the credentials' response is the one the password gives.
func (p *PBX) proves(cred *digest.Credentials, password, method string) bool {
	algorithm := strings.ToUpper(cred.Algorithm)
	if algorithm == "" {
		algorithm = "MD5" // RFC 7616 §3.4: the default
	}
	if !slices.Contains(p.cfg.Algorithms, algorithm) {
		return false
	}
	challenge := &digest.Challenge{Realm: cred.Realm, Nonce: cred.Nonce, Algorithm: algorithm}
	if cred.QOP != "" {
		challenge.QOP = []string{cred.QOP}
	}
	want, err := digest.Digest(challenge, digest.Options{
		Method: method, URI: cred.URI, Count: cred.Nc, Cnonce: cred.Cnonce,
		Username: cred.Username, Password: password,
	})
	return err == nil && subtle.ConstantTimeCompare([]byte(want.Response), []byte(cred.Response)) == 1
}

// challenge asks for credentials, once for every algorithm, the most wanted first (RFC 8760 §2.1).
func (p *PBX) challenge(req *sip.Request, tx sip.ServerTransaction, stale bool) {
	code, reason, name := 407, "Proxy Authentication Required", "Proxy-Authenticate"
	if req.Method == sip.REGISTER {
		code, reason, name = 401, "Unauthorized", "WWW-Authenticate"
	}
	nonce := p.nonces.issue(time.Now())
	var headers []sip.Header
	for _, algorithm := range p.cfg.Algorithms {
		c := digest.Challenge{Realm: p.cfg.Realm, Nonce: nonce, Algorithm: algorithm, QOP: []string{"auth"}, Stale: stale}
		headers = append(headers, header(name, c.String()))
	}
	p.respond(req, tx, code, reason, headers...)
}
