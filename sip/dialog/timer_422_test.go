package dialog_test

import (
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

const tooSmall = "422 Session Interval Too Small"

// interval fails unless a request asks for a session interval, and names it as the least.
func interval(t *testing.T, m siptest.Message, expires, least string) {
	t.Helper()
	if m.Header("Session-Expires") != expires || m.Header("Min-SE") != least {
		t.Errorf("Session-Expires %q, Min-SE %q, want %q, %q\n%s", m.Header("Session-Expires"), m.Header("Min-SE"), expires, least, m.Text)
	}
}

// A 422 to an INVITE: the call is placed again with the interval that is asked for (RFC 4028 §7.4).
func TestAnINVITEThatIsTooShort(t *testing.T) {
	interop.Proves(t, "S2.8")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	l := a.dial("100")
	first := p.Recv("INVITE")
	p.Reply(first, tooSmall, "Min-SE: 1800\n")
	p.Recv("ACK")
	second := p.Recv("INVITE")
	interval(t, second, "1800", "1800")
	if second.Header("Call-ID") != first.Header("Call-ID") || second.Header("CSeq") == first.Header("CSeq") || second.Tag("From") != first.Tag("From") {
		t.Errorf("not the same call:\n%s", second.Text)
	}
	p.ReplyTagged(second, "200 OK", "far", contact(p, "b")+"Session-Expires: 1800;refresher=uac\nAllow: UPDATE\n", sdp("sendrecv"))
	p.Recv("ACK")
	l.hears("answered")
	// A re-INVITE names what has been asked for.
	a.do(func() { l.Reinvite(hold, func([]byte, error) {}) })
	again := p.Recv("INVITE")
	interval(t, again, "1800;refresher=uac", "1800")
	p.ReplyTagged(again, "200 OK", "", "", sdp("recvonly"))
	p.Recv("ACK")
}

func TestAnINVITEThatStaysTooShort(t *testing.T) {
	for _, extra := range [][]string{{"Min-SE: 1800\n", "Min-SE: 1800\n"}, {"Min-SE: 300\n", "Min-SE: 600\n", "Min-SE: 900\n", "Min-SE: 1200\n"}, {""}, {"Min-SE: 0\n"}, {"Min-SE: x\n"}, {"Min-SE: 4000000000\n"}} {
		p := siptest.NewPeer(t)
		l := newAgent(t, p).dial("100")
		for _, e := range extra {
			p.Reply(p.Recv("INVITE"), tooSmall, e)
			p.Recv("ACK")
		}
		if e := l.ends(dialog.Rejected); e.Code != 422 {
			t.Errorf("%q: %+v", extra, e)
		}
	}
}

// A 422 to the refresh, by UPDATE or by re-INVITE: it is repeated with the interval that is asked for, and the call goes on.
func TestARefreshThatIsTooShort(t *testing.T) {
	t.Parallel()
	for method, allow := range map[string]string{"UPDATE": "Allow: INVITE, UPDATE\n", "INVITE": "Allow: INVITE\n"} {
		p := siptest.NewPeer(t)
		a := newAgent(t, p)
		l := a.dial("100")
		p.ReplyTagged(p.Recv("INVITE"), "200 OK", "far", contact(p, "b")+"Session-Expires: 2;refresher=uac\n"+allow, sdp("sendrecv"))
		p.Recv("ACK")
		l.hears("answered")
		a.forward(time.Second)
		m := p.Recv(method)
		interval(t, m, "2;refresher=uac", "")
		p.Reply(m, tooSmall, "Min-SE: 120\n")
		if method == "INVITE" {
			p.Recv("ACK")
		}
		m = p.Recv(method)
		interval(t, m, "120;refresher=uac", "120")
		p.ReplyTagged(m, "200 OK", "", "Session-Expires: 120;refresher=uac\n", map[string]string{"INVITE": sdp("sendrecv")}[method])
		if method == "INVITE" {
			p.Recv("ACK")
		}
		a.forward(2500 * time.Millisecond)
		p.Quiet(20 * time.Millisecond) // the call is not given up at the end of the first interval
		l.hangup()
		p.Reply(p.Recv("BYE"), "200 OK", "")
	}
}

// A refresh that is refused is tried again while there is time; then the call ends (RFC 4028 §10). An UPDATE that the other
// side does not serve after all becomes a re-INVITE at once.
func TestARefreshThatIsRefused(t *testing.T) {
	t.Parallel()
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	l := a.dial("100")
	invite := p.Recv("INVITE")
	began := a.clock.Now()
	p.ReplyTagged(invite, "200 OK", "far", contact(p, "b")+"Session-Expires: 90;refresher=uac\nAllow: INVITE, UPDATE\n", sdp("sendrecv"))
	p.Recv("ACK")
	l.hears("answered")
	a.forward(45 * time.Second)
	p.Reply(p.Recv("UPDATE"), "405 Method Not Allowed", "")
	refused, pauses := 0, []time.Duration{7500 * time.Millisecond, 5 * time.Second, 2500 * time.Millisecond}
	m := p.Recv("INVITE")
	for m.Method() == "INVITE" {
		refused++
		p.Reply(m, "488 Not Acceptable Here", "")
		p.Recv("ACK")
		a.do(func() {})
		a.forward(pauses[min(refused, len(pauses))-1]) // no further, or what goes out then has no answer in time
		m = p.Recv("INVITE", "BYE")
	}
	p.Reply(m, "200 OK", "")
	if took := a.clock.Now().Sub(began); took < 60*time.Second {
		t.Errorf("given up after %v of 90 s", took)
	}
	if refused < 2 {
		t.Errorf("tried %d times", refused)
	}
	l.ends(dialog.Expired)
}

// The other side knows the call no more when it is to be refreshed.
func TestARefreshOfACallThatIsGone(t *testing.T) {
	t.Parallel()
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	l := a.dial("100")
	p.ReplyTagged(p.Recv("INVITE"), "200 OK", "far", contact(p, "b")+"Session-Expires: 1;refresher=uac\nAllow: INVITE\n", sdp("sendrecv"))
	p.Recv("ACK")
	l.hears("answered")
	a.forward(time.Second)
	p.Reply(p.Recv("INVITE"), "481 Call/Transaction Does Not Exist", "")
	p.Recv("ACK")
	p.Reply(p.Recv("BYE"), "200 OK", "")
	l.ends(dialog.Gone)
	p.Quiet(100 * time.Millisecond) // one BYE is enough
}
