package dialog

import (
	"fmt"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// tcpWriteTimeout is how long a TCP peer may take nothing of what it is sent before its connection is given up.
const tcpWriteTimeout = 2 * time.Second

// stream is a TCP connection that is written to aside. A peer that does not read what it is sent would else hold up the
// queue, and with it every other call, until the write times out. One goroutine at a time writes, in the order things
// were sent, and ends when there is nothing left to write.
type stream struct {
	*sip.TCPConnection
	ua *UA

	mu      sync.Mutex
	unsent  []outgoing
	writing bool
	broken  error
}

// outgoing is a message on its way out.
type outgoing struct {
	data []byte
	key  string // of the client transaction that is to hear of a failure; "" for none
}

// aside gives a connection that never makes its user wait: UDP as it is, TCP as its stream. Streams of connections that
// are gone are forgotten on the way.
func (ua *UA) aside(conn sip.Connection) sip.Connection {
	tcp, ok := conn.(*sip.TCPConnection)
	if !ok || tcp == nil {
		return conn
	}
	if s := ua.streams[tcp]; s != nil {
		return s
	}
	for old := range ua.streams {
		now := ua.tp.Pool("tcp").Get(old.RemoteAddr().String())
		if now != nil {
			_, _ = now.TryClose() // gives back the reference that looking took
		}
		if now != sip.Connection(old) {
			delete(ua.streams, old)
		}
	}
	s := &stream{TCPConnection: tcp, ua: ua}
	ua.streams[tcp] = s
	return s
}

// WriteMsg puts a message in line. It fails when the connection is known to be broken; that a message did not get out is
// told to its client transaction later, as RFC 3261 §17.1.4 has it. Responses are for the other side to miss.
func (s *stream) WriteMsg(msg sip.Message) error {
	out := outgoing{data: []byte(msg.String())} // as it is now: its owner may change it
	if req, ok := msg.(*sip.Request); ok && req.Via() != nil {
		branch, _ := param(req.Via().Params, "branch")
		out.key = clientKey(branch, req.Method)
	}
	return s.put(out)
}

func (s *stream) put(out outgoing) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return s.broken
	}
	s.unsent = append(s.unsent, out)
	if !s.writing {
		s.writing = true
		s.ua.writing.Go(s.write)
	}
	return nil
}

// write sends what is in line, and what comes into line meanwhile.
func (s *stream) write() {
	for {
		s.mu.Lock()
		if len(s.unsent) == 0 {
			s.writing = false
			s.mu.Unlock()
			return
		}
		out := s.unsent[0]
		s.unsent = s.unsent[1:]
		s.mu.Unlock()
		if _, err := s.Write(out.data); err != nil {
			s.fail(out, fmt.Errorf("%w: %w", errUnreachable, err))
			return
		}
	}
}

// fail gives the connection up: half a message may be out, and nothing after it could be told apart.
func (s *stream) fail(first outgoing, err error) {
	s.mu.Lock()
	lost := append([]outgoing{first}, s.unsent...)
	s.broken, s.unsent, s.writing = err, nil, false
	s.mu.Unlock()
	_ = s.Close() // its reader takes it out of the pool
	s.ua.queue.Put(func() {
		s.ua.log.Debug("TCP connection given up", "error", err)
		for _, out := range lost {
			if t := s.ua.clients[out.key]; t != nil {
				t.fail(err)
				t.tx.Terminate()
			}
		}
	})
}
