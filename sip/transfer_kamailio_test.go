package sip_test

import (
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// three are phones behind a real proxy; bob has answered alice.
type three struct {
	alice, bob, carol *phone
	atAlice, atBob    string
}

func threeThroughKamailio(t *testing.T, transports [3]string) *three {
	t.Helper()
	server := siptest.Kamailio(t)
	user := func(name, password, transport string) *phone {
		ph := startPhone(t, func(c *setup) {
			c.Account = sip.Account{Server: server, User: name, Password: password, DisplayName: name, Transport: transport, Expires: time.Minute, Follow: sip.FollowInside}
		})
		ph.registered()
		return ph
	}
	p := &three{alice: user("alice", "secret1", transports[0]), bob: user("bob", "secret2", transports[1]), carol: user("carol", "secret3", transports[2])}
	p.atAlice, p.atBob = connect(t, p.alice, p.bob)
	return p
}

// joined waits until alice, whose call it is all the time, talks to carol, and has her hang up.
func (p *three) joined(t *testing.T, atCarol string) {
	t.Helper()
	for e := next[sip.CallReferred](p.alice); !e.Done; e = next[sip.CallReferred](p.alice) {
		if !e.Failed.IsZero() || e.Asks {
			t.Fatalf("referred %+v", e)
		}
	}
	if e := next[sip.CallIdentity](p.alice); e.ID != p.atAlice || e.Party.User != "carol" || !e.Transferred {
		t.Errorf("alice is with %+v", e)
	}
	for _, end := range []struct {
		ph *phone
		id string
	}{{p.alice, p.atAlice}, {p.carol, atCarol}} {
		before, err := end.ph.Stats(end.id)
		end.ph.must(err)
		eventually(t, "audio both ways", func() bool {
			s, err := end.ph.Stats(end.id)
			return err == nil && s.PacketsReceived > before.PacketsReceived+10
		})
	}
	p.alice.must(p.alice.Hangup(p.atAlice))
	if e := next[sip.CallEnded](p.carol); e.ID != atCarol || e.Reason != sip.EndRemote {
		t.Errorf("at carol's: %+v", e)
	}
	if e := next[sip.CallEnded](p.alice); e.ID != p.atAlice || e.Reason != sip.EndLocal {
		t.Errorf("at alice's: %+v", e)
	}
}

// bobIsOut waits until bob's calls have ended, and the transfer was told.
func (p *three) bobIsOut(t *testing.T, calls int) {
	t.Helper()
	done, ended := false, 0
	for !done || ended < calls { // carol may hang up on bob before alice tells that it has worked
		switch e := next[sip.Event](p.bob).(type) {
		case sip.CallTransfer:
			if done = e.Done; !e.Failed.IsZero() {
				t.Fatalf("transfer %+v", e)
			}
		case sip.CallEnded:
			if ended++; e.Reason != sip.EndTransferred {
				t.Errorf("at bob's: %+v", e)
			}
		}
	}
}

// Bob consults carol, or calls her as anybody, and joins her with alice: each of the three roles of a transfer, through a proxy that only passes messages on.
func TestAttendedTransferThroughKamailio(t *testing.T) {
	interop.Proves(t, "S3.6", interop.Kamailio)
	consults := func(p *three) (second string, err error) { return p.bob.Consult(p.atBob, "carol") }
	dials := func(p *three) (second string, err error) { return p.bob.Dial("carol") }
	for name, of := range map[string]struct {
		calls      func(*three) (string, error)
		transports [3]string
	}{
		"consultation, udp udp udp": {consults, [3]string{"udp", "udp", "udp"}},
		"consultation, tcp udp tcp": {consults, [3]string{"tcp", "udp", "tcp"}},
		"none, udp udp udp":         {dials, [3]string{"udp", "udp", "udp"}},
		"none, tcp udp tcp":         {dials, [3]string{"tcp", "udp", "tcp"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := threeThroughKamailio(t, of.transports)
			second, err := of.calls(p)
			p.bob.must(err)
			in := next[sip.CallIncoming](p.carol)
			p.carol.must(p.carol.Answer(in.ID))
			next[sip.CallAnswered](p.bob)
			p.bob.must(p.bob.Connect(p.atBob, second))
			if e := next[sip.CallIdentity](p.carol); e.ID != in.ID || e.Party.User != "alice" || !e.Transferred {
				t.Errorf("carol is with %+v", e)
			}
			p.bobIsOut(t, 2)
			p.joined(t, in.ID)
		})
	}
}

// Bob sends alice to carol without asking, and once more while carol's phone rings.
func TestBlindTransferThroughKamailio(t *testing.T) {
	interop.Proves(t, "S3.5", interop.Kamailio)
	for _, way := range []string{"blind", "while it rings"} {
		t.Run(way, func(t *testing.T) {
			p := threeThroughKamailio(t, [3]string{"udp", "udp", "udp"})
			if way == "blind" {
				p.bob.must(p.bob.Transfer(p.atBob, "carol"))
			} else {
				second, err := p.bob.Consult(p.atBob, "carol")
				p.bob.must(err)
				next[sip.CallIncoming](p.carol)
				next[sip.CallProgress](p.bob)
				p.bob.must(p.bob.Complete(second))
				if e := next[sip.CallEnded](p.bob); e.ID != second || e.Reason != sip.EndCancelled {
					t.Errorf("the consultation: %+v", e)
				}
			}
			in := next[sip.CallIncoming](p.carol)
			if in.Party.User != "alice" {
				t.Errorf("carol is called by %+v", in.Party)
			}
			p.carol.must(p.carol.Answer(in.ID))
			if way == "blind" {
				p.bobIsOut(t, 1)
			} else if e := next[sip.CallEnded](p.bob); e.ID != p.atBob || e.Reason != sip.EndTransferred {
				t.Errorf("at bob's: %+v", e)
			}
			eventually(t, "carol hears alice", func() bool {
				s, err := p.carol.Stats(in.ID)
				return err == nil && s.PacketsReceived > 0
			})
			drainEnded(p.carol, in.ID) // that of the first call, where there was one
			p.joined(t, in.ID)
		})
	}
}

// drainEnded passes over the ends of other calls.
func drainEnded(ph *phone, but string) {
	for {
		select {
		case e := <-ph.events:
			if e, ok := e.(sip.CallEnded); ok && e.ID == but {
				ph.t.Errorf("ended %+v", e)
			}
		default:
			return
		}
	}
}
