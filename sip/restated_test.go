package sip_test

import (
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// The other side took no key: the refresh of the session by re-INVITE offers none, and says what was agreed.
func TestARefreshRepeatsNoKey(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) { c.Account.Encryption, c.Account.SessionTimer = "preferred", 4*time.Second })
	_, err := ph.Dial("123")
	ph.must(err)
	invite := p.Await("INVITE")
	if !strings.Contains(invite.Body(), "a=crypto") {
		t.Fatalf("no key was offered:\n%s", invite.Text)
	}
	p.ReplyTagged(invite, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\nSession-Expires: 4;refresher=uac\n", siptest.SDP(4000, "sendrecv"))
	p.Await("ACK")
	next[sip.CallAnswered](ph)
	ph.forward(2 * time.Second)
	again := p.Await("INVITE")
	if strings.Contains(again.Body(), "a=crypto") || !strings.Contains(again.Body(), "RTP/AVP 0") || !strings.Contains(again.Body(), "a=sendrecv") {
		t.Errorf("the refresh:\n%s", again.Text)
	}
	p.ReplyTagged(again, "200 OK", "", "Session-Expires: 4;refresher=uac\n", siptest.SDP(4000, "sendrecv"))
	p.Await("ACK")
}
