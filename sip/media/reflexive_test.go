package media

import (
	"net"
	"net/netip"
	"testing"
	"time"

	lib "github.com/pion/stun/v3"

	"linecard/sip/sdp"
	"linecard/test/interop"
)

// stunServer answers what the test has it answer.
type stunServer struct {
	t    testing.TB
	conn *net.UDPConn
}

func newSTUN(t testing.TB) stunServer {
	t.Helper()
	s := stunServer{t, open(t).rtp}
	return s
}

func (s stunServer) addr() netip.AddrPort { return local(s.conn) }

// asked is the next question.
func (s stunServer) asked() (m *lib.Message, from netip.AddrPort) {
	s.t.Helper()
	buf := make([]byte, 2048)
	_ = s.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	n, from, err := s.conn.ReadFromUDPAddrPort(buf)
	if err != nil {
		s.t.Fatal(err)
	}
	m = &lib.Message{Raw: buf[:n]}
	if err := m.Decode(); err != nil {
		s.t.Fatal(err)
	}
	return m, unmapped(from)
}

// answer says of the next question that it came from a port of the NAT's that is its own plus 1000.
func (s stunServer) answer() {
	s.t.Helper()
	m, from := s.asked()
	s.say(s.conn, m, from)
}

func (s stunServer) say(conn *net.UDPConn, m *lib.Message, to netip.AddrPort) {
	s.t.Helper()
	r := lib.MustBuild(lib.NewTransactionIDSetter(m.TransactionID), lib.BindingSuccess, &lib.XORMappedAddress{IP: net.IPv4(203, 0, 113, 7), Port: int(to.Port()) + 1000}, lib.Fingerprint)
	if _, err := conn.WriteToUDPAddrPort(r.Raw, to); err != nil {
		s.t.Fatal(err)
	}
}

func behindNAT(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr("203.0.113.7"), a.Port()+1000)
}

// TestSeenByServer: both ports are asked about while nobody has the socket; only the server's answer counts.
func TestSeenByServer(t *testing.T) {
	interop.Proves(t, "S4.7")
	server, stranger, s := newSTUN(t), open(t), open(t)
	told := make(chan Seen, 9)
	s.Ask(server.addr(), func(seen Seen, ok bool) {
		if ok {
			told <- seen
		}
	})
	stop := s.Answers()
	m, from := server.asked()
	server.say(stranger.rtp, m, from) // knows the question, and is somebody else
	server.say(server.conn, m, from)
	server.answer()
	got := Seen{}
	for got.RTP != behindNAT(s.Addr()) || got.RTCP != behindNAT(s.RTCPAddr()) {
		got = await(t, told)
	}
	stop()
	if _, err := s.rtp.WriteToUDPAddrPort([]byte("sound"), s.Addr()); err != nil {
		t.Fatal(err)
	}
	if n, _, err := s.rtp.ReadFromUDPAddrPort(make([]byte, 9)); n != 5 || err != nil { // what comes later is the session's
		t.Errorf("%d, %v", n, err)
	}
}

// TestLateAnswer: the answer that comes once the call has begun reaches the session, between the packets, and is asked for until it comes.
func TestLateAnswer(t *testing.T) {
	server, peer, s := newSTUN(t), open(t), open(t)
	told := make(chan Seen, 9)
	s.Ask(server.addr(), func(seen Seen, ok bool) {
		if ok {
			told <- seen
		}
	})
	server.asked()
	server.asked() // lost, both
	session, err := NewSession(s, agreed(peer), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	server.answer()
	server.answer()
	for got := (Seen{}); got.RTP != behindNAT(s.Addr()) || got.RTCP != behindNAT(s.RTCPAddr()); {
		got = await(t, told)
	}
	// A session that has moved asks anew.
	moved, err := session.Move(netip.MustParseAddr("127.0.0.1"), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	session.Ask(server.addr(), func(seen Seen, _ bool) { told <- seen })
	for got := (Seen{}); got.RTP != behindNAT(moved.Addr()); {
		server.answer()
		got = await(t, told)
	}
}

// TestSilentServer: who says nothing is told of once, and asked again.
func TestSilentServer(t *testing.T) {
	server, s := newSTUN(t), open(t)
	told := make(chan bool, 9)
	s.Ask(server.addr(), func(_ Seen, ok bool) { told <- ok })
	defer s.Answers()()
	q := s.asks.Load()
	for range mostAsked {
		q.mu.Lock()
		q.alarm.Stop() // its time is up at once
		q.mu.Unlock()
		q.timeUp()
	}
	if await(t, told) {
		t.Error("nobody has said anything")
	}
	q.timeUp()
	for range 2 * mostAsked {
		server.asked()
	}
	server.answer()
	if !await(t, told) {
		t.Error("an answer after silence is told of")
	}
}

// TestQuestionsKeepTheAudio: a datagram that is no answer is no reason to drop sound or to say anything.
func TestQuestionsKeepTheAudio(t *testing.T) {
	peer := open(t)
	put := make(chan struct{}, 8)
	s := start(t, Params{Media: sdp.Media{Host: "127.0.0.1", Port: peer.Addr().Port(), Send: agreed(peer).Send, Receive: agreed(peer).Receive, Direction: sdp.SendRecv}}, tapped(put))
	to := s.socket.Load().Addr()
	for _, m := range []*lib.Message{lib.MustBuild(lib.TransactionID, lib.BindingRequest), lib.MustBuild(lib.TransactionID, lib.BindingSuccess)} {
		if s.stuns(forRTP, m.Raw, to) {
			t.Errorf("%s is taken by nobody", m)
		}
	}
}
