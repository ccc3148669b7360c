package sip_test

import (
	"bytes"
	"regexp"
	"sync"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
	"linecard/test/rig"
)

// ringing is which phones a caller has heard ring. A proxy cancels a phone only after it has passed its 180 on, and its workers may read the 200 of another one first.
type ringing struct {
	mu   sync.Mutex
	tags map[string]bool // of the To of a 180
}

func (r *ringing) seen(_ string, sent bool, _, _ string, text []byte) {
	to := toTag.FindSubmatch(text)
	if sent || to == nil || !bytes.HasPrefix(text, []byte("SIP/2.0 180")) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tags == nil {
		r.tags = make(map[string]bool)
	}
	r.tags[string(to[1])] = true
}

var toTag = regexp.MustCompile(`(?m)^To:.*;tag=([^;\s]+)`)

// both waits until both phones of a call ring, and forgets them.
func (r *ringing) both(t *testing.T) {
	t.Helper()
	eventually(t, "both phones ring", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.tags) < 2 {
			return false
		}
		r.tags = nil
		return true
	})
}

// A user has two phones, ours and a real one of another make, and a real proxy calls both at the same time: whichever answers, the other one stops ringing and
// has it as answered elsewhere, and the caller has one call with sound.
func TestForkedByKamailio(t *testing.T) {
	interop.Proves(t, "S2.3", interop.Kamailio, interop.Baresip)
	interop.Proves(t, "S2.15", interop.Kamailio, interop.Baresip)
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			k := rig.StartKamailio(t, map[string]string{"alice": "secret1", "bob": "secret2"})
			var heard ringing
			user := func(name, password string) *phone {
				ph := startPhone(t, func(c *setup) {
					c.Account = sip.Account{Server: k.Addr, User: name, Password: password, DisplayName: name, Transport: transport, Expires: time.Minute}
					if name == "alice" {
						c.Seen = heard.seen
					}
				})
				ph.registered()
				return ph
			}
			alice, bob := user("alice", "secret1"), user("bob", "secret2")
			other := rig.StartBaresip(t, rig.BaresipConfig{Account: "<sip:bob@" + k.Addr + ">;auth_pass=secret2;regint=60"})
			other.Registered()

			id, err := alice.Dial("bob")
			alice.must(err)
			in := next[sip.CallIncoming](bob)
			other.Await("CALL_INCOMING")
			heard.both(t)
			bob.must(bob.Answer(in.ID))
			next[sip.CallAnswered](bob)
			next[sip.CallAnswered](alice)
			other.Await("CALL_CLOSED")
			alice.hearsMore("ours, which was faster", id)
			alice.must(alice.Hangup(id))
			next[sip.CallEnded](alice)
			next[sip.CallEnded](bob)

			other.Forget()
			id, err = alice.Dial("bob")
			alice.must(err)
			in = next[sip.CallIncoming](bob)
			other.Await("CALL_INCOMING")
			heard.both(t)
			other.Do("accept")
			next[sip.CallAnswered](alice)
			if e := next[sip.CallEnded](bob); e.ID != in.ID || e.Reason != sip.EndAnsweredElsewhere {
				t.Errorf("ours, which was slower: %+v", e)
			}
			alice.hearsMore("the other one, which was faster", id)
			alice.must(alice.Hangup(id))
			next[sip.CallEnded](alice)
			other.Await("CALL_CLOSED")
		})
	}
}

// A real proxy calls two phones for a number. The first one answers, and the second one answers too as it is cancelled, which a proxy passes on: it is acknowledged and
// hung up, and the call with the first one goes on.
func TestTwoAnswersThroughKamailio(t *testing.T) {
	interop.Proves(t, "S2.3", interop.Kamailio)
	first, second := siptest.NewPeer(t), siptest.NewPeer(t)
	k := rig.StartKamailioWith(t, rig.KamailioConfig{Users: map[string]string{"alice": "secret1"}, Forks: []string{first.Addr(), second.Addr()}})
	var heard ringing
	alice := startPhone(t, func(c *setup) {
		c.Account = sip.Account{Server: k.Addr, User: "alice", Password: "secret1", DisplayName: "alice", Expires: time.Minute}
		c.Seen = heard.seen
	})
	alice.registered()
	id, err := alice.Dial("8001")
	alice.must(err)
	one, two := first.Await("INVITE"), second.Await("INVITE")
	sound, other := listenRTP(t), listenRTP(t)
	sound.echo()
	answer := func(p *siptest.Peer, m siptest.Message, tag string, r *rtpPeer) {
		p.ReplyTagged(m, "200 OK", tag, "Contact: <sip:"+tag+"@"+p.Addr()+">\nRecord-Route: "+m.Header("Record-Route")+"\n", siptest.SDP(r.port, "sendrecv"))
	}
	first.ReplyTagged(one, "180 Ringing", "first", "", "")
	second.ReplyTagged(two, "180 Ringing", "second", "", "")
	heard.both(t)
	answer(first, one, "first", sound)
	first.Await("ACK")
	next[sip.CallAnswered](alice)
	second.Reply(second.Await("CANCEL"), "200 OK", "")
	answer(second, two, "second", other)
	ack, bye := second.AwaitBoth("ACK", "BYE sip:second@")
	if ack.Tag("To") != "second" {
		t.Errorf("the second answer is acknowledged by\n%s", ack.Text)
	}
	second.Reply(bye, "200 OK", "")
	alice.hearsMore("the first one", id)
	alice.must(alice.Hangup(id))
	first.Reply(first.Await("BYE sip:first@"), "200 OK", "")
	if e := next[sip.CallEnded](alice); e.ID != id || e.Reason != sip.EndLocal {
		t.Errorf("ended %+v", e)
	}
}
