package app

import (
	"testing"
	"time"

	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// Where callers are not looked for, no call asks who it is with, not even when it is logged; whoever the agent looks up is found.
func TestNobodyIsLookedForUnlessTheAgentAsks(t *testing.T) {
	r := newRig(t)
	r.org.matches = []crm.Match{dana}
	r.call(sip.EndRemote, true)
	r.wait("a call is remembered", loggedRow)
	searches := r.org.searches()

	rules := someRules()
	rules.NoLookup = true
	r.SetRules(rules)
	r.wait("the rules", func(View) bool { return r.rules().NoLookup })
	r.Heard(sip.CallIncoming{ID: "c2", At: time.Now(), Party: sip.Party{User: "+14155550132"}})
	v := r.wait("the second call", func(v View) bool {
		return len(v.Calls) > 0 && v.Calls[0].ID == "c2" && v.Calls[0].Lookup.State == LookupFailed
	})
	if l := v.Calls[0].Lookup; l.Record != nil || !l.LeftOff || l.Why.Code != lookupOff || l.Error == "" {
		t.Errorf("the card: %+v", l)
	}
	r.Heard(sip.CallEnded{ID: "c2", At: time.Now(), Reason: sip.EndRemote})
	r.wait("its Task", func(v View) bool { return loggedRow(v) && v.History[0].ID == "c2" })
	if a := r.org.written(); len(a) != 2 || !a[1].Who.IsZero() {
		t.Errorf("the org got %+v", a)
	}
	if n := r.org.searches(); n != searches {
		t.Errorf("%d searches", n-searches)
	}

	r.Heard(sip.CallIncoming{ID: "c3", At: time.Now(), Party: sip.Party{User: "+14155550132"}})
	r.wait("the third call", func(v View) bool { return len(v.Calls) > 0 && v.Calls[0].ID == "c3" })
	if err := r.LookupAgain("c3"); err != nil {
		t.Fatal(err)
	}
	r.wait("found by hand", func(v View) bool {
		return len(v.Calls) > 0 && v.Calls[0].ID == "c3" && v.Calls[0].Lookup.State == LookupOne
	})
}

// A call that waited when lookups were switched off is logged without a record, and does not wait for its name.
func TestALogThatWaitsIsNotLookedForLater(t *testing.T) {
	r := newRig(t)
	r.org.fail(&crm.Error{Class: crm.ClassTransient, Fault: fault.New(fault.Plain, "text", "down")})
	r.call(sip.EndRemote, true)
	r.wait("queued", func(v View) bool { return v.Outbox.Waiting == 1 && v.History[0].Error != "" })
	rules := someRules()
	rules.NoLookup = true
	r.SetRules(rules)
	r.wait("the rules", func(View) bool { return r.rules().NoLookup })
	r.org.matches = []crm.Match{dana}
	r.org.fail(nil)
	if err := r.RetryLog("c1"); err != nil {
		t.Fatal(err)
	}
	r.wait("the Task", loggedRow)
	if a := r.org.written(); len(a) != 1 || !a[0].Who.IsZero() {
		t.Errorf("the org got %+v", a)
	}
}

// Where names are not kept, the next call asks again, and the history has what the phone system tells.
func TestNamesAreNotKept(t *testing.T) {
	r := newRig(t)
	rules := someRules()
	rules.NoNames = true
	r.SetRules(rules)
	r.wait("the rules", func(View) bool { return r.rules().NoNames })
	r.org.matches = []crm.Match{dana}
	for i, id := range []string{"c1", "c2"} {
		r.Heard(sip.CallIncoming{ID: id, At: time.Now(), Party: sip.Party{Name: "Front desk", User: "+14155550132"}})
		r.wait("found", func(v View) bool {
			return len(v.Calls) > 0 && v.Calls[0].ID == id && v.Calls[0].Lookup.State == LookupOne && !v.Calls[0].Lookup.Known
		})
		if n := r.org.searches(); n != i+1 {
			t.Errorf("call %d: %d searches", i+1, n)
		}
		r.Heard(sip.CallEnded{ID: id, At: time.Now(), Reason: sip.EndRemote})
		v := r.wait("the Task", func(v View) bool { return loggedRow(v) && v.History[0].ID == id })
		if row := v.History[0]; row.Name != "Front desk" || row.Company != "" || row.Who.ID != dana.ID {
			t.Errorf("the history has %+v", row)
		}
	}
	if a := r.org.written(); len(a) != 2 || a[0].Who.ID != dana.ID {
		t.Errorf("the org got %+v", a)
	}
}
