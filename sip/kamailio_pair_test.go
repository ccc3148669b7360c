package sip_test

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"linecard/sip"
	"linecard/test/interop"
	"linecard/test/rig"
)

// behindOneName is a DNS in which every name has SRV records, that lead to these servers in their order.
type behindOneName []*rig.Kamailio

func (n behindOneName) LookupNetIP(_ context.Context, family, host string) ([]netip.Addr, error) {
	ip, err := netip.ParseAddr(host)
	if err != nil || family == "ip6" {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return []netip.Addr{ip}, nil
}

func (n behindOneName) LookupSRV(_ context.Context, _, _, name string) (string, []*net.SRV, error) {
	var all []*net.SRV
	for i, k := range n {
		at := netip.MustParseAddrPort(k.Addr)
		all = append(all, &net.SRV{Target: at.Addr().String() + ".", Port: at.Port(), Priority: uint16(i)})
	}
	return name, all, nil
}

// hearsMore waits until further sound has come in and gone out.
func (ph *phone) hearsMore(what, id string) {
	ph.t.Helper()
	before, err := ph.Stats(id)
	ph.must(err)
	eventually(ph.t, what, func() bool {
		s, err := ph.Stats(id)
		return err == nil && s.PacketsReceived > before.PacketsReceived+25 && s.PacketsSent > before.PacketsSent+25
	})
}

// noticed is how long a phone may take until it sees that its server is gone, as docs/using.md tells it: over UDP the registration is refreshed
// after 25 s at the latest, and 2.5 s may pass without an answer.
const noticed = 28 * time.Second

// The first of two servers behind one name is killed in the middle of a call with a real phone: the call goes on, and is held, resumed and hung up
// through the other one, be it before or after the registration has moved there; then calls come in from there.
func TestKamailioDiesInACall(t *testing.T) {
	interop.Proves(t, "S1.6", interop.Kamailio)
	interop.Proves(t, "S1.7", interop.Kamailio, interop.Baresip)
	for name, c := range map[string]struct {
		transport string
		held      bool // before anything has told the phone that the server is gone
	}{"udp": {"udp", false}, "udp, held first": {"udp", true}, "tcp": {"tcp", false}} {
		t.Run(name, func(t *testing.T) {
			pair := rig.StartKamailioPair(t, map[string]string{"alice": "secret1", "bob": "secret2", "trunk": "secret3"})
			alice := startPhone(t, func(s *setup) {
				s.Resolver = behindOneName(pair[:])
				s.Account = sip.Account{Server: "test.local", User: "alice", Password: "secret1", DisplayName: "alice", Transport: c.transport, Expires: 5 * time.Minute}
			})
			alice.registered()
			bob := rig.StartBaresip(t, rig.BaresipConfig{Account: "<sip:bob@" + pair[0].Addr + ">;auth_pass=secret2;regint=60;answermode=auto", Pulse: rig.StartPulse(t)}) // its own loop hangs after a hold
			bob.Registered()
			id, err := alice.Dial("bob")
			alice.must(err)
			next[sip.CallAnswered](alice)
			alice.hearsMore("bob before the end of the server", id)

			for len(alice.events) > 0 {
				<-alice.events
			}
			pair[0].Kill()
			alice.hearsMore("bob after the end of the server", id)
			holdAndResume := func() {
				t.Helper()
				alice.must(alice.Hold(id))
				if e := next[sip.CallHold](alice); !e.Local || !e.Failed.IsZero() {
					t.Errorf("held: %+v", e)
				}
				last, since := uint64(0), time.Now() // of the packets that came
				eventually(t, "bob sends nothing to a phone that holds", func() bool {
					s, err := alice.Stats(id)
					alice.must(err)
					if s.PacketsReceived != last {
						last, since = s.PacketsReceived, time.Now()
					}
					return time.Since(since) >= 200*time.Millisecond
				})
				alice.must(alice.Resume(id))
				for e := next[sip.CallHold](alice); e.Local; e = next[sip.CallHold](alice) {
					if !e.Failed.IsZero() {
						t.Fatalf("resumed: %+v", e)
					}
				}
				alice.hearsMore("bob after the hold", id)
			}
			switch {
			case c.held: // the call finds the other server, and has the registration look
				holdAndResume()
			case c.transport == "udp":
				waited := time.Duration(0)
				for ; alice.Registration().State == sip.Registered && waited < noticed; waited += time.Second {
					alice.forward(time.Second)
				}
				if waited >= noticed {
					t.Errorf("nothing was noticed in %v", waited)
				}
			}
			alice.registered()
			holdAndResume()
			alice.must(alice.Hangup(id))
			if e := next[sip.CallEnded](alice); e.ID != id || e.Reason != sip.EndLocal {
				t.Errorf("ended %+v", e)
			}
			bob.Await("CALL_CLOSED")

			caller := pair[1].Call(t, rig.Customer{From: `"Dana" <sip:+14155550132@test.local>`, To: "alice", User: "trunk", Password: "secret3", End: rig.PhoneHangsUp})
			in := next[sip.CallIncoming](alice)
			alice.must(alice.Answer(in.ID))
			next[sip.CallAnswered](alice)
			alice.must(alice.Hangup(in.ID))
			if err := caller.Wait(); err != nil {
				t.Errorf("a call through the other server: %v", err)
			}
		})
	}
}
