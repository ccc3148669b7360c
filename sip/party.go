package sip

import (
	"net/netip"
	"slices"
	"strings"

	"linecard/clean"
	"linecard/sip/dialog"
)

// headerValues is where caller identity is read from: the values of a header, one by one. names are one header's names,
// the long one and the short one if it has one.
type headerValues func(names ...string) []string

// partyOf reads who calls, see [identify], and cleans what was said.
func partyOf(values headerValues, from string) Party { return identify(values, from).clean() }

// known names the host of a party as the account does: many phone systems write their own address where the account has their name,
// and whoever is at the one is at the other.
func (l *line) known(p Party) Party {
	if ip, err := netip.ParseAddr(p.Host); err == nil && l.ua != nil && l.ua.Serves(ip) {
		p.Host, _ = dialog.SplitServer(l.account.Server)
	}
	return p
}

// clean is the door by which names come in: nothing behind it meets a text that a caller chose as the caller wrote it.
func (p Party) clean() Party {
	p.Name, p.User, p.Host = clean.Line(p.Name), clean.Line(p.User), clean.Line(p.Host)
	if looksLikeNumber(p.Name) { // as it does once what nobody sees is gone
		p.Name = ""
	}
	return p
}

// identify finds out who calls. P-Asserted-Identity (RFC 3325) is what the network vouches for, Remote-Party-ID its
// forerunner, which many PBXs still send; From is what the caller claims.
func identify(values headerValues, from string) Party {
	party, found, withheld := asserted(values, "calling")
	withheld = withheld || withheldBy(values("Privacy"))
	if a, ok := parseAddress(from); ok {
		if !found {
			party = a.party("From")
			withheld = withheld || anonymous(a)
		} else if party.Name == "" && !anonymous(a) && a.user == party.User {
			party.Name = a.party("").Name
		}
	}
	if withheld { // what may not be shown is not handed on either, nor looked up
		return Party{Withheld: true, Source: party.Source}
	}
	return party
}

// asserted is who the network says it is. found is false when it says nothing. sides are those that a Remote-Party-ID may
// be about, by its party parameter.
func asserted(values headerValues, sides ...string) (party Party, found, withheld bool) {
	for _, v := range values("P-Asserted-Identity") {
		if a, ok := parseAddress(v); ok && !found {
			party, found = a.party("P-Asserted-Identity"), a.user != ""
			withheld = withheld || found && anonymous(a)
		} else if ok && party.Name == "" { // the tel: value beside the sip: one may be the one with the name, or without
			party.Name = a.party("").Name
		}
	}
	if !found {
		for _, v := range values("Remote-Party-ID") {
			a, ok := parseAddress(v)
			side := strings.ToLower(a.params["party"])
			if !ok || a.user == "" || side != "" && !slices.Contains(sides, side) {
				continue
			}
			party, found = a.party("Remote-Party-ID"), true
			if p := strings.ToLower(a.params["privacy"]); p != "" && p != "off" && p != "none" || anonymous(a) {
				withheld = true
			}
			break
		}
	}
	return party, found, withheld
}

// withheldBy reads Privacy headers (RFC 3323 §4.2, RFC 3325 §9.3).
func withheldBy(values []string) bool { return private(values, "id", "user", "header") }

// private reports whether Privacy headers ask for one of some kinds of privacy.
func private(values []string, kinds ...string) bool {
	for _, v := range values {
		for _, p := range strings.FieldsFunc(v, func(r rune) bool { return r == ';' || r == ',' || r == ' ' || r == '\t' }) {
			if slices.Contains(kinds, strings.ToLower(p)) {
				return true
			}
		}
	}
	return false
}

// anonymous recognises the anonymous From of RFC 3323 §4.1.1.3 and what PBXs write in its place.
func anonymous(a address) bool {
	switch strings.ToLower(a.user) {
	case "anonymous", "unavailable", "restricted", "private", "withheld":
		return true
	case "":
		return strings.EqualFold(a.name, "anonymous") || a.scheme != "tel"
	}
	return strings.HasSuffix(strings.ToLower(a.host), "anonymous.invalid")
}

// address is a name-addr or addr-spec of RFC 3261 §25.1, taken apart.
type address struct {
	name   string // unquoted, escapes undone
	scheme string // lower case
	user   string // %-escapes undone, without parameters
	host   string
	params map[string]string // header parameters, names in lower case
	asks   map[string]string // headers in the URI, names in lower case (RFC 3261 §19.1.1)
}

// parseAddress reads one header value. It forgives: what it cannot make out is left empty. It reports false when there
// is no URI at all.
func parseAddress(value string) (address, bool) {
	value = strings.TrimSpace(strings.ToValidUTF8(value, "�"))
	a := address{}
	rest := value
	if strings.HasPrefix(rest, `"`) {
		a.name, rest = unquote(rest)
	}
	uri := ""
	if open := strings.IndexByte(rest, '<'); open >= 0 {
		if a.name == "" {
			a.name = strings.TrimSpace(rest[:open])
		}
		inside, after, closed := strings.Cut(rest[open+1:], ">")
		if !closed {
			return a, false
		}
		uri, rest = inside, after
	} else { // without brackets, what follows a semicolon belongs to the header (§20.10)
		uri, rest, _ = strings.Cut(strings.TrimSpace(rest), ";")
		rest = ";" + rest
	}
	a.params = parameters(rest)
	scheme, body, ok := strings.Cut(strings.TrimSpace(uri), ":")
	if !ok {
		return a, false
	}
	a.scheme = strings.ToLower(scheme)
	body, headers, _ := strings.Cut(body, "?")
	a.asks = headersOf(headers)
	if a.scheme == "tel" {
		number, _, _ := strings.Cut(body, ";")
		a.user = plainNumber(number)
		return a, a.user != ""
	}
	if at := strings.LastIndexByte(body, '@'); at >= 0 {
		a.user, body = body[:at], body[at+1:]
		a.user, _, _ = strings.Cut(a.user, ":") // a password, forbidden and seen
		a.user, _, _ = strings.Cut(a.user, ";") // telephone parameters: phone-context, cpc, npdi
		a.user = strings.ToValidUTF8(dialog.Unescape(a.user), "�")
	}
	host, uriParams, _ := strings.Cut(body, ";")
	a.host = hostOnly(host)
	if strings.EqualFold(parameters(";" + uriParams)["user"], "phone") {
		a.user = plainNumber(a.user)
	}
	return a, true
}

// party is the address as the desk sees it. A display name that only repeats a number is no name.
func (a address) party(source string) Party {
	name := strings.TrimSpace(a.name)
	if looksLikeNumber(name) {
		name = ""
	}
	return Party{Name: name, User: a.user, Host: a.host, Source: source}
}

// unquote reads a quoted-string and gives what follows it. An unterminated one is taken whole.
func unquote(s string) (text, rest string) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if i+1 < len(s) {
				i++
				b.WriteByte(s[i])
			}
		case '"':
			return b.String(), s[i+1:]
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), ""
}

// parameters reads ";name=value;flag", values unquoted. Of a name that is there twice the first counts.
func parameters(s string) map[string]string {
	m := make(map[string]string)
	dialog.Parameters(s, func(name, value string) {
		if name = strings.ToLower(name); name == "" {
			return
		}
		if _, twice := m[name]; !twice {
			m[name] = value
		}
	})
	return m
}

// headersOf reads the headers of a URI, "name=value&name=value".
func headersOf(s string) map[string]string {
	m := make(map[string]string)
	for p := range strings.SplitSeq(s, "&") {
		name, value, _ := strings.Cut(p, "=")
		if name = strings.ToLower(dialog.Unescape(name)); name != "" {
			m[name] = dialog.Unescape(value)
		}
	}
	return m
}

// hostOnly drops the port, leaving IPv6 brackets away.
func hostOnly(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "[") {
		host, _, _ := strings.Cut(s[1:], "]")
		return host
	}
	host, _, _ := strings.Cut(s, ":")
	return host
}

// plainNumber drops the visual separators of RFC 3966 §5.1.1 and the blanks people type.
func plainNumber(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '.', '(', ')', '/', '\u00a0':
			return -1
		}
		return r
	}, dialog.Unescape(s))
}

func looksLikeNumber(s string) bool {
	digits := 0
	for _, r := range s {
		switch {
		case '0' <= r && r <= '9':
			digits++
		case !strings.ContainsRune("+-.()/ *#", r):
			return false
		}
	}
	return digits > 0
}
