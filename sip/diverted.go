package sip

import (
	"slices"
	"strings"

	"linecard/clean"
)

// Who sent a call on is told to the agent, kept and logged; so whoever keeps that private is left out here, where it comes in. The number
// that the caller asked for may be theirs, too.

// diverter is somebody who sent a call on.
type diverter struct {
	address
	hidden bool // they may not be told
}

// diverters are those who sent the call on, the last first. Diversion (RFC 5806) lists them so; in History-Info (RFC 7044) the last is the
// entry before the last, which is us.
func diverters(values headerValues) (all []diverter) {
	asked := values("Privacy")
	whole := private(asked, "header")
	for _, v := range values("Diversion") {
		if a, ok := parseAddress(v); ok {
			all = append(all, diverter{a, whole || diversionHidden(a)})
		}
	}
	whole = whole || private(asked, "history")
	history := values("History-Info")
	for i := len(history) - 2; i >= 0; i-- {
		if a, ok := parseAddress(history[i]); ok {
			own, asks := a.asks["privacy"]
			all = append(all, diverter{a, whole || asks && !strings.EqualFold(strings.TrimSpace(own), "none")})
		}
	}
	return all
}

// divertedBy is who sent the call on last; "" for nobody, or nobody who may be told.
func divertedBy(values headerValues) string {
	for _, d := range diverters(values) {
		switch {
		case d.hidden, d.user != "" && anonymous(d.address):
			return ""
		case d.user != "":
			return clean.Line(d.user)
		}
	}
	return ""
}

// diversionHidden reads the privacy of a Diversion: it may be off, or about the name alone. What nobody knows hides.
func diversionHidden(a address) bool {
	p, ok := a.params["privacy"]
	return ok && !slices.Contains([]string{"off", "none", "name"}, strings.ToLower(p))
}

// called is whom the caller asked for: our own number where it is that of somebody who sent the call on and may not be told.
func (c *call) called() string {
	to := c.d.Called()
	if a, ok := parseAddress(c.d.To()); ok { // the number alone, as that of everybody else
		to = a.user
	}
	called := clean.Line(to)
	for _, d := range diverters(c.d.Values) {
		if user := clean.Line(d.user); d.hidden && called != "" && (plusless(user) == plusless(called) || c.line.same(user, called)) {
			return c.line.account.User
		}
	}
	return called
}

// plusless is a number as it may be written anywhere. Two people who have the same one are one here: who is hidden in vain costs little.
func plusless(number string) string { return strings.TrimPrefix(plainNumber(number), "+") }
