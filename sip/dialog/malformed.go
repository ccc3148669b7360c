package dialog

import (
	"bytes"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"linecard/sip/stun"
)

// screenRead is sipgo's read filter. It sees every datagram, and what is read of a stream, first, in the socket's only reader, and does the
// parsing itself: a request the parser refuses is answered 400, where sipgo would log it whole and stay silent (S14),
// and the sender would repeat it for half a minute. For a datagram it never returns an error, which would end the reader (S14).
func (ua *UA) screenRead(from sip.TransportReadProps, data []byte) (_ []byte, _ error) {
	defer func() { // a message must not end the program, even if the parser panics
		if v := recover(); v != nil {
			ua.log.Error("parser panicked", "panic", v)
		}
	}()
	if over, _ := networkNamed(from.Transport); over.streamed() {
		at, err := netip.ParseAddrPort(from.RemoteAddr.String())
		if err != nil {
			return nil, err
		}
		return nil, ua.screenStream(reader{hop{network: over, addr: at}, from.RemoteAddr}, data)
	}
	if len(bytes.Trim(data, "\r\n\x00")) == 0 {
		return nil, nil // keep-alive (RFC 5626 §3.5.1)
	}
	source := from.RemoteAddr.String()
	if remote, ok := from.RemoteAddr.(*net.UDPAddr); ok {
		if stun.Is(data) {
			ua.stunAnswered(data, remote.AddrPort())
			return nil, nil
		}
		ua.came(hop{network: overUDP, addr: remote.AddrPort()}, data)
	}
	msg, err := ua.parser.ParseSIP(data)
	if err == nil {
		msg.SetTransport("UDP")
		msg.SetSource(source)
		ua.queue.Put(func() { ua.receive(msg) })
		return nil, nil
	}
	ua.log.Debug("unreadable datagram", "from", source, "bytes", len(data)) // the parser's error quotes it, and it may have a digest or a key
	if remote, ok := from.RemoteAddr.(*net.UDPAddr); ok && ua.trusted.Load().hears(hop{network: overUDP, addr: remote.AddrPort()}) {
		if answer := refuseUnreadable(data, remote.IP.String(), remote.Port); answer != nil {
			ua.queue.Put(func() {
				if ua.strangers.Allow() {
					_, _ = ua.udp.WriteTo(answer, remote) // nothing is owed to a sender of garbage
				}
			})
		}
	}
	return nil, nil
}

// refuseUnreadable builds the answer to a request the parser could not read, from the header lines that identify it.
// It returns nil for what is no request, for an ACK, and when there are not lines enough for the sender to know it by.
func refuseUnreadable(data []byte, ip string, port int) []byte {
	head, _, _ := strings.Cut(string(data), "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	start := strings.Fields(lines[0])
	if len(start) < 3 || strings.HasPrefix(strings.ToUpper(start[0]), "SIP/") || start[0] == "ACK" {
		return nil
	}
	version := start[len(start)-1]
	if len(version) < 4 || !strings.EqualFold(version[:4], "SIP/") {
		return nil
	}
	code := 400
	scheme, _, _ := strings.Cut(strings.ToLower(start[1]), ":")
	switch {
	case !strings.EqualFold(version, "SIP/2.0"):
		code = 505
	case len(start) == 3 && otherScheme.MatchString(scheme) && scheme != "sip" && scheme != "sips":
		code = 416 // sipgo knows no scheme with a dot in it
	}
	fields := map[string][]string{}
	last := ""
	for _, line := range lines[1:] {
		if line != "" && (line[0] == ' ' || line[0] == '\t') && last != "" { // folded
			f := fields[last]
			f[len(f)-1] += " " + strings.TrimSpace(line)
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			last = ""
			continue
		}
		last = longName(strings.ToLower(strings.TrimSpace(name)))
		fields[last] = append(fields[last], strings.TrimSpace(value))
	}
	if len(fields["via"]) == 0 || len(fields["cseq"]) == 0 || len(fields["call-id"]) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("SIP/2.0 " + strconv.Itoa(code) + " " + reasonPhrase(code) + "\r\n")
	for i, via := range fields["via"] {
		if i == 0 {
			via = received(via, ip, port)
		}
		b.WriteString("Via: " + via + "\r\n")
	}
	for _, name := range []string{"From", "To", "Call-ID", "CSeq"} {
		values := fields[strings.ToLower(name)]
		if len(values) == 0 {
			continue
		}
		value := values[0]
		if _, _, params, _, _ := readAddress(value, ";"); name == "To" && tagOf(params) == "" {
			value += ";tag=" + newTag()
		}
		b.WriteString(name + ": " + value + "\r\n")
	}
	b.WriteString("Content-Length: 0\r\n\r\n")
	return []byte(b.String())
}

// otherScheme is a URI scheme (RFC 3986 §3.1).
var otherScheme = regexp.MustCompile(`^[a-z][a-z0-9+.-]*$`)

func longName(name string) string {
	switch name {
	case "v":
		return "via"
	case "f":
		return "from"
	case "t":
		return "to"
	case "i":
		return "call-id"
	}
	return name
}

// received marks the topmost Via value with where it came from (RFC 3261 §18.2.1, RFC 3581 §4).
func received(via, ip string, port int) string {
	top, rest := cutUnquoted(via, ",")
	top, text := cutUnquoted(top, ";")
	params := keepQuotes(readParameters(text))
	if asked, ok := param(params, "rport"); ok && asked == "" {
		params.Add("rport", strconv.Itoa(port))
	}
	params.Add("received", ip)
	return strings.Trim(top, blanks) + ";" + written(params) + rest
}

// written is parameters as they are sent.
func written(params sip.HeaderParams) string {
	var b strings.Builder
	params.ToStringWrite(';', &b)
	return b.String()
}

// newStatelessResponse builds an answer from the headers that a request has. It has a tag, unless it is a 100.
func newStatelessResponse(req *sip.Request, code int) *sip.Response {
	res := sip.NewResponseFromRequest(req, code, reasonPhrase(code), nil)
	res.SipVersion = "SIP/2.0"                                                           // sipgo repeats the version of the request, even a wrong one
	if to := res.To(); to != nil && code != sip.StatusTrying && tagOf(to.Params) == "" { // one that is there without a value
		to.Params.Add("tag", newTag())
	}
	return res
}
