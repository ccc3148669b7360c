package siptest

import (
	"net/netip"
	"strings"
	"time"
)

// Message is what a peer got, as it came.
type Message struct {
	Text string
	From netip.AddrPort
	At   time.Time

	Repeated bool // the peer got the same bytes before
}

// begins reports whether the start line begins with a text.
func (m Message) begins(text string) bool { return strings.HasPrefix(m.Start(), text) }

// Start is the request or status line.
func (m Message) Start() string {
	line, _, _ := strings.Cut(m.Text, "\r\n")
	return line
}

// Method is the request's method, "" for a response.
func (m Message) Method() string {
	method, _, _ := strings.Cut(m.Start(), " ")
	if strings.HasPrefix(method, "SIP/") {
		return ""
	}
	return method
}

// Status is the response's status code as text, "" for a request.
func (m Message) Status() string {
	if m.Method() != "" {
		return ""
	}
	f := strings.Fields(m.Start())
	if len(f) < 2 {
		return ""
	}
	return f[1]
}

// Headers are the values of a header, a line each.
func (m Message) Headers(name string) []string {
	head, _, _ := strings.Cut(m.Text, "\r\n\r\n")
	var values []string
	for _, line := range strings.Split(head, "\r\n")[1:] {
		n, v, ok := strings.Cut(line, ":")
		if ok && strings.EqualFold(strings.TrimSpace(n), name) {
			values = append(values, strings.TrimSpace(v))
		}
	}
	return values
}

// Header is the first value of a header, "" without one.
func (m Message) Header(name string) string {
	if v := m.Headers(name); len(v) > 0 {
		return v[0]
	}
	return ""
}

// URI is what stands between the brackets of a header.
func (m Message) URI(name string) string {
	_, rest, ok := strings.Cut(m.Header(name), "<")
	if !ok {
		return ""
	}
	uri, _, _ := strings.Cut(rest, ">")
	return uri
}

// Tag is the tag of a From or To header.
func (m Message) Tag(name string) string {
	_, tag, _ := strings.Cut(m.Header(name), ";tag=")
	tag, _, _ = strings.Cut(tag, ";")
	return tag
}

// Branch is the branch of the topmost Via.
func (m Message) Branch() string {
	_, b, _ := strings.Cut(m.Header("Via"), "branch=")
	b, _, _ = strings.Cut(b, ";")
	return b
}

// Body is what follows the empty line.
func (m Message) Body() string {
	_, body, _ := strings.Cut(m.Text, "\r\n\r\n")
	return body
}
