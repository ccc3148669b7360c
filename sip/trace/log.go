package trace

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// What a Log keeps at most: a call has some ten messages of 1 KB. The states of colleagues and registrations, which come by the hundred,
// have a share of their own, so that they push out no call.
const (
	mostOfCalls  = 700
	mostOfStates = 300
	mostMessages = mostOfCalls + mostOfStates

	bytesOfCalls  = 700 << 10
	bytesOfStates = 300 << 10

	longest = 16 << 10 // a longer message is cut
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
	mu       sync.Mutex
	added    uint64 // how many there have been
	ofCalls  ring
	ofStates ring
	calls    map[string]string // Linecard's ids of calls, by Call-ID
	noted    []string          // those Call-IDs, oldest first
}

// ring is the last messages of a kind, oldest first.
type ring struct {
	kept  []numbered
	bytes int
}

// numbered is a message with its place among all.
type numbered struct {
	Message
	n uint64
}

func (r *ring) add(m numbered, most, bytes int) {
	r.kept = append(r.kept, m)
	r.bytes += len(m.Text)
	drop := 0
	for r.bytes > bytes || len(r.kept)-drop > most {
		r.bytes -= len(r.kept[drop].Text)
		drop++
	}
	if drop > 0 {
		clear(r.kept[:drop])
		r.kept = r.kept[drop:]
	}
}

// Add keeps a message, and lets the oldest go where there are too many. What keeps a connection alive is no message.
func (l *Log) Add(m Message, text []byte) {
	if l == nil || len(bytes.Trim(text, "\r\n\x00")) == 0 {
		return
	}
	m.Text = string(text[:min(len(text), longest)])
	l.mu.Lock()
	defer l.mu.Unlock()
	l.added++
	if l.ofState(m) {
		l.ofStates.add(numbered{m, l.added}, mostOfStates, bytesOfStates)
	} else {
		l.ofCalls.add(numbered{m, l.added}, mostOfCalls, bytesOfCalls)
	}
}

// ofState reports whether a message is of a registration or a subscription. The NOTIFY of a transfer is of its call.
func (l *Log) ofState(m Message) bool {
	switch m.Method() {
	case "REGISTER", "SUBSCRIBE", "OPTIONS", "PUBLISH":
		return true
	case "NOTIFY":
		return l.calls[told(m.Header("Call-ID"))] == ""
	}
	return false
}

// All are the messages, oldest first, without their secrets.
func (l *Log) All() []Message {
	l.mu.Lock()
	kept := slices.Concat(l.ofCalls.kept, l.ofStates.kept)
	l.mu.Unlock()
	slices.SortFunc(kept, func(a, b numbered) int { return cmp.Compare(a.n, b.n) })
	all := make([]Message, len(kept))
	for i, m := range kept {
		all[i] = m.Message
		all[i].Text = Unkeyed(shown(m.Text))
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
