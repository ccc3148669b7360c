package dialog_test

import (
	"strings"
	"testing"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

func TestInboundCall(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c := p.Call(`"Bob" <sip:bob@example.com>`)
	ringing := c.Ringing()
	l := a.rings()
	if ringing.Header("Record-Route") != "" || ringing.URI("Contact") == "" {
		t.Errorf("180:\n%s", ringing.Text)
	}
	l.accept()
	if ok := c.Answered(); ok.Tag("To") != ringing.Tag("To") || ok.Body() == "" {
		t.Errorf("200:\n%s", ok.Text)
	}
	c.Bye()
	l.ends(dialog.HungUpThere)
	c.Send("BYE", "", "")
	p.Recv("SIP/2.0 481")
}

// An INVITE without SDP: we offer in the 200, the answer is in the ACK.
func TestLateOffer(t *testing.T) {
	interop.Proves(t, "S2.5")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c := p.Call("<sip:bob@example.com>")
	c.Send("INVITE", "", "")
	c.Learn(p.Await("SIP/2.0 180"))
	l := a.rings()
	a.do(func() {
		if l.RemoteSDP() != nil {
			t.Error("there is no offer")
		}
	})
	l.accept()
	if m := c.Learn(p.Await("SIP/2.0 200")); !strings.Contains(m.Body(), "m=audio") {
		t.Errorf("no offer in the 200:\n%s", m.Text)
	}
	c.Send("ACK", "", sdp("sendonly"))
	if h := l.hears("answer"); h.sdp != sdp("sendonly") {
		t.Errorf("answer %q", h.sdp)
	}
	c.Bye()
}

// RFC 3261 §8.2.2.2: the same call by two ways rings once.
func TestMergedRequest(t *testing.T) {
	interop.Proves(t, "S2.12")
	p := siptest.NewPeer(t)
	newAgent(t, p)
	c := p.Call("<sip:bob@example.com>")
	c.Ringing()
	c.Seq, c.ToTag = 0, ""
	c.Invite() // same Call-ID, tag and CSeq, another branch
	p.Recv("SIP/2.0 482")
}

// A repeated INVITE is answered again by the transaction and makes no second call.
func TestRepeatedInvite(t *testing.T) {
	interop.Proves(t, "S2.12")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c := p.Call("<sip:bob@example.com>")
	text := c.Text("INVITE", "", sdp("sendrecv"))
	p.Send(c.To, text)
	p.Recv("SIP/2.0 180")
	for range 2 {
		p.Send(c.To, text)
		p.Repeat("SIP/2.0 180")
	}
	l := a.rings()
	l.reject(486)
	p.Recv("SIP/2.0 486")
	select {
	case <-a.calls:
		t.Error("the INVITE rang twice")
	default:
	}
}

// Where the answer goes: to the source with rport, else to the port in Via (RFC 3261 §18.2.2, RFC 3581 §4).
func TestResponseRouting(t *testing.T) {
	p, other := siptest.NewPeer(t), siptest.NewPeer(t)
	newAgent(t, p)
	to, _ := p.Phone()
	ask := func(via string) {
		p.Send(to, "OPTIONS sip:2041@example.com SIP/2.0\nVia: SIP/2.0/UDP "+via+"\nMax-Forwards: 70\nFrom: <sip:x@y>;tag=1\n"+
			"To: <sip:2041@z>\nCall-ID: "+via+"\nCSeq: 1 OPTIONS\nContent-Length: 0\n\n")
	}
	_, port, _ := strings.Cut(other.Addr(), ":")
	ask("192.0.2.7:" + port + ";branch=z9hG4bK-a") // no rport: source address, port of Via
	if m := other.Recv("SIP/2.0 200"); !strings.Contains(m.Header("Via"), "received=127.0.0.1") {
		t.Errorf("Via %q", m.Header("Via"))
	}
	ask("192.0.2.7:" + port + ";rport;branch=z9hG4bK-b")
	_, mine, _ := strings.Cut(p.Addr(), ":")
	if m := p.Recv("SIP/2.0 200"); !strings.Contains(m.Header("Via"), "rport="+mine) || !strings.Contains(m.Header("Via"), "received=127.0.0.1") {
		t.Errorf("Via %q", m.Header("Via"))
	}
}

// A bare line feed in a header is not let in: it would come out of our own requests as a header of the caller's choice.
func TestNoHeaderInjection(t *testing.T) {
	p := siptest.NewPeer(t)
	newAgent(t, p)
	c := p.Call("<sip:bob@example.com>")
	text := siptest.CRLF(c.Text("INVITE", "X-Fill: a\n", sdp("sendrecv")))
	p.SendRaw(c.To, []byte(strings.Replace(text, "X-Fill: a", "X-Fill: a\nRoute: <sip:eve.example;lr>", 1)))
	p.Recv("SIP/2.0 400")
}
