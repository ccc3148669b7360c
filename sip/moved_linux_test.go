package sip_test

import (
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// inside says that this process has a network of its own.
const inside = "LINECARD_TEST_NETWORK"

// The address of the machine is taken away and another one given, as when a laptop leaves the dock. All calls that are up are offered
// again from the new address, the held one too, sound goes on, and a later hold names the new address.
func TestCallsFollowTheAddress(t *testing.T) {
	interop.Proves(t, "S1.14")
	if os.Getenv(inside) == "" {
		inOwnNetwork(t)
		return
	}
	run(t, "ip", "link", "set", "lo", "up")
	var p *siptest.Peer
	var rtp *net.UDPConn
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
	there := func(f func()) { far <- f; <-thread }
	defer close(far)
	run(t, "ip", "link", "add", "here", "type", "veth", "peer", "name", "there")
	run(t, "ip", "link", "set", "there", "netns", strconv.Itoa(tid))
	run(t, "ip", "addr", "add", "10.99.0.2/24", "dev", "here")
	run(t, "ip", "link", "set", "here", "up")
	there(func() {
		run(t, "ip", "addr", "add", "10.99.0.1/24", "dev", "there")
		run(t, "ip", "link", "set", "there", "up")
		p = siptest.NewPeerAt(t, "10.99.0.1")
		rtp, _ = net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(10, 99, 0, 1)})
	})
	defer rtp.Close()
	offer := strings.ReplaceAll(siptest.SDP(rtp.LocalAddr().(*net.UDPAddr).Port, "sendrecv"), "127.0.0.1", "10.99.0.1")
	answer := func(m siptest.Message, direction string) {
		p.ReplyTagged(m, "200 OK", "", "Contact: <sip:far@"+p.Addr()+">\n", strings.ReplaceAll(offer, "sendrecv", direction))
	}
	ph := newPhone(t, p, func(c *setup) { c.Listen = "" })
	talk := func() (*siptest.Caller, string) {
		c := p.Call("<sip:bob@example.com>")
		c.Send("INVITE", "", offer)
		c.Learn(p.Await("SIP/2.0 180"))
		id := next[sip.CallIncoming](ph).ID
		ph.must(ph.Answer(id))
		return c, id
	}
	first, _ := talk()
	first.Answered()
	second, id := talk()
	var held siptest.Message
	for range 2 {
		if m := p.Recv("INVITE", "SIP/2.0 200"); m.Method() == "INVITE" { // the first one is held for the second
			held = m
			p.ReplyTagged(m, "200 OK", "", "", strings.ReplaceAll(offer, "sendrecv", "recvonly"))
		} else {
			second.Learn(m)
			second.Send("ACK", "", "")
		}
	}
	p.Await("ACK")

	run(t, "ip", "addr", "del", "10.99.0.2/24", "dev", "here")
	gone := time.Now()
	run(t, "ip", "addr", "add", "10.99.0.3/24", "dev", "here")
	told := make(map[string]bool)
	for range 2 {
		m := p.Await("INVITE")
		if took := m.At.Sub(gone); took > 10*time.Second { // by itself it would be 25 s; this machine may be busy
			t.Errorf("told after %v", took)
		}
		if !strings.Contains(m.URI("Contact"), "@10.99.0.3:") || !strings.Contains(m.Body(), "c=IN IP4 10.99.0.3") {
			t.Errorf("the offer has the dead address:\n%s", m.Text)
		}
		direction := "sendrecv"
		if m.Header("Call-ID") == held.Header("Call-ID") {
			direction = "recvonly"
			if !strings.Contains(m.Body(), "a=sendonly") {
				t.Errorf("the held call is offered as\n%s", m.Body())
			}
		}
		told[m.Header("Call-ID")] = true
		answer(m, direction)
	}
	if len(told) != 2 {
		t.Errorf("told: %v", told)
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
		answer(m, "recvonly")
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
