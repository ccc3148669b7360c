package sip_test

import (
	"bytes"
	"errors"
	"math/rand"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
	"linecard/test/wait"
)

// The messages of RFC 4475 and RFC 5118, and a thousand mutated ones, go all the way to the desk: names, numbers and
// session descriptions are read out of them. The phone stays registered and takes the next call.
func TestHostileMessages(t *testing.T) {
	interop.Proves(t, "S2.14")
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) { c.Account.User, c.Account.Lines = "user", 50 })
	phone, _ := p.Phone()
	from := siptest.NewPeer(t)
	rng := rand.New(rand.NewSource(3261))
	seeds := siptest.Messages(t, "dialog/testdata/messages")
	for i := range 1000 {
		m := seeds[i%len(seeds)].Data
		if i >= len(seeds) {
			m = siptest.Mutate(rng, m, seeds[rng.Intn(len(seeds))].Data)
		}
		m = bytes.Replace(m, []byte("INVITE sip:vivekg@chair-dnrc.example.com"), []byte("INVITE sip:user@x"), 1)
		if len(m) > 0 {
			from.SendRaw(phone, m)
		}
		if i%50 == 49 { // let it keep up
			c := siptest.Caller{Peer: from, To: phone, URI: "sip:user@" + phone.String(), Name: "<sip:x@y>", CallID: "ping", FromTag: "1"}
			c.Send("OPTIONS", "", "")
			from.Await("SIP/2.0 200")
		}
	}
	if st := ph.Registration(); st.State != sip.Registered {
		t.Errorf("registration %+v", st)
	}
	ringing := map[string]bool{}
	for len(ph.events) > 0 {
		switch e := wait.For(ph.t, ph.events).(type) {
		case sip.CallIncoming:
			ringing[e.ID] = true
		case sip.CallEnded:
			delete(ringing, e.ID)
		}
	}
	for id := range ringing { // a flood nobody hangs up must be hung up
		if err := ph.Decline(id); errors.Is(err, sip.ErrNoCall) {
			continue // it has run out meanwhile
		} else if err != nil {
			t.Fatal(err)
		}
		next[sip.CallEnded](ph)
	}
	c, _ := talk(ph, p)
	c.Bye()
	next[sip.CallEnded](ph)
}
