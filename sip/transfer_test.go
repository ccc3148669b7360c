package sip_test

import (
	"reflect"
	"testing"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

func TestTransfer(t *testing.T) {
	interop.Proves(t, "S3.5")
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	ph.must(ph.Transfer(id, "2050"))
	if tr := next[sip.CallTransfer](ph); tr.Done || !tr.Failed.IsZero() || tr.Target != "2050" {
		t.Errorf("transfer %+v", tr)
	}
	notify := func(status, state string) {
		c.Send("NOTIFY", "Event: refer\nSubscription-State: "+state+"\nContent-Type: message/sipfrag\n", "SIP/2.0 "+status+"\n")
	}
	p.Reply(p.Await("REFER"), "202 Accepted", "")
	notify("486 Busy Here", "terminated;reason=noresource")
	if tr := next[sip.CallTransfer](ph); !reflect.DeepEqual(tr.Failed, fault.New("sip.transfer.busy", "target", "2050")) {
		t.Errorf("transfer %+v", tr)
	}
	ph.must(ph.Transfer(id, "2051"))
	next[sip.CallTransfer](ph)
	p.Reply(p.Await("REFER"), "202 Accepted", "")
	notify("100 Trying", "active;expires=60")
	notify("200 OK", "terminated;reason=noresource")
	if tr := next[sip.CallTransfer](ph); !tr.Done {
		t.Errorf("transfer %+v", tr)
	}
	if e := next[sip.CallEnded](ph); e.Reason != sip.EndTransferred {
		t.Errorf("ended %+v", e)
	}
	p.Reply(p.Await("BYE"), "200 OK", "")
}

// transferring is a call whose transfer to 2050 was accepted, and of which nothing more is known.
func transferring(t *testing.T) (*siptest.Peer, *phone, *siptest.Caller) {
	t.Helper()
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	ph.must(ph.Transfer(id, "2050"))
	next[sip.CallTransfer](ph)
	p.Reply(p.Await("REFER"), "202 Accepted", "")
	return p, ph, c
}

// After a transfer that failed the call is what it was: who hangs up then has hung up.
func TestHungUpAfterFailedTransfer(t *testing.T) {
	p, ph, c := transferring(t)
	c.Send("NOTIFY", "Event: refer\nSubscription-State: terminated\nContent-Type: message/sipfrag\n", "SIP/2.0 486 Busy Here\n")
	p.Await("SIP/2.0 200")
	if tr := next[sip.CallTransfer](ph); tr.Failed.IsZero() {
		t.Errorf("transfer %+v", tr)
	}
	c.Bye()
	if e := next[sip.CallEnded](ph); e.Reason != sip.EndRemote {
		t.Errorf("ended %+v", e)
	}
}

// Some PBXs hang up on the transferor as soon as the other side has gone over, and never tell.
func TestTransferEndedByBye(t *testing.T) {
	p, ph, c := transferring(t)
	c.Send("NOTIFY", "Event: refer\nSubscription-State: active\nContent-Type: message/sipfrag\n", "SIP/2.0 100 Trying\n")
	p.Await("SIP/2.0 200")
	c.Bye()
	if e := next[sip.CallEnded](ph); e.Reason != sip.EndTransferred {
		t.Errorf("ended %+v", e)
	}
}
