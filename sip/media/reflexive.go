package media

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"linecard/sip/stun"
)

// How a STUN server sees the ports of a socket: the address behind a NAT at which the peer reaches them. A socket asks as soon as it is told to, while
// nobody has it yet, and again before a NAT forgets; the call that takes it waits for nothing. An answer that comes later comes by the session's own readers.

// Seen is where a STUN server sees the two ports. RTCP is not valid where that port has no answer yet.
type Seen struct{ RTP, RTCP netip.AddrPort }

const (
	askAgain    = 250 * time.Millisecond // before a question is repeated; the pauses double
	mostAsked   = 6                      // times in a row: for eight seconds
	askWhenDead = 30 * time.Second       // before a server that says nothing is asked again
	askToKeep   = 20 * time.Second       // before a NAT might forget: many do after 30 s
)

// query is what a socket wants to know of a STUN server.
type query struct {
	socket *Socket
	server netip.AddrPort
	told   func(Seen, bool)

	mu       sync.Mutex
	question [parts]stun.Question // the zero one is answered
	seen     Seen
	tries    int
	alarm    *time.Timer
	over     bool
	once     bool // the sound keeps the NAT's memory fresh: the answer is all that is wanted
	waited   bool // it was told that nothing came
}

// Ask asks a STUN server how it sees both ports. told gets each answer that is news, and false where none has come in time; it is called from any
// goroutine, must not wait, and must not call the socket. A socket asks one server at a time.
func (s *Socket) Ask(server netip.AddrPort, told func(Seen, bool)) {
	a := &query{socket: s, server: server, told: told}
	if old := s.asks.Swap(a); old != nil {
		old.stop()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.begin()
}

// Answers reads the answers that come to a socket which no session has, until the function that it returns is called: before anybody else
// reads, or when the socket is closed. What else comes is dropped meanwhile.
func (s *Socket) Answers() (stop func()) {
	var reading sync.WaitGroup
	var over atomic.Bool
	conns := [parts]*net.UDPConn{s.rtp, s.rtcp}
	for of, conn := range conns {
		reading.Go(func() {
			buf := make([]byte, 2048)
			for {
				n, src, err := conn.ReadFromUDPAddrPort(buf)
				switch {
				case err == nil:
					s.answered(part(of), buf[:n], unmapped(src))
				case errors.Is(err, net.ErrClosed), over.Load() && errors.Is(err, os.ErrDeadlineExceeded):
					return
				default: // an ICMP error of an earlier datagram; should they go on, this must not spin
					time.Sleep(blockTime)
				}
			}
		})
	}
	return sync.OnceFunc(func() {
		over.Store(true)
		for _, conn := range conns {
			_ = conn.SetReadDeadline(time.Unix(1, 0))
		}
		reading.Wait()
		for _, conn := range conns {
			_ = conn.SetReadDeadline(time.Time{})
		}
	})
}

// answered takes an answer of the STUN server; false where a datagram is none.
func (s *Socket) answered(of part, data []byte, src netip.AddrPort) bool {
	a := s.asks.Load()
	if a == nil || src != a.server || !stun.Is(data) {
		return false
	}
	return a.take(of, data)
}

// begin asks anew. a.mu is held.
func (a *query) begin() {
	for of := range a.question {
		a.question[of] = stun.NewQuestion()
	}
	a.tries = 0
	a.send()
}

// send sends what is not answered yet, and sees to the next time. a.mu is held.
func (a *query) send() {
	for of, conn := range [parts]*net.UDPConn{a.socket.rtp, a.socket.rtcp} {
		if a.question[of] != (stun.Question{}) {
			_ = writeWithin(conn, a.question[of].Bytes(), a.server, time.Now()) // what is not taken is as lost as any datagram
		}
	}
	a.tries++
	a.wake(min(askAgain<<(a.tries-1), askAgain<<(mostAsked-2)))
}

func (a *query) wake(after time.Duration) {
	if a.alarm != nil {
		a.alarm.Stop()
	}
	a.alarm = time.AfterFunc(after, a.timeUp)
}

func (a *query) timeUp() {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.over:
	case a.question == [parts]stun.Question{}:
		a.begin()
	case a.tries < mostAsked:
		a.send()
	case a.question[forRTP] == stun.Question{}: // the port for reports is not worth more
		a.wake(askToKeep)
		a.question = [parts]stun.Question{}
	default:
		if !a.waited {
			a.waited = true
			a.told(Seen{}, false)
		}
		a.question = [parts]stun.Question{}
		a.wake(askWhenDead)
	}
}

func (a *query) take(of part, data []byte) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, ok := a.question[of].Answered(data)
	if !ok || a.over {
		return false
	}
	a.question[of] = stun.Question{}
	before := a.seen
	if of == forRTP {
		a.seen.RTP = at
	} else {
		a.seen.RTCP = at
	}
	if a.seen.RTP.IsValid() && (a.seen != before || a.waited) {
		a.waited = false
		a.told(a.seen, true)
	}
	if a.question == [parts]stun.Question{} {
		if a.alarm.Stop(); !a.once {
			a.wake(askToKeep)
		}
	}
	return true
}

// settle has the query end with the answer, since a session keeps the ports open from here on.
func (a *query) settle() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.once = true; a.question == [parts]stun.Question{} {
		a.alarm.Stop()
	}
}

func (a *query) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.over = true; a.alarm != nil {
		a.alarm.Stop()
	}
}

// Ask asks a STUN server how it sees the ports of a session, as [Socket.Ask] does, until it is answered.
func (s *Session) Ask(server netip.AddrPort, told func(Seen, bool)) {
	s.moving.Lock()
	defer s.moving.Unlock()
	if s.closed {
		return
	}
	socket := s.socket.Load()
	socket.Ask(server, told)
	socket.settle()
}

// settle is query.settle.
func (s *Socket) settle() {
	if a := s.asks.Load(); a != nil {
		a.settle()
	}
}

func unmapped(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// stuns gives a datagram to whoever waits for STUN on a port; false where it is none (RFC 7983 §7), or nobody's.
func (s *Session) stuns(of part, data []byte, src netip.AddrPort) bool {
	if !stun.Is(data) {
		return false
	}
	if s.socket.Load().answered(of, data, src) {
		return true
	}
	search := s.search.Load()
	return search != nil && search.take(of, data, src)
}
