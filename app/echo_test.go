package app

import (
	"errors"
	"testing"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/sip"
	"linecard/test/interop"
)

// TestTheEchoTestLeavesNothing: the call is on the desk while it lasts, with nothing to write, and afterwards nobody finds it: not in the history, in no
// count, and not in the org. A call of the same phone to somebody else is kept as ever.
func TestTheEchoTestLeavesNothing(t *testing.T) {
	interop.Proves(t, "S6.4")
	r := newRig(t)
	r.SetAccounts([]Account{{ID: "1@x"}, {ID: "2@x", EchoTest: "*43"}})
	r.wait("the accounts", func(v View) bool { return len(v.Phones) == 2 && v.Phones[1].EchoTest == "*43" })
	if _, err := r.CallEcho("1@x"); !errors.Is(err, ErrNoEcho) {
		t.Errorf("with no number: %v", err)
	}
	if _, err := r.CallEcho(""); err != nil {
		t.Error(err)
	}
	r.phone.await(t, "dial *43 from 2@x")

	through := func(id, number string) {
		t.Helper()
		e := sip.CallDialing{ID: id, Account: "2@x", At: t0, Party: sip.Party{User: number}}
		proceeded := make(chan struct{})
		r.BeforeInvite(e, func() { close(proceeded) })
		<-proceeded
		r.Heard(e)
		r.Heard(sip.CallAnswered{ID: id, At: t0, Codec: "PCMU"})
		r.wait(id+" is talked on", func(v View) bool { return len(v.Calls) > 0 && v.Calls[0].ID == id && v.Calls[0].Phase == Talking })
	}
	through("echo", "*43")
	r.Heard(sip.CallIdentity{ID: "echo", At: t0, Party: sip.Party{User: "+14155550132", Name: "Dana Whitfield"}})
	r.Heard(sip.CallEnded{ID: "echo", At: t0, Reason: sip.EndLocal})
	v := r.wait("the desk is empty", func(v View) bool { return len(v.Calls) == 0 })
	if len(v.History) != 0 || v.Today.Calls != 0 {
		t.Errorf("%d calls in the history, %d today", len(v.History), v.Today.Calls)
	}
	through("dana", "+14155550132")
	r.Heard(sip.CallEnded{ID: "dana", At: t0, Reason: sip.EndRemote})
	v = r.wait("Dana's call in the history", func(v View) bool { return len(v.History) == 1 })
	if v.History[0].ID != "dana" || v.Unsaved != "" || v.Notice != "" {
		t.Errorf("the history has %+v, notice %q, unsaved %q", v.History, v.Notice, v.Unsaved)
	}
	page, err := r.cfg.Journal.History(t.Context(), journal.Filter{Limit: 10})
	if err != nil || len(page) != 1 {
		t.Errorf("on disk: %d calls, %v", len(page), err)
	}
}

// TestWhatIsAnEchoTest: its number is known on all accounts of its server, and on no other; a public number is none.
func TestWhatIsAnEchoTest(t *testing.T) {
	s := state{accounts: []Account{{ID: "1@x"}, {ID: "2@x", EchoTest: "*43"}, {ID: "3@y", EchoTest: "+14155550132"}}}
	for _, c := range []struct {
		account, number string
		want            bool
	}{{"1@x", "*43", true}, {"2@x", "*43", true}, {"3@y", "*43", false}, {"3@y", "+14155550132", false}, {"2@x", "*44", false}} {
		e := callArrived{direction: crm.Outbound, account: c.account, party: sip.Party{User: c.number}, number: crm.ParseNumber(c.number, crm.NumberPlan{})}
		if got := e.echoes(&s); got != c.want {
			t.Errorf("%s from %s: %v", c.number, c.account, got)
		}
	}
}

// TestAnEchoTestThatIsTransferred: from then on it is a call with a person: kept with its answer, and logged.
func TestAnEchoTestThatIsTransferred(t *testing.T) {
	y := newStory(t)
	echo := crm.Number{Raw: "*43", Extension: true}
	y.play(callArrived{stamp: y.stamp(), direction: crm.Outbound, id: "c1", party: sip.Party{User: "*43"}, number: echo, echo: true}).answers()
	if _, ok := last[writeAnswered](y); ok {
		t.Error("the echo test is kept")
	}
	y.becomes("Dana", number)
	if !y.s.calls[0].echo {
		t.Error("what a machine calls itself makes it a person")
	}
	y.handsOn("Dana", number)
	ring, kept := last[writeRing](y)
	if _, answered := last[writeAnswered](y); !kept || ring.call.echo || !answered || y.s.calls[0].word != "" {
		t.Errorf("kept %v, with its answer %v, as %q", kept, answered, y.s.calls[0].word)
	}
	if y.ends(sip.EndRemote); len(y.queued()) != 1 {
		t.Errorf("%d logged", len(y.queued()))
	}
}
