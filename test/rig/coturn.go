package rig

import (
	"net"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linecard/sip/stun"
	"linecard/test/interop"
	"linecard/test/ports"
)

// StartCoturn starts a STUN server and returns its host:port.
func StartCoturn(t testing.TB) string {
	t.Helper()
	interop.Started(t, interop.Coturn)
	dir, port := Dir(t), ports.Free(t)
	p := Start(t, Command{Path: program(t, "turnserver"), Dir: dir, Args: []string{
		"-n", "--stun-only", "--no-auth", "--no-tls", "--no-dtls", "--no-cli", "--listening-ip=" + host(), "--listening-port=" + strconv.Itoa(port),
		"--log-file=stdout", "--pidfile=" + filepath.Join(dir, "pid"), "--userdb=" + filepath.Join(dir, "turndb"),
	}})
	addr := net.JoinHostPort(host(), strconv.Itoa(port))
	Until(t, "coturn answers", func() bool {
		p.alive()
		c, err := net.Dial("udp", addr)
		if err != nil {
			return false
		}
		defer c.Close()
		q := stun.NewQuestion()
		_, _ = c.Write(q.Bytes())
		_ = c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		buf := make([]byte, 1500)
		n, err := c.Read(buf)
		_, ok := q.Answered(buf[:max(n, 0)])
		return err == nil && ok
	})
	return addr
}

// NAT is a router with a server behind it: what is sent to Inside reaches the server from a port of the router's, another one for each sender, and whatever comes
// to that port goes to the sender, who hears it from Inside. Sound that the sender sends back goes to whom it has heard.
type NAT struct {
	Inside  string // what stands for the server
	carried atomic.Int64
}

// Carried is how many packets of sound have come in by ports of the router.
func (n *NAT) Carried() int64 { return n.carried.Load() }

// StartNAT starts one. It ends with the test.
func StartNAT(t testing.TB, server string) *NAT {
	t.Helper()
	to, err := net.ResolveUDPAddr("udp4", server)
	if err != nil {
		t.Fatal(err)
	}
	open := func() *net.UDPConn {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(host())})
		if err != nil {
			t.Error(err)
			return nil
		}
		return c
	}
	inside := open()
	n := &NAT{Inside: inside.LocalAddr().String()}
	var running sync.WaitGroup
	outside := map[string]*door{} // by sender
	running.Go(func() {
		defer func() {
			for _, d := range outside {
				_ = d.Close()
			}
		}()
		buf := make([]byte, 2048)
		for {
			size, from, err := inside.ReadFromUDP(buf)
			if err != nil {
				return
			}
			out := outside[from.String()]
			if out == nil {
				if out = (&door{UDPConn: open()}); out.UDPConn == nil {
					return
				}
				outside[from.String()] = out
				running.Go(func() { n.carry(out, inside, from) })
			}
			dst := to
			if heard := out.heard.Load(); heard != nil && isSound(buf[:size]) {
				dst = heard
			}
			_, _ = out.WriteToUDP(buf[:size], dst)
		}
	})
	t.Cleanup(func() {
		_ = inside.Close()
		running.Wait()
	})
	return n
}

// door is a port of the router.
type door struct {
	*net.UDPConn
	heard atomic.Pointer[net.UDPAddr] // whose sound has come in last
}

func isSound(data []byte) bool { return len(data) > 0 && data[0]>>6 == 2 }

// carry takes what comes to a port of the router to whom the port is for.
func (n *NAT) carry(out *door, inside *net.UDPConn, to *net.UDPAddr) {
	buf := make([]byte, 2048)
	for {
		size, from, err := out.ReadFromUDP(buf)
		if err != nil {
			return
		}
		if isSound(buf[:size]) {
			out.heard.Store(from)
			n.carried.Add(1)
		}
		_, _ = inside.WriteToUDP(buf[:size], to)
	}
}
