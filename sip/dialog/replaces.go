package dialog

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// replaces is the value of a Replaces header (RFC 3891 §6.1): which dialog of its receiver a call is to take the place of.
type replaces struct {
	callID    string
	toTag     string // of the receiver's own
	fromTag   string // of the other side's
	earlyOnly bool   // only while that call is not answered
}

// readReplaces reads a Replaces header. It is false where the value is none: a tag that is missing or there twice included.
func readReplaces(value string) (replaces, bool) {
	callID, params, _ := strings.Cut(value, ";")
	r := replaces{callID: strings.TrimSpace(callID)}
	seen := make(map[string]bool)
	for p := range strings.SplitSeq(params, ";") {
		name, v, _ := strings.Cut(p, "=")
		name, v = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(v)
		switch name {
		case "to-tag":
			r.toTag = v
		case "from-tag":
			r.fromTag = v
		case "early-only":
			r.earlyOnly = true
		default:
			continue
		}
		if seen[name] {
			return replaces{}, false
		}
		seen[name] = true
	}
	if !callIDText(r.callID) || !tagText(r.toTag) || !tagText(r.fromTag) {
		return replaces{}, false
	}
	return r, true
}

// callIDText reports whether a text can be a Call-ID (RFC 3261 §25.1: words that may be joined by an at sign).
func callIDText(s string) bool {
	return s != "" && strings.Trim(s, tokenChars+"()<>:\\\"/[]?{}@") == ""
}

// tagText reports whether a text can be a tag (RFC 3261 §25.1: a token).
func tagText(s string) bool { return s != "" && strings.Trim(s, tokenChars) == "" }

const tokenChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~"

func (r replaces) String() string {
	s := r.callID + ";to-tag=" + r.toTag + ";from-tag=" + r.fromTag
	if r.earlyOnly {
		s += ";early-only"
	}
	return s
}

// replaces names the dialog of a call as its other side knows it: its own tag is the to-tag.
func (c *Call) replaces() replaces {
	return replaces{callID: c.callID, toTag: c.d.remoteTag, fromTag: c.localTag}
}

// replaced finds the call that an INVITE wants to take the place of. A code other than 0 is what the INVITE is refused with; with
// neither it is a call like any other (RFC 3891 §3).
func (ua *UA) replaced(req *sip.Request) (old *Call, code int) {
	values := req.GetHeaders("Replaces")
	switch {
	case len(values) == 0:
		return nil, 0
	case len(values) > 1:
		return nil, 400
	}
	r, ok := readReplaces(values[0].Value())
	if !ok {
		return nil, 400
	}
	if !ua.knows(req) { // whoever calls directly takes over no call, and is not told that there is one
		return nil, 481
	}
	c := ua.calls[dialogKey(r.callID, r.toTag)]
	if c == nil {
		return nil, 481
	}
	d := c.d
	if d == nil {
		d = c.out.forks[r.fromTag]
	}
	switch {
	case d == nil || d.remoteTag != r.fromTag && (r.fromTag != "0" || d.remoteTag != ""): // §3: 0 stands for a peer of RFC 2543 without a tag
		return nil, 481
	case c.over:
		return nil, 603
	case c.answered && r.earlyOnly:
		return nil, 486
	case !c.answered && c.inbound: // only who placed a call may have it taken over before the answer
		return nil, 481
	}
	return c, 0
}

// Replaces is the call that an inbound one is to take the place of; nil when it is a call like any other. Whoever accepts the one hangs up
// the other.
func (c *Call) Replaces() *Call { return c.in.old }
