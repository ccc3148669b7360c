package e2e

import (
	"testing"
	"time"

	"linecard/crm/demoorg"
	"linecard/sip/demopbx"
	"linecard/test/rig"
)

// TestLogAs: a call of one user waits while another user is linked in that user's place, who then logs it: one Task, that
// user's own.
func TestLogAs(t *testing.T) {
	t.Parallel()
	a, pbx := atDemoPBX(t)
	org, url := newOrg(t)
	a.do("settings", "set", "logging.settle_seconds", "1")
	a.link(url, org)
	first := a.user()
	caller := org.People()[0]
	talk := func(meanwhile func()) string {
		mark := a.mark()
		done := calling(t, pbx, demopbx.Caller{Name: caller.Name, Number: caller.Number, To: extension, TalkFor: time.Hour})
		ringing := a.awaitAfter(mark, "ringing", nil)
		a.do("answer")
		a.await("answered", of(ringing.Call))
		meanwhile()
		a.do("hangup")
		over(t, done)
		a.saved(ringing.Call)
		return ringing.Call
	}
	owner := func(call string) string {
		t.Helper()
		rig.Until(t, "the call is logged", func() bool { return len(org.TasksFor(call)) > 0 && a.row(call).Log == "logged" })
		return org.TasksFor(call)[0].OwnerID
	}

	taken := talk(func() { a.do("unlink") })
	a.linkAs(demoorg.OtherUser, url, org)
	second := a.user()
	if second == first || second == "" {
		t.Fatalf("%q is linked, and %q was", second, first)
	}
	if got := owner(talk(func() {})); got != second { // so the writer has been at work
		t.Errorf("a call of now is %s's, not %s's", got, second)
	}
	if n := len(org.TasksFor(taken)); n != 0 {
		t.Fatalf("%d Tasks of a call whose user is not linked", n)
	}
	if _, err := a.try("outbox", "retry", taken); err != nil {
		t.Errorf("retry: %v", err)
	}
	a.do("outbox", "retry", taken, "--as-me")
	if got := owner(taken); got != second {
		t.Errorf("the Task is %s's, want the linked user's, %s", got, second)
	}
	if said, err := a.try("outbox", "retry", taken, "--as-me"); err == nil {
		t.Errorf("it is logged once more: %s", said)
	}
	rig.Until(t, "nothing waits", func() bool { o := a.status().Outbox; return o.Waiting == 0 && o.Elsewhere == 0 })
	if n := len(org.TasksFor(taken)); n != 1 {
		t.Errorf("%d Tasks of the call", n)
	}
}

// user is the id of the user who is linked.
func (a *app) user() string {
	a.t.Helper()
	var s struct {
		Orgs []struct{ State, UserID string }
	}
	a.json(&s, "status")
	for _, o := range s.Orgs {
		if o.State == "Linked" {
			return o.UserID
		}
	}
	a.t.Fatalf("nobody is linked: %+v", s)
	return ""
}
