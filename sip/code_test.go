package sip_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// callCode has a phone call a code, and returns where it is told what came of it.
func callCode(ph *phone, code string) <-chan fault.Fault {
	ph.t.Helper()
	done := make(chan fault.Fault, 2)
	ph.must(ph.CallCode("", code, func(why fault.Fault) { done <- why }))
	return done
}

// A code is called as it is written, beside a call that is talked on and with no line free, and is over when the phone system hangs up. The
// desk is told nothing of it.
func TestCode(t *testing.T) {
	interop.Proves(t, "S3.18")
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) {
		c.Account.Lines = 1
		c.DialPlan = func(_, number string) string { return "9" + number }
	})
	_, id := dial(ph, p, "600")
	done := callCode(ph, "*45support")
	invite := p.Recv("INVITE sip:*45support@")
	if !strings.Contains(invite.Text, "m=audio") {
		t.Errorf("without a description of sound:\n%s", invite.Text)
	}
	accept(p, invite, "sendrecv")
	p.Recv("ACK")
	there := siptest.Caller{
		Peer: p, To: invite.From, URI: invite.URI("Contact"), Name: "<sip:*45support@x>", CallID: invite.Header("Call-ID"), FromTag: "peer", ToTag: invite.Tag("From"),
	}
	there.Bye()
	if why := <-done; !why.IsZero() {
		t.Errorf("told %v", why)
	}
	ph.must(ph.Hangup(id))
	p.Reply(p.Recv("BYE"), "200 OK", "")
	for {
		switch e := (<-ph.events).(type) {
		case sip.CallEnded:
			if e.ID != id {
				t.Errorf("an end of another call: %+v", e)
			}
			return
		case sip.CallHold, sip.CallDialing, sip.CallAnswered:
			t.Errorf("told %#v", e)
		}
	}
}

// A phone system that talks on is hung up on after a while, and the code counts: it was answered. One that never answers, or refuses, is told of.
func TestCodeEnds(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	done := callCode(ph, "*45")
	invite := p.Recv("INVITE sip:*45@")
	accept(p, invite, "sendrecv")
	p.Recv("ACK")
	ph.forward(11 * time.Second)
	p.Reply(p.Recv("BYE"), "200 OK", "")
	if why := <-done; !why.IsZero() {
		t.Errorf("what was answered is told as %v", why)
	}

	done = callCode(ph, "*46")
	invite = p.Recv("INVITE sip:*46@")
	p.ReplyTagged(invite, "183 Session Progress", "peer", "Require: 100rel\nRSeq: 1\nContact: <sip:b@"+p.Addr()+">\n", "")
	p.Reply(p.Recv("PRACK"), "200 OK", "")
	ph.forward(21 * time.Second)
	p.Recv("CANCEL")
	if why := <-done; !why.Is("sip.code-unanswered") {
		t.Errorf("told %v", why)
	}

	done = callCode(ph, "*47")
	p.Reply(p.Recv("INVITE sip:*47@"), "404 Not Found", "")
	p.Recv("ACK")
	if why := <-done; !why.Is("sip.code-refused") || why.Values["code"] != "*47" {
		t.Errorf("told %v", why)
	}
}

// What is no code is not called, nor is a code where the server cannot be reached, nor more codes than a person could want.
func TestCodeRefusedHere(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	never := func(fault.Fault) { t.Error("told of what was never called") }
	for _, code := range []string{"", "*45 1", "*45@evil.example", "*45;x=y", "*45\r\nX: y", strings.Repeat("4", 101)} {
		if err := ph.CallCode("", code, never); !errors.Is(err, sip.ErrBadCode) {
			t.Errorf("%q: %v", code, err)
		}
	}
	if err := ph.CallCode("2041@elsewhere.example", "*45", never); err == nil {
		t.Error("called from an account that is not there")
	}
	var all []<-chan fault.Fault
	for range 4 {
		all = append(all, callCode(ph, "*45"))
	}
	if err := ph.CallCode("", "*45", never); !errors.Is(err, sip.ErrManyCodes) {
		t.Errorf("a fifth: %v", err)
	}
	ph.forward(21 * time.Second)
	for _, done := range all {
		if why := <-done; why.IsZero() {
			t.Error("told as done")
		}
	}
}
