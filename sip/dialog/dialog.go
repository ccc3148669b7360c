package dialog

import (
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// dialog is the state RFC 3261 §12 keeps for one peer relation: identifiers, sequence numbers, route set and target.
type dialog struct {
	callID              string
	local, remote       sip.FromHeader // with their tags
	localTag, remoteTag string
	seq                 uint32 // ours, last used
	remoteSeq           uint32 // theirs, last seen
	target              sip.Uri
	focus               bool          // it is a conference, as its Contact says (RFC 4579 §5.1)
	secure              bool          // begun by a sips: address
	routes              []sip.Uri     // Request-URI order: first hop first
	least               time.Duration // the session interval that a 422 asked for
	reached             hop           // where the other side was last heard
	earlyAnswer         []byte        // the SDP its provisional answers carried
	agreed              bool          // one of them was reliable: our offer is answered, before the call is
	changed             bool          // and the session was changed after that
	row                 row           // of the reliable provisional answers
	identity            *Identity     // what a provisional answer or an UPDATE said before the answer
	known               answered      // the challenges of a phone system that is one end of the call itself
}

func dialogKey(callID, localTag string) string { return callID + "\x00" + localTag }

// dialogOfResponse makes the caller's side of a dialog from an answer to its INVITE (§12.1.2).
func dialogOfResponse(invite *sip.Request, res *sip.Response) *dialog {
	d := &dialog{
		callID:    invite.CallID().Value(),
		local:     *invite.From(),
		localTag:  tagOf(invite.From().Params),
		remoteTag: tagOf(res.To().Params),
		remote:    sip.FromHeader{DisplayName: res.To().DisplayName, Address: res.To().Address, Params: res.To().Params},
		seq:       invite.CSeq().SeqNo,
		target:    invite.Recipient,
		secure:    secure(invite.Recipient),
	}
	d.refresh(res.Contact())
	rr := recordRoutes(res)
	for i := len(rr) - 1; i >= 0; i-- {
		d.routes = append(d.routes, rr[i])
	}
	return d
}

// dialogOfRequest makes the callee's side (§12.1.1).
func dialogOfRequest(invite *sip.Request, localTag string) *dialog {
	d := &dialog{
		callID:    invite.CallID().Value(),
		localTag:  localTag,
		remoteTag: tagOf(invite.From().Params),
		remote:    *invite.From(),
		local:     sip.FromHeader{DisplayName: invite.To().DisplayName, Address: invite.To().Address},
		remoteSeq: invite.CSeq().SeqNo,
		target:    invite.From().Address,
		routes:    recordRoutes(invite),
	}
	d.local.Params.Add("tag", localTag)
	d.secure = secure(invite.Recipient) || len(d.routes) > 0 && secure(d.routes[0])
	d.refresh(invite.Contact())
	if at, err := netip.ParseAddrPort(invite.Source()); err == nil && d.target.Host == "" { // a tel: From leads nowhere
		d.target = sip.Uri{Scheme: "sip", User: escapeUser(userOf(d.target)), Host: at.Addr().Unmap().String(), Port: int(at.Port())}
	}
	return d
}

func recordRoutes(msg interface{ GetHeaders(string) []sip.Header }) []sip.Uri {
	var list []sip.Uri
	for _, h := range msg.GetHeaders("Record-Route") {
		if rr, ok := h.(*sip.RecordRouteHeader); ok {
			list = append(list, rr.Address)
		}
	}
	return list
}

// refresh takes the new target of a target refresh: a re-INVITE or UPDATE, either way (§12.2.1.2, §12.2.2).
func (d *dialog) refresh(c *sip.ContactHeader) {
	if c != nil && !c.Address.Wildcard {
		d.target, d.focus = c.Address, isFocus(c)
	}
}

// isFocus reports whether a Contact is that of a conference (RFC 3840 §10, RFC 4579 §5.1). Without brackets the parameter is read as one of the address.
func isFocus(c *sip.ContactHeader) bool {
	return c.Params.Has("isfocus") || c.Address.UriParams.Has("isfocus")
}

// heardFrom notes where the other side is heard, if that is a hop of the account: a server that has taken over a call from
// another one sends its requests from its own address.
func (d *dialog) heardFrom(ua *UA, req *sip.Request) {
	if source := sourceOf(req); source.addr.IsValid() && ua.knows(req) {
		d.reached = source
	}
}

// request starts a request inside the dialog (§12.2.1.1), with the CSeq number given, and says where it goes.
func (d *dialog) request(ua *UA, method sip.RequestMethod, seq uint32) *sip.Request {
	uri, routes := d.way()
	to := &sip.ToHeader{DisplayName: d.remote.DisplayName, Address: d.remote.Address, Params: d.remote.Params}
	req := ua.newRequest(method, uri, &d.local, to, d.callID, seq)
	for _, r := range routes {
		req.AppendHeader(&sip.RouteHeader{Address: r})
	}
	return req
}

// way is the Request-URI and Route of a request. A first hop without lr is a strict router of RFC 2543: it wants to be
// the Request-URI itself, and the target last (§12.2.1.1).
func (d *dialog) way() (sip.Uri, []sip.Uri) {
	if len(d.routes) == 0 {
		return d.target, nil
	}
	if _, loose := param(d.routes[0].UriParams, "lr"); loose {
		return d.target, d.routes
	}
	routes := append(append([]sip.Uri(nil), d.routes[1:]...), d.target)
	return d.routes[0], routes
}

// next is where a request of the dialog is sent.
func (d *dialog) next(ua *UA) target { return ua.nextHop(d.first()) }

// first is the address that says so: of the first router, where it is a loose one, or the Request-URI.
func (d *dialog) first() sip.Uri {
	uri, routes := d.way()
	if len(d.routes) > 0 {
		if _, loose := param(d.routes[0].UriParams, "lr"); loose {
			return routes[0]
		}
	}
	return uri
}

// exchange sends a request inside the dialog, to its final answer.
func (d *dialog) exchange(ua *UA, method sip.RequestMethod, fill func(*sip.Request, hop) error, on func(*sip.Response, error)) *exchange {
	x := d.newExchange(ua, method, fill, on)
	x.start()
	return x
}

// newExchange makes the exchange of a request inside the dialog, to be started.
func (d *dialog) newExchange(ua *UA, method sip.RequestMethod, fill func(*sip.Request, hop) error, on func(*sip.Response, error)) *exchange {
	x := &exchange{ua: ua, call: d.callID, to: d.next(ua), far: d.passedOn(ua), inside: d, failover: true, once: method == sip.INFO, on: on}
	if !x.far { // what a far end's proxy has asked for is for the one request
		if d.known == nil {
			d.known = make(answered)
		}
		x.known = d.known
	}
	x.build = func(to hop) (*sip.Request, error) {
		d.seq++
		req := d.request(ua, method, d.seq)
		switch method {
		case sip.INVITE, sip.UPDATE, sip.REFER, sip.NOTIFY, sip.SUBSCRIBE:
			req.AppendHeader(ua.contactFor(to, d.secure))
			req.AppendHeader(sip.NewHeader("Allow", allowed))
			req.AppendHeader(sip.NewHeader("Supported", supported))
		}
		if fill != nil {
			if err := fill(req, to); err != nil {
				return nil, err
			}
		}
		return req, nil
	}
	return x
}

// passedOn reports whether the server only passes our requests on to the far end, as a proxy does: the far end is then
// at an address of its own, and its answers are not the server's. A phone system that is one end of every call itself
// gives its own address as the target, and no route: whoever is behind a proxy may write any target it likes, but the proxy
// has to stay in the way.
func (d *dialog) passedOn(ua *UA) bool {
	if len(d.routes) > 0 {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(d.target.Host, "[]"))
	if err != nil { // a name: the account's own, or one that anybody could lead elsewhere
		return !strings.EqualFold(d.target.Host, ua.domain().Host)
	}
	return !ua.reg.servesAddr(ip.Unmap())
}

// acknowledge sends the ACK of a 2xx, which is a request of its own: new branch, the dialog's route, and the
// credentials of its INVITE (§13.2.2.4, §22.1), unless a proxy hands it on: no proxy asks an ACK for any, and the far end would
// read them. It is sent again for each repetition of the 2xx.
func (d *dialog) acknowledge(ua *UA, invite *sip.Request) {
	ua.route(d.next(ua), func(hops []hop, err error) {
		if err != nil {
			ua.log.Warn("ACK not sent", "error", err)
			return
		}
		to := d.ordered(ua, d.secured(ua, hops))[0]
		ua.ready(to, func(err error) { // what the other side has proved tells whether it gets credentials
			if err != nil {
				ua.log.Warn("ACK not sent", "error", err)
				return
			}
			d.sendACK(ua, invite, to)
		})
	})
}

func (d *dialog) sendACK(ua *UA, invite *sip.Request, to hop) {
	ack := d.request(ua, sip.ACK, invite.CSeq().SeqNo)
	if ua.reg.serves(to) && !d.passedOn(ua) {
		sip.CopyHeaders("Authorization", invite, ack)
		sip.CopyHeaders("Proxy-Authorization", invite, ack)
	}
	ack.SetBody(nil)
	ua.stamp(ack, to, newBranch())
	ua.connect(ack, to, func(conn sip.Connection, err error) {
		if err == nil {
			err = conn.WriteMsg(ack)
			_, _ = conn.TryClose() // a reference given back
		}
		if err != nil {
			ua.log.Warn("ACK not sent", "error", err)
		}
	})
}

// bye ends a dialog: the call's own, a second fork that answered, or a 200 that crossed our CANCEL.
func (d *dialog) bye(ua *UA, done func(*sip.Response, error)) {
	d.exchange(ua, sip.BYE, nil, func(res *sip.Response, err error) {
		if done != nil && (err != nil || res.StatusCode >= 200) {
			done(res, err)
		}
	})
}
