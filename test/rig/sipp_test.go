package rig

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"linecard/test/ports"
)

// A scripted caller accepts what a proxy with several workers does to messages over UDP: a 200 or a refusal that
// overtakes its 180, every message twice, a late 100.
func TestCallerTakesDisorder(t *testing.T) {
	for name, c := range map[string]struct {
		customer Customer
		answers  map[string][]string // by method and CSeq number
	}{
		"caller hangs up": {Customer{End: CallerHangsUp, Talk: 50 * time.Millisecond}, map[string][]string{
			"INVITE 2": {"200", "180", "200", "100"}, "ACK 2": {"180"}, "BYE 3": {"200", "200"},
		}},
		"phone hangs up": {Customer{End: PhoneHangsUp}, map[string][]string{
			"INVITE 2": {"200", "180", "183"}, "ACK 2": {"180", "BYE", "BYE"},
		}},
		"gives up": {Customer{End: CallerGivesUp, Talk: 50 * time.Millisecond}, map[string][]string{
			"INVITE 2": {"180", "100", "180", "183"}, "CANCEL 2": {"487", "180", "487", "200"},
		}},
		"refused": {Customer{End: PhoneRefuses, Code: 486}, map[string][]string{
			"INVITE 2": {"183", "486", "180", "486"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			conn := udp(t)
			c.answers["INVITE 1"] = []string{"100", "407", "407"}
			go disorder(conn, c.answers)
			k := &Kamailio{Addr: conn.LocalAddr().String()}
			c.customer.From, c.customer.To = "<sip:+14155550132@test.local>", "2041"
			c.customer.User, c.customer.Password = "trunk", "secret"
			if err := k.Call(t, c.customer).Wait(); err != nil {
				t.Errorf("the caller ended badly: %v", err)
			}
		})
	}
}

// disorder answers every request according to a script until the socket is closed.
func disorder(conn net.PacketConn, answers map[string][]string) {
	buf := make([]byte, 65535)
	for {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		request := string(buf[:n])
		seq, method, _ := strings.Cut(header(request, "CSeq"), " ")
		for _, status := range answers[method+" "+seq] {
			text := answer(request, status, conn.LocalAddr().String())
			if status == "BYE" {
				text = fmt.Sprintf("BYE sip:trunk@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKbye\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
					from, conn.LocalAddr(), header(request, "To"), header(request, "From"), header(request, "Call-ID"))
			}
			if _, err := conn.WriteTo([]byte(text), from); err != nil {
				return
			}
		}
	}
}

// answer is a response to a request; a 407 has a challenge, and a 200 to an INVITE a session description.
func answer(request, status, contact string) string {
	to := header(request, "To")
	if status != "100" && !strings.Contains(to, "tag=") {
		to += ";tag=phone"
	}
	cseq := header(request, "CSeq")
	if status == "487" || status == "180" {
		cseq = strings.Fields(cseq)[0] + " INVITE"
	}
	more, body := "", ""
	switch {
	case status == "407":
		more = "Proxy-Authenticate: Digest realm=\"test.local\", nonce=\"n1\"\r\n"
	case status == "200" && strings.HasSuffix(cseq, "INVITE"):
		body = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n"
		more = "Content-Type: application/sdp\r\n"
	}
	return fmt.Sprintf("SIP/2.0 %s Disorder\r\nVia: %s\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %s\r\nContact: <sip:phone@%s>\r\n%sContent-Length: %d\r\n\r\n%s",
		status, header(request, "Via"), header(request, "From"), to, header(request, "Call-ID"), cseq, contact, more, len(body), body)
}

// The gateway accepts repeated requests, and a BYE that overtakes the ACK of its call.
func TestGatewayTakesDisorder(t *testing.T) {
	for name, c := range map[string]struct {
		start func(*Kamailio) *Process
		await string   // the answer that the test waits for
		then  []string // requests that follow it, in this order
	}{
		"answers": {func(k *Kamailio) *Process { return k.Answer(t, 50*time.Millisecond, 200) }, "200", []string{"BYE", "ACK", "ACK", "BYE", "BYE"}},
		"refuses": {func(k *Kamailio) *Process { return k.Answer(t, 50*time.Millisecond, 486) }, "486", []string{"INVITE", "ACK"}},
		"rings":   {func(k *Kamailio) *Process { return k.Ring(t) }, "180", []string{"INVITE", "CANCEL", "CANCEL", "ACK"}},
	} {
		t.Run(name, func(t *testing.T) {
			conn := udp(t)
			k := &Kamailio{Addr: conn.LocalAddr().String(), Gateway: fmt.Sprintf("127.0.0.1:%d", ports.Free(t))}
			gateway := c.start(k)
			to, err := net.ResolveUDPAddr("udp", k.Gateway)
			if err != nil {
				t.Fatal(err)
			}
			send := func(method string) {
				t.Helper()
				seq := 1
				if method == "BYE" {
					seq = 2
				}
				text := fmt.Sprintf("%s sip:+14155550132@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%d\r\nFrom: <sip:2041@test.local>;tag=us\r\nTo: <sip:+14155550132@test.local>\r\n"+
					"Call-ID: disorder\r\nCSeq: %d %s\r\nContact: <sip:2041@%s>\r\nContent-Length: 0\r\n\r\n", method, k.Gateway, conn.LocalAddr(), seq, seq, method, conn.LocalAddr())
				if _, err := conn.WriteTo([]byte(text), to); err != nil {
					t.Fatal(err)
				}
			}
			send("INVITE")
			send("INVITE")
			_ = conn.SetReadDeadline(time.Now().Add(Patience))
			buf := make([]byte, 65535)
			for {
				n, _, err := conn.ReadFrom(buf)
				if err != nil {
					t.Fatalf("no %s came: %v", c.await, err)
				}
				if strings.HasPrefix(string(buf[:n]), "SIP/2.0 "+c.await) {
					break
				}
			}
			for _, method := range c.then {
				send(method)
			}
			if err := gateway.Wait(); err != nil {
				t.Errorf("the gateway ended badly: %v", err)
			}
		})
	}
}

// udp opens a socket for a test.
func udp(t *testing.T) net.PacketConn {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// header returns the value of a header, or "".
func header(message, name string) string {
	_, rest, _ := strings.Cut(message, "\r\n"+name+": ")
	value, _, _ := strings.Cut(rest, "\r\n")
	return value
}
