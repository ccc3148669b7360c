package program_test

import (
	"strconv"
	"testing"

	"linecard/app"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/sip/demopbx"
)

// talk is a call from a person of the org that was taken and ended, and is on the desk in wrap-up.
func (r *rig) talk(number string) app.CallView {
	r.t.Helper()
	c := r.ring(demopbx.Caller{Number: number})
	r.see("looked up", func(v app.View) bool { return v.Calls[0].Lookup.State != app.LookupPending })
	if err := r.desk.Answer(c.ID); err != nil {
		r.t.Fatal(err)
	}
	r.see("talking", func(v app.View) bool { return v.Calls[0].Phase == app.Talking })
	if err := r.desk.Hangup(c.ID); err != nil {
		r.t.Fatal(err)
	}
	v := r.see("over", func(v app.View) bool { return v.Calls[0].Phase == app.WrapUp })
	if err := r.desk.SaveWrap(c.ID); err != nil {
		r.t.Fatal(err)
	}
	return v.Calls[0]
}

// logs waits until so many calls stand in the history as they should.
func (r *rig) logs(what string, state app.LogState, n int) {
	r.t.Helper()
	r.see(what, func(v app.View) bool {
		have := 0
		for _, row := range v.History {
			if row.Log == state {
				have++
			}
		}
		return have == n
	})
}

// The requests of calls are counted as the org counts them, by call and kind; at the cap calls wait, and go out once it is
// raised. All of it is told in the window.
func TestTheDeskKeepsToItsCap(t *testing.T) {
	r := ready(t)
	agree := func(after string) int {
		t.Helper()
		used, _ := r.org.Usage()
		if got := r.p.Requests().Used; got != used {
			t.Errorf("after %s the org counts %d requests, the meter %d", after, used, got)
		}
		return used
	}
	caller, _ := r.org.Caller("Dana Whitfield")
	first := r.talk(caller.Number)
	r.logs("the first call logged", app.LogDone, 1)
	used := agree("a call")
	of := map[salesforce.Kind]int{}
	for _, c := range r.p.Requests().Calls {
		if c.ID == first.ID {
			of = c.Kinds
		}
	}
	if of[salesforce.KindSearch] != 1 || of[salesforce.KindDetails] != 1 || of[salesforce.KindWrite] != 1 {
		t.Errorf("the call has cost %v", of)
	}

	r.set("salesforce.daily_cap", strconv.Itoa(used)) // nothing is left
	r.see("the notice", func(v app.View) bool { return v.Told.Is("meter.cap-reached") })
	second := r.talk(caller.Number)
	if second.Lookup.State != app.LookupOne {
		t.Errorf("the caller is not known from memory: %+v", second.Lookup)
	}
	r.logs("the second call waits", app.LogQueued, 1)
	agree("a call at the cap")
	if now, _ := r.org.Usage(); now != used {
		t.Errorf("%d requests went out at the cap", now-used)
	}
	if v := r.desk.View(); v.Orgs[0].State != crm.Linked || v.Orgs[0].Trouble != "" {
		t.Errorf("the link is told to be %s, %s", v.Orgs[0].State, v.Orgs[0].Trouble)
	}

	r.set("salesforce.daily_cap", "0")
	r.see("the notice gone", func(v app.View) bool { return v.Told.IsZero() })
	r.logs("both calls logged", app.LogDone, 2)
	agree("the cap was lifted")
}

// Near the cap the panel and strangers are left off, and calls are logged all the same, a stranger's without a record.
func TestNearTheCapCallsAreLogged(t *testing.T) {
	r := ready(t)
	caller, _ := r.org.Caller("Dana Whitfield")
	r.talk(caller.Number)
	r.logs("the first call logged", app.LogDone, 1)
	used := 0
	for used < 100 { // so that one more is not yet the cap
		if err := r.p.RefreshLink(t.Context()); err != nil {
			t.Fatal(err)
		}
		used, _ = r.org.Usage()
	}
	r.set("salesforce.daily_cap", strconv.Itoa(used*100/96)) // of which 95 % are used
	r.see("the notice", func(v app.View) bool { return v.Told.Is("meter.cap-strangers") })

	other, _ := r.org.Caller("Marcus Lindqvist")
	c := r.talk(other.Number)
	if c.Lookup.State != app.LookupFailed || !c.Lookup.Why.Is("meter.cap-strangers") || c.Lookup.Error == "" {
		t.Errorf("a stranger's card: %+v", c.Lookup)
	}
	r.logs("both calls logged", app.LogDone, 2)
	after, _ := r.org.Usage()
	if got := r.p.Requests().Used; got != after {
		t.Errorf("the org counts %d requests, the meter %d", after, got)
	}
	for _, q := range r.p.Requests().Calls {
		if q.ID == c.ID && (q.Kinds[salesforce.KindSearch] > 0 || q.Kinds[salesforce.KindWrite] != 1) {
			t.Errorf("the stranger's call has cost %v", q.Kinds)
		}
	}
}
