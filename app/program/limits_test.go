package program_test

import (
	"strings"
	"testing"
	"time"

	"linecard/app"
	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/sip/demopbx"
)

// An agent who may not read leads is told after the link, and when that was read never again: not by calls, not by the
// next start. The link itself shows it as long as it is so.
func TestWhatAnAgentMayNotSeeIsToldOnce(t *testing.T) {
	r := newRig(t)
	r.org.SetRules(func(rules *demoorg.Rules) {
		rules.HiddenObjects, rules.HiddenFields = []string{"Lead"}, []string{"Contact.MobilePhone"}
	})
	r.begin()
	shows := func(v app.View) bool {
		return strings.HasPrefix(v.Notice, "Salesforce does not show you Contact.MobilePhone, Lead,")
	}
	v := r.see("told", shows)
	if len(v.Org.Limits) != 1 || v.Org.Limits[0] != v.Notice || v.Org.LimitCodes[0] != "salesforce.hidden-from-user" {
		t.Errorf("the link has the limits %q", v.Org.Limits)
	}
	r.desk.DismissNotice(v.Told)
	r.see("read", func(v app.View) bool { return v.Notice == "" })
	call := r.ring(demopbx.Caller{Number: r.org.People()[0].Number, GiveUpAfter: patience})
	r.see("looked up", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Lookup.State == app.LookupOne })
	if err := r.desk.Decline(call.ID); err != nil {
		t.Fatal(err)
	}
	r.stop()
	r.start()
	v = r.see("linked again with its limits", func(v app.View) bool { return len(v.Org.Limits) == 1 && v.Org.State == crm.Linked })
	if err := r.p.RefreshLink(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v := r.desk.View(); shows(v) {
		t.Errorf("told again: %q", v.Notice)
	}
	r.org.SetRules(func(rules *demoorg.Rules) { *rules = demoorg.Rules{} })
	r.org.Advance(time.Second)
	if err := r.p.RefreshLink(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.see("without limits", func(v app.View) bool { return len(v.Org.Limits) == 0 })
}

// Two things to tell come one after the other, and what is over goes by itself.
func TestLimitsAreToldOneAfterTheOther(t *testing.T) {
	r := newRig(t)
	r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenFields = []string{"Lead.MobilePhone", "Lead.DoNotCall"} })
	r.begin()
	v := r.see("told of both", func(v app.View) bool { return len(v.Org.Limits) == 2 && v.Notice != "" })
	if v.Notice != v.Org.Limits[0] && v.Notice != v.Org.Limits[1] {
		t.Fatalf("told %q", v.Notice)
	}
	first := v.Notice
	r.desk.DismissNotice(v.Told)
	r.see("told of the other", func(v app.View) bool { return v.Notice != "" && v.Notice != first })
	r.org.SetRules(func(rules *demoorg.Rules) { *rules = demoorg.Rules{} })
	r.org.Advance(time.Second)
	if err := r.p.RefreshLink(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.see("nothing to tell", func(v app.View) bool { return v.Notice == "" && len(v.Org.Limits) == 0 })
}
