package sip_test

import (
	"fmt"
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

// version is that of a session description.
func version(t *testing.T, m siptest.Message) int {
	t.Helper()
	var id, v int
	_, origin, _ := strings.Cut(m.Body(), "o=- ")
	if n, err := fmt.Sscan(origin, &id, &v); n != 2 {
		t.Fatalf("no version (%v):\n%s", err, m.Text)
	}
	return v
}

// The version of the session counts descriptions that go out and differ from the one before (RFC 3264 §8). What a refresh would say counts
// once it is said, and once.
func TestVersionsOfTheSession(t *testing.T) {
	for _, encryption := range []string{"offered", "preferred"} {
		t.Run(encryption, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, func(c *setup) { c.Account.Encryption, c.Account.SessionTimer = encryption, 4*time.Second })
			id, err := ph.Dial("123")
			ph.must(err)
			invite := p.Await("INVITE")
			last := version(t, invite)
			p.ReplyTagged(invite, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\nSession-Expires: 4;refresher=uac\n", siptest.SDP(4000, "sendrecv"))
			p.Await("ACK")
			next[sip.CallAnswered](ph)
			offered := func(what string, more int, direction string) {
				t.Helper()
				m := p.Await("INVITE")
				if v := version(t, m); v != last+more {
					t.Errorf("%s: version %d after %d, want %d more", what, v, last, more)
				}
				last = version(t, m)
				p.ReplyTagged(m, "200 OK", "", "Session-Expires: 4;refresher=uac\n", siptest.SDP(4000, direction))
				p.Await("ACK")
				settled(ph, id)
			}
			ph.must(ph.Hold(id))
			offered("a hold", 1, "recvonly")
			ph.must(ph.Resume(id))
			offered("a resume", 1, "sendrecv")
			ph.forward(2 * time.Second)
			offered("a refresh", 0, "sendrecv")
			ph.forward(2 * time.Second)
			offered("another", 0, "sendrecv")
		})
	}
}

// The first refresh leaves out the keys that were not taken, which is a change, and the ones after it are none.
func TestVersionsOfRefreshes(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) { c.Account.Encryption, c.Account.SessionTimer = "preferred", 4*time.Second })
	_, err := ph.Dial("123")
	ph.must(err)
	m := p.Await("INVITE")
	first := version(t, m)
	p.ReplyTagged(m, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\nSession-Expires: 4;refresher=uac\n", siptest.SDP(4000, "sendrecv"))
	p.Await("ACK")
	next[sip.CallAnswered](ph)
	for range 3 {
		ph.forward(2 * time.Second)
		m = p.Await("INVITE")
		if v := version(t, m); v != first+1 {
			t.Errorf("version %d after %d", v, first)
		}
		p.ReplyTagged(m, "200 OK", "", "Session-Expires: 4;refresher=uac\n", siptest.SDP(4000, "sendrecv"))
		p.Await("ACK")
	}
}
