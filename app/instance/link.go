package instance

import (
	"errors"
	"net"
	"strings"

	"linecard/fault"
	"linecard/sip"
)

// Link is who a tel:, sip:, sips: or callto: link wants to be called.
type Link struct {
	Scheme string // "tel", "sip", "sips" or "callto"
	Number string // what to put into the number field: "+14155550132", "+14155550132,12", "2041", "alice@example.com", or "sips:2041"
	URI    string // of a sip or sips link that names a host: "sip:alice@example.com:5080", without parameters and headers; else ""
}

// maxLink is how long a link or what is left of it may be, in bytes. E.164 has 15 digits; SIP addresses are short too.
const (
	maxLink   = 2000
	maxNumber = 100
)

// ParseLink reads a link as a browser hands it over, as [sip.Read] reads it. What it returns is safe to show and to put into a
// SIP request: the characters of a phone number, or of a user name and host; never a control character, a header or a
// parameter. The error is a fault; it does not repeat the link.
func ParseLink(s string) (Link, error) {
	if len(s) > maxLink {
		return Link{}, errLong
	}
	scheme, rest, ok := strings.Cut(strings.TrimSpace(s), ":")
	if !ok {
		return Link{}, errNoLink
	}
	l := Link{Scheme: strings.ToLower(scheme)}
	wrong := errNoNumber
	as := l.Scheme
	switch l.Scheme {
	case "tel", "callto":
	case "sip", "sips":
		wrong, as = errNoSIP, "sip"
	default:
		return Link{}, errNoLink
	}
	if strings.ContainsAny(rest, overrides) || strings.Contains(strings.ToLower(rest), "%e2%80%a") {
		return Link{}, wrong // what the page shows is not what it asks for
	}
	d, err := sip.Read(l.Scheme + ":" + rest)
	switch {
	case errors.Is(err, sip.ErrLongNumber):
		return Link{}, errLong
	case errors.Is(err, sip.ErrBadNumber), errors.Is(err, sip.ErrNoNumber):
		return Link{}, wrong
	case err != nil:
		return Link{}, err
	case as != "sip" && named(d.Number):
		return Link{}, wrong
	case d.Host != "" && !isHostPort(d.Host):
		return Link{}, wrong
	}
	l.Number = d.String()
	if as == "sip" && d.Host != "" {
		if l.URI = d.String(); !d.Secure {
			l.URI = "sip:" + l.URI
		}
		if !named(d.Number) {
			d.Host = ""
			l.Number = d.String()
		}
	}
	if len(l.Number) > maxNumber || len(l.URI) > maxNumber+len("sips:") {
		return Link{}, errLong
	}
	return l, nil
}

var (
	errNoLink   error = fault.Err(nil, "instance.link-unknown")
	errLong     error = fault.Err(nil, "instance.link-too-long")
	errNoNumber error = fault.Err(nil, "instance.link-without-number")
	errNoSIP    error = fault.Err(nil, "instance.link-without-address")
)

// overrides turn text round, digits too.
const overrides = "\u202d\u202e"

// named reports whether a user is a name and no telephone number.
func named(user string) bool { return strings.Trim(user, digits+"+*#") != "" }

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
