package program_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"linecard/app"
	"linecard/app/profile"
	"linecard/app/program"
	"linecard/crm"
	"linecard/crm/layout"
	"linecard/sip"
)

// The agent's part is to install, to link and to type the password once: the profile that was installed brings the rest, and the org the
// agent's extension. Then calls ring there, and are logged as the profile says.
func TestADeskIsMadeFromAProfile(t *testing.T) {
	admin := ready(t)
	admin.set("logging.mode", "ask")
	doc, err := admin.p.ExportProfile(profile.Request{Name: "Support desks", By: "IT", Locked: []string{"accounts", "logging"}})
	if err != nil {
		t.Fatal(err)
	}
	desk := newRig(t)
	installed := filepath.Join(t.TempDir(), "linecard-profile.toml")
	if err := os.WriteFile(installed, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	desk.profiles, desk.pbx, desk.extension = []string{installed}, admin.pbx, "1001"
	desk.start()
	if _, err := desk.p.Link(t.Context(), linkTo(desk), visit); err != nil {
		t.Fatal(err)
	}
	desk.see("an account", func(v app.View) bool { return v.Phone.Configured && v.Phone.Extension == "1001" })
	a := desk.p.Settings().Get().Accounts[0]
	if a.Server != admin.pbx.Addr() || a.User != "1001" || a.DisplayName != "Riley Morgan" {
		t.Errorf("the account is %+v", a)
	}
	if got := desk.p.Settings().Get().Logging.Mode; got != "ask" || desk.p.Settings().Set("logging.mode", "never") == nil {
		t.Errorf("the mode is %s, or can be changed", got)
	}
	password := "drei"
	if err := desk.p.SetAccount(t.Context(), a.ID(), a, &password); err != nil {
		t.Errorf("the password of a locked account: %v", err)
	}
	desk.see("registered", func(v app.View) bool { return v.Phone.State == sip.Registered })
	caller, _ := desk.org.Caller("Dana Whitfield")
	c := desk.talk(caller.Number) // saved, as the mode is to ask
	desk.logs("the call logged", app.LogDone, 1)
	if n := len(desk.org.TasksFor(c.ID)); n != 1 {
		t.Errorf("the org has %d logs of the call", n)
	}
	a.Lines++
	if err := desk.p.SetAccount(t.Context(), a.ID(), a, nil); err == nil {
		t.Error("a locked account was changed")
	}
	desk.stop()
	desk.start()
	desk.see("linked and registered again, with nothing typed", func(v app.View) bool {
		return v.Org.State == crm.Linked && v.Phone.Extension == "1001" && v.Phone.State == sip.Registered
	})
}

// A field of User that the org does not have is asked for once in a while, not with every answer of the org.
func TestAnExtensionThatCannotBeReadIsNotAskedForAgainAtOnce(t *testing.T) {
	r := newRig(t)
	r.start()
	if err := r.p.ImportProfile([]byte("profile = 1\n[agent]\nuser_field = \"Nowhere__c\"\n[agent.account]\nserver = \"pbx.example.com\"\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.p.Link(t.Context(), linkTo(r), visit); err != nil {
		t.Fatal(err)
	}
	asked := func() int { return r.org.Count("GET", "/sobjects/User/") }
	if err := r.org.Await(t.Context(), func() bool { return asked() > 0 }); err != nil {
		t.Fatal(err)
	}
	for range 5 { // each answer changes the status of the link
		if err := r.p.RefreshLink(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := asked(); n != 1 {
		t.Errorf("the org was asked %d times", n)
	}
}

// A trial of a profile tells of layouts what there is and what there would be.
func TestATrialOfAProfileTellsOfLayouts(t *testing.T) {
	admin := ready(t)
	if err := admin.p.SaveLayout(layout.Layout{Name: "Service call", Object: crm.Task, Default: true}, ""); err != nil {
		t.Fatal(err)
	}
	doc, err := admin.p.ExportProfile(profile.Request{Name: "Support desks", By: "IT", Locked: []string{"layouts"}})
	if err != nil {
		t.Fatal(err)
	}
	desk := newRig(t)
	desk.start()
	trial, err := desk.p.TryProfile(doc)
	if err != nil || len(trial.Locked) != 1 {
		t.Fatalf("%+v, %v", trial, err)
	}
	at := slices.IndexFunc(trial.Changes, func(c program.ProfileChange) bool { return c.Key == "layouts" })
	if at < 0 {
		t.Fatalf("it says nothing of layouts: %+v", trial.Changes)
	}
	then, _ := trial.Changes[at].Then.(layout.List)
	if !slices.ContainsFunc(then, func(l layout.Layout) bool { return l.Name == "Service call" }) {
		t.Errorf("the layouts would be %+v", trial.Changes[at])
	}
}
