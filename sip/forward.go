package sip

import (
	"slices"
	"strings"
	"time"

	"linecard/fault"
)

// Calls that are forwarded: the caller is told another number (302), and the phone system calls that. Strangers are not told any, and
// a call that would come back rings: two phones that forward to each other must not play ball with a caller.

// Why a call is forwarded, as the phone system and the phone that takes it are told (RFC 5806 §4.1).
const (
	forwardAll      = "unconditional"
	forwardBusy     = "user-busy"
	forwardNoAnswer = "no-answer"
)

// forwardAfter is how long a call rings before it is forwarded, where the account does not say.
const forwardAfter = 20 * time.Second

// forwardedAtOnce is where a call goes before it rings, and why; "" when it does not. refused tells that it would be told busy.
func (c *call) forwardedAtOnce(refused bool) (to, why string) {
	f := c.line.account.Forward
	if c.p.closed {
		return "", ""
	}
	if to = c.forwardTo(f.Always); to == "" && refused {
		return c.forwardTo(f.Busy), forwardBusy
	}
	return to, forwardAll
}

// forwardTo is what is sent for a number that calls are forwarded to; "" where this one is not.
func (c *call) forwardTo(number string) string {
	if number == "" || c.d.Direct() {
		return ""
	}
	d, err := c.line.account.Dialable(number)
	if err != nil {
		c.p.log.Warn("call not forwarded", "call", c.id, "error", err)
		return ""
	}
	to := c.p.planned(c.line, d, "")
	if c.circles(d.Number) || c.circles(to) {
		c.p.log.Info("call not forwarded, since it would come back", "call", c.id)
		return ""
	}
	return to
}

// circles reports whether a call that is sent on to a number is seen here again: the number is our own, the caller's, or one that
// has sent this call on already. So has one that was forwarded by us before.
func (c *call) circles(to string) bool {
	l := c.line
	us := append([]string{l.account.User}, l.status.Own...)
	same := func(told string) bool { return l.same(told, to) }
	ours := func(told string) bool {
		return slices.ContainsFunc(us, func(own string) bool { return l.same(told, own) })
	}
	if slices.ContainsFunc(us, same) || same(c.party.User) {
		return true
	}
	for _, v := range c.d.Values("Diversion") {
		if a, ok := parseAddress(v); ok && (same(a.user) || ours(a.user)) {
			return true
		}
	}
	history := c.d.Values("History-Info")
	return slices.ContainsFunc(history[:max(0, len(history)-1)], func(v string) bool { // the last one is where the call is now
		a, ok := parseAddress(v)
		return ok && same(a.user)
	})
}

// same reports whether a number that the line's server has told is one that calls are sent on to.
func (l *line) same(told, to string) bool {
	return told == to || told != "" && l.p.cfg.SameNumber != nil && l.p.cfg.SameNumber(l.account.ID(), told, to)
}

// forwardUnrung forwards a call that does not ring.
func (c *call) forwardUnrung(e CallIncoming, to, why string) {
	c.begins()
	e.Refused, e.Forwarded = true, true
	c.refuseAs(e, forwardedTo(to), func() { c.d.Redirect(to, why) })
	c.p.log.Info("call forwarded", "call", c.id, "why", why)
}

// forwardUnanswered forwards a call that nobody has answered once it has rung long enough. Where to is read then: the agent may have changed it.
func (c *call) forwardUnanswered() {
	f := c.line.account.Forward
	if f.NoAnswer == "" {
		return
	}
	after := f.After
	if after <= 0 {
		after = forwardAfter
	}
	c.p.after(after, func() {
		c.d.Guard(func() {
			if !c.untaken() {
				return
			}
			if to := c.forwardTo(c.line.account.Forward.NoAnswer); to != "" {
				c.verdict = forwardedTo(to)
				c.d.Redirect(to, forwardNoAnswer)
				c.p.log.Info("call forwarded", "call", c.id, "why", forwardNoAnswer)
			}
		})
	})
}

// forwardedTo is the end of a call that was forwarded.
func forwardedTo(to string) *verdict {
	return &verdict{reason: EndForwarded, code: 302, text: fault.New("sip.ended.forwarded", "number", strings.TrimSpace(to))}
}
