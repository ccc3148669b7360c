package crm

import (
	"net/netip"
	"net/url"
	"strings"
	"unicode"
)

// address is a SIP, tel: or callto: address, or plain text, split far enough to find the number in it.
type address struct {
	user string // the part that may be a number, unescaped, without parameters
	host string // in lower case, without port and brackets; "" for plain text and tel:
	uri  bool   // written as user@host or with a scheme, so letters are a name and not a vanity number
}

// splitAddress splits s. It accepts the forms of From, P-Asserted-Identity and Remote-Party-ID (RFC 3261 §20.10, RFC
// 3325), tel: URIs (RFC 3966) and the forms that people type.
func splitAddress(s string) address {
	s = printable(s)
	if i := strings.LastIndexByte(s, '<'); i >= 0 {
		s, _, _ = strings.Cut(s[i+1:], ">")
	}
	var a address
	if scheme, rest, ok := strings.Cut(s, ":"); ok {
		switch strings.ToLower(strings.TrimSpace(scheme)) {
		case "sip", "sips", "tel", "callto":
			a.uri = true
			s = strings.TrimPrefix(rest, "//")
		}
	}
	user, host, found := strings.Cut(s, "@")
	if found {
		a.uri = true
		host, _, _ = strings.Cut(host, ";")
		host, _, _ = strings.Cut(host, "?")
		a.host = hostname(host)
		user, _, _ = strings.Cut(user, ":") // a password in a URI is obsolete and not used
	}
	if a.uri {
		user, _, _ = strings.Cut(user, "?")
		var params string
		user, params, _ = strings.Cut(user, ";")
		user = phoneContext(user, params)
	}
	if u, err := url.PathUnescape(user); err == nil {
		user = u
	}
	a.user = printable(user)
	return a
}

// hostname returns the host of a SIP hostport (RFC 3261 §25.1) in the spelling by which hosts are compared: lower case,
// without a dot at the end, an IPv6 address without brackets and in its shortest form.
func hostname(hostport string) string {
	host := strings.ToLower(strings.TrimSpace(hostport))
	if inner, ok := strings.CutPrefix(host, "["); ok {
		host, _, _ = strings.Cut(inner, "]")
	} else if strings.Count(host, ":") == 1 { // more than one colon means an IPv6 address without brackets
		host, _, _ = strings.Cut(host, ":")
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().String()
	}
	return strings.TrimSuffix(host, ".")
}

// phoneContext completes a local number by its phone-context when that is a number (RFC 3966 §5.1.5):
// 0100;phone-context=+1415555 is +14155550100.
func phoneContext(user, params string) string {
	if strings.HasPrefix(user, "+") {
		return user
	}
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(p, "=")
		if strings.EqualFold(strings.TrimSpace(name), "phone-context") && strings.HasPrefix(value, "+") {
			return value + user
		}
	}
	return user
}

// noNumber lists what PBXs and carriers write in place of a number that is not shown.
var noNumber = map[string]bool{
	"": true, "anonymous": true, "unknown": true, "restricted": true, "private": true,
	"unavailable": true, "withheld": true, "blocked": true, "no number": true,
}

func (a address) withheld() bool {
	user := strings.ToLower(a.user)
	if noNumber[user] || a.host == "anonymous" || a.host == "anonymous.invalid" {
		return true
	}
	if strings.HasSuffix(a.host, ".invalid") && digitsOf(user) == "" {
		return true
	}
	d := digitsOf(user)
	return len(d) > 1 && strings.Trim(d, "0") == "" && !hasLetter(user)
}

func (a address) internal(p NumberPlan) bool {
	if strings.HasPrefix(a.user, "*") || strings.HasPrefix(a.user, "#") {
		return true // a feature code of the PBX
	}
	if hasLetter(a.user) {
		return a.uri && a.host != "" && a.host == hostname(p.Domain)
	}
	d := digitsOf(a.user)
	return d != "" && !strings.HasPrefix(a.user, "+") && (len(d) == 1 || p.extension().MatchString(d))
}

func hasLetter(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

// printable drops invisible characters, such as the bidi marks that are copied with a number from a web page.
func printable(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0' || r == '\t' || unicode.Is(unicode.Zs, r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, s))
}
