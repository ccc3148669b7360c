package dialog

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Identity is what a message of the other side inside a call says of who sent it. A phone system that joins two calls, or
// hands one on, tells by it who the call is with now: by P-Asserted-Identity (RFC 3325 §9) or its forerunner
// Remote-Party-ID, or by another From (RFC 4916 §4). Only a hop that the account knows is heard: a caller must not choose
// in the middle of a call who they are.
type Identity struct {
	From    string // From's value, whole; "" in an answer, whose From is ours
	Changed bool   // From names another user than the one before (RFC 4916 §4.4)
	Answer  bool   // it came with the 200 to our INVITE, or to our re-INVITE

	values func(names ...string) []string
}

// Values are the values of a header, one by one even when they came in one line. names are the header's names, long and short.
func (i Identity) Values(names ...string) []string { return i.values(names...) }

// identityOf reads a request of the dialog, and keeps its From for the requests to come (RFC 4916 §4.4.2). It is nil when
// the request does not come from a hop that the account knows.
func (d *dialog) identityOf(ua *UA, req *sip.Request) *Identity {
	if !ua.knows(req) {
		return nil
	}
	from := req.From()
	i := &Identity{From: from.Value(), values: func(names ...string) []string { return headerValues(req, names...) }}
	if user := userOf(from.Address); user != "" && !strings.EqualFold(user, userOf(d.remote.Address)) {
		i.Changed = true
		d.remote.DisplayName, d.remote.Address = from.DisplayName, from.Address
	}
	return i
}

// answerIdentity reads a 2xx to an INVITE, which came from the hop that the INVITE went to. It is nil when that is not one
// the account knows.
func (ua *UA) answerIdentity(res *sip.Response, from hop) *Identity {
	if !ua.trusted.Load().knows(from) {
		return nil
	}
	return &Identity{Answer: true, values: func(names ...string) []string { return headerValues(res, names...) }}
}

// identified tells the call who it is with, if anybody said.
func (c *Call) identified(i *Identity) {
	if i != nil && !c.over {
		c.h.Identity(*i)
	}
}
