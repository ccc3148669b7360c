package instance

import (
	"fmt"
	"net"
	"net/url"
	"strings"

	"linecard/fault"
)

// Link is who a tel:, sip:, sips: or callto: link wants to be called.
type Link struct {
	Scheme string // "tel", "sip", "sips" or "callto"
	Number string // what to put into the number field: "+14155550132", "2041", or "alice@example.com"
	URI    string // of a sip or sips link: "sip:alice@example.com:5080", without parameters and headers; else ""
}

// maxLink is how long a link or what is left of it may be, in bytes. E.164 has 15 digits; SIP addresses are short too.
const (
	maxLink   = 2000
	maxNumber = 100
)

// ParseLink reads a link as a browser hands it over. What it returns is safe to show and to put into a SIP request: the
// characters of a phone number, or of a user name and host; never a control character, a header or a parameter.
// The error is a fault; it does not repeat the link.
func ParseLink(s string) (Link, error) {
	if len(s) > maxLink {
		return Link{}, fault.Err(nil, "instance.link-too-long")
	}
	scheme, rest, ok := strings.Cut(strings.TrimSpace(s), ":")
	if !ok {
		return Link{}, errNoLink
	}
	l := Link{Scheme: strings.ToLower(scheme)}
	rest = strings.TrimPrefix(rest, "//") // tel://…, callto://…: wrong, and common
	var err error
	switch l.Scheme {
	case "tel", "callto":
		l.Number, err = telNumber(rest)
	case "sip", "sips":
		l.Number, l.URI, err = sipAddress(l.Scheme, rest)
	default:
		return Link{}, errNoLink
	}
	if err != nil {
		return Link{}, err
	}
	if len(l.Number) > maxNumber || len(l.URI) > maxNumber+len("sips:") {
		return Link{}, fault.Err(nil, "instance.link-too-long")
	}
	return l, nil
}

var (
	errNoLink   = fault.Err(nil, "instance.link-unknown")
	errNoNumber = fault.Err(nil, "instance.link-without-number")
	errNoSIP    = fault.Err(nil, "instance.link-without-address")
)

// telNumber reads the subscriber of a tel URI (RFC 3966 §3) and drops its visual separators and parameters. A
// phone-context is dropped too: it says where a local number is valid, not what to dial before it (§5.1.5).
func telNumber(s string) (string, error) {
	s, _, _ = strings.Cut(s, ";")
	s, _, _ = strings.Cut(s, "?") // callto:+1…?call
	s, err := url.PathUnescape(s)
	if err != nil {
		return "", errNoNumber
	}
	return phoneNumber(s)
}

// phoneNumber keeps the digits of s and a leading plus. Full-width digits are what Japanese pages have.
func phoneNumber(s string) (string, error) {
	var b strings.Builder
	digits := false
	for _, r := range s {
		switch {
		case r >= '０' && r <= '９':
			r = r - '０' + '0'
			fallthrough
		case r >= '0' && r <= '9':
			digits = true
			b.WriteRune(r)
		case r == '*' || r == '#':
			b.WriteRune(r)
		case r == '+' || r == '＋':
			if b.Len() > 0 {
				return "", errNoNumber
			}
			b.WriteByte('+')
		case strings.ContainsRune("-.()/ \u00a0\u2010\u2011\u2013\u2212", r): // hyphens and spaces as they are typeset
		default:
			return "", errNoNumber
		}
	}
	if !digits {
		return "", errNoNumber
	}
	return b.String(), nil
}

// sipAddress reads user@host[:port] of a SIP URI (RFC 3261 §19.1.1). Parameters, headers and a password are dropped:
// they could set what the agent did not see (a method, a Route, a body).
func sipAddress(scheme, s string) (number, uri string, err error) {
	s, _, _ = strings.Cut(s, "?")
	user, host, hasHost := cutLast(s, "@")
	if !hasHost {
		user, host = s, ""
	}
	user, _, _ = strings.Cut(user, ";")
	user, _, _ = strings.Cut(user, ":") // user:password
	host, _, _ = strings.Cut(host, ";")
	user, err = url.PathUnescape(user)
	if err != nil || user == "" {
		return "", "", errNoSIP
	}
	if n, err := phoneNumber(user); err == nil {
		user = n
	}
	if !isUser(user) {
		return "", "", errNoSIP
	}
	if !hasHost { // sip:2041, from pages that think of one PBX
		return user, "", nil
	}
	if !isHostPort(host) {
		return "", "", errNoSIP
	}
	number = user
	if _, err := phoneNumber(user); err != nil {
		number = user + "@" + host
	}
	return number, fmt.Sprintf("%s:%s@%s", scheme, user, host), nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// isUser holds a user part to the unreserved and user-unreserved characters that need no escaping anywhere (§25.1),
// less those that mean something to the one who reads on: no '@', ':', ';', '?', '%', '<', '>', '"'.
func isUser(s string) bool {
	return s != "" && strings.Trim(s, letters+digits+"-_.!~*'()&=+$,/#") == ""
}

// isHostPort: a host name, an IPv4 address or a bracketed IPv6 address, with a port or without.
func isHostPort(s string) bool {
	host, port := s, ""
	if h, p, err := net.SplitHostPort(s); err == nil {
		host, port = h, p
		if port == "" || len(port) > 5 || strings.Trim(port, digits) != "" {
			return false
		}
	} else if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		host = s[1 : len(s)-1]
	}
	if ip := net.ParseIP(host); ip != nil {
		return strings.Contains(s, "[") == strings.Contains(host, ":")
	}
	return host != "" && strings.Trim(host, letters+digits+"-.") == "" && !strings.HasPrefix(host, ".") && !strings.HasPrefix(host, "-")
}

const (
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits  = "0123456789"
)
