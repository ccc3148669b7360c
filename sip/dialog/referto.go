package dialog

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// referTo is whom a Refer-To header wants called (RFC 3515 §2.1).
type referTo struct {
	uri      sip.Uri // without headers
	replaces *replaces
}

// readReferTo reads a Refer-To header. code is what the REFER is refused with when it asks for what we do not do: anything but an INVITE to a
// sip:, sips: or tel: address. Of the headers in the URI only Replaces is taken over (RFC 3261 §19.1.5 warns of the others).
func readReferTo(value string) (to referTo, code int) {
	if strings.ContainsAny(value, "\r\n\x00") {
		return referTo{}, 400
	}
	text, params := strings.TrimSpace(value), ""
	if open := strings.IndexByte(text, '<'); open >= 0 {
		inside, after, closed := strings.Cut(text[open+1:], ">")
		if !closed {
			return referTo{}, 400
		}
		text, params = strings.TrimSpace(inside), after
	} else {
		text, params, _ = strings.Cut(text, ";")
	}
	for p := range strings.SplitSeq(params, ";") {
		if k, v, _ := strings.Cut(p, "="); strings.EqualFold(strings.TrimSpace(k), "method") && !strings.EqualFold(strings.TrimSpace(v), "INVITE") {
			return referTo{}, 603
		}
	}
	address, headers, _ := strings.Cut(text, "?")
	if err := sip.ParseUri(address, &to.uri); err != nil {
		return referTo{}, 400
	}
	to.uri.Headers, to.uri.Scheme = nil, strings.ToLower(to.uri.Scheme)
	switch to.uri.Scheme {
	case "sip", "sips":
		if to.uri.Host == "" {
			return referTo{}, 400
		}
		if method, ok := param(to.uri.UriParams, "method"); ok && !strings.EqualFold(method, "INVITE") {
			return referTo{}, 603
		}
		to.uri.UriParams = slices.DeleteFunc(to.uri.UriParams, func(p sip.HeaderKV) bool { return strings.EqualFold(p.K, "method") })
	case "tel":
	default:
		return referTo{}, 416
	}
	for h := range strings.SplitSeq(headers, "&") {
		name, v, _ := strings.Cut(h, "=")
		if !strings.EqualFold(Unescape(name), "Replaces") {
			continue
		}
		r, ok := readReplaces(Unescape(v))
		if !ok || to.replaces != nil {
			return referTo{}, 400
		}
		to.replaces = &r
	}
	return to, 0
}

// referToCall is the Refer-To of an attended transfer: the address of the party of another call, and that call to be replaced
// (RFC 5589 §7.1). It is the address that was called last, where the call may have been sent on to, and not the Contact, which is often reachable from here alone.
func referToCall(other *Call) string {
	uri := other.d.remote.Address
	if !other.inbound {
		uri = other.out.uri
	}
	uri.Headers, uri.UriParams = nil, nil
	switch {
	case uri.Host == "": // a caller by tel:, which names no server
		uri = other.ua.Target(userOf(uri))
	case other.ua.ours(uri): // From and To do not name its port
		user, tls := uri.User, secure(uri)
		uri = other.ua.domain()
		if uri.User = user; tls { // it is called by TLS on the whole way, there too
			uri.Scheme = "sips"
		}
	}
	return "<" + uri.String() + "?Replaces=" + escapeHeader(other.replaces().String()) + ">"
}

// escapeHeader writes the value of a header inside a URI, %-escaping what RFC 3261 §25.1 does not allow there.
func escapeHeader(value string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-_.!~*'()", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// asked is what is called for a Refer-To. inside says that it is at our own server, which is asked for the user alone, where the account's own
// requests go. Of an address outside, the user and the host are called, which the agent is asked about: a port, maddr or transport would lead elsewhere.
// It is false for a tel: address that is no number, and for a sips: address where the server is reached in the clear.
func (ua *UA) asked(to referTo) (uri sip.Uri, inside, ok bool) {
	own := ua.domain()
	if secure(to.uri) {
		if ua.network != overTLS {
			return sip.Uri{}, false, false
		}
		own.Scheme = to.uri.Scheme
	}
	if to.uri.Scheme == "tel" {
		own.User, ok = telNumber(to.uri)
		return own, true, ok
	}
	user := escapeUser(Unescape(to.uri.User))
	if ua.ours(to.uri) {
		own.User = user
		return own, true, true
	}
	return sip.Uri{Scheme: to.uri.Scheme, User: user, Host: to.uri.Host}, false, true
}

// ours reports whether an address is of our domain. The server may name itself by its IP address.
func (ua *UA) ours(uri sip.Uri) bool {
	ip, err := netip.ParseAddr(strings.Trim(uri.Host, "[]"))
	return uri.User != "" && (strings.EqualFold(uri.Host, ua.domain().Host) || err == nil && ua.reg.servesAddr(ip.Unmap()))
}
