package dialog_test

import (
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// RFC 4028: the caller asks for a session timer and leaves the refreshing to us, or refreshes it and then vanishes.
func TestSessionTimerIsAnswered(t *testing.T) {
	interop.Proves(t, "S2.7")
	for _, tc := range []struct{ ask, want, require string }{
		{"Supported: timer\nSession-Expires: 1800;refresher=uac\n", "1800;refresher=uac", "timer"},
		{"Supported: timer\nSession-Expires: 1800\n", "1800;refresher=uac", "timer"},
		{"Supported: timer\nx: 1800;refresher=uas\n", "1800;refresher=uas", ""},
		{"Session-Expires: 1800\n", "1800;refresher=uas", ""},
		{"", "", ""},
	} {
		p := siptest.NewPeer(t)
		a := newAgent(t, p)
		c := p.Call("<sip:bob@example.com>")
		c.Send("INVITE", tc.ask, sdp("sendrecv"))
		c.Learn(p.Await("SIP/2.0 180"))
		a.rings().accept()
		m := c.Answered()
		if got := m.Header("Session-Expires"); got != tc.want {
			t.Errorf("%q: Session-Expires %q, want %q", tc.ask, got, tc.want)
		}
		if got := m.Header("Require"); got != tc.require {
			t.Errorf("%q: Require %q, want %q", tc.ask, got, tc.require)
		}
		c.Bye()
	}
}

// RFC 4028: the far end leaves the refreshing to us, or promises to do it and is not heard of again.
func TestSessionTimerOfAnOutboundCall(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S2.7")
	for _, tc := range []struct{ extra, want string }{
		{"Session-Expires: 1;refresher=uac\nAllow: INVITE, UPDATE\n", "UPDATE"},
		{"Session-Expires: 1;refresher=uac\nAllow: INVITE\n", "INVITE"},
		{"Session-Expires: 1;refresher=uas\nRequire: timer\n", "BYE"},
	} {
		p := siptest.NewPeer(t)
		a := newAgent(t, p)
		l := a.dial("100")
		invite := p.Recv("INVITE")
		p.ReplyTagged(invite, "200 OK", "peer", contact(p, "b")+tc.extra, sdp("sendrecv"))
		p.Recv("ACK")
		l.hears("answered")
		a.forward(time.Second)
		m := p.Recv(tc.want)
		p.ReplyTagged(m, "200 OK", "", contact(p, "b"), sdp("sendrecv"))
		if tc.want == "BYE" {
			l.ends(dialog.Expired)
			continue
		}
		if m.Header("Session-Expires") != "1;refresher=uac" {
			t.Errorf("%s has Session-Expires %q", tc.want, m.Header("Session-Expires"))
		}
	}
}

func TestSessionIntervalTooSmall(t *testing.T) {
	interop.Proves(t, "S2.8")
	p := siptest.NewPeer(t)
	newAgent(t, p)
	c := p.Call("<sip:bob@example.com>")
	c.Send("INVITE", "Supported: timer\nSession-Expires: 10\n", sdp("sendrecv"))
	if m := p.Recv("SIP/2.0 422"); m.Header("Min-SE") != "90" {
		t.Errorf("Min-SE %q", m.Header("Min-SE"))
	}
}
