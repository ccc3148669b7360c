package trace

import (
	"regexp"
	"strings"
)

const removed = "(removed)"

// Unkeyed is a message without its secrets: digest responses (RFC 7616), SRTP keys (RFC 4568), ICE passwords (RFC 8839), passwords in addresses, and the
// keys that were pressed, which may be those of a card.
func Unkeyed(text string) string {
	for _, secret := range []*regexp.Regexp{digests, keys, passwords} { // anywhere: a hostile message hides them in lines that are none
		text = secret.ReplaceAllString(text, "${1}"+removed)
	}
	p := split(text)
	for i, f := range p.fields {
		switch strings.ToLower(f.name()) {
		case "authorization", "proxy-authorization":
			p.fields[i] = f.with(credentials(f.value()))
		}
	}
	if strings.HasPrefix(strings.ToLower(p.header("Content-Type")), "application/dtmf") {
		p.body = pressed(p.body)
	}
	return p.String()
}

var (
	digests    = regexp.MustCompile(`(?i)(\b(?:response|rspauth|cnonce)\s*=\s*)(?:"(?:[^"\\]|\\.)*"?|[^,\s]*)`)
	keys       = regexp.MustCompile(`(?i)(\binline:|(?:^|[\r\n])[ \t]*k=|\ba=key-mgmt:|\ba=ice-pwd:)[^\s|;]*`)
	passwords  = regexp.MustCompile(`(?i)(\bsips?:[^@\s:<>"]*:)[^@\s<>"]*(?:@)`)
	parameters = regexp.MustCompile(`\b([A-Za-z]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^",\s]+)`)
	signals    = regexp.MustCompile(`(?im)^([ \t]*Signal[ \t]*=).*$`)
)

// credentials are those of a digest as far as their parameters are known to be no secret (RFC 7616 §3.4), and of any other scheme, whose token may be all there
// is to know, only its name.
func credentials(value string) string {
	scheme, rest, _ := strings.Cut(value, " ")
	if !strings.EqualFold(scheme, "Digest") {
		return scheme + " " + removed
	}
	var known []string
	for _, m := range parameters.FindAllStringSubmatch(rest, -1) {
		if open[strings.ToLower(m[1])] {
			known = append(known, m[1]+"="+m[2])
		}
	}
	return scheme + " " + strings.Join(append(known, "response="+removed), ", ")
}

var open = set("username", "realm", "nonce", "uri", "algorithm", "qop", "nc", "opaque", "userhash")

// pressed is the body of an INFO without its digit (application/dtmf-relay, or application/dtmf, which is the digit alone).
func pressed(body string) string {
	if signals.MatchString(body) {
		return signals.ReplaceAllString(body, "${1}"+removed)
	}
	lead := len(body) - len(strings.TrimLeft(body, "\r\n"))
	return body[:lead] + removed
}

func (p parts) header(name string) string {
	for _, f := range p.fields {
		if strings.EqualFold(f.name(), name) {
			return f.value()
		}
	}
	return ""
}
