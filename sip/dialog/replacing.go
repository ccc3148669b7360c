package dialog

import (
	"github.com/emiago/sipgo/sip"
)

// Replacing is a call between others that still rings, and whose place our call takes (RFC 3891).
type Replacing struct {
	r   replaces
	uri sip.Uri // of whoever is asked for that; may have no host
}

// NewReplacing names a call as its one end has it, which is asked: toTag is that end's own. at is the address of that end, as a URI. It is false where
// the parts are none.
func NewReplacing(callID, toTag, fromTag, at string) (Replacing, bool) {
	r := Replacing{r: replaces{callID: callID, toTag: toTag, fromTag: fromTag, earlyOnly: true}}
	again, ok := readReplaces(r.r.String())
	if !ok || again != r.r {
		return Replacing{}, false
	}
	var uri sip.Uri
	if sip.ParseUri(at, &uri) == nil {
		r.uri = uri
	}
	return r, true
}

// InviteReplacing is Invite with a call that it takes the place of. It goes to whoever is asked if that is at the account's own server, which is asked for
// the user alone, and to number there otherwise: no server sends us elsewhere by this.
func (c *Call) InviteReplacing(number string, r Replacing, offer offerer) {
	uri := c.ua.Target(number)
	if c.ua.ours(r.uri) {
		uri = c.ua.domain()
		uri.User = escapeUser(Unescape(r.uri.User))
	}
	c.replacing = &r.r
	c.place(uri, offer)
}

// headers are what an INVITE that replaces a call has beside others.
func (r *replaces) headers(req *sip.Request) {
	if r != nil {
		req.AppendHeader(sip.NewHeader("Replaces", r.String()))
		req.AppendHeader(sip.NewHeader("Require", "replaces"))
	}
}
