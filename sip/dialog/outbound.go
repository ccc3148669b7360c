package dialog

import (
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"
)

// outbound is the caller's side of a call: RFC 3261 §13.2, with the forks of RFC 6026 and the crossings of CANCEL.
type outbound struct {
	x      *exchange
	offer  offerer
	body   []byte         // what it gave last
	local  netip.Addr     // what the INVITE was sent from
	seen   netip.AddrPort // and where its answers say that it came from; a port of 0 is not known
	seenAt time.Time      // when one said so last, and so found its way back
	to     sip.ToHeader
	from   sip.FromHeader
	seq    uint32
	forks  map[string]*dialog // early dialogs by To tag, and legs given up
	acks   map[string]bool    // To tags whose 2xx was acknowledged
	gaveUp bool
	uri    sip.Uri // what is being called
	again  int     // how often the call was placed once more, with another offer
	redirects
	stopWait func() // of the timer that runs: first for any answer at all, then for the one to a CANCEL
}

// silence is how long an INVITE may stay without any answer. The transaction would go on for 64·T1, half a minute;
// no caller waits that long for a phone that does not even ring.
func silence() time.Duration { return 24 * sip.T1 }

// NewCall makes a call; Invite places it.
func (ua *UA) NewCall(h Handler) *Call {
	c := &Call{ua: ua, h: h, callID: uuid.NewString(), localTag: newTag()}
	ua.calls[dialogKey(c.callID, c.localTag)] = c
	ua.reg.watch()
	return c
}

// Invite places the call, to a number or a SIP URI. offer is asked for the SDP once the address it leaves from is
// known; it is asked again, and must give the same, when the INVITE is sent again with credentials. The handler may
// hear of the call's end before Invite returns.
func (c *Call) Invite(number string, offer offerer) { c.place(c.ua.Target(number), offer) }

// offerer gives the SDP to offer, once the address that the INVITE leaves from is known.
type offerer = func(local netip.Addr) ([]byte, error)

func (c *Call) place(uri sip.Uri, offer offerer) {
	to := uri
	to.Port, to.UriParams = 0, nil // RFC 3261 §19.1.1
	c.out = outbound{
		offer: offer,
		to:    sip.ToHeader{Address: to},
		from:  c.from(),
		forks: make(map[string]*dialog),
		acks:  make(map[string]bool),
	}
	c.out.from.Params.Add("tag", c.localTag)
	c.out.stopWait = c.after(silence(), func() {
		c.giveUp() // should it be answered after all, it is hung up
		c.ended(End{Cause: NoResponse, Err: errNoAnswer})
	})
	c.invite(uri)
}

// Target is the URI a number or address is called by. A bare number belongs to our own domain, also with sips: before it.
func (ua *UA) Target(number string) sip.Uri {
	number = strings.TrimSpace(number)
	if strings.Contains(number, "@") || strings.HasPrefix(strings.ToLower(number), "sip:") {
		text := number
		if l := strings.ToLower(text); !strings.HasPrefix(l, "sip:") && !strings.HasPrefix(l, "sips:") {
			text = "sip:" + text
		}
		var uri sip.Uri
		if err := sip.ParseUri(text, &uri); err == nil && uri.Host != "" {
			uri.Headers = nil // a link must not add headers of its choice (RFC 3261 §19.1.5)
			return uri
		}
	}
	u := ua.domain()
	if rest, ok := strings.CutPrefix(number, "sips:"); ok {
		u.Scheme, number = "sips", rest
	}
	u.User = escapeUser(strings.TrimPrefix(strings.TrimPrefix(number, "tel:"), "callto:"))
	return u
}

func (c *Call) invite(uri sip.Uri) {
	ua := c.ua
	c.out.called(uri)
	c.out.uri = uri
	for tag := range c.out.forks { // of an attempt before this one, with another offer
		if !c.out.acks[tag] {
			delete(c.out.forks, tag)
		}
	}
	routes := ua.routeSet()
	next := ua.firstHop(uri, routes)
	c.offering = true
	c.out.x = &exchange{ua: ua, call: c.callID, to: next, failover: true, on: c.inviteAnswered}
	c.out.x.build = func(to hop) (*sip.Request, error) {
		if c.over {
			return nil, errGivenUp
		}
		c.knownAs(to)
		c.out.local, c.out.seen = c.at.local, netip.AddrPort{}
		body, err := c.out.offer(c.at.local)
		if err != nil {
			return nil, err
		}
		c.local, c.out.body = body, body
		c.out.seq++
		req := ua.newRequest(sip.INVITE, uri, &c.out.from, &c.out.to, c.callID, c.out.seq)
		for _, u := range routes {
			req.AppendHeader(&sip.RouteHeader{Address: u})
		}
		req.AppendHeader(ua.contactFor(to, secure(uri)))
		c.identify(req)
		req.AppendHeader(sip.NewHeader("Allow", allowed))
		req.AppendHeader(sip.NewHeader("Supported", supported))
		c.timer.wish(c, req)
		c.follows.headers(req)
		c.replacing.headers(req)
		req.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		req.SetBody(body)
		return req, nil
	}
	c.out.x.start()
}

func (c *Call) inviteAnswered(res *sip.Response, err error) {
	if err == nil {
		c.source = c.out.x.tx.to
		c.out.seen, _ = seenFrom(res, 0)
		c.out.seenAt = c.ua.now()
	}
	if !c.out.gaveUp {
		c.out.stop()
	}
	switch {
	case err != nil:
		c.inviteFailed(err)
	case res.StatusCode == sip.StatusTrying:
	case res.StatusCode < 200:
		c.progress(res)
	case res.StatusCode < 300:
		c.picked(res)
	case res.StatusCode < 400 && c.redirect(res):
	case c.callAgain(res):
	case res.StatusCode >= 400 && res.StatusCode < 600 && c.callNext(): // 6xx is for everywhere
	default:
		c.out.stop()
		c.ended(c.rejected(res))
		c.forget()
	}
}

func (c *Call) rejected(res *sip.Response) End {
	return End{
		Cause: Rejected, Code: res.StatusCode, Challenge: c.out.x.challenge, Phrase: res.Reason, Reasons: reasons(res), Rang: c.out.x.rang,
		Options: missing(res), Warning: header(res, "Warning"), SDP: SDP(res), SentTo: c.notFollowed(res),
	}
}

// mostAgain is how often a call is placed once more: for each of two ways to encrypt, and in the profiles with feedback for those and in clear.
const mostAgain = 5

// callAgain places the call once more with another offer, where the other side refuses the first and we have one (RFC 3261
// §8.1.3.5). It reports false where there is none.
func (c *Call) callAgain(res *sip.Response) bool {
	switch res.StatusCode {
	case sip.StatusUnsupportedMediaType, sip.StatusNotAcceptableHere, sip.StatusGlobalNotAcceptable:
	default:
		return false
	}
	if c.over || c.out.gaveUp || c.out.again >= mostAgain || !c.h.Refused(c.rejected(res)) {
		return false
	}
	c.out.again++
	c.invite(c.out.uri)
	return true
}

func (c *Call) inviteFailed(err error) {
	if c.answered {
		return // a transaction that ends long after its 2xx
	}
	c.out.stop()
	c.ended(End{Cause: causeOf(err), Err: err})
	c.forget()
}

// progress keeps one early dialog for each To tag, as many as there are forks (S1: as often as they care to ring).
func (c *Call) progress(res *sip.Response) {
	sdp := SDP(res)
	if tag := tagOf(res.To().Params); tag != "" {
		d := c.out.forks[tag]
		if d == nil {
			d = dialogOfResponse(c.out.x.tx.req, res)
			d.reached, d.known = c.out.x.tx.to, c.out.x.known
			c.out.forks[tag] = d
		} else {
			d.refresh(res.Contact())
		}
		if i := c.ua.answerIdentity(res, c.out.x.tx.to); i != nil || d.identity != nil && d.identity.Answer { // the call may have gone on to who is not named
			d.identity = i
		}
		if rseq, ok := numbered(res); ok {
			if !d.due(c, res, rseq) {
				return
			}
			d.agreed = d.agreed || sdp != nil
		}
		switch {
		case d.changed:
			sdp = nil // it repeats what is agreed no more
		case sdp != nil:
			d.earlyAnswer = sdp
		}
	}
	if !c.over {
		c.follows.tell(res.StatusCode)
		c.h.Progress(res.StatusCode, sdp)
	}
}

// picked is a 2xx: the first one makes the call, a repeated one wants its ACK again, one from another fork is
// acknowledged and hung up (§13.2.2.4; S3). When we have given up in the meantime, so is the first one (S2).
func (c *Call) picked(res *sip.Response) {
	invite := c.out.x.tx.req
	tag := tagOf(res.To().Params)
	if c.d != nil && c.d.remoteTag == tag {
		c.d.acknowledge(c.ua, invite)
		return
	}
	if leg := c.out.forks[tag]; leg != nil && c.out.acks[tag] {
		leg.acknowledge(c.ua, invite)
		return
	}
	d := dialogOfResponse(invite, res) // the 2xx has the final route set (§13.2.2.4)
	early := c.out.forks[tag]
	if early != nil {
		early.target, early.focus, early.routes, early.seq = d.target, d.focus, d.routes, max(d.seq, early.seq)
		d = early
	}
	d.reached, d.least, d.known = c.out.x.tx.to, c.out.x.least, c.out.x.known
	c.out.acks[tag] = true
	c.out.forks[tag] = d
	if c.d != nil || c.over {
		c.out.stop()
		d.acknowledge(c.ua, invite)
		d.bye(c.ua, func(*sip.Response, error) {
			if c.d == nil {
				c.forget()
			}
		})
		return
	}
	c.d, c.answered, c.offering = d, true, false
	c.allows = allowsOf(res)
	d.acknowledge(c.ua, invite)
	sdp := SDP(res)
	switch {
	case d.changed:
		sdp = nil
	case sdp == nil:
		sdp = d.earlyAnswer // answered early, and not said again
	}
	if !d.changed {
		c.local = c.out.body // what another phone has changed was between it and us
	}
	c.timer.agreed(c, res, true)
	c.h.Answered(sdp, d.changed)
	if !c.unsettled {
		c.Settled()
	}
	said := c.ua.answerIdentity(res, c.out.x.tx.to)
	if said == nil && early != nil { // while it rang
		said = early.identity
	}
	c.identified(said)
}

// changedByOther reports whether another phone than that of a dialog has changed the session before the call is answered.
func (o *outbound) changedByOther(than *dialog) bool {
	for _, d := range o.forks {
		if d != than && d.changed {
			return true
		}
	}
	return false
}

// giveUp cancels the INVITE. The transaction lives on for the 487, or for a 200 that crossed the CANCEL. Should
// neither come, the call is forgotten after 64·T1 (§9.1).
func (c *Call) giveUp() {
	if c.out.x == nil || c.out.waits != nil { // no INVITE went out, or each has been answered
		c.ua.queue.Put(func() { c.Guard(c.forget) })
		return
	}
	c.out.gaveUp = true
	c.out.stop()
	c.out.x.cancel()
	c.out.stopWait = c.after(64*sip.T1, func() {
		c.out.x.abandon()
		c.forget()
	})
}

func (o *outbound) stop() {
	if o.stopWait != nil {
		o.stopWait()
		o.stopWait = nil
	}
}

func allowsOf(msg interface{ GetHeaders(string) []sip.Header }) map[string]bool {
	m := make(map[string]bool)
	for _, v := range headerValues(msg, "Allow") {
		m[strings.ToUpper(v)] = true
	}
	return m
}
