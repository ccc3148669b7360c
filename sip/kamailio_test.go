package sip_test

import (
	"context"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// Two phones behind a real proxy with digest: register, call, talk, hold, resume, hang up from either side, over each
// transport and from one to the other.
func TestThroughKamailio(t *testing.T) {
	interop.Proves(t, "S1.1", interop.Kamailio)
	interop.Proves(t, "S1.2", interop.Kamailio)
	interop.Proves(t, "S2.1", interop.Kamailio)
	interop.Proves(t, "S3.2", interop.Kamailio)
	interop.Proves(t, "S8.1", interop.Kamailio)
	server := siptest.Kamailio(t)
	user := func(name, password, transport string) func(*setup) {
		return func(c *setup) {
			c.Account = sip.Account{Server: server, User: name, Password: password, DisplayName: name, Transport: transport, Expires: time.Minute}
		}
	}
	for _, tc := range []struct{ alice, bob string }{{"udp", "udp"}, {"tcp", "tcp"}, {"udp", "tcp"}, {"tcp", "udp"}} {
		t.Run(tc.alice+" to "+tc.bob, func(t *testing.T) {
			alice := startPhone(t, user("alice", "secret1", tc.alice))
			bob := startPhone(t, user("bob", "secret2", tc.bob))
			alice.registered()
			bob.registered()
			for _, hangUpBy := range []*phone{alice, bob} {
				out, in := connect(t, alice, bob)
				for _, ph := range []*phone{alice, bob} {
					id := out
					if ph == bob {
						id = in
					}
					eventually(t, "audio both ways", func() bool {
						s, err := ph.Stats(id)
						return err == nil && s.PacketsReceived > 10 && s.PacketsSent > 10
					})
				}
				alice.must(alice.Hold(out))
				if h := next[sip.CallHold](bob); !h.Remote {
					t.Errorf("bob: %+v", h)
				}
				alice.must(alice.Resume(out))
				if h := next[sip.CallHold](bob); h.Remote {
					t.Errorf("bob: %+v", h)
				}
				other, reason := bob, sip.EndRemote
				if hangUpBy == bob {
					other = alice
					bob.must(bob.Hangup(in))
				} else {
					alice.must(alice.Hangup(out))
				}
				if e := next[sip.CallEnded](hangUpBy); e.Reason != sip.EndLocal {
					t.Errorf("who hung up: %+v", e)
				}
				if e := next[sip.CallEnded](other); e.Reason != reason {
					t.Errorf("the other: %+v", e)
				}
			}
		})
	}
	t.Run("declined, cancelled, nobody", func(t *testing.T) {
		alice := startPhone(t, user("alice", "secret1", "udp"))
		bob := startPhone(t, user("bob", "secret2", "udp"))
		alice.registered()
		bob.registered()
		_, err := alice.Dial("bob")
		alice.must(err)
		bob.must(bob.Decline(next[sip.CallIncoming](bob).ID))
		if e := next[sip.CallEnded](alice); e.Reason != sip.EndBusy {
			t.Errorf("declined: %+v", e)
		}
		if e := next[sip.CallEnded](bob); e.Reason != sip.EndDeclined {
			t.Errorf("declined: %+v", e)
		}
		id, err := alice.Dial("bob")
		alice.must(err)
		next[sip.CallIncoming](bob)
		next[sip.CallProgress](alice)
		alice.must(alice.Hangup(id))
		if e := next[sip.CallEnded](bob); e.Reason != sip.EndCancelled {
			t.Errorf("cancelled: %+v", e)
		}
		_, err = alice.Dial("dave")
		alice.must(err)
		for {
			e := next[sip.CallEnded](alice)
			if e.ID == id {
				continue
			}
			if e.Reason != sip.EndNotFound || !e.Text.Is("sip.ended.not-found") {
				t.Errorf("nobody: %+v", e)
			}
			return
		}
	})
	t.Run("wrong password", func(t *testing.T) {
		ph := startPhone(t, user("alice", "guess", "udp"))
		for {
			if e := next[sip.RegistrationChanged](ph); e.State == sip.Refused {
				return
			}
		}
	})
	t.Run("sign-off", func(t *testing.T) {
		alice := startPhone(t, user("alice", "secret1", "udp"))
		carol := startPhone(t, user("carol", "secret3", "tcp"))
		alice.registered()
		carol.registered()
		if err := carol.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		_, err := alice.Dial("carol")
		alice.must(err)
		if e := next[sip.CallEnded](alice); e.Reason != sip.EndNotFound {
			t.Errorf("a phone that has signed off: %+v", e)
		}
	})
}

// connect has one phone call the other by name and the other answer.
func connect(t *testing.T, from, to *phone) (out, in string) {
	t.Helper()
	out, err := from.Dial(to.Registration().Extension)
	from.must(err)
	in = next[sip.CallIncoming](to).ID
	to.must(to.Answer(in))
	next[sip.CallAnswered](from)
	next[sip.CallAnswered](to)
	return out, in
}
