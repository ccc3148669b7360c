package trace

import (
	"bytes"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// What a Log keeps at most: a call has some ten messages of 1 KB.
const (
	mostMessages = 1000
	mostBytes    = 1 << 20
	longest      = 16 << 10 // a longer message is cut
)

// Message is a SIP message that came or went.
type Message struct {
	At      time.Time
	Account string // whose user agent had it
	Sent    bool   // false: it came
	Network string // UDP, TCP, TLS
	Remote  string // address and port of the other end
	Text    string
}

// Log keeps the last messages. The zero Log is ready. It may be used from any goroutine.
type Log struct {
	mu    sync.Mutex
	kept  []Message // oldest first
	bytes int
	calls map[string]string // Linecard's ids of calls, by Call-ID
}

// Add keeps a message, and lets the oldest go where there are too many. What keeps a connection alive is no message.
func (l *Log) Add(m Message, text []byte) {
	if l == nil || len(bytes.Trim(text, "\r\n\x00")) == 0 {
		return
	}
	m.Text = string(text[:min(len(text), longest)])
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append(l.kept, m)
	l.bytes += len(m.Text)
	drop := 0
	for l.bytes > mostBytes || len(l.kept)-drop > mostMessages {
		l.bytes -= len(l.kept[drop].Text)
		drop++
	}
	if drop > 0 {
		clear(l.kept[:drop])
		l.kept = l.kept[drop:]
	}
}

// All are the messages, oldest first, without their secrets.
func (l *Log) All() []Message {
	l.mu.Lock()
	all := append([]Message(nil), l.kept...)
	l.mu.Unlock()
	for i := range all {
		all[i].Text = Unkeyed(shown(all[i].Text))
	}
	return all
}

// shown is a text that does no harm on a terminal: what a message says is the sender's to choose.
func shown(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\r' && r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(text, string(utf8.RuneError)))
}

// First is the request line, or the status line.
func (m Message) First() string {
	first, _, _ := strings.Cut(m.Text, "\n")
	return strings.TrimRight(first, "\r")
}

// Status is the code of a response, 0 of a request.
func (m Message) Status() (code int) {
	fields := strings.Fields(m.First())
	if len(fields) < 2 || !strings.HasPrefix(strings.ToUpper(fields[0]), "SIP/") {
		return 0
	}
	for _, r := range fields[1] {
		if r < '0' || r > '9' || code > 99 {
			return 0
		}
		code = 10*code + int(r-'0')
	}
	return code
}

// Method is that of a request, or of the request that a response answers.
func (m Message) Method() string {
	fields := strings.Fields(m.First())
	if m.Status() != 0 {
		fields = strings.Fields(m.Header("CSeq"))
		if len(fields) < 2 {
			return ""
		}
		return strings.ToUpper(fields[1])
	}
	if len(fields) == 0 {
		return ""
	}
	return fields[0]
}

// Header is the value of the first header field of a name, in its long or its compact form.
func (m Message) Header(name string) string {
	return split(m.Text).header(name)
}
