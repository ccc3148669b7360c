package sip_test

import (
	"fmt"
	"strings"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// An INVITE with Replaces is answered in the place of a call: the agent has the same call, now with another party.
func TestTakenOver(t *testing.T) {
	interop.Proves(t, "S3.8")
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	ph.must(ph.SetMute(id, true))
	by := p.Call(`"Carol" <sip:2042@example.com>`)
	by.Send("INVITE", fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=%s\n", c.CallID, c.ToTag, c.FromTag), siptest.SDP(4006, "sendrecv"))
	by.Answered()
	if e := next[sip.CallIdentity](ph); e.ID != id || !e.Transferred || e.Party.User != "2042" || e.Party.Name != "Carol" {
		t.Errorf("identity %+v", e)
	}
	bye := p.Await("BYE")
	if bye.Header("Call-ID") != c.CallID {
		t.Error("another call was hung up")
	}
	p.Reply(bye, "200 OK", "")
	ph.must(ph.Hold(id))
	hold(ph, id, true)
	re := p.Await("INVITE sip:caller@")
	if re.Header("Call-ID") != by.CallID {
		t.Error("another call is held")
	}
	p.ReplyTagged(re, "200 OK", "", "Contact: <sip:caller@"+p.Addr()+">\n", siptest.SDP(4006, "recvonly"))
	p.Await("ACK")
	by.Bye()
	if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndRemote {
		t.Errorf("ended %+v", e)
	}
}

// What cannot take the place of a call leaves it as it is.
func TestNotTakenOver(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	by := p.Call("<sip:2042@example.com>")
	by.Send("INVITE", fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=%s\n", c.CallID, c.ToTag, c.FromTag), strings.ReplaceAll(siptest.SDP(4006, "sendrecv"), "RTP/AVP 0 101", "RTP/SAVP 0 101"))
	by.Learn(p.Await("SIP/2.0 488"))
	by.Send("ACK", "", "")
	ph.must(ph.Hold(id))
	hold(ph, id, true)
	p.Await("INVITE sip:caller@")
	c.Bye()
	if e := next[sip.CallEnded](ph); e.ID != id {
		t.Errorf("ended %+v", e)
	}
}

// A colleague picks up a call that we placed, and that rings somewhere else.
func TestDialedCallTakenOver(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	id, err := ph.Dial("2050")
	ph.must(err)
	invite := p.Await("INVITE")
	p.ReplyTagged(invite, "180 Ringing", "fork", "", "")
	next[sip.CallProgress](ph)
	by := p.Call("<sip:2042@example.com>")
	by.Send("INVITE", fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=fork;early-only\n", invite.Header("Call-ID"), invite.Tag("From")), siptest.SDP(4006, "sendrecv"))
	by.Answered()
	if e := next[sip.CallIdentity](ph); e.ID != id || e.Party.User != "2042" {
		t.Errorf("identity %+v", e)
	}
	if a := next[sip.CallAnswered](ph); a.ID != id {
		t.Errorf("answered %+v", a)
	}
	p.Reply(p.Await("CANCEL"), "200 OK", "")
	p.ReplyTagged(invite, "487 Request Terminated", "fork", "", "")
	by.Bye()
	if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndRemote {
		t.Errorf("ended %+v", e)
	}
}
