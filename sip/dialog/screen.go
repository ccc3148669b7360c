package dialog

import (
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
	"golang.org/x/time/rate"
)

// Where direct calls are accepted, requests from addresses other than our server's are let in at this rate, and this many
// at once: enough for any direct call, too few for a scanner to keep the phone busy. A request is kept for as long as it may be repeated, and so a
// long one counts as several: once more for each strangerBytes.
const (
	strangerRate  = rate.Limit(20)
	strangerBurst = 60
	strangerBytes = 2 << 10
)

// known are the methods we know; others get 501, these 405 when they are not for a phone.
var known = map[sip.RequestMethod]bool{
	sip.INVITE: true, sip.ACK: true, sip.CANCEL: true, sip.BYE: true, sip.REGISTER: true, sip.OPTIONS: true,
	sip.SUBSCRIBE: true, sip.NOTIFY: true, sip.REFER: true, sip.INFO: true, sip.MESSAGE: true, sip.PRACK: true,
	sip.UPDATE: true, sip.PUBLISH: true,
}

// served are the methods in our Allow header.
var served = map[sip.RequestMethod]bool{
	sip.INVITE: true, sip.ACK: true, sip.CANCEL: true, sip.BYE: true, sip.OPTIONS: true, sip.INFO: true,
	sip.UPDATE: true, sip.PRACK: true, sip.NOTIFY: true, sip.REFER: true,
}

// extensions are the option tags a request may require of us.
var extensions = map[string]bool{"timer": true, "100rel": true, "from-change": true, "replaces": true, "norefersub": true}

// verdict is what the screen says of a request: 0 lets it pass, any other value is the status to refuse it with.
type verdict struct {
	code    int
	headers []sip.Header
}

func refuse(code int, headers ...sip.Header) verdict { return verdict{code, headers} }

// screen is the one gate every request passes before anything acts on it (RFC 3261 §8.2, in its order). What it lets
// through has all mandatory headers, once, and a method we serve: nothing behind it looks again (S13).
func screen(req *sip.Request) verdict {
	if !strings.EqualFold(req.SipVersion, "SIP/2.0") {
		return refuse(505)
	}
	if !wellFormed(req) {
		return refuse(400)
	}
	if req.IsAck() { // is never answered, so there is nothing to say about the rest
		return verdict{}
	}
	if !known[req.Method] {
		return refuse(501, sip.NewHeader("Allow", allowed))
	}
	switch scheme := strings.ToLower(req.Recipient.Scheme); {
	case scheme == "sip", scheme == "tel":
	case scheme == "sips" && networkOf(req) == overTLS: // it promises TLS all the way
	default:
		return refuse(416)
	}
	if !served[req.Method] {
		return refuse(405, sip.NewHeader("Allow", allowed))
	}
	if req.IsCancel() {
		return verdict{} // §8.2.2.3: Require does not apply
	}
	if unknown := unsupported(req); len(unknown) > 0 {
		return refuse(420, sip.NewHeader("Unsupported", strings.Join(unknown, ", ")))
	}
	return content(req)
}

// identified reports whether a request has the headers that tell transactions and dialogs apart.
func identified(req *sip.Request) bool {
	return req.Via() != nil && req.From() != nil && req.To() != nil && req.CallID() != nil && req.CSeq() != nil
}

// wellFormed checks what RFC 3261 §8.1.1 asks of every request, and that nothing single is there twice.
func wellFormed(req *sip.Request) bool {
	if !identified(req) {
		return false
	}
	seq := req.CSeq()
	if !strings.EqualFold(strings.TrimSpace(string(seq.MethodName)), string(req.Method)) {
		return false
	}
	if req.Via().Host == "" || req.CallID().Value() == "" {
		return false
	}
	if !clean(req) {
		return false
	}
	once := make(map[string]bool, 8)
	length := ""
	for _, h := range req.Headers() {
		name := strings.ToLower(h.Name())
		switch name {
		case "from", "to", "call-id", "cseq", "max-forwards", "content-type":
			if once[name] {
				return false
			}
			once[name] = true
		case "content-length":
			if length != "" && length != h.Value() {
				return false
			}
			length = h.Value()
		}
	}
	return len(req.Recipient.Headers) == 0 // a Request-URI must not bring its own headers (§19.1.1)
}

// clean reports whether no header contains CR or LF. sipgo ends a line at CR LF alone, so that a bare LF
// in a caller's name would come out of our own requests as a header of the caller's choice at a peer that ends lines at LF.
func clean(msg interface{ Headers() []sip.Header }) bool {
	for _, h := range msg.Headers() {
		if strings.ContainsAny(h.Value(), "\r\n") || strings.ContainsAny(h.Name(), "\r\n") {
			return false
		}
	}
	return true
}

// unsupported are the option tags required of us that we do not know.
func unsupported(req *sip.Request) []string {
	var unknown []string
	for _, tag := range headerValues(req, "Require") {
		if !extensions[strings.ToLower(tag)] {
			unknown = append(unknown, tag)
		}
	}
	return unknown
}

// content judges the body of a request and what it wants back (RFC 3261 §8.2.3).
func content(req *sip.Request) verdict {
	if len(req.Body()) > 0 {
		if !plainlyEncoded(req) {
			return refuse(415, sip.NewHeader("Accept-Encoding", "identity"))
		}
	}
	if req.Method != sip.INVITE && req.Method != sip.UPDATE {
		return verdict{}
	}
	if d, _ := sessionExpires(req); d > 0 && d < minSE && timerSupported(req) {
		return refuse(422, sip.NewHeader("Min-SE", strconv.Itoa(int(minSE/time.Second)))) // RFC 4028 §9
	}
	_, params := cutUnquoted(header(req, "Content-Disposition"), ";")
	handling, _ := param(readParameters(params), "handling")
	optional := strings.EqualFold(handling, "optional") // §20.11
	if len(req.Body()) > 0 && mediaType(req) != "application/sdp" && len(SDP(req)) == 0 && !optional {
		return refuse(415, sip.NewHeader("Accept", "application/sdp"))
	}
	if accept := headerValues(req, "Accept"); len(accept) > 0 {
		for _, a := range accept {
			switch kindOf(contentType(a)) {
			case "application/sdp", "application/*", "*/*":
				return verdict{}
			}
		}
		return refuse(406, sip.NewHeader("Accept", "application/sdp"))
	}
	return verdict{}
}

// plainlyEncoded reports whether a body is what it is, and not packed.
func plainlyEncoded(req *sip.Request) bool {
	e := strings.TrimSpace(header(req, "Content-Encoding", "e"))
	return e == "" || strings.EqualFold(e, "identity")
}

// mediaType is the type of the body without its parameters, in lower case.
func mediaType(msg interface{ GetHeader(string) sip.Header }) string {
	return kindOf(header(msg, "Content-Type", "c"))
}

func kindOf(contentType string) string {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// admits is the rate limit of those who call directly. Our server is never limited: it has authenticated the caller.
func (ua *UA) admits(req *sip.Request) bool {
	return ua.knows(req) || ua.strangers.AllowN(time.Now(), 1+len(req.String())/strangerBytes)
}

// receiveRequest takes a request through transaction matching and the screen to whoever it is for.
func (ua *UA) receiveRequest(req *sip.Request) {
	if ua.uninvited(req) {
		if req.IsInvite() && ua.cfg.Uninvited != nil && ua.isNewCall(req) {
			ua.cfg.Uninvited(sourceIP(req.Source()))
		}
		return
	}
	v := screen(req)
	if v.code != 0 && !identified(req) {
		ua.refuseStateless(req, v.code)
		return
	}
	if ua.retransmitted(req) {
		return
	}
	if req.IsAck() {
		if v.code == 0 {
			ua.receiveACK(req)
		}
		return
	}
	inDialog := tagOf(req.To().Params) != ""
	if ua.calls[dialogKey(req.CallID().Value(), tagOf(req.To().Params))] == nil && !ua.admits(req) {
		return // silence: a sender that floods us learns nothing, and busy lines are what it wants
	}
	if v.code == 0 && req.IsCancel() {
		ua.cancelled(req)
		return
	}
	key := serverKey(req, req.Method)
	st := ua.open(req, key)
	if st == nil {
		return
	}
	if v.code != 0 && (inDialog || !ua.tellsOf(req, v)) {
		st.reply(v.code, v.headers...)
		return
	}
	if inDialog {
		ua.receiveInDialog(st)
		return
	}
	switch req.Method {
	case sip.INVITE:
		ua.receiveInvite(st, ua.overtaken(key), v)
	case sip.OPTIONS:
		ua.answerOptions(st)
	case sip.NOTIFY:
		ua.notifiedUnasked(st)
	case sip.REFER:
		st.reply(403) // nobody has us call by a request that belongs to no call
	default: // BYE, INFO, UPDATE, PRACK of no dialog
		st.reply(481)
	}
}

// refuseStateless answers without a transaction, from the headers there are.
func (ua *UA) refuseStateless(req *sip.Request, code int) {
	if req.IsAck() || req.Via() == nil {
		return
	}
	conn := ua.wayBack(req)
	if conn == nil {
		return
	}
	defer conn.TryClose() //nolint:errcheck // a reference given back
	if err := conn.WriteMsg(ua.signed(newStatelessResponse(req, code))); err != nil {
		ua.log.Debug("response not sent", "status", code, "error", err)
	}
}

// answerOptions says what we can do (RFC 3261 §11.2). It is 200 also while the line is busy: what a PBX asks by it is
// whether the phone is there, and one that is told 486 lists it as gone.
func (ua *UA) answerOptions(st *serverTx) {
	st.reply(200,
		sip.NewHeader("Allow", allowed),
		sip.NewHeader("Accept", "application/sdp"),
		sip.NewHeader("Supported", supported),
	)
}
