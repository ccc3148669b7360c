package sip_test

import (
	"os"
	"strings"
	"testing"

	"linecard/sip"
	"linecard/test/wait"
)

// The machine gets another address while a call that was sent on waits for the agent's word. The call goes on from the new one, with its sound.
func TestACallThatWaitsForTheAgentFollowsTheAddress(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			if os.Getenv(inside) == "" {
				inOwnNetwork(t)
				return
			}
			p, work := serverThere(t, elsewhere(t), transport, "2041")
			ph := newPhone(t, p.Peer, func(c *setup) { c.Listen, c.Account = "", work })
			id, err := ph.Dial("2050")
			ph.must(err)
			moved(p.Peer, p.Await("INVITE sip:2050@"), "<sip:206012@HOST>")
			if e := next[sip.CallReferred](ph); !e.Asks {
				t.Errorf("sent on %+v", e)
			}
			run(t, "ip", "addr", "del", "10.99.0.2/24", "dev", "here")
			run(t, "ip", "addr", "add", "10.99.0.3/24", "dev", "here")
			wait.For(t, p.moved)
			ph.must(ph.Follow(id))
			if e := next[sip.CallReferred](ph); e.Asks {
				t.Errorf("goes on %+v", e)
			}
			if m := p.Await("INVITE sip:206012@"); !strings.Contains(m.URI("Contact"), "@10.99.0.3:") || !strings.Contains(m.Body(), "c=IN IP4 10.99.0.3") {
				t.Errorf("called from the dead address:\n%s", m.Text)
			}
		})
	}
}
