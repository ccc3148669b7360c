package program_test

import (
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/crm/layout"
	"linecard/fault"
)

// What would keep a log from its owner shows in the preview and the test of a layout, before calls wait for it; nothing is written then.
func TestALayoutIsTriedWithTheOwnerOfTheCall(t *testing.T) {
	r := ready(t)
	l, err := r.p.Layout("", "")
	if err != nil {
		t.Fatal(err)
	}
	try := func(what string, problem, waits fault.Code) {
		t.Helper()
		shown, _, err := r.p.PreviewLayout(t.Context(), l, "", "")
		if err != nil {
			t.Fatal(what, err)
		}
		var said fault.Code
		for _, p := range shown.Problems {
			if p.Field == "OwnerId" {
				said = p.Why.Code
			}
		}
		writes := r.org.Count("POST", "/sobjects/Task")
		tried, err := r.p.TestLayout(t.Context(), l, "", "")
		if err != nil || said != problem || tried.Waits.Code != waits {
			t.Errorf("%s: the preview says %q, the test %+v, %v", what, said, tried, err)
		}
		if wrote := r.org.Count("POST", "/sobjects/Task") > writes; wrote != (waits == "") || wrote && (!tried.Deleted || len(tried.Without) > 0 != (problem != "")) {
			t.Errorf("%s: written %v, %+v", what, wrote, tried)
		}
	}
	try("the linked user", "", "")
	r.set("logging.owner", "extension")
	try("nobody has the extension", "owners.nobody", "owners.nobody")
	r.set("logging.no_owner", "linked")
	try("the linked user instead", "owners.would-be-linked", "")
	r.set("logging.no_owner", "wait")
	if err := r.p.SetOwner(t.Context(), "", "2041", demoorg.OtherUser); err != nil {
		t.Fatal(err)
	}
	try("the extension's user", "", "")
	shown, _, err := r.p.PreviewLayout(t.Context(), layout.Layout{Name: "Case", Object: crm.Case}, "", "")
	if owner, _ := shown.Sent["OwnerId"].(string); err != nil || !crm.SameID(owner, r.p.Settings().Get().Owners[0].User) {
		t.Errorf("the preview of a Case has the owner %q, %v", owner, err)
	}
	if err := r.org.SetActive(demoorg.OtherUser, false); err != nil {
		t.Fatal(err)
	}
	if err := r.p.RefreshOwners(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	try("the user has left", "owners.inactive", "owners.inactive")
	if err := r.org.SetActive(demoorg.OtherUser, true); err != nil {
		t.Fatal(err)
	}
	if err := r.p.RefreshOwners(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenFields = []string{"Task.OwnerId"} })
	r.p.Doctor(t.Context()) // what the user may do is looked at again
	try("the user may not choose an owner", "salesforce.owner-fixed", "salesforce.owner-fixed")
}
