package demopbx_test

import (
	"net"
	"strings"
	"testing"

	"linecard/sip/demopbx"
)

// TestStrangeOffers: an offer without PCMU is told 488; further streams are refused by port 0, not left unanswered.
func TestStrangeOffers(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	done := call(t.Context(), pbx, demopbx.Caller{Number: "1", To: "2041"})
	l := p.answer(p.expectRequest("INVITE"))
	for _, c := range []struct {
		change func(string) string
		code   int
		part   string
	}{
		{func(s string) string { return strings.ReplaceAll(s, "RTP/AVP 0 101", "RTP/AVP 18 101") }, 488, ""},
		{func(s string) string { return "nonsense" }, 400, ""},
		{func(s string) string { return s + "m=video 5000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n" }, 200, "m=video 0 RTP/AVP 0\r\n"},
	} {
		l.send("INVITE", c.change(p.sdp("sendrecv")))
		res := l.expectFinal("INVITE")
		if res.code() != c.code || !strings.Contains(res.body, c.part) {
			t.Errorf("%s %q, want %d %q", res.start, res.body, c.code, c.part)
		}
		if c.code == 200 {
			l.send("ACK", "")
		} else {
			l.ackFailure(res)
		}
	}
	l.bye()
	wait(t, done)
}

// TestAudioPorts: audio takes an even port, the next belongs to RTCP and is open (RFC 3550 §11).
func TestAudioPorts(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	l := p.invite("600")
	ok := l.expectFinal("INVITE")
	l.established(ok)
	port := audioPort(ok.body).Port
	if port%2 != 0 {
		t.Errorf("RTP port %d is odd", port)
	}
	if c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port + 1}); err == nil {
		c.Close()
		t.Errorf("RTCP port %d is free for anybody", port+1)
	}
	l.bye()
}
