package app

import (
	"errors"
	"testing"

	"linecard/app/journal"
	"linecard/sip"
)

// TestTheEchoTestLeavesNothing: the call is on the desk while it lasts, with nothing to write, and afterwards nobody finds it: not in the history, in no
// count, and not in the org. A call of the same phone to somebody else is kept as ever.
func TestTheEchoTestLeavesNothing(t *testing.T) {
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
