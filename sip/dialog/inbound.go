package dialog

import (
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// inbound is the callee's side of a call: RFC 3261 §13.3.
type inbound struct {
	st       *serverTx
	old      *Call  // that it is to take the place of
	stopTime func() // end of ringing
	stopTell func() // next 180
	unfit    verdict
	reliable
}

const (
	// ringLimit is how long a call rings before it is refused with 480.
	ringLimit = 3 * time.Minute
	// ringAgain is how often the 180 is repeated so that proxies keep the call (§13.3.1.1).
	ringAgain = time.Minute
)

func (in *inbound) stopRing() {
	for _, stop := range []*func(){&in.stopTime, &in.stopTell} {
		if *stop != nil {
			(*stop)()
			*stop = nil
		}
	}
}

// receiveInvite is an INVITE outside any dialog, past the screen, or one that the screen refuses with a code that is told. overtaken says that
// its CANCEL was here before it.
func (ua *UA) receiveInvite(st *serverTx, overtaken bool, v verdict) {
	req := st.req
	switch {
	case overtaken:
		st.reply(487)
		return
	case !ua.knows(req) && !ua.forUser(req.Recipient): // a direct call
		st.reply(404)
		return
	case ua.merged(req):
		st.reply(482) // the same call by two ways (§8.2.2.2)
		return
	case ua.cfg.Incoming == nil || !ua.reg.wanted && ua.reg.status.State != Registered:
		st.reply(480)
		return
	case req.Contact() == nil: // mandatory in an INVITE (§8.1.1.8), but some gateways forget; From serves
		ua.log.Debug("INVITE without Contact")
	}
	old, code := ua.replaced(req)
	if code != 0 {
		st.reply(code)
		return
	}
	c := &Call{ua: ua, inbound: true, callID: req.CallID().Value(), localTag: newTag(), allows: allowsOf(req)}
	c.direct, c.source = !ua.knows(req), sourceOf(req)
	c.d = dialogOfRequest(req, c.localTag)
	c.d.seq = 1
	c.d.heardFrom(ua, req)
	c.in.st, c.in.old, c.in.unfit = st, old, v
	c.h = noHandler{}
	if c.source.addr.IsValid() {
		c.knownAs(c.source)
	}
	ua.calls[dialogKey(c.callID, c.localTag)] = c
	ua.reg.watch()
	if v.code != 0 {
		ua.cfg.Unfit(c, c.whyUnfit())
		return
	}
	ua.cfg.Incoming(c)
	if !c.over { // a call that is refused at once is nobody's to be called back for
		st.back.carries()
	}
}

// Unfit is why a call can only be refused, whatever it offers.
type Unfit struct {
	Code int    // to reject it with: 406, 415, 416 or 420
	What string // what it requires or brings that we do not know, as it came; "" where nothing names it
}

func (c *Call) whyUnfit() Unfit {
	u, req := Unfit{Code: c.in.unfit.code}, c.in.st.req
	switch u.Code {
	case 420:
		u.What = strings.Join(unsupported(req), ", ")
	case sip.StatusUnsupportedMediaType:
		if u.What = mediaType(req); !plainlyEncoded(req) {
			u.What = header(req, "Content-Encoding", "e")
		}
	}
	return u
}

// tellsOf reports whether an INVITE that the screen refuses is a call that somebody has to hear of: one of the account's own server, which
// does not call again by itself with less, as after a 422, and is none of a call that there is.
func (ua *UA) tellsOf(req *sip.Request, v verdict) bool {
	switch v.code {
	case 420, sip.StatusNotAcceptable, sip.StatusUnsupportedMediaType:
	case 416:
		if !secure(req.Recipient) {
			return false
		}
	default:
		return false
	}
	return ua.cfg.Unfit != nil && req.IsInvite() && ua.knows(req) && len(req.GetHeaders("Replaces")) == 0
}

// forUser reports whether a Request-URI names our user: by a sip: address, with or without parameters of its user, or as a tel: number. The host is not compared: behind NAT it is not ours. It is asked
// of direct calls only. What our own server sends to our Contact is for us, whoever it names: trunks and queues leave the
// number that was dialed in the Request-URI, or nothing (RFC 3261 §8.2.2.1 leaves that to the phone).
func (ua *UA) forUser(uri sip.Uri) bool {
	ours := ua.cfg.Account.User
	plain, _, _ := strings.Cut(userOf(uri), ";")
	return uri.User == escapeUser(ours) || userOf(uri) == ours || plain == ours
}

func (ua *UA) merged(req *sip.Request) bool {
	tag := tagOf(req.From().Params)
	for _, c := range ua.calls {
		if c.inbound && c.callID == req.CallID().Value() && c.d.remoteTag == tag && c.in.st.req.CSeq().SeqNo == req.CSeq().SeqNo {
			return true
		}
	}
	return false
}

// Values are the values of a header of the INVITE, one by one even when they came in one line. names are the header's
// names, long and short.
func (c *Call) Values(names ...string) []string {
	if c.in.st == nil {
		return nil
	}
	return headerValues(c.in.st.req, names...)
}

// Further calls f with each header field of the INVITE that begins with X-, which phone systems add for their own ends, in
// order, until f returns false.
func (c *Call) Further(f func(name, value string) bool) {
	if c.in.st == nil {
		return
	}
	for _, h := range c.in.st.req.Headers() {
		if name := h.Name(); len(name) > 2 && strings.EqualFold(name[:2], "X-") && !f(name, h.Value()) {
			return
		}
	}
}

// Source is the address that the messages of the other side come from: the server's, or that of whoever calls directly. It
// is not valid before an answer has come.
func (c *Call) Source() netip.Addr { return c.source.addr.Addr() }

// Direct reports whether the call came from an address that is not the account's, by [Trust.Direct].
func (c *Call) Direct() bool { return c.direct }

// From is the From header's value, whole.
func (c *Call) From() string { return c.in.st.req.From().Value() }

// To is the To header's value, whole.
func (c *Call) To() string { return c.in.st.req.To().Value() }

// Called is the user part of To, or its number: whom the caller asked for.
func (c *Call) Called() string { return userOf(c.in.st.req.To().Address) }

// RemoteSDP is the session description of the INVITE; nil when the caller wants us to offer.
func (c *Call) RemoteSDP() []byte { return SDP(c.in.st.req) }

// LocalIP is the own address that packets to the caller leave from, for the session description.
func (c *Call) LocalIP() netip.Addr {
	source, err := netip.ParseAddrPort(c.in.st.req.Source())
	if err != nil {
		return c.ua.bound.Addr()
	}
	return c.ua.localIP(source)
}

// response starts an answer to the INVITE, or to another request of the other side, with what every one of them has.
func (c *Call) response(st *serverTx, code int) *sip.Response {
	res := newResponse(st.req, code, c.localTag)
	if code < 300 {
		if source := sourceOf(st.req); source.addr.IsValid() {
			res.AppendHeader(c.ua.contactFor(source, c.d != nil && c.d.secure))
		}
		res.AppendHeader(sip.NewHeader("Allow", allowed))
		res.AppendHeader(sip.NewHeader("Supported", supported))
	}
	return c.ua.signed(res)
}

// Ring tells the caller that the phone rings: 180 now, and once a minute.
func (c *Call) Ring() {
	if c.over || c.answered {
		return
	}
	if c.reliably() {
		if !c.ringReliably() {
			return
		}
	} else {
		c.in.st.respond(c.response(c.in.st, sip.StatusRinging))
	}
	if c.in.stopTime == nil {
		limit := ringLimit
		if s, ok := seconds(header(c.in.st.req, "Expires")); ok && s > 0 {
			limit = min(limit, time.Duration(s)*time.Second)
		}
		c.in.stopTime = c.after(limit, func() {
			c.refuse(sip.StatusTemporarilyUnavailable)
			c.ended(End{Cause: NobodyAnswered, Code: sip.StatusTemporarilyUnavailable})
			c.forget()
		})
	}
	c.in.stopTell = c.after(ringAgain, c.Ring)
}

// Accept answers the call. sdp answers the caller's offer, or is ours when RemoteSDP was nil: the same that Handler.Offer gave while it
// rang, if it was asked. The 200 waits for the PRACK of a 180 that had it: until then the call rings on, and Hangup declines it. sent is called
// once the 200 is out, with the caller's answer where the PRACK has brought one; it may be called before Accept returns, or never.
func (c *Call) Accept(sdp []byte, sent func(answer []byte)) {
	if c.over || c.answered {
		return
	}
	c.in.stopRing()
	if c.waitsForPRACK(func() { c.Accept(sdp, sent) }) {
		return
	}
	c.in.rest()
	c.answered = true
	res := c.response(c.in.st, 200)
	c.timer.offered(c, c.in.st.req, res)
	agreed := c.in.answer
	if agreed == nil {
		c.local = sdp
		c.offering = c.RemoteSDP() == nil
		res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		res.SetBody(sdp)
	}
	c.send2xx(c.in.st, res)
	sent(agreed)
}

// Reject refuses the call with a status of 400 and above.
func (c *Call) Reject(code int) {
	if c.over || c.answered {
		return
	}
	c.refuse(code)
	c.ended(End{Cause: HungUpHere, Code: code})
	c.forget()
}

// Redirect sends the caller on to a number at the account's server (RFC 3261 §21.3.3), and says who does and why (RFC 5806): reason is
// "unconditional", "user-busy" or "no-answer".
func (c *Call) Redirect(number, reason string) {
	if c.over || c.answered {
		return
	}
	c.in.stopRing()
	res := c.response(c.in.st, sip.StatusMovedTemporarily)
	res.AppendHeader(&sip.ContactHeader{Address: c.ua.Target(number)})
	by := c.ua.self()
	res.AppendHeader(sip.NewHeader("Diversion", "<"+by.String()+">;reason="+reason))
	c.in.st.respond(res)
	c.ended(End{Cause: HungUpHere, Code: sip.StatusMovedTemporarily})
	c.forget()
}

func (c *Call) refuse(code int) {
	c.in.stopRing()
	c.in.rest()
	res := c.response(c.in.st, code)
	if code == c.in.unfit.code {
		for _, h := range c.in.unfit.headers {
			res.AppendHeader(h)
		}
	}
	c.in.st.respond(res)
}

// remoteCancel is a CANCEL while the call rings.
func (c *Call) remoteCancel(cancel *sip.Request) {
	c.refuse(sip.StatusRequestTerminated)
	why := reasons(cancel)
	end := End{Cause: Cancelled, Reasons: why}
	if elsewhere(why) {
		end.Cause = Elsewhere
	}
	c.ended(end)
	c.forget()
}

// noHandler is the handler of a call until it has one.
type noHandler struct{}

func (noHandler) Progress(int, []byte)       {}
func (noHandler) Answered([]byte, bool)      {}
func (noHandler) Offer([]byte) ([]byte, int) { return nil, 488 }
func (noHandler) Answer([]byte)              {}
func (noHandler) Refreshed([]byte)           {}
func (noHandler) Info(string, []byte) bool   { return false }
func (noHandler) Referred(*Referral) int     { return 481 }
func (noHandler) Moved(netip.Addr) bool      { return true }
func (noHandler) Identity(Identity)          {}
func (noHandler) Alive() bool                { return false }
func (noHandler) Refused(End) bool           { return false }
func (noHandler) SentOn(Redirect) Onward     { return NotThere }
func (noHandler) Ended(End)                  {}
