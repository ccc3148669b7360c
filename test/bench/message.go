package main

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// message is a SIP message as received. It parses only what the bench needs.
type message struct {
	at     time.Time // when the kernel received it
	from   netip.AddrPort
	start  string // request line or status line
	header map[string][]string
	body   string
}

// short maps the compact header names (RFC 3261 §7.3.3) that a phone may use.
var short = map[string]string{"i": "call-id", "m": "contact", "l": "content-length", "f": "from", "t": "to", "v": "via", "c": "content-type"}

func parse(raw []byte, at time.Time, from netip.AddrPort) (message, bool) {
	head, body, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !ok {
		return message{}, false
	}
	lines := strings.Split(string(head), "\r\n")
	m := message{at: at, from: from, start: lines[0], header: map[string][]string{}, body: string(body)}
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		name = strings.ToLower(strings.TrimSpace(name))
		if long, ok := short[name]; ok {
			name = long
		}
		m.header[name] = append(m.header[name], strings.TrimSpace(value))
	}
	return m, true
}

func (m message) get(name string) string {
	if v := m.header[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// status is the code of a response, or 0 for a request.
func (m message) status() int {
	var code int
	if _, err := fmt.Sscanf(m.start, "SIP/2.0 %d", &code); err != nil {
		return 0
	}
	return code
}

// method is the method of the request, or of the request that a response answers.
func (m message) method() string {
	if m.status() == 0 {
		method, _, _ := strings.Cut(m.start, " ")
		return method
	}
	_, method, _ := strings.Cut(m.get("cseq"), " ")
	return method
}

// contact is the URI of the Contact header.
func (m message) contact() string {
	uri := m.get("contact")
	if _, idleUsage, ok := strings.Cut(uri, "<"); ok {
		uri, _, _ = strings.Cut(idleUsage, ">")
	}
	return uri
}

// answer makes a response to a request; extra are complete header lines.
func (m message) answer(code int, reason, tag string, extra ...string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "SIP/2.0 %d %s\r\n", code, reason)
	for _, via := range m.header["via"] {
		fmt.Fprintf(&b, "Via: %s\r\n", via)
	}
	to := m.get("to")
	if tag != "" && !strings.Contains(to, "tag=") {
		to += ";tag=" + tag
	}
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %s\r\n", m.get("from"), to, m.get("call-id"), m.get("cseq"))
	for _, line := range extra {
		b.WriteString(line + "\r\n")
	}
	b.WriteString("Content-Length: 0\r\n\r\n")
	return []byte(b.String())
}

// audioAddr returns where the body's session description wants to receive RTP.
func (m message) audioAddr() (netip.AddrPort, bool) {
	var host string
	var port int
	for line := range strings.SplitSeq(m.body, "\r\n") {
		if idleUsage, ok := strings.CutPrefix(line, "c=IN IP4 "); ok {
			host = idleUsage
		}
		if idleUsage, ok := strings.CutPrefix(line, "m=audio "); ok {
			fmt.Sscanf(idleUsage, "%d", &port)
		}
	}
	addr, err := netip.ParseAddr(host)
	return netip.AddrPortFrom(addr, uint16(port)), err == nil && port > 0
}
