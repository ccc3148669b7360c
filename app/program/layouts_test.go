package program_test

import (
	"testing"

	"linecard/app/program"
	"linecard/crm"
	"linecard/crm/layout"
)

// TestDefaultLayoutOfOneOrg: the other orgs go on as before.
func TestDefaultLayoutOfOneOrg(t *testing.T) {
	r := newRig(t)
	r.start()
	if err := r.p.SaveLayout(layout.Layout{Name: "Call", Object: crm.Task}, ""); err != nil {
		t.Fatal(err)
	}
	if err := r.p.DefaultLayout("00DB", "Call", true); err != nil {
		t.Fatal(err)
	}
	for org, want := range map[string]string{"00DA": "Task", "00DB": "Call"} {
		if l, err := r.p.Layout(org, ""); err != nil || l.Name != want {
			t.Errorf("%s: %q, %v", org, l.Name, err)
		}
		of := r.p.Layouts(org)
		if got := of[layout.DefaultIn(of, org)].Name; got != want {
			t.Errorf("%s: the list marks %q", org, got)
		}
	}
	if err := r.p.DefaultLayout("00DA", "Case", false); err != nil {
		t.Fatal(err)
	}
	if l, _ := r.p.Layout("00DB", ""); l.Name != "Call" {
		t.Errorf("the default for every org took the place of the org's own: %q", l.Name)
	}
}

// Before the first call layouts are shown with one that is made up: on the account there is, as the user who is linked.
func TestTheExampleCallIsThisDesks(t *testing.T) {
	r := ready(t)
	a, err := r.p.LayoutCall(t.Context(), "", "")
	if err != nil || a.CallID != layout.ExampleID || a.Org != r.org.ID() || a.User == "" || a.Agent == "" || a.Account == "" {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestALayoutTakesNobodysName: that of another it is refused, and nothing is lost.
func TestALayoutTakesNobodysName(t *testing.T) {
	r := newRig(t)
	r.start()
	for _, org := range []string{"00DA", "00DB"} {
		if err := r.p.ReplaceLayout(layout.Layout{Name: "Call", Object: crm.Task, Org: org}, "", ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.p.ReplaceLayout(layout.Layout{Name: "Call", Object: crm.Case, Org: "00DB"}, "00DA", "Call"); err == nil {
		t.Error("saved")
	}
	if all := r.p.Settings().Get().Layouts; len(all) != 2 {
		t.Errorf("kept %+v", all)
	}
	if err := program.SetRules(r.p.Settings(), []crm.Rule{{Name: "R", On: true, Layout: "Nobody"}}); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, f := range r.p.Doctor(t.Context()) {
		found = found || f.ReasonCode == "rules.layout-missing" && !f.OK && f.Minor
	}
	if !found {
		t.Error("the doctor does not tell of a layout that is not there")
	}
}
