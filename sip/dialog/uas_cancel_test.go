package dialog_test

import (
	"strings"
	"testing"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// S8: a caller who hangs up at once. The CANCEL leaves right behind the INVITE; not one call may ring on.
func TestInviteAndCancelBackToBack(t *testing.T) {
	interop.Proves(t, "S2.3")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	for range 300 {
		c := p.Call("<sip:bob@example.com>")
		c.Invite()
		c.Send("CANCEL", "", "")
		p.Await("SIP/2.0 487")
		c.Send("ACK", "", "")
	}
	for range 300 {
		a.rings().ends(dialog.Cancelled)
	}
	a.do(func() {
		if n := a.ua.Calls(); n != 0 {
			t.Errorf("%d calls ring on", n)
		}
	})
}

// S8: the CANCEL overtakes its INVITE on the way. The call must not ring.
func TestCancelBeforeInvite(t *testing.T) {
	interop.Proves(t, "S2.3")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c := p.Call("<sip:bob@example.com>")
	invite := c.Text("INVITE", "", sdp("sendrecv"))
	c.Send("CANCEL", "", "")
	p.Recv("SIP/2.0 481")
	p.Send(c.To, invite)
	p.Recv("SIP/2.0 487")
	select {
	case <-a.calls:
		t.Error("the call rang")
	default:
	}
}

func TestCancelIsAnsweredWithOurTag(t *testing.T) {
	p := siptest.NewPeer(t)
	newAgent(t, p)
	c := p.Call("<sip:bob@example.com>")
	tag := c.Ringing().Tag("To")
	c.Send("CANCEL", "", "")
	if m := p.Recv("SIP/2.0 200"); m.Tag("To") != tag || m.Header("CSeq") != "1 CANCEL" {
		t.Errorf("answer to CANCEL:\n%s", m.Text)
	}
	if m := p.Recv("SIP/2.0 487"); m.Tag("To") != tag {
		t.Errorf("487 has tag %s, the 180 had %s", m.Tag("To"), tag)
	}
}

// Our 200 crosses the caller's CANCEL: the CANCEL does nothing (RFC 3261 §9.2), the caller acknowledges and hangs up.
func TestOur200CrossesCancel(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.called(p)
	l.accept()
	c.Learn(p.Recv("SIP/2.0 200"))
	c.Send("CANCEL", "", "")
	if m := p.Await("SIP/2.0 200"); !strings.HasSuffix(m.Header("CSeq"), "CANCEL") {
		p.Await("SIP/2.0 200")
	}
	c.Send("ACK", "", "")
	c.Send("BYE", "", "")
	l.ends(dialog.HungUpThere)
}

func TestAnsweredElsewhere(t *testing.T) {
	interop.Proves(t, "S2.15")
	for _, reason := range []string{
		`SIP;cause=200;text="Call completed elsewhere"`,
		`Q.850;cause=26`,
		`Q.850 ; cause=16, SIP ;cause=200`,
		`SIP;cause=600;text="answered elsewhere"`,
	} {
		p := siptest.NewPeer(t)
		a := newAgent(t, p)
		c, l := a.called(p)
		c.Send("CANCEL", "Reason: "+reason+"\n", "")
		l.ends(dialog.Elsewhere)
	}
}
