package sip_test

import (
	"strings"
	"sync"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// What the phone and its server say to each other is told whole, both ways, with the account; what a stranger sends is not.
func TestMessagesAreSeen(t *testing.T) {
	var mu sync.Mutex
	var all []string
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) {
		c.Seen = func(account string, sent bool, network, remote string, text []byte) {
			mu.Lock()
			defer mu.Unlock()
			way := "came"
			if sent {
				way = "went"
			}
			first, _, _ := strings.Cut(string(text), "\r\n")
			all = append(all, strings.Join([]string{way, account, network, remote, first}, " "))
		}
	})
	c := p.Call(`<sip:+14155550100@example.com>`)
	c.Send("INVITE", "", siptest.SDP(4000, "sendrecv"))
	p.Await("SIP/2.0 180")
	c.Send("CANCEL", "", "")
	p.Await("SIP/2.0 487")
	c.Send("ACK", "", "")
	next[sip.CallEnded](ph)
	mu.Lock()
	defer mu.Unlock()
	said := strings.Join(all, "\n")
	for _, part := range []string{"came ", "INVITE sip:", "went ", "SIP/2.0 180", "SIP/2.0 487", " UDP 127.0.0.1:"} {
		if !strings.Contains(said, part) {
			t.Errorf("no %q in\n%s", part, said)
		}
	}
}
