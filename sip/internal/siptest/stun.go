package siptest

import (
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/pion/stun/v3"
)

// STUN is a STUN server that sees everybody behind one NAT.
type STUN struct {
	t    testing.TB
	conn *net.UDPConn

	mu     sync.Mutex
	silent bool
	seen   netip.Addr // where it sees everybody; not valid for where Translated says
	asked  chan netip.AddrPort
}

// NewSTUN starts one on a free port of 127.0.0.1. It ends with the test.
func NewSTUN(t testing.TB) *STUN {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	s := &STUN{t: t, conn: conn, asked: make(chan netip.AddrPort, 10000)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.serve()
	}()
	t.Cleanup(func() {
		_ = conn.Close()
		<-done
	})
	return s
}

// Addr is its host:port.
func (s *STUN) Addr() string { return s.conn.LocalAddr().String() }

// Silence has it say nothing, or answer again.
func (s *STUN) Silence(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent = on
}

// Moves has it see everybody at another address from now on.
func (s *STUN) Moves(to netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = to
}

// Asked waits for a question and tells where it came from.
func (s *STUN) Asked() netip.AddrPort {
	s.t.Helper()
	select {
	case from := <-s.asked:
		return from
	case <-time.After(Patience):
		s.t.Fatal("siptest: nobody has asked the STUN server")
		return netip.AddrPort{}
	}
}

// Translated is where the NAT shows an address: 203.0.113.7, and another port.
func Translated(from netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{203, 0, 113, 7}), from.Port()^0x2000)
}

func (s *STUN) serve() {
	buf := make([]byte, 2048)
	for {
		n, from, err := s.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		m := &stun.Message{Raw: buf[:n]}
		if m.Decode() != nil || m.Type != stun.BindingRequest {
			continue
		}
		s.asked <- from
		s.mu.Lock()
		silent, seen := s.silent, s.seen
		s.mu.Unlock()
		if silent {
			continue
		}
		at := Translated(from)
		if seen.IsValid() {
			at = netip.AddrPortFrom(seen, at.Port())
		}
		r := stun.MustBuild(stun.NewTransactionIDSetter(m.TransactionID), stun.BindingSuccess, &stun.XORMappedAddress{IP: at.Addr().AsSlice(), Port: int(at.Port())}, stun.Fingerprint)
		_, _ = s.conn.WriteToUDPAddrPort(r.Raw, from)
	}
}

// WasAsked reports whether a question has come that nobody has looked at.
func (s *STUN) WasAsked() bool { return len(s.asked) > 0 }
