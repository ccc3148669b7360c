package dialog

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"
)

// What the user agent can do, as its Allow, Accept and Supported headers say.
const (
	allowed   = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, NOTIFY, REFER"
	supported = "timer, 100rel, from-change, replaces, norefersub"
)

// param finds a parameter, ignoring case and the spaces around its name; sipgo keeps both as they came.
func param(params sip.HeaderParams, name string) (string, bool) {
	for _, kv := range params {
		if strings.EqualFold(strings.TrimSpace(kv.K), name) {
			return strings.TrimSpace(kv.V), true
		}
	}
	return "", false
}

func tagOf(params sip.HeaderParams) string {
	tag, _ := param(params, "tag")
	return tag
}

// newTag makes a tag or a branch with 122 random bits; RFC 3261 §19.3 asks for 32.
func newTag() string { return strings.ReplaceAll(uuid.NewString(), "-", "") }

func newBranch() string { return sip.RFC3261BranchMagicCookie + newTag() }

// header reads the value of a header that may be there in its short form.
func header(msg interface{ GetHeader(string) sip.Header }, names ...string) string {
	for _, n := range names {
		if h := msg.GetHeader(n); h != nil {
			return h.Value()
		}
	}
	return ""
}

// headerValues reads all values of a header, those sent in one line comma by comma too.
func headerValues(msg interface{ GetHeaders(string) []sip.Header }, names ...string) []string {
	var values []string
	for _, n := range names {
		for _, h := range msg.GetHeaders(n) {
			values = append(values, SplitList(h.Value())...)
		}
	}
	return values
}

// SplitList splits a header value at the commas that are outside quotes and angle brackets (RFC 3261 §7.3.1).
func SplitList(value string) []string {
	var list []string
	quoted, escaped, angle := false, false, false
	start := 0
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case c == ',' && !angle:
			add(value[start:i])
			start = i + 1
		}
	}
	add(value[start:])
	return list
}

// mostOptions bounds how many extensions are taken from a refusal, and how long a name of one may be.
const (
	mostOptions   = 5
	longestOption = 40
)

// missing are the extensions that a refusal is about: those that whoever refuses requires (RFC 3261 §21.4.16, RFC 3329 §2.3.1), or does not know
// (§21.4.15). What is no name of one is left out: people read it.
func missing(res *sip.Response) (options []string) {
	name := "Require"
	switch res.StatusCode {
	case 421, 494:
	case sip.StatusBadExtension:
		name = "Unsupported"
	default:
		return nil
	}
	for _, v := range headerValues(res, name) {
		if tagText(v) && len(v) <= longestOption && len(options) < mostOptions && !slices.Contains(options, v) {
			options = append(options, v)
		}
	}
	return options
}

// seconds reads a delta-seconds value, ignoring its parameters.
func seconds(value string) (int, bool) {
	value, _, _ = strings.Cut(value, ";")
	value, _, _ = strings.Cut(value, "(") // Retry-After may carry a comment
	n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 32)
	return int(n), err == nil
}

// newRequest starts a request with the headers that all our requests have, except Via.
func (ua *UA) newRequest(method sip.RequestMethod, uri sip.Uri, from *sip.FromHeader, to *sip.ToHeader, callID string, seq uint32) *sip.Request {
	req := sip.NewRequest(method, uri)
	id := sip.CallIDHeader(callID)
	forwards := sip.MaxForwardsHeader(70)
	req.AppendHeader(&forwards)
	req.AppendHeader(sip.HeaderClone(from))
	req.AppendHeader(sip.HeaderClone(to))
	req.AppendHeader(&id)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: seq, MethodName: method})
	if ua.cfg.UserAgent != "" {
		req.AppendHeader(sip.NewHeader("User-Agent", ua.cfg.UserAgent))
	}
	return req
}

// stamp puts our Via on top, naming the address the request will leave from, with rport so that the answer comes back
// through NAT (RFC 3581).
func (ua *UA) stamp(req *sip.Request, to hop, branch string) {
	via := &sip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: to.network.inVia(),
		Host: ua.localIP(to.addr).String(), Port: int(ua.bound.Port()),
	}
	if own, ok := ua.flowTo(to); ok && to.network == overTLS {
		via.Host, via.Port = own.Addr().String(), int(own.Port())
	}
	via.Params.Add("branch", branch)
	via.Params.Add("rport", "")
	req.PrependHeader(via)
}

// contactAt is the address in a Contact that is sent to a hop: the one that the registrar sees behind a NAT, for what goes by it,
// and for TLS our end of the connection.
func (ua *UA) contactAt(local netip.Addr, to hop) netip.AddrPort {
	if ua.reg.public.IsValid() && ua.reg.servesAddr(to.addr.Addr()) && (to.network == overTLS) == (ua.reg.reached.network == overTLS) {
		return ua.reg.public
	}
	if to.network == overTLS {
		if own, ok := ua.flowTo(to); ok {
			return own
		}
	}
	return netip.AddrPortFrom(local, ua.bound.Port())
}

// contact is where requests of the other side, in a dialog, reach us when it is reached through the hop.
func (ua *UA) contact(to hop) *sip.ContactHeader {
	c := ua.contactOf(to)
	ua.byFlow(c, to)
	return c
}

// contactOf is contact for a binding.
func (ua *UA) contactOf(to hop) *sip.ContactHeader {
	at := ua.contactAt(ua.localIP(to.addr), to)
	c := &sip.ContactHeader{Address: sip.Uri{
		Scheme: ua.scheme(), User: escapeUser(ua.cfg.Account.User), Host: at.Addr().String(), Port: int(at.Port()),
	}}
	if to.network != overUDP {
		c.Address.UriParams.Add("transport", to.network.String())
	}
	return c
}

// contactFor is contact in a dialog that was begun by a sips: address: where we have TLS it promises that to us, too (RFC 3261 §8.1.1.8, §12.1.1, RFC 5630 §4).
func (ua *UA) contactFor(to hop, secure bool) *sip.ContactHeader {
	c := ua.contact(to)
	if secure && ua.network == overTLS {
		c.Address.Scheme = "sips"
	}
	return c
}

// cancelOf builds the CANCEL of a request that was sent (RFC 3261 §9.1): same Via, Request-URI, Route and CSeq number.
// sipgo's own would carry the route set twice (S6).
func cancelOf(req *sip.Request) *sip.Request {
	c := sip.NewRequest(sip.CANCEL, req.Recipient)
	c.AppendHeader(req.Via().Clone())
	sip.CopyHeaders("Route", req, c)
	forwards := sip.MaxForwardsHeader(70)
	c.AppendHeader(&forwards)
	for _, name := range []string{"From", "To", "Call-ID"} {
		sip.CopyHeaders(name, req, c)
	}
	c.AppendHeader(&sip.CSeqHeader{SeqNo: req.CSeq().SeqNo, MethodName: sip.CANCEL})
	sip.CopyHeaders("User-Agent", req, c)
	c.SetBody(nil)
	return c
}

// ackOf builds the ACK of a final answer that is not 2xx, part of the INVITE's own transaction (RFC 3261 §17.1.1.3).
func ackOf(req *sip.Request, res *sip.Response) *sip.Request {
	a := sip.NewRequest(sip.ACK, req.Recipient)
	a.AppendHeader(req.Via().Clone())
	sip.CopyHeaders("Route", req, a)
	forwards := sip.MaxForwardsHeader(70)
	a.AppendHeader(&forwards)
	sip.CopyHeaders("From", req, a)
	sip.CopyHeaders("To", res, a)
	sip.CopyHeaders("Call-ID", req, a)
	a.AppendHeader(&sip.CSeqHeader{SeqNo: req.CSeq().SeqNo, MethodName: sip.ACK})
	a.SetBody(nil)
	return a
}

// newResponse builds an answer (RFC 3261 §8.2.6) that goes back the way the request came (§18.2.2, RFC 3581 §4).
// tag is ours; it is added when the request has none yet. "" makes a new one, for answers outside any dialog.
func newResponse(req *sip.Request, code int, tag string) *sip.Response {
	res := newStatelessResponse(req, code)
	if to := res.To(); to != nil && code != sip.StatusTrying && tag != "" && tagOf(req.To().Params) == "" {
		to.Params.Add("tag", tag)
	}
	source, err := netip.ParseAddrPort(req.Source())
	if err != nil {
		return res
	}
	if via := res.Via(); via != nil && networkOf(req) == overUDP {
		dest := source
		if _, ok := param(via.Params, "rport"); !ok {
			if strings.Trim(via.Host, "[]") != source.Addr().String() {
				via.Params.Add("received", source.Addr().String())
			}
			port := uint16(via.Port)
			if port == 0 {
				port = overUDP.port()
			}
			dest = netip.AddrPortFrom(source.Addr(), port)
		}
		res.SetDestination(dest.String())
	}
	return res
}

func reasonPhrase(code int) string {
	if p, ok := phrases[code]; ok {
		return p
	}
	return fmt.Sprintf("Status %d", code)
}

var phrases = map[int]string{
	100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 183: "Session Progress",
	200: "OK", 202: "Accepted",
	400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout",
	415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension", 422: "Session Interval Too Small",
	480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 486: "Busy Here",
	487: "Request Terminated", 488: "Not Acceptable Here", 489: "Bad Event", 491: "Request Pending",
	500: "Server Internal Error", 501: "Not Implemented", 503: "Service Unavailable", 504: "Server Time-out", 505: "Version Not Supported",
	600: "Busy Everywhere", 603: "Decline",
}
