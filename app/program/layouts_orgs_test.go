package program_test

import (
	"strings"
	"testing"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/crm/layout"
	"linecard/fault"
)

// A layout for every org is judged and tested in each linked org, and what the second one refuses is said with its name. With an org that is
// named, or one that has a layout of that name for itself, only those that go by it are asked.
func TestALayoutForEveryOrgIsJudgedInEach(t *testing.T) {
	r := ready(t)
	other := r.another()
	other.SetRules(func(rules *demoorg.Rules) {
		rules.HiddenFields = []string{"Task.Priority"}
		rules.Validations = []demoorg.Validation{{Object: crm.Task, Field: "Subject", Forbidden: "Rotor", Message: "No rotors."}}
	})
	if err := r.p.RefreshLink(t.Context()); err != nil {
		t.Fatal(err)
	}
	l := layout.Layout{Name: "Call", Object: crm.Task, Subject: []layout.Value{"Rotor {name}"}, Fields: []layout.Field{{Field: "Priority", Value: "High"}}}
	if err := r.p.SaveLayout(l, ""); err != nil {
		t.Fatal(err)
	}
	shown, _, err := r.p.PreviewEverywhere(t.Context(), l, "", "")
	if err != nil || len(shown.Problems) != 1 || shown.Problems[0].Org != other.ID() || !strings.HasPrefix(catalogue.Say(shown.Problems[0].Why), "Another: ") {
		t.Errorf("the preview: %+v, %v", shown.Problems, err)
	}
	if shown.Sent["Priority"] != "High" {
		t.Errorf("in the first org it would send %v", shown.Sent)
	}
	tried, err := r.p.TestEverywhere(t.Context(), l, "", "")
	if err != nil || len(tried.Orgs) != 2 || !tried.Orgs[0].Deleted || tried.Orgs[1].Refused.IsZero() || tried.Orgs[1].Org != other.ID() {
		t.Errorf("the test log: %+v, %v", tried, err)
	}
	if said := strings.Split(catalogue.Say(tried.Said()), "\n"); len(said) != 2 || !strings.Contains(said[1], "Another: ") || !strings.Contains(said[1], "No rotors.") {
		t.Errorf("it says %q", said)
	}
	if one, err := r.p.TestEverywhere(t.Context(), l, r.org.ID(), ""); err != nil || len(one.Orgs) != 0 || !one.Deleted {
		t.Errorf("in one org: %+v, %v", one, err)
	}
	own := layout.Layout{Name: "Call", Object: crm.Task, Org: other.ID()}
	if err := r.p.SaveLayout(own, ""); err != nil {
		t.Fatal(err)
	}
	if shown, _, err := r.p.PreviewEverywhere(t.Context(), l, "", ""); err != nil || len(shown.Problems) != 0 {
		t.Errorf("the other org has its own: %+v, %v", shown.Problems, err)
	}
}

// A layout of the second org is shown with the calls of that org, and a call of the first one without its record.
func TestALayoutOfTheSecondOrgIsShownWithItsCalls(t *testing.T) {
	r := ready(t)
	other := r.another()
	caller, _ := r.org.Caller("Dana Whitfield")
	call := r.talk(caller.Number)
	l := layout.Layout{Name: "Call", Object: crm.Task, Org: other.ID(), Subject: []layout.Value{"On {record id}."}}
	calls, err := r.p.LayoutCalls(t.Context(), other.ID())
	if err != nil || len(calls) != 1 || calls[0].CallID != layout.ExampleID {
		t.Errorf("the other org's calls: %+v, %v", calls, err)
	}
	for _, org := range []string{"", other.ID()} {
		shown, _, err := r.p.PreviewEverywhere(t.Context(), l, org, call.ID)
		if err != nil || shown.Sent["WhoId"] != nil || strings.Contains(shown.Subject, "003") {
			t.Errorf("of the first org's call: %+v, %v", shown, err)
		}
	}
	if _, err := r.p.TestEverywhere(t.Context(), l, other.ID(), call.ID); !fault.Of(err).Is("layout.call-of-another-org") {
		t.Errorf("tested with the first org's call: %v", err)
	}
	if n := other.Count("POST", "/sobjects/Task"); n != 0 {
		t.Errorf("%d records of it were written", n)
	}
	l.Org = ""
	if shown, _, err := r.p.PreviewEverywhere(t.Context(), l, "", call.ID); err != nil || shown.Sent["WhoId"] == nil {
		t.Errorf("in its own org: %+v, %v", shown, err)
	}
}

// What one org knows of its caller is not written into another: each is tested with a call of its own. Nor is it said of the second one that nobody there
// has the extension of the first one's account.
func TestACallersNameStaysInItsOrg(t *testing.T) {
	r := ready(t)
	other := r.another()
	r.set("logging.owner", "extension")
	if err := r.p.SetOwner(t.Context(), r.org.ID(), "2041", demoorg.OtherUser); err != nil {
		t.Fatal(err)
	}
	caller, _ := r.org.Caller("Grace Kim")
	if caller.Number == "" {
		t.Fatal("no caller of that name")
	}
	call := r.talk(caller.Number)
	r.logs("logged", app.LogDone, 1)
	other.SetRules(func(rules *demoorg.Rules) {
		for _, field := range []string{"Subject", "Description"} {
			for _, private := range []string{caller.Name, call.Number, caller.Number} {
				rules.Validations = append(rules.Validations, demoorg.Validation{Object: crm.Task, Field: field, Forbidden: private, Message: "That is another org's."})
			}
		}
	})
	l := layout.Layout{Name: "Call", Object: crm.Task, Subject: []layout.Value{"{name} {number}"}}
	shown, with, err := r.p.PreviewEverywhere(t.Context(), l, "", call.ID)
	if err != nil || with.CallID != call.ID || !strings.Contains(shown.Subject, caller.Name) || len(shown.Problems) != 0 {
		t.Errorf("the preview: %+v of %s, %v", shown, with.CallID, err)
	}
	tried, err := r.p.TestEverywhere(t.Context(), l, "", call.ID)
	if err != nil || len(tried.Orgs) != 2 || !tried.Orgs[0].Deleted || !tried.Orgs[1].Deleted {
		t.Errorf("the test: %+v, %v", tried, err)
	}
	if other.Count("POST", "/sobjects/Task") != 1 {
		t.Error("nothing was written in the other org")
	}
}
