package program_test

import (
	"testing"

	"linecard/app"
	"linecard/app/profile"
	"linecard/crm"
	"linecard/sip"
)

// The agent's part is to link and to type the password once: the profile brings the rest, and the org the agent's extension.
func TestADeskIsMadeFromAProfile(t *testing.T) {
	admin := ready(t)
	admin.set("logging.mode", "ask")
	doc, err := admin.p.ExportProfile(profile.Request{Name: "Support desks", By: "IT", Locked: []string{"accounts", "logging"}})
	if err != nil {
		t.Fatal(err)
	}
	desk := newRig(t)
	desk.start()
	if err := desk.p.ImportProfile(doc); err != nil {
		t.Fatal(err)
	}
	desk.see("told", func(v app.View) bool { return v.Told.Is("profile.applied") })
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
	password := "geheim"
	if err := desk.p.SetAccount(t.Context(), a.ID(), a, &password); err != nil {
		t.Errorf("the password of a locked account: %v", err)
	}
	a.Lines++
	if err := desk.p.SetAccount(t.Context(), a.ID(), a, nil); err == nil {
		t.Error("a locked account was changed")
	}
	desk.stop()
	desk.start()
	desk.see("linked again, with the account", func(v app.View) bool {
		return v.Org.State == crm.Linked && v.Phone.Extension == "1001" && v.Phone.State != sip.Registered
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
