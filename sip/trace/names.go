package trace

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Export is messages for others to read: without secrets, and without the names and numbers of people. Whoever has the same number has the same
// stand-in ("party-1") throughout, so that a call can be followed. Addresses of computers stay: who helps needs them. Of what is not known to be
// harmless nothing stays.
func Export(all []Message) []Message {
	n := &namer{known: map[string]string{}}
	out := make([]Message, len(all))
	for i, m := range all {
		m.Text = n.message(Unkeyed(m.Text))
		m.Account = n.address(m.Account)
		out[i] = m
	}
	return out
}

// namer gives stand-ins.
type namer struct{ known map[string]string }

func (n *namer) stand(user string) string {
	key := strings.TrimPrefix(strings.ToLower(user), "+")
	if n.known[key] == "" {
		n.known[key] = "party-" + strconv.Itoa(len(n.known)+1)
	}
	return n.known[key]
}

// address is an account's id, user@server.
func (n *namer) address(account string) string {
	user, host, ok := strings.Cut(account, "@")
	if !ok {
		return n.stand(account)
	}
	return n.stand(user) + "@" + host
}

func (n *namer) message(text string) string {
	p := split(text)
	switch f := strings.Fields(p.first); {
	case strings.Contains(strings.ReplaceAll(text, "\r\n", "\n"), "\r"), len(f) < 2: // of lines that end in another way nobody knows what they are
		return fmt.Sprintf("%s %d bytes\r\n", removed, len(text))
	case Message{Text: p.first}.Status() != 0: // the reason phrase may name somebody
		p.first = f[0] + " " + f[1] + end(p.first)
	case len(f) == 3 && method.MatchString(f[0]) && scheme.MatchString(f[1]):
		p.first = n.uris(f[0]+" "+f[1]+" SIP/2.0") + end(p.first)
	default:
		p.first = removed + end(p.first)
	}
	for i, f := range p.fields {
		switch name := strings.ToLower(f.name()); {
		case plain[name] && !odd.MatchString(strings.TrimRight(string(f), "\r\n")):
		case plain[name]:
			p.fields[i] = f.with(removed)
		case name == "call-id":
			p.fields[i] = f.with(n.callID(f.value()))
		case addresses[name]:
			p.fields[i] = f.with(n.addressed(f.value()))
		case name == "authorization", name == "proxy-authorization":
			p.fields[i] = f.with(n.credentials(f.value()))
		case extension.MatchString(name) && strings.Contains(string(f), ":"):
			p.fields[i] = f.with(removed)
		default: // not even its name is known to be one
			p.fields[i] = field(removed + end(string(f)))
		}
	}
	p.body = n.body(p)
	return p.String()
}

// callID keeps the part before the "@", by which a call is found again, unless it is no word (RFC 3261 §25.1).
func (n *namer) callID(value string) string {
	if word.MatchString(value) {
		return value
	}
	return removed
}

// addressed is a list of addresses, made again of the parts of them that are known: whom it is of, the computer, and parameters.
func (n *namer) addressed(value string) string {
	if value == "*" {
		return value
	}
	var list []string
	for _, part := range uri.FindAllStringSubmatchIndex(value, -1) {
		list = append(list, "<"+n.uri(uri.FindStringSubmatch(value[part[0]:part[1]]))+">"+parametersOf(until(value[part[1]:])))
	}
	if len(list) == 0 {
		return removed
	}
	return strings.Join(list, ", ")
}

// until is what belongs to an address: all before the next one.
func until(rest string) string {
	if next := uri.FindStringIndex(rest); next != nil {
		return rest[:next[0]]
	}
	return rest
}

func parametersOf(text string) (all string) {
	for _, p := range harmless.FindAllString(text, -1) {
		all += p
	}
	return all
}

// uri is an address that names nobody. m are the parts of it: scheme, user, host.
func (n *namer) uri(m []string) string {
	scheme, user, host := m[1], m[2], m[3]
	switch {
	case strings.EqualFold(scheme, "tel:"):
		return scheme + n.stand(user+host)
	case number.MatchString(host) || !strings.ContainsAny(host, ".["): // no domain, and perhaps somebody
		host = n.stand(host)
	}
	if user == "" {
		return scheme + host
	}
	return scheme + n.stand(strings.TrimSuffix(user, "@")) + "@" + host
}

// credentials are those of a digest, whose user name is the account's.
func (n *namer) credentials(value string) string {
	return n.uris(users.ReplaceAllStringFunc(value, func(s string) string {
		return s[:len(`username="`)] + n.stand(s[len(`username="`):len(s)-1]) + `"`
	}))
}

// body is a session description without what is for people to read (RFC 8866), and nothing of any other body.
func (n *namer) body(p parts) string {
	if strings.TrimSpace(p.body) == "" {
		return p.body
	}
	kind, _, _ := strings.Cut(strings.ToLower(p.header("Content-Type")), ";")
	switch strings.TrimSpace(kind) {
	case "application/sdp":
		return people.ReplaceAllString(owner.ReplaceAllString(p.body, "${1}-"), "${1}-")
	case "message/sipfrag":
		first := Message{Text: strings.TrimLeft(p.body, "\r\n")}
		if code := first.Status(); code != 0 {
			return fmt.Sprintf("\r\nSIP/2.0 %d\r\n", code)
		}
	}
	return fmt.Sprintf("\r\n%s %d bytes\r\n", removed, len(strings.TrimSpace(p.body)))
}

// uris is a text whose addresses name nobody.
func (n *namer) uris(text string) string {
	return uri.ReplaceAllStringFunc(text, func(s string) string { return n.uri(uri.FindStringSubmatch(s)) })
}

func end(line string) string { return line[len(strings.TrimRight(line, "\r\n")):] }

var (
	uri       = regexp.MustCompile(`(?i)\b(sips?:|tel:)([^@\s<>"?,:;]+(?:;[^@\s<>"?,]*)?@)?(\+?[A-Za-z0-9.()*#-]+(?::[0-9]+)?|\[[0-9a-f:.]+\](?::[0-9]+)?)`)
	harmless  = regexp.MustCompile(`(?i);(?:tag|reason|cause|expires|q|privacy|screen|party|index|transport|method|reg-id|user)=[A-Za-z0-9._%-]+|;(?:lr|ob|early-only)\b`)
	number    = regexp.MustCompile(`^\+?[0-9*()#-]+(?::[0-9]+)?$|[0-9]{6}`)
	users     = regexp.MustCompile(`(?i)\busername="[^"]*"`)
	owner     = regexp.MustCompile(`(?m)^(o=[ \t]*)[^\s]+`)
	people    = regexp.MustCompile(`(?m)^((?:s|i|u|e|p)=)[^\r\n]*`)
	extension = regexp.MustCompile(`^[xp]-[a-z0-9-]+$`)
	odd       = regexp.MustCompile(`(?i)[\r\n<@]|\b(?:sips?|tel):`) // an address, or a line that is folded, where neither belongs
	word      = regexp.MustCompile(`^[A-Za-z0-9.!%*_+\x60'~()<>:\\/\[\]?{}$#=-]+(@[A-Za-z0-9.:\[\]-]+)?$`)
	method    = regexp.MustCompile(`^[A-Z]{3,20}$`)
	scheme    = regexp.MustCompile(`(?i)^<?(sips?|tel):`)
)

// plain are header fields in which nobody is named.
var plain = set("Via", "CSeq", "Max-Forwards", "Content-Type", "Content-Length", "Content-Disposition", "Content-Encoding", "Expires", "Min-Expires", "Allow", "Supported", "Require",
	"Proxy-Require", "Unsupported", "Accept", "Accept-Encoding", "Server", "User-Agent", "Session-Expires", "Min-SE", "WWW-Authenticate", "Proxy-Authenticate",
	"Authentication-Info", "RSeq", "RAck", "Event", "Allow-Events", "Subscription-State", "Retry-After", "Timestamp", "Date", "Privacy", "Replaces", "Flow-Timer", "SIP-ETag", "MIME-Version")

// addresses are header fields with addresses of people.
var addresses = set("From", "To", "Contact", "P-Asserted-Identity", "P-Preferred-Identity", "Remote-Party-ID", "Diversion", "History-Info", "Refer-To", "Referred-By",
	"P-Called-Party-ID", "P-Associated-URI", "Route", "Record-Route", "Service-Route", "Path", "Reply-To")

func set(all ...string) map[string]bool {
	in := map[string]bool{}
	for _, name := range all {
		in[strings.ToLower(name)] = true
	}
	return in
}
