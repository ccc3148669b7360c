package dialog

import (
	"fmt"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Referral is a REFER of the other side: it asks us to call somebody in its place (RFC 3515), and hears by NOTIFY how that goes. The call it
// came in stays until the other side ends it. Its methods may be called in any order, and after the call has ended.
type Referral struct {
	c        *Call
	to       referTo
	uri      sip.Uri // that is called
	inside   bool
	by       string // Referred-By (RFC 3892), handed on as it came
	silent   bool   // it wants to hear nothing (RFC 4488)
	id       uint32 // CSeq number of the REFER
	named    bool   // NOTIFYs carry the id: it is not the first of the call
	told     int    // status told last
	next     []int  // statuses that wait for the answer to the NOTIFY before
	sending  bool
	finished bool
}

func (r *Referral) pending() bool { return r != nil && !r.finished }

// Inside reports whether the address is at the account's own server.
func (r *Referral) Inside() bool { return r.inside }

// User is whom the address names.
func (r *Referral) User() string { return userOf(r.uri) }

// Host is where that is; "" at the account's own server.
func (r *Referral) Host() string {
	if r.inside {
		return ""
	}
	return r.uri.Host
}

// Address is what is called, as Refer takes it.
func (r *Referral) Address() string { return r.uri.String() }

// By is who says so, in the words of the Referred-By header; "" without one.
func (r *Referral) By() string { return r.by }

// referred handles a REFER of the other side.
func (c *Call) referred(st *serverTx) {
	req := st.req
	values := append(req.GetHeaders("Refer-To"), req.GetHeaders("r")...)
	switch {
	case c.over:
		st.reply(481)
		return
	case !c.answered, !c.ua.knows(req): // whoever calls directly sends us to nobody
		st.reply(403)
		return
	case len(values) != 1:
		st.reply(400)
		return
	case c.asked.pending(), c.referring != nil && !c.referring.finished:
		st.reply(491)
		return
	}
	to, code := readReferTo(values[0].Value())
	if code != 0 {
		st.reply(code)
		return
	}
	r := &Referral{c: c, to: to, by: header(req, "Referred-By", "b"), id: req.CSeq().SeqNo, named: c.asked != nil}
	var called bool
	if r.uri, r.inside, called = c.ua.asked(to); !called {
		st.reply(416)
		return
	}
	sub := strings.TrimSpace(header(req, "Refer-Sub"))
	r.silent = strings.EqualFold(sub, "false")
	c.asked = r
	if code := c.h.Referred(r); code != 0 {
		r.finished = true
		st.reply(code)
		return
	}
	res := c.response(st, 202)
	if r.silent {
		res.AppendHeader(sip.NewHeader("Refer-Sub", "false"))
	}
	st.respond(res)
	r.tell(100)
}

// Refuse tells the other side that nobody is called.
func (r *Referral) Refuse() { r.tell(603) }

// Fail tells the other side that whoever it wants called was reached in vain.
func (r *Referral) Fail(code int) { r.tell(code) }

// Follow makes the call that was asked for; InviteReferred places it. What becomes of it is told to the other side.
func (r *Referral) Follow(h Handler) *Call {
	n := r.c.ua.NewCall(h)
	n.follows = r
	return n
}

// InviteReferred places a call made by Follow. offer is as of Invite.
func (c *Call) InviteReferred(offer offerer) { c.place(c.follows.uri, offer) }

// headers are what the INVITE of a call that follows a REFER has beside others.
func (r *Referral) headers(req *sip.Request) {
	if r == nil {
		return
	}
	if r.to.replaces != nil {
		req.AppendHeader(sip.NewHeader("Replaces", r.to.replaces.String()))
		req.AppendHeader(sip.NewHeader("Require", "replaces"))
	}
	if r.by != "" {
		req.AppendHeader(sip.NewHeader("Referred-By", r.by))
	}
}

// tell has the other side hear of a status: each once, and nothing after a final one.
func (r *Referral) tell(code int) {
	if r == nil || r.finished || code == r.told {
		return
	}
	r.told, r.finished = code, code >= 200
	if r.silent {
		return
	}
	r.next = append(r.next, code)
	r.send()
}

// send sends the NOTIFYs one after the other, so that none overtakes another.
func (r *Referral) send() {
	c := r.c
	if r.sending || len(r.next) == 0 || c.d == nil {
		return
	}
	if c.over { // whoever has hung up does not ask any more
		r.next = nil
		return
	}
	code := r.next[0]
	r.next, r.sending = r.next[1:], true
	c.d.exchange(c.ua, sip.NOTIFY, func(req *sip.Request, _ hop) error {
		event, state := "refer", "active;expires=180"
		if r.named {
			event += fmt.Sprintf(";id=%d", r.id)
		}
		if code >= 200 {
			state = "terminated;reason=noresource"
		}
		req.AppendHeader(sip.NewHeader("Event", event))
		req.AppendHeader(sip.NewHeader("Subscription-State", state))
		req.AppendHeader(sip.NewHeader("Content-Type", "message/sipfrag;version=2.0"))
		req.SetBody([]byte(fmt.Sprintf("SIP/2.0 %d %s\r\n", code, reasonPhrase(code))))
		return nil
	}, func(res *sip.Response, err error) {
		if err == nil && res.StatusCode < 200 {
			return
		}
		r.sending = false
		if err != nil || res.StatusCode >= 300 { // it does not want to know
			r.next, r.silent = nil, true
			return
		}
		r.send()
	})
}

// ended is what the end of a call that followed the REFER says to the other side.
func (r *Referral) ended(e End) {
	switch {
	case r == nil:
	case e.Code >= 300:
		r.tell(e.Code)
	case e.Cause == HungUpHere:
		r.tell(487)
	case e.Cause == NoResponse:
		r.tell(408)
	default:
		r.tell(503)
	}
}
