package sdp

import (
	"bytes"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Limits on a peer's description. A phone's is under 2 KB with two lines; beyond these it is an attack or a mistake.
const (
	maxBody  = 64 << 10
	maxLines = 32 // m= lines
)

// description is the part of a session description (RFC 4566) that a phone acts on.
type description struct {
	origin  string // the value of o=, as it was sent
	address string // host of the session's c=, "" without one
	attrs   []attribute
	media   []mediaLine
}

// mediaLine is an m= line with what belongs to it.
type mediaLine struct {
	kind    string // "audio", "video", "image", …
	port    int    // 0-65535; 0 is a refused or disabled stream
	proto   string // "RTP/AVP", "RTP/SAVP", "udptl", …
	fmts    []string
	address string // host of the line's own c=, "" without one
	attrs   []attribute
}

// profile is that of an m= line in its usual capitals: like all words of the grammar it has no case.
func profile(word string) string {
	if capitals := strings.ToUpper(word); strings.Contains(capitals, "RTP/") {
		return capitals
	}
	return word
}

// attribute is an a= line: "sendonly" has no value, "ptime:20" has.
type attribute struct{ key, value string }

// parse reads a description, leniently: it wants v=0 first and m= lines it can count and answer, and skips what it does not
// know. Line ends may be CRLF, LF or CR; a mark of the byte order is what an editor has put before it, and zeros at the end are what is left of a buffer.
func parse(body []byte) (description, error) {
	var d description
	if len(body) > maxBody {
		return d, fmt.Errorf("%w: %d bytes", ErrMalformed, len(body))
	}
	first := true
	number := 0
	text := strings.TrimPrefix(string(bytes.TrimRight(body, "\x00")), "\ufeff")
	for line := range strings.Lines(lineEnds.Replace(text)) {
		number++
		line = strings.TrimRight(line, "\n \t")
		if line == "" {
			continue
		}
		if first {
			if line != "v=0" {
				return d, fmt.Errorf("%w: it does not begin with its version", ErrMalformed)
			}
			first = false
			continue
		}
		if len(line) < 2 || line[1] != '=' {
			return d, fmt.Errorf("%w: line %d is none of it", ErrMalformed, number) // not what it says: that may be the rest of a key
		}
		if err := d.take(line[0], line[2:]); err != nil {
			return d, err
		}
	}
	if first {
		return d, fmt.Errorf("%w: it is empty", ErrMalformed)
	}
	return d, nil
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// take adds one line to the session, or to the media line it follows.
func (d *description) take(kind byte, value string) error {
	var m *mediaLine
	if n := len(d.media); n > 0 {
		m = &d.media[n-1]
	}
	switch kind {
	case 'o':
		d.origin = value
	case 'c':
		if m != nil {
			m.address = connectionHost(value)
		} else {
			d.address = connectionHost(value)
		}
	case 'a':
		key, val, _ := strings.Cut(value, ":")
		a := attribute{key: key, value: strings.TrimSpace(val)}
		if m != nil {
			m.attrs = append(m.attrs, a)
		} else {
			d.attrs = append(d.attrs, a)
		}
	case 'm':
		if len(d.media) == maxLines {
			return fmt.Errorf("%w: more than %d streams", ErrMalformed, maxLines)
		}
		line, err := parseMediaLine(value)
		if err != nil {
			return err
		}
		d.media = append(d.media, line)
	}
	return nil
}

// parseMediaLine reads "audio 49170/2 RTP/AVP 0 8 101". The number of ports is for layered streams, which telephones do not send.
// Gateways leave the formats of a refused line out, which the grammar wants; they mean nothing there (RFC 3264 §6). A line for anything but
// audio that cannot be read is one that is refused: it costs nobody the call.
func parseMediaLine(v string) (mediaLine, error) {
	f := strings.Fields(v)
	if len(f) == 0 {
		return mediaLine{}, fmt.Errorf("%w: an empty m= line", ErrMalformed)
	}
	m := mediaLine{kind: strings.ToLower(f[0]), proto: "RTP/AVP"}
	if len(f) >= 3 {
		num, _, _ := strings.Cut(f[1], "/")
		m.proto, m.fmts = profile(f[2]), f[3:]
		port, err := strconv.ParseUint(num, 10, 16)
		m.port = int(port)
		if err == nil {
			return m, nil
		}
	}
	if m.kind == "audio" {
		return mediaLine{}, fmt.Errorf("%w: an m= line for audio without a port or a profile", ErrMalformed)
	}
	m.port = 0
	return m, nil
}

// connectionHost reads "IN IP4 192.0.2.1/127": the host, without the multicast TTL. An unknown network is no host.
func connectionHost(v string) string {
	f := strings.Fields(v)
	if len(f) < 3 || !strings.EqualFold(f[0], "IN") || len(f[2]) > 255 {
		return ""
	}
	host, _, _ := strings.Cut(f[2], "/")
	return host
}

// host is where m lives: its own c=, or the session's.
func (d description) host(m mediaLine) string {
	if m.address != "" {
		return m.address
	}
	return d.address
}

// attr is the value of the line's attribute key, and whether it has one.
func (m mediaLine) attr(key string) (string, bool) {
	for _, a := range m.attrs {
		if a.key == key {
			return a.value, true
		}
	}
	return "", false
}

// unspecified tells whether host is the address of a held stream (RFC 3264 §8.4), or the same of IPv6.
func unspecified(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsUnspecified()
}

// marshal writes the description with the given origin value.
func (d description) marshal(origin string) []byte {
	var b strings.Builder
	line := func(kind byte, parts ...string) {
		b.WriteByte(kind)
		b.WriteByte('=')
		for _, p := range parts {
			b.WriteString(p)
		}
		b.WriteString("\r\n")
	}
	attrs := func(list []attribute) {
		for _, a := range list {
			if a.value == "" {
				line('a', a.key)
			} else {
				line('a', a.key, ":", a.value)
			}
		}
	}
	line('v', "0")
	line('o', origin)
	line('s', "-") // RFC 3264 §5: a unicast session has no name
	line('c', "IN ", addrType(d.address), " ", d.address)
	line('t', "0 0")
	attrs(d.attrs)
	for _, m := range d.media {
		line('m', m.kind, " ", strconv.Itoa(m.port), " ", m.proto, " ", strings.Join(m.fmts, " "))
		attrs(m.attrs)
	}
	return []byte(b.String())
}

func addrType(host string) string {
	if strings.Contains(host, ":") {
		return "IP6"
	}
	return "IP4"
}
