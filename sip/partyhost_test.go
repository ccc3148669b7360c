package sip_test

import (
	"strings"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// A phone system that writes its own address where the account has its name is still the account's server: a name there is a colleague's.
func TestTheServersAddressIsTheServer(t *testing.T) {
	eager(t)
	peer := siptest.NewPeer(t)
	_, port, _ := strings.Cut(peer.Addr(), ":")
	ph := newPhone(t, peer, func(c *setup) { c.Account.Server = "localhost:" + port })
	for from, want := range map[string]string{
		"<sip:alice@127.0.0.1>":              "localhost",
		"<sip:alice@127.0.0.1:" + port + ">": "localhost",
		"<sip:alice@192.0.2.77>":             "192.0.2.77", // another server's
		"<sip:alice@example.com>":            "example.com",
	} {
		caller := peer.Call(from)
		caller.Ringing()
		in := next[sip.CallIncoming](ph)
		if in.Party.User != "alice" || in.Party.Host != want {
			t.Errorf("%s: party %+v, want host %s", from, in.Party, want)
		}
		ph.must(ph.Answer(in.ID))
		caller.Answered()
		says(caller, "UPDATE", "P-Asserted-Identity: <sip:bob@127.0.0.1>\n")
		if got := next[sip.CallIdentity](ph); got.Party.User != "bob" || got.Party.Host != "localhost" {
			t.Errorf("%s: later it is %+v", from, got.Party)
		}
		caller.Bye()
		next[sip.CallEnded](ph)
	}
}
