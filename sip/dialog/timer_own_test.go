package dialog_test

import (
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

func timed(d time.Duration) func(*dialog.Config) {
	return func(c *dialog.Config) { c.Account.SessionTimer = d }
}

// An account that wants a session timer asks for one in each call, and leaves to the other side who refreshes it (RFC 4028 §7.1).
func TestASessionTimerIsAskedFor(t *testing.T) {
	interop.Proves(t, "S2.8")
	p := siptest.NewPeer(t)
	a := newAgent(t, p, timed(30*time.Minute))
	l := a.dial("100")
	invite := p.Recv("INVITE")
	interval(t, invite, "1800", "90")
	p.Reply(invite, tooSmall, "Min-SE: 3600\n")
	p.Recv("ACK")
	again := p.Recv("INVITE")
	interval(t, again, "3600", "3600")
	if again.Header("Call-ID") != invite.Header("Call-ID") || again.Tag("From") != invite.Tag("From") || seq(t, again) <= seq(t, invite) {
		t.Errorf("not the same call:\n%s", again.Text)
	}
	p.ReplyTagged(again, "200 OK", "far", contact(p, "b"), sdp("sendrecv")) // it knows nothing of timers
	p.Recv("ACK")
	l.hears("answered")
	a.do(func() { l.Reinvite(hold, func([]byte, error) {}) })
	m := p.Recv("INVITE")
	interval(t, m, "", "")
	p.ReplyTagged(m, "200 OK", "", contact(p, "b"), sdp("recvonly"))
	p.Recv("ACK")
	l.hangup()
	p.Reply(p.Recv("BYE"), "200 OK", "")
}

// A caller who asks for nothing, and knows of timers, gets ours, and we refresh. A hold of either side keeps it, and who refreshes.
func TestACallerGetsOurTimer(t *testing.T) {
	for _, tc := range []struct{ ask, want, held string }{
		{"Supported: timer\n", "1800;refresher=uas", "1800;refresher=uas"},
		{"Supported: timer\nMin-SE: 2400\n", "2400;refresher=uas", "2400;refresher=uas"},
		{"Supported: timer\nSession-Expires: 600;refresher=uac\n", "600;refresher=uac", "600;refresher=uac"},
		{"Supported: timer\nSession-Expires: 600;refresher=uas\n", "600;refresher=uas", "600;refresher=uas"},
		{"", "", ""},
		{"Session-Expires: 60\n", "", ""},
	} {
		p := siptest.NewPeer(t)
		a := newAgent(t, p, timed(30*time.Minute))
		c := p.Call("<sip:bob@example.com>")
		c.Send("INVITE", tc.ask, sdp("sendrecv"))
		c.Learn(p.Await("SIP/2.0 180"))
		l := a.rings()
		l.accept()
		if got := c.Answered().Header("Session-Expires"); got != tc.want {
			t.Errorf("%q: Session-Expires %q, want %q", tc.ask, got, tc.want)
		}
		supported := ""
		if tc.want != "" {
			supported = "Supported: timer\n"
		}
		c.Send("INVITE", supported, sdp("sendonly"))
		if got := c.Answered().Header("Session-Expires"); got != tc.held && tc.want != "" {
			t.Errorf("%q: after a hold Session-Expires %q, want %q", tc.ask, got, tc.held)
		}
		c.There() // the ACK
		a.do(func() { l.Reinvite(hold, func([]byte, error) {}) })
		m := p.Recv("INVITE")
		want := map[string]string{"uas": "uac", "uac": "uas", "": ""}[refresher(tc.held)]
		if refresher(m.Header("Session-Expires")) != want && tc.want != "" {
			t.Errorf("%q: our hold has Session-Expires %q", tc.ask, m.Header("Session-Expires"))
		}
		p.ReplyTagged(m, "200 OK", "", "Session-Expires: "+m.Header("Session-Expires")+"\n", sdp("recvonly"))
		p.Recv("ACK")
		c.Bye()
	}
}

// refresher is who a Session-Expires header names.
func refresher(value string) string {
	_, who, _ := strings.Cut(value, "refresher=")
	return who
}

// Our refresh of a caller's call: by UPDATE where the caller takes one. A proxy that loses UPDATEs ends no call: the refresh is a
// re-INVITE then.
func TestACallersCallIsRefreshed(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p, timed(4*time.Second))
	c := p.Call("<sip:bob@example.com>")
	c.Send("INVITE", "Supported: timer\nAllow: INVITE, UPDATE\n", sdp("sendrecv"))
	c.Learn(p.Await("SIP/2.0 180"))
	l := a.rings()
	l.accept()
	c.Answered()
	c.There()
	a.forward(2 * time.Second)
	p.Recv("UPDATE") // and never answered
	a.forward(longest())
	again := p.Recv("INVITE")
	interval(t, again, "4;refresher=uac", "")
	p.ReplyTagged(again, "200 OK", "", "Session-Expires: 4;refresher=uac\n", sdp("sendrecv"))
	p.Recv("ACK")
	l.hears("refreshed")
	l.hangup()
	p.Reply(p.Recv("BYE"), "200 OK", "")
}
