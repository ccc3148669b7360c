package sip_test

import (
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/test/interop"
	"linecard/test/rig"
)

// An edge stands in front of the registrar: it adds Path to the registration and Record-Route to calls. The registrar names it in Service-Route, and calls in both directions,
// and all that is said in them, go through it.
func TestBehindAnEdge(t *testing.T) {
	interop.Proves(t, "S1.10", interop.Kamailio)
	interop.Proves(t, "S2.13", interop.Kamailio)
	for _, c := range []struct{ transport, by string }{{"udp", "proxy"}, {"udp", "name"}, {"tcp", "proxy"}, {"tcp", "name"}} {
		t.Run(c.transport+" by its "+c.by, func(t *testing.T) {
			edge, registrar := rig.StartKamailioEdge(t, map[string]string{"alice": "secret1", "bob": "secret2"})
			user := func(name, password string) *phone {
				ph := startPhone(t, func(s *setup) {
					s.Account = sip.Account{Server: "test.local", User: name, Password: password, DisplayName: name, Transport: c.transport, Expires: time.Minute}
					s.Resolver = behindOneName{edge}
					if c.by == "proxy" { // and nobody knows the domain
						s.Resolver, s.Account.Proxy = behindOneName{}, edge.Addr
					}
				})
				ph.registered()
				return ph
			}
			alice, bob := user("alice", "secret1"), user("bob", "secret2")
			edge.Await("REGISTER has 200, Path <sip:" + edge.Addr)
			edge.Await("Service-Route <sip:" + edge.Addr + ";lr;" + rig.EdgeService + ">")
			behind := strings.Split(registrar.Addr, ":")[0]
			for _, way := range []struct{ from, to *phone }{{alice, bob}, {bob, alice}} {
				out, in := connect(t, way.from, way.to)
				way.from.hearsMore("the one who was called", out)
				way.to.hearsMore("the one who calls", in)
				for _, at := range []struct {
					ph *phone
					id string
				}{{way.from, out}, {way.to, in}} { // each end sends its requests by the edge
					at.ph.must(at.ph.Hold(at.id))
					next[sip.CallHold](at.ph)
					far := way.to
					if at.ph == way.to {
						far = way.from
					}
					if e := next[sip.CallHold](far); !e.Remote {
						t.Errorf("held: %+v", e)
					}
					at.ph.must(at.ph.Resume(at.id))
					next[sip.CallHold](at.ph)
					if e := next[sip.CallHold](far); e.Remote {
						t.Errorf("resumed: %+v", e)
					}
				}
				way.to.must(way.to.Hangup(in))
				next[sip.CallEnded](way.to)
				if e := next[sip.CallEnded](way.from); e.Reason != sip.EndRemote {
					t.Errorf("ended %+v", e)
				}
				to := way.to.Registration().Extension
				service := "Route <sip:" + edge.Addr + ";lr;" + rig.EdgeService + ">"
				if c.by == "proxy" { // the same hop is named once
					service = "Route <sip:" + edge.Addr
				}
				for _, line := range []string{
					"INVITE from 127.0.0.1 to " + to + ", " + service,
					"INVITE from " + behind + " to " + to + ", Route <sip:" + edge.Addr, // by the Path
					"BYE from 127.0.0.1", "BYE from " + behind,
				} {
					edge.Await(line)
				}
			}
		})
	}
}
