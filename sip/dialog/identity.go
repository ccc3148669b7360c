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
	Answer  bool   // it came with an answer of theirs: to our INVITE, also before the 200, to our re-INVITE, or to our UPDATE

	values func(names ...string) []string
}

// Values are the values of a header, one by one even when they came in one line. names are the header's names, long and short.
func (i Identity) Values(names ...string) []string { return i.values(names...) }

// says reports whether it says more than who was there before.
func (i *Identity) says() bool {
	return i.Changed || len(i.Values("P-Asserted-Identity"))+len(i.Values("Remote-Party-ID")) > 0
}

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

// answerIdentity reads an answer to a request, which came from the hop that the request went to. It is nil when that is not one
// the account knows, or when the answer does not say.
func (ua *UA) answerIdentity(res *sip.Response, from hop) *Identity {
	if !ua.trusted.Load().knows(from) {
		return nil
	}
	if i := (&Identity{Answer: true, values: func(names ...string) []string { return headerValues(res, names...) }}); i.says() {
		return i
	}
	return nil
}

// identified tells the call who it is with, if anybody said; once it is settled.
func (c *Call) identified(i *Identity) {
	switch {
	case i == nil || c.over:
	case c.unsettled:
		if c.keptBack == nil || i.says() {
			c.keptBack = i
		}
	default:
		c.h.Identity(*i)
	}
}
