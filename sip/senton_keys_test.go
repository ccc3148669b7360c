package sip_test

import (
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// A PIN that was dialed with a number is for whoever has that number. Who else answers does not get it, and the agent is told.
func TestKeysAreForTheNumberThatWasDialed(t *testing.T) {
	for name, to := range map[string]string{"a colleague": "2060", "another spelling": "02050", "a number that the agent agreed to": "206012"} {
		t.Run(name, func(t *testing.T) {
			t.Cleanup(sip.Pauses(time.Millisecond, time.Millisecond))
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, func(s *setup) {
				s.Spells = func(_, _, sent string) bool { return sent == "02050" }
				s.Account.DTMF = sip.KeysInfo
			})
			id, err := ph.Dial("2050,,4321#;9")
			ph.must(err)
			moved(p, p.Await("INVITE sip:2050@"), "<sip:"+to+"@HOST>")
			if to == "206012" {
				if e := next[sip.CallReferred](ph); !e.Asks {
					t.Errorf("sent on %+v", e)
				}
				ph.must(ph.Follow(id))
			}
			p.ReplyTagged(p.Await("INVITE sip:"+to+"@"), "200 OK", "x", "Contact: <sip:x@"+p.Addr()+">\n", siptest.SDP(4008, "sendrecv"))
			p.Await("ACK")
			next[sip.CallAnswered](ph)
			if to == "02050" {
				for range "4321#" {
					p.Reply(p.Await("INFO"), "200 OK", "")
				}
				if e := next[sip.CallKeys](ph); e.Keys != "4321#" || !e.Failed.IsZero() {
					t.Errorf("pressed %+v", e)
				}
				return
			}
			if e := next[sip.CallKeys](ph); e.ID != id || e.Keys != "4321#;9" || !e.Failed.Is("sip.keys-sent-on") {
				t.Errorf("told %+v", e)
			}
			ph.must(ph.Hangup(id))
			if m := p.Recv("BYE", "INFO"); m.Method() != "BYE" { // the keys would be before it
				t.Errorf("keys went to somebody else:\n%s", m.Text)
			} else {
				p.Reply(m, "200 OK", "")
			}
			for {
				switch e := next[sip.Event](ph).(type) {
				case sip.CallKeys:
					t.Errorf("told once more: %+v", e)
				case sip.CallEnded:
					return
				}
			}
		})
	}
}

// Nor does whoever comes in the place of the one dialed, by a transfer of theirs before the keys have gone.
func TestKeysAreNotForWhomACallIsTransferredTo(t *testing.T) {
	t.Cleanup(sip.Pauses(time.Hour, 0))
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, err := ph.Dial("2050,4321#")
	ph.must(err)
	invite := p.Await("INVITE sip:2050@")
	p.ReplyTagged(invite, "200 OK", "callee", "Contact: <sip:callee@"+p.Addr()+">\n", siptest.SDP(4000, "sendrecv"))
	p.Await("ACK")
	next[sip.CallAnswered](ph)
	callee := p.Call("<sip:2050@" + p.Addr() + ">")
	callee.CallID, callee.FromTag, callee.ToTag = invite.Header("Call-ID"), "callee", invite.Tag("From")
	p.ReplyTagged(sent(t, p, ph, callee), "200 OK", "x", "Contact: <sip:x@"+p.Addr()+">\n", siptest.SDP(4008, "sendrecv"))
	if e := next[sip.CallKeys](ph); e.Keys != "4321#" || !e.Failed.Is("sip.keys-sent-on") {
		t.Errorf("told %+v", e)
	}
}
