package dialog

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"linecard/inorder"
)

// tcpWriteTimeout is how long a TCP peer may take nothing of what it is sent before its connection is given up.
// A variable for tests only.
var tcpWriteTimeout = 2 * time.Second

// stream is a TCP or TLS connection with a queue in front of it. A peer that does not read what it is sent would otherwise hold up
// the signalling queue, and with it every other call, until the write times out.
type stream struct {
	*sip.TCPConnection
	ua     *UA
	over   network
	unsent *inorder.Queue[outgoing]
	broken atomic.Pointer[error] // why nothing more is written; nil while the connection is good
}

func (ua *UA) newStream(tcp *sip.TCPConnection, over network) *stream {
	s := &stream{TCPConnection: tcp, ua: ua, over: over}
	s.unsent = inorder.New(s.write, nil)
	return s
}

// outgoing is a message on its way out.
type outgoing struct {
	data   []byte
	key    string // of the client transaction to report a failure to; "" for none
	failed func() // what else is told of a failure; nil for nobody
}

// queued returns a connection whose writes never wait: UDP as it is, any other as its stream. Streams of connections that
// are gone are forgotten on the way.
func (ua *UA) queued(conn sip.Connection, over network) sip.Connection {
	tcp, ok := conn.(*sip.TCPConnection)
	if !ok || tcp == nil {
		return conn
	}
	if s := ua.streams[tcp]; s != nil {
		return s
	}
	for old, kept := range ua.streams {
		now := ua.tp.Pool(kept.over.String()).Get(old.RemoteAddr().String())
		if now != nil {
			_, _ = now.TryClose() // gives back the reference that looking took
		}
		if now != sip.Connection(old) {
			delete(ua.streams, old)
		}
	}
	s := ua.newStream(tcp, over)
	ua.streams[tcp] = s
	return s
}

// WriteMsg puts a message into the queue. It fails when the connection is known to be broken. That a request did not get
// out is reported to its client transaction later (RFC 3261 §17.1.4); a lost response is for the other side to notice.
func (s *stream) WriteMsg(msg sip.Message) error {
	out := outgoing{data: []byte(msg.String())} // as it is now: its owner may change it
	if req, ok := msg.(*sip.Request); ok && req.Via() != nil {
		branch, _ := param(req.Via().Params, "branch")
		out.key = clientKey(branch, req.Method)
	}
	return s.put(out)
}

// answer is WriteMsg for an answer, and tells failed that it did not get out.
func (s *stream) answer(msg sip.Message, failed func(sip.Message)) error {
	out := outgoing{data: []byte(msg.String())}
	if failed != nil {
		kept := msg.(*sip.Response).Clone() // its owner may change it
		out.failed = func() { failed(kept) }
	}
	return s.put(out)
}

func (s *stream) put(out outgoing) error {
	if err := s.broken.Load(); err != nil {
		return *err
	}
	s.ua.writing.Add(1)
	s.unsent.Put(out)
	return nil
}

// write sends one message. After a failed write, which may have sent half a message, the connection is closed and what
// still waits fails too: the other side could not tell one message from the next.
func (s *stream) write(out outgoing) {
	defer s.ua.writing.Done()
	if err := s.broken.Load(); err != nil {
		s.lost(out, *err)
		return
	}
	if _, err := s.Write(out.data); err != nil {
		err = fmt.Errorf("%w: %w", errUnreachable, err)
		s.broken.Store(&err)
		_ = s.Close()
		_ = s.ua.tp.Pool(s.over.String()).CloseAndDelete(s.TCPConnection, s.RemoteAddr().String()) // its reader does so a moment later
		s.ua.log.Debug("TCP connection given up", "error", err)
		s.lost(out, err)
		return
	}
	s.ua.went(s.over, s.RemoteAddr().String(), out.data)
}

// lost reports to its client transaction that a request did not get out.
func (s *stream) lost(out outgoing, err error) {
	s.ua.queue.Put(func() {
		if out.failed != nil {
			out.failed()
		}
		if t := s.ua.clients[out.key]; t != nil {
			t.tx.Terminate()
			s.ua.guard(callIDOf(t.req), func() { t.fail(err) })
		}
	})
}
