package dialog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"linecard/inorder"
	"linecard/sip/internal/siptest"
	"linecard/test/wait"
)

// A peer that does not read its answers costs itself the connection, and nobody else a moment.
func TestStalledTCPPeer(t *testing.T) {
	t.Run("nobody waits for it", func(t *testing.T) {
		f := flood(t, time.Hour)
		f.look("answers wait", func(s *stream) bool { return !s.unsent.Empty() })
		p := siptest.NewPeer(t)
		c := siptest.Caller{Peer: p, To: f.ua.LocalAddr(), URI: "sip:2041@x", Name: "<sip:x@y>", CallID: "ping", FromTag: "1"}
		c.Send("OPTIONS", "", "")
		p.Recv("SIP/2.0 200") // long before the hour is over
	})
	t.Run("it is given up", func(t *testing.T) {
		f := flood(t, 50*time.Millisecond)
		f.look("the connection is given up", func(s *stream) bool {
			err := s.broken.Load()
			return err != nil && errors.Is(*err, errUnreachable) && s.unsent.Empty()
		})
		f.look("it is out of the pool", func(*stream) bool { return f.ua.tp.Pool("tcp").Get(f.from) == nil })
	})
}

// flooded is a user agent that has been asked more by a connection than goes back by it, and whoever asks reads nothing.
type flooded struct {
	t     *testing.T
	ua    *UA
	queue *inorder.Queue[func()]
	from  string
}

func flood(t *testing.T, timeout time.Duration) *flooded {
	t.Helper()
	was := tcpWriteTimeout
	tcpWriteTimeout = timeout
	t.Cleanup(func() { tcpWriteTimeout = was })
	queue := inorder.Functions(func(err error) { t.Errorf("on the queue: %v", err) })
	t.Cleanup(queue.Close)
	ua, err := Listen(Config{Account: Account{Server: "127.0.0.1", User: "2041", Trust: Trust{Direct: true}}, Listen: "127.0.0.1", Queue: queue})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ua.Close(context.Background()) })
	conn, err := net.Dial("tcp", ua.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetWriteDeadline(time.Now().Add(siptest.Patience))
	ua.LetCrowdsIn()
	long := strings.Repeat("x", 20000)
	for i := range 500 { // the answers, as long as the questions, are more than the system's buffers take
		_, err := fmt.Fprint(conn, siptest.CRLF(fmt.Sprintf("OPTIONS sip:2041@x SIP/2.0\nVia: SIP/2.0/TCP x;branch=z9hG4bK%d;long=%s\n"+
			"Max-Forwards: 70\nFrom: <sip:a@b>;tag=1\nTo: <sip:2041@x>\nCall-ID: stall\nCSeq: %d OPTIONS\nContent-Length: 0\n\n", i, long, i+1)))
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		} else if err != nil {
			break // it is given up already
		}
	}
	return &flooded{t, ua, queue, conn.LocalAddr().String()}
}

// look waits for what no event tells: that a write waits, or has been given up.
func (f *flooded) look(what string, is func(*stream) bool) {
	f.t.Helper()
	for end := time.Now().Add(siptest.Patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		found := false
		inorder.Do(f.queue, func() {
			for _, s := range f.ua.streams {
				found = found || is(s)
			}
		})
		if found {
			return
		}
	}
	f.t.Fatal("never: ", what)
}

// A request that did not get out is known to have failed at once, and not by the silence that follows.
func TestRequestOnBrokenConnection(t *testing.T) {
	queue := inorder.Functions(func(err error) { t.Errorf("on the queue: %v", err) })
	defer queue.Close()
	ours, theirs := net.Pipe()
	_ = theirs.Close()
	ua := &UA{queue: queue, log: slog.New(slog.DiscardHandler), clients: make(map[string]*clientTx), tp: sip.NewTransportLayer(net.DefaultResolver, newParser(), nil)}
	s := ua.newStream(&sip.TCPConnection{Conn: ours}, overTCP)
	req := sip.NewRequest(sip.OPTIONS, sip.Uri{Scheme: "sip", Host: "x"})
	via := &sip.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: "TCP", Host: "x"}
	via.Params.Add("branch", "z9hG4bK1")
	req.AppendHeader(via)
	req.SetTransport("TCP")
	failed := make(chan error, 2)
	key := clientKey("z9hG4bK1", sip.OPTIONS)
	inorder.Do(queue, func() {
		x := &clientTx{ua: ua, req: req, on: func(_ *sip.Response, err error) { failed <- err }}
		x.tx = sip.NewClientTx(key, req, s, sip.DefaultLogger())
		ua.clients[key] = x
		if err := x.tx.Init(); err != nil {
			t.Error(err)
		}
	})
	select {
	case err := <-failed:
		if !errors.Is(err, errUnreachable) || causeOf(err) != Unsendable {
			t.Errorf("failed with %v", err)
		}
	case <-time.After(siptest.Patience):
		t.Fatal("nobody heard of it")
	}
	ua.writing.Wait()
	inorder.Do(queue, func() {}) // what was to come of it has come
	if len(failed) > 0 {
		t.Errorf("failed again: %v", <-failed)
	}
}

// An answer does not go by a connection that has failed and is still in the pool: another one is made.
func TestAnAnswerLeavesAConnectionThatFailed(t *testing.T) {
	queue := inorder.Functions(func(err error) { t.Errorf("on the queue: %v", err) })
	defer queue.Close()
	port, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer port.Close()
	_ = port.SetDeadline(time.Now().Add(siptest.Patience))
	ua, err := Listen(Config{Account: Account{Server: "127.0.0.1", User: "2041"}, Listen: "127.0.0.1", Queue: queue})
	if err != nil {
		t.Fatal(err)
	}
	defer ua.Close(t.Context())
	ua.cfg.Account.Trust.From = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	at := hop{network: overTCP, addr: netip.MustParseAddrPort(port.Addr().String())}
	msg, err := newParser().ParseSIP([]byte(siptest.CRLF("INVITE sip:2041@x SIP/2.0\nVia: SIP/2.0/TCP " + at.String() +
		";branch=z9hG4bK1\nFrom: <sip:a@b>;tag=1\nTo: <sip:2041@x>\nCall-ID: fails\nCSeq: 1 INVITE\nContent-Length: 0\n\n")))
	if err != nil {
		t.Fatal(err)
	}
	req := msg.(*sip.Request)
	req.SetTransport("TCP")
	req.SetSource(at.String())
	made := make(chan *stream, 1)
	inorder.Do(queue, func() {
		ua.retrust()
		carrier := sip.NewRequest(sip.OPTIONS, sip.Uri{Scheme: "sip", Host: "127.0.0.1"})
		ua.stamp(carrier, at, newBranch())
		ua.connect(carrier, at, func(conn sip.Connection, _ error) { made <- conn.(*stream) })
	})
	s := wait.For(t, made)
	was, err := port.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer was.Close()
	inorder.Do(queue, func() {
		broken := fmt.Errorf("%w: for a test", errUnreachable)
		s.broken.Store(&broken)
		w := &wayBack{ua: ua, req: req, to: s}
		_ = w.WriteMsg(newResponse(req, 486, ""))
	})
	last, err := port.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer last.Close()
	_ = last.SetDeadline(time.Now().Add(siptest.Patience))
	got := make([]byte, len("SIP/2.0 486"))
	if _, err := io.ReadFull(last, got); err != nil || string(got) != "SIP/2.0 486" {
		t.Errorf("%q, %v", got, err)
	}
}
