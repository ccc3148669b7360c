package app

import (
	"testing"
	"time"

	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// pastRig is a desk with a logged call c1 that is off the desk.
func pastRig(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	r.org.matches = []crm.Match{dana}
	r.call(sip.EndRemote, true)
	r.wait("the Task", loggedRow)
	_ = r.Dismiss("c1")
	r.wait("off the desk", func(v View) bool { return len(v.Calls) == 0 })
	return r
}

// A past call opens with its facts and its form; what is typed there changes its one Task when the card is closed.
func TestAPastCallOpensAndItsTaskIsChanged(t *testing.T) {
	r := pastRig(t)
	if err := r.Open("c1"); err != nil {
		t.Fatal(err)
	}
	o := r.View().Opened
	if o == nil || o.ID != "c1" || o.Phase != Past || o.Name != dana.Name || o.Past.Outcome != crm.Answered || o.Wrap.Log != LogDone || o.Wrap.Task.IsZero() || o.Wrap.Subject == "" {
		t.Fatalf("the card: %+v", o)
	}
	for _, notes := range []string{"wants", "wants 40 seats"} {
		if err := r.EditWrap("c1", WrapEdit{Notes: &notes}); err != nil {
			t.Fatal(err)
		}
	}
	r.Settle(t.Context())
	if o := r.View().Opened; o.Wrap.Notes != "wants 40 seats" {
		t.Errorf("the form has %q", o.Wrap.Notes)
	}
	if n := len(r.org.updated()); n != 0 {
		t.Errorf("%d updates while the agent types", n)
	}
	if err := r.CloseCard("c1"); err != nil {
		t.Fatal(err)
	}
	v := r.wait("the Task follows", func(v View) bool { return v.Opened == nil && len(r.org.updated()) == 1 && loggedRow(v) })
	if a := r.org.updated()[0]; a.Notes != "wants 40 seats" || a.CallID != "c1" || !a.Who.Is(dana.Ref) {
		t.Errorf("the Task was changed to %+v", a)
	}
	if len(v.Calls) != 0 || len(r.org.written()) != 1 {
		t.Errorf("%d Tasks", len(r.org.written()))
	}
}

// A note about a past call, as the command line writes one, goes to the same Task at once; its other fields stay.
func TestAPastCallIsEditedWithoutItsCard(t *testing.T) {
	r := pastRig(t)
	notes, outcome := "asked for a quote", "Callback"
	for i, e := range []WrapEdit{{Notes: &notes}, {Disposition: &outcome}} {
		if err := r.EditWrap("c1", e); err != nil {
			t.Fatal(err)
		}
		r.wait("the Task follows", func(v View) bool { return len(r.org.updated()) == i+1 && loggedRow(v) })
	}
	if a := r.org.updated()[1]; a.Notes != notes || a.Disposition != outcome {
		t.Errorf("the Task has %+v", a)
	}
	c, err := r.Shown("c1")
	if err != nil || c.Wrap.Notes != notes || c.Wrap.Disposition != outcome || r.View().Opened != nil {
		t.Errorf("shown: %+v, %v", c.Wrap, err)
	}
	for id, want := range map[string]fault.Code{"c9": "desk.no-such-call"} {
		if err := r.EditWrap(id, WrapEdit{Notes: &notes}); !sameFault(err, want) {
			t.Errorf("%s: %v", id, err)
		}
		if err := r.Open(id); !sameFault(err, want) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// Of a call that must not be logged nothing is written, from whichever side the edit comes.
func TestACallThatIsNotLoggedHasNothingToEdit(t *testing.T) {
	r := newRig(t)
	r.org.matches = []crm.Match{dana}
	r.call(sip.EndRemote, true)
	r.wait("wrap-up", func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].Phase == WrapUp })
	if err := r.DontLog("c1"); err != nil {
		t.Fatal(err)
	}
	r.wait("off the desk", func(v View) bool { return len(v.Calls) == 0 && len(v.History) == 1 })
	notes := "secret"
	if err := r.EditWrap("c1", WrapEdit{Notes: &notes}); !sameFault(err, "desk.nothing-to-edit") {
		t.Errorf("edited: %v", err)
	}
	if err := r.Open("c1"); err != nil {
		t.Fatal(err)
	}
	if err := r.EditWrap("c1", WrapEdit{Notes: &notes}); !sameFault(err, "desk.nothing-to-edit") {
		t.Errorf("edited on the card: %v", err)
	}
	if o := r.View().Opened; o == nil || o.Wrap.Notes != "" {
		t.Errorf("the card: %+v", o)
	}
}

// What is typed on the card is on disk per keystroke: a desk that ends in mid-sentence sends it when it is back.
func TestWhatIsTypedOnACardSurvivesTheEnd(t *testing.T) {
	r := pastRig(t)
	if err := r.Open("c1"); err != nil {
		t.Fatal(err)
	}
	notes := "half a sen"
	_ = r.EditWrap("c1", WrapEdit{Notes: &notes})
	r.Settle(t.Context())
	e, err := r.cfg.Journal.Entry(t.Context(), "c1")
	if err != nil || e.Activity.Notes != notes || e.Due.Before(time.Now()) || e.Task.IsZero() {
		t.Errorf("on disk: %+v, %v", e, err)
	}
}

// Another call's card takes the place of the one that is open, and what was typed there goes to its own Task.
func TestTheNextCardSendsTheOneBefore(t *testing.T) {
	r := pastRig(t)
	r.Heard(sip.CallIncoming{ID: "c2", At: time.Now(), Party: sip.Party{User: "+14155550132"}})
	r.Heard(sip.CallEnded{ID: "c2", At: time.Now(), Reason: sip.EndCancelled})
	r.wait("the second one", func(v View) bool { return len(v.History) == 2 })
	_ = r.Open("c1")
	notes := "of the first"
	_ = r.EditWrap("c1", WrapEdit{Notes: &notes})
	if err := r.Open("c2"); err != nil {
		t.Fatal(err)
	}
	if o := r.View().Opened; o == nil || o.ID != "c2" || o.Wrap.Notes != "" {
		t.Errorf("the card: %+v", o)
	}
	r.wait("the Task of the first", func(View) bool { return len(r.org.updated()) >= 1 })
	if a := r.org.updated()[0]; a.CallID != "c1" || a.Notes != notes {
		t.Errorf("changed: %+v", a)
	}
}
