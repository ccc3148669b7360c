package sip_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/sip/trace"
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

// The log has every leg of a call under the call's id: of one that was dialed, one that came, one that took its place and one that it was sent on to.
func TestEveryLegIsTold(t *testing.T) {
	var log trace.Log
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) {
		c.Leg = log.Call
		c.Seen = func(account string, sent bool, network, remote string, text []byte) {
			log.Add(trace.Message{At: time.Now(), Account: account, Sent: sent, Network: network, Remote: remote}, text)
		}
	})
	legs := func(id string, want ...string) { // a message is sent before it is kept
		t.Helper()
		eventually(t, "the legs "+strings.Join(want, ", "), func() bool {
			var all []string
			for _, d := range log.Dialogs() {
				if d.Call == id {
					all = append(all, d.ID)
				}
			}
			return slices.Equal(all, want)
		})
	}
	c, id := talk(ph, p)
	by := p.Call("<sip:2042@example.com>")
	by.Send("INVITE", fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=%s\n", c.CallID, c.ToTag, c.FromTag), siptest.SDP(4006, "sendrecv"))
	by.Answered()
	p.Reply(p.Await("BYE"), "200 OK", "")
	onward := sent(t, p, ph, by)
	legs(id, c.CallID, by.CallID, onward.Header("Call-ID"))
	accept(p, onward, "sendrecv")
	next[sip.CallIdentity](ph)
	by.Bye()
	ph.must(ph.Hangup(id))
	p.Reply(p.Await("BYE"), "200 OK", "")

	invite, dialed := dial(ph, p, "123")
	legs(dialed, invite.Header("Call-ID"))
}
