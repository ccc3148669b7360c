package dialog

import (
	"bytes"
	"errors"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// frames takes a stream of TCP apart into messages (RFC 3261 §18.3). sipgo's own reader closes the connection for any message
// that it cannot read, and so for a Via with blanks (S16); here only what has no boundary does that.
type frames struct {
	buf     []byte
	scanned int       // of buf, without the end of a header in it
	half    time.Time // when a single CRLF came: the first half of a ping, or the answer to ours
}

// maxMessage is the longest message taken from a stream.
const maxMessage = 1 << 16

// pingTime is how far the halves of a ping may lie apart.
const pingTime = time.Second

var (
	errTooLong    = errors.New("message too long")
	errNoBoundary = errors.New("no telling where the message ends")
)

// feed takes what was read. It returns the messages that are whole, and how many pings came between them (RFC 5626 §4.4.1).
// After an error nothing of the stream can be read any more; rest is the message that it is due to, as far as it goes.
func (f *frames) feed(data []byte, now time.Time) (messages [][]byte, pings int, rest []byte, err error) {
	f.buf = append(f.buf, data...)
	for {
		if f.scanned == 0 {
			pings += f.blank(now)
		}
		end := bytes.Index(f.buf[f.scanned:], []byte("\r\n\r\n"))
		if end < 0 {
			f.scanned = max(0, len(f.buf)-3)
			if len(f.buf) > maxMessage {
				return messages, pings, nil, errTooLong
			}
			return messages, pings, nil, nil
		}
		head := f.scanned + end + len("\r\n\r\n")
		if !startLine(f.buf) {
			return messages, pings, nil, errNoBoundary
		}
		body, ok := bodyLength(f.buf[:head])
		switch {
		case !ok:
			return messages, pings, f.buf[:head], errNoBoundary
		case head+body > maxMessage:
			return messages, pings, f.buf[:head], errTooLong
		case head+body > len(f.buf):
			f.scanned = head - len("\r\n\r\n")
			return messages, pings, nil, nil
		}
		messages = append(messages, f.buf[:head+body:head+body])
		f.buf, f.scanned = f.buf[head+body:], 0
	}
}

// blank drops the line ends between two messages, and counts the pings among them.
func (f *frames) blank(now time.Time) (pings int) {
	for {
		switch {
		case bytes.HasPrefix(f.buf, []byte("\r\n")):
			f.buf = f.buf[2:]
			if !f.half.IsZero() && now.Sub(f.half) < pingTime {
				pings++
				f.half = time.Time{}
			} else {
				f.half = now
			}
		case len(f.buf) > 0 && (f.buf[0] == 0 || f.buf[0] == '\n'):
			f.buf = f.buf[1:]
		case len(f.buf) == 0 || len(f.buf) == 1 && f.buf[0] == '\r':
			f.buf = append([]byte(nil), f.buf...) // what was read before is given back
			return pings
		default:
			f.half = time.Time{}
			return pings
		}
	}
}

// startLine reports whether a message begins like one: a body that is longer than its Content-Length does not.
func startLine(message []byte) bool {
	line, _, _ := bytes.Cut(message, []byte("\r\n"))
	return bytes.Contains(bytes.ToUpper(line), []byte("SIP/"))
}

// bodyLength is the Content-Length of a header, which may be in its short form, with blanks and folded. A message that has none
// and no type of a body either has no body. It is false when the header does not say, or contradicts itself.
func bodyLength(head []byte) (int, bool) {
	lines := strings.Split(string(head), "\r\n")
	said, typed := -1, false
	for i := 1; i < len(lines); i++ {
		name, value, ok := strings.Cut(lines[i], ":")
		if !ok || lines[i] != strings.TrimLeft(lines[i], " \t") {
			continue
		}
		switch strings.ToLower(strings.TrimRight(name, " \t")) {
		case "content-type", "c":
			typed = true
		case "content-length", "l":
			for i+1 < len(lines) && lines[i+1] != "" && strings.ContainsRune(" \t", rune(lines[i+1][0])) {
				i++
				value += lines[i]
			}
			n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 31)
			if err != nil || said >= 0 && said != int(n) {
				return 0, false
			}
			said = int(n)
		}
	}
	if said < 0 {
		return 0, !typed
	}
	return said, true
}

// framing is the state of the connections that are read. Each is read by a goroutine of its own.
type framing struct {
	mu   sync.Mutex
	open map[reader]*framed
}

// reader tells the connections that are read apart: one that was lost and the next from the same address may both have something to be read.
// Each connection has one value of its remote address.
type reader struct {
	at hop
	by net.Addr
}

type framed struct {
	frames
	conn   sip.Connection
	heard  time.Time // when something came last; of framing.mu, as the next
	ponged bool      // a ping from here was answered, on this connection or one before it
}

// heard notes what came on a connection. A single line end is the answer to a ping.
func (s *framing) heard(f *framed, data []byte, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.heard = now
	f.ponged = f.ponged || string(data) == "\r\n"
}

// silentSince reports whether nothing has come from an address since a time, on the connection that was open then, though the
// other side answers pings.
func (s *framing) silentSince(conn sip.Connection, source hop, since time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for r, f := range s.open {
		if r.at == source && f.conn == conn {
			return f.ponged && f.heard.Before(since)
		}
	}
	return false
}

// of is the state of a connection; those of connections that are gone are forgotten on the way.
func (s *framing) of(ua *UA, r reader) *framed {
	now := func(source hop) sip.Connection {
		c := ua.tp.Pool(source.network.String()).Get(source.String())
		if c != nil {
			_, _ = c.TryClose() // gives back the reference that looking took
		}
		return c
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.open[r]; f != nil {
		return f
	}
	f := &framed{conn: now(r.at)}
	for other, before := range s.open {
		f.ponged = f.ponged || other.at == r.at && before.ponged
		if now(other.at) != before.conn {
			delete(s.open, other)
		}
	}
	if s.open == nil {
		s.open = make(map[reader]*framed)
	}
	s.open[r] = f
	return f
}

// screenStream reads what came by a connection as screenRead reads a datagram. An error closes the connection.
func (ua *UA) screenStream(r reader, data []byte) error {
	f, source, now := ua.framing.of(ua, r), r.at, ua.now()
	ua.framing.heard(f, data, now)
	messages, pings, rest, err := f.feed(data, now)
	if source.network == overTCP && (pings > 0 || len(messages) > 0) {
		ua.tcp.message(source.addr)
	}
	if pings > 0 && ua.trusted.Load().hears(source) { // a stranger is not told that somebody is here
		for range pings {
			f.reply([]byte("\r\n"))
		}
	}
	for _, m := range messages {
		ua.screenMessage(f, source, m)
	}
	if err != nil {
		ua.log.Debug("unreadable stream", "from", source, "error", err)
		if rest != nil {
			ua.refuseMessage(f, source, rest)
		}
	}
	return err
}

func (ua *UA) screenMessage(f *framed, source hop, data []byte) {
	ua.came(source, data)
	msg, err := ua.parser.ParseSIP(data)
	if err != nil {
		ua.log.Debug("unreadable message", "from", source, "bytes", len(data)) // as for a datagram, without the parser's error
		ua.refuseMessage(f, source, data)
		return
	}
	msg.SetTransport(source.network.inVia())
	msg.SetSource(source.String())
	ua.queue.Put(func() { ua.receive(msg) })
}

// refuseMessage answers a request that cannot be read.
func (ua *UA) refuseMessage(f *framed, source hop, data []byte) {
	at := source.addr
	if !ua.trusted.Load().hears(source) {
		return
	}
	answer := refuseUnreadable(data, at.Addr().Unmap().String(), int(at.Port()))
	if answer != nil && ua.strangers.Allow() { // nothing is owed to a sender of garbage
		f.reply(answer)
	}
}

// reply writes to the connection itself, before it may be closed: what its sender does not read holds up nobody else.
func (f *framed) reply(data []byte) {
	if c, ok := f.conn.(*sip.TCPConnection); ok && c != nil {
		_, _ = c.Write(data) // the reader sees that it is gone
	}
}
