package dialog

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"
)

// digestChallenge is one challenge of a server (RFC 7616 §3.3). Values are as they were written, with the backslashes of a
// quoted string in place: so they are hashed, and so they go back.
type digestChallenge struct {
	realm, nonce string
	opaque       *string // nil: there was none. An empty one is given back too
	algorithm    string  // in capitals; "" is MD5, and is not named in the answer
	qop          []string
	stale        bool
	userhash     bool
}

// hashes are the algorithms of RFC 7616 and RFC 8760, the weakest first, by the name that answers give them.
var hashes = []struct {
	name string
	make func() hash.Hash
}{
	{"MD5", md5.New},
	{"SHA-256", sha256.New},
	{"SHA-512-256", sha512.New512_256},
	{"SHA-512", sha512.New},
}

// hash is the place of the challenge's algorithm in hashes, -1 for one we do not know, and whether it is that of a session.
func (c *digestChallenge) hash() (place int, session bool) {
	name, session := strings.CutSuffix(c.algorithm, "-SESS")
	if c.algorithm == "" {
		name = "MD5"
	}
	for i, h := range hashes {
		if h.name == name {
			return i, session
		}
	}
	return -1, session
}

// quality is which qop is answered; ok is false where all of them are unknown.
func (c *digestChallenge) quality() (qop string, ok bool) {
	for _, q := range []string{"auth", "auth-int"} {
		if slices.Contains(c.qop, q) {
			return q, true
		}
	}
	return "", len(c.qop) == 0
}

// answerable reports whether we know how to answer.
func (c *digestChallenge) answerable() bool {
	place, _ := c.hash()
	_, ok := c.quality()
	return place >= 0 && ok && c.nonce != ""
}

// credentials is the answer for a request (RFC 7616 §3.4). The digest is over the Request-URI as sent.
func (c *challenge) credentials(method, uri string, body []byte, user, password string) (string, bool) {
	place, session := c.hash()
	qop, ok := c.quality()
	if place < 0 || !ok {
		return "", false
	}
	h := hashes[place].make()
	sum := func(parts ...string) string {
		h.Reset()
		h.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(h.Sum(nil))
	}
	nc := fmt.Sprintf("%08x", max(c.count, 1))
	a1 := sum(user, c.realm, password)
	if session {
		a1 = sum(a1, c.nonce, c.cnonce)
	}
	a2 := sum(method, uri)
	if qop == "auth-int" {
		a2 = sum(method, uri, sum(string(body)))
	}
	response := sum(a1, c.nonce, a2)
	if qop != "" {
		response = sum(a1, c.nonce, nc, c.cnonce, qop, a2)
	}
	name := escapeQuoted(user)
	if c.userhash {
		name = sum(user, c.realm)
	}
	var fields []string
	quoted := func(name, value string) { fields = append(fields, name+`="`+value+`"`) }
	bare := func(name, value string) { fields = append(fields, name+"="+value) }
	quoted("username", name)
	quoted("realm", c.realm)
	quoted("nonce", c.nonce)
	quoted("uri", uri)
	quoted("response", response)
	if c.algorithm != "" {
		algorithm := hashes[place].name
		if session {
			algorithm += "-sess"
		}
		bare("algorithm", algorithm)
	}
	if c.opaque != nil {
		quoted("opaque", *c.opaque)
	}
	if qop != "" || session {
		quoted("cnonce", c.cnonce)
	}
	if qop != "" {
		bare("qop", qop)
		bare("nc", nc)
	}
	if c.userhash {
		bare("userhash", "true")
	}
	return "Digest " + strings.Join(fields, ", "), true
}

func newCnonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

func escapeQuoted(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
}
