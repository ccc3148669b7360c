package sip_test

import (
	"cmp"
	"context"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
	"linecard/test/wait"
)

// inside says that this process has a network of its own.
const inside = "LINECARD_TEST_NETWORK"

// The address of the machine is taken away and another one given, as when a laptop leaves the dock. The calls of all accounts that are up are
// offered again from the new address, the held ones too, sound goes on, and a later hold names the new address.
func TestCallsFollowTheAddress(t *testing.T) {
	interop.Proves(t, "S1.14")
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			if os.Getenv(inside) == "" {
				inOwnNetwork(t)
				return
			}
			callsFollow(t, transport)
		})
	}
}

// elsewhere is a network beside this process's own, which a wire leads to: 10.99.0.1 is there, 10.99.0.2 is here.
func elsewhere(t *testing.T) (there func(func())) {
	t.Helper()
	run(t, "ip", "link", "set", "lo", "up")
	far := make(chan func())
	thread := make(chan int)
	go func() { // a thread with another network: sockets made on it stay there
		runtime.LockOSThread() // and is not used for anything else later
		if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
			t.Error(err)
		}
		thread <- syscall.Gettid()
		for f := range far {
			f()
			thread <- 0
		}
	}()
	tid := <-thread
	var one sync.Mutex // steps may be asked for by several
	there = func(f func()) {
		one.Lock()
		defer one.Unlock()
		far <- f
		<-thread
	}
	t.Cleanup(func() { close(far) })
	run(t, "ip", "link", "add", "here", "type", "veth", "peer", "name", "there")
	run(t, "ip", "link", "set", "there", "netns", strconv.Itoa(tid))
	run(t, "ip", "addr", "add", "10.99.0.2/24", "dev", "here")
	run(t, "ip", "link", "set", "here", "up")
	there(func() {
		run(t, "ip", "addr", "add", "10.99.0.1/24", "dev", "there")
		run(t, "ip", "link", "set", "there", "up")
		run(t, "ip", "link", "set", "lo", "up") // the front speaks to its peer by it
	})
	return there
}

// server is a phone server elsewhere.
type server struct {
	*siptest.Peer
	moved chan struct{} // tells once that a phone has registered from 10.99.0.3
}

// serverThere is a phone server elsewhere, and an account at it.
func serverThere(t *testing.T, there func(func()), transport, user string) (p *server, a sip.Account) {
	t.Helper()
	p = &server{moved: make(chan struct{}, 1)}
	there(func() { p.Peer = siptest.NewPeerAt(t, "10.99.0.1") })
	p.Registrar(func(of *siptest.Peer, m siptest.Message) bool {
		if strings.Contains(m.Text, "@10.99.0.3:") {
			select {
			case p.moved <- struct{}{}:
			default:
			}
		}
		return siptest.Accept(of, m)
	})
	a = account(p.Peer)
	a.User, a.Transport = user, transport
	if transport == "tcp" {
		var f *siptest.Front
		there(func() { f = siptest.NewFront(t, p.Peer, nil) })
		f.Dial(func(ctx context.Context, network, address string) (c net.Conn, err error) {
			there(func() { c, err = new(net.Dialer).DialContext(ctx, network, address) })
			return c, err
		})
		a.Server = f.Addr()
	}
	return p, a
}

func callsFollow(t *testing.T, transport string) {
	there := elsewhere(t)
	p, work := serverThere(t, there, transport, "2041")
	q, sales := serverThere(t, there, transport, "2042")
	var rtp *net.UDPConn
	there(func() { rtp, _ = net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(10, 99, 0, 1)}) })
	defer rtp.Close()
	offer := strings.ReplaceAll(siptest.SDP(rtp.LocalAddr().(*net.UDPAddr).Port, "sendrecv"), "127.0.0.1", "10.99.0.1")
	answer := func(p *server, m siptest.Message, direction string) {
		p.ReplyTagged(m, "200 OK", "", "Contact: <sip:far@"+cmp.Or(p.Front(), p.Addr())+">\n", strings.ReplaceAll(offer, "sendrecv", direction))
	}
	ph := newPhone(t, p.Peer, func(c *setup) { c.Listen, c.Account = "", work })
	ph.must(ph.SetAccounts([]sip.Account{work, sales}))
	ph.registered()
	held := map[string]bool{} // by Call-ID
	talk := func(p, other *server) (id string) {
		c := p.Call("<sip:bob@example.com>")
		c.Send("INVITE", "", offer)
		c.Learn(p.Await("SIP/2.0 180"))
		id = next[sip.CallIncoming](ph).ID
		ph.must(ph.Answer(id))
		if other != nil { // the call before is held for this one
			m := other.Await("INVITE")
			held[m.Header("Call-ID")] = true
			answer(other, m, "recvonly")
			other.Await("ACK")
		}
		c.Answered()
		next[sip.CallAnswered](ph)
		c.There() // by a connection its ACK could be on its way yet when the address goes, and be lost
		return id
	}
	talk(p, nil)
	talk(q, p)
	id := talk(p, q)

	run(t, "ip", "addr", "del", "10.99.0.2/24", "dev", "here")
	gone := time.Now()
	run(t, "ip", "addr", "add", "10.99.0.3/24", "dev", "here")
	for _, at := range []struct {
		*server
		calls int
	}{{p, 2}, {q, 1}} {
		told := map[string]bool{}
		for range at.calls {
			m := at.Await("INVITE")
			if took := m.At.Sub(gone); took > 10*time.Second { // by itself it would be 25 s; this machine may be busy
				t.Errorf("told after %v", took)
			}
			if !strings.Contains(m.URI("Contact"), "@10.99.0.3:") || !strings.Contains(m.Body(), "c=IN IP4 10.99.0.3") {
				t.Errorf("the offer has the dead address:\n%s", m.Text)
			}
			direction := "sendrecv"
			if held[m.Header("Call-ID")] {
				direction = "recvonly"
				if !strings.Contains(m.Body(), "a=sendonly") {
					t.Errorf("the held call is offered as\n%s", m.Body())
				}
			}
			told[m.Header("Call-ID")] = true
			answer(at.server, m, direction)
		}
		if len(told) != at.calls {
			t.Errorf("told: %v", told)
		}
		wait.For(t, at.moved)
	}
	if len(held) != 2 {
		t.Errorf("held: %v", held)
	}
	buf := make([]byte, 2000)
	rtp.SetReadDeadline(time.Now().Add(patience))
	for {
		_, from, err := rtp.ReadFromUDP(buf)
		if err != nil {
			t.Fatal("no sound from the new address: ", err)
		}
		if from.IP.String() == "10.99.0.3" {
			break
		}
	}
	ph.must(ph.Hold(id))
	if m := p.Await("INVITE"); !strings.Contains(m.Body(), "c=IN IP4 10.99.0.3") {
		t.Errorf("a later hold offers\n%s", m.Body())
	} else {
		answer(p, m, "recvonly")
	}
}

// inOwnNetwork runs the test again in a network namespace. It needs root.
func inOwnNetwork(t *testing.T) {
	t.Helper()
	args := []string{"unshare", "--net", os.Args[0], "-test.run=^" + t.Name() + "$", "-test.v"}
	if os.Geteuid() != 0 {
		args = append([]string{"sudo", "-n", "-E"}, args...)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), inside+"=1")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS: "+t.Name()) {
		t.Errorf("%v\n%s", err, out)
	}
}

func run(t *testing.T, name string, args ...string) {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Errorf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}
