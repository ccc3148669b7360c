package program_test

import (
	"context"
	"testing"
	"time"

	"linecard/app"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
	"linecard/sip/demopbx"
)

// The only account is removed in the middle of a call: the call goes on and is logged, nothing can be dialed, and the program goes on
// without an account. One that is entered again registers and rings.
func TestTheOnlyAccountGoesAndComesBack(t *testing.T) {
	r := ready(t)
	r.set("logging.wrap_up", "0")
	ctx, end := context.WithCancel(t.Context())
	defer end()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = r.pbx.Call(ctx, demopbx.Caller{Number: "+14155550132", To: "2041", TalkFor: time.Hour, GiveUpAfter: time.Hour})
	}()
	c := r.see("ringing", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == app.Ringing }).Calls[0]
	if err := r.desk.Answer(c.ID); err != nil {
		t.Fatal(err)
	}
	r.see("talking", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == app.Talking })

	if err := r.p.RemoveAccount(t.Context(), r.account().ID()); err != nil {
		t.Fatal(err)
	}
	r.see("no account, and the call", func(v app.View) bool {
		return !v.Phone.Configured && len(v.Phones) == 0 && v.Told.IsZero() && len(v.Calls) == 1 && v.Calls[0].Phase == app.Talking
	})
	if _, err := r.desk.Dial("", "600"); !fault.Of(err).Is("sip.no-account") {
		t.Errorf("dialing without an account: %v", err)
	}
	if err := r.desk.Hangup(c.ID); err != nil {
		t.Fatal(err)
	}
	<-ended
	v := r.see("the call logged", func(v app.View) bool {
		return len(v.Calls) == 0 && len(v.History) == 1 && v.History[0].Log == app.LogDone
	})
	if v.History[0].Outcome != crm.Answered || len(r.org.TasksFor(c.ID)) != 1 {
		t.Errorf("the history has %+v, the org %d Tasks", v.History[0], len(r.org.TasksFor(c.ID)))
	}

	password := "geheim"
	if err := r.p.SetAccount(t.Context(), "", r.account(), &password); err != nil {
		t.Fatal(err)
	}
	r.see("registered again", func(v app.View) bool {
		return v.Phone.Configured && v.Phone.State == sip.Registered && len(v.Phones) == 1
	})
	again := r.ring(demopbx.Caller{Number: "+14155550177", GiveUpAfter: patience})
	if err := r.desk.Decline(again.ID); err != nil {
		t.Fatal(err)
	}
}
