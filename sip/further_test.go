package sip_test

import (
	"fmt"
	"strings"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// What a phone system adds to the INVITE for its own ends is told: cleaned, the first of each name, and no more than twenty.
func TestHeaderFieldsThatBeginWithX(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	ph.t = t
	extra := "X-Campaign: Spring \u202esale\nx-queue: Support\nX-Campaign: Autumn\nSubject: none of them\nX-Long: " + strings.Repeat("long ", 60) + "\n"
	for i := range 30 {
		extra += fmt.Sprintf("X-N%d: %d\n", i, i)
	}
	c := p.Call(`<sip:2050@pbx>`)
	c.Send("INVITE", extra, siptest.SDP(4000, "sendrecv"))
	c.Learn(p.Await("SIP/2.0 180"))
	in := next[sip.CallIncoming](ph)
	if len(in.Headers) != 20 || in.Headers["X-Campaign"] != "Spring sale" || in.Headers["x-queue"] != "Support" || in.Headers["Subject"] != "" {
		t.Errorf("told %v", in.Headers)
	}
	if n := len([]rune(in.Headers["X-Long"])); n == 0 || n > 121 {
		t.Errorf("a long one has %d characters", n)
	}
	c.Send("CANCEL", "", "")
	next[sip.CallEnded](ph)
}
