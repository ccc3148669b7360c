package program_test

import (
	"strings"
	"testing"

	"linecard/app"
	"linecard/crm/demoorg"
)

// An account that cannot be made from the User record is told, with the reason, in the notice and by the doctor. A field that only adds to it keeps
// nobody from it.
func TestAnAccountThatIsNotMade(t *testing.T) {
	c := newCompany(t)
	c.agent.as(demoorg.FirstUser)
	c.looked()
	doctor := func() (said string, ok bool) {
		for _, f := range c.agent.p.Doctor(t.Context()) {
			if f.CheckCode == "profile.check" {
				return f.Remedy, f.OK
			}
		}
		return "", false
	}
	take := func(user, name string) {
		t.Helper()
		doc := "profile = 1\n[agent]\nuser_field = '" + user + "'\ndisplay_name_field = '" + name + "'\ncaller_id_field = 'Phone'\n[agent.account]\nserver = 'pbx.example'\n"
		if err := c.agent.p.ImportProfile([]byte(doc)); err != nil {
			t.Fatal(err)
		}
	}
	take("Extensoin", "Name")
	c.agent.see("told of a misspelled field", func(v app.View) bool { return v.Told.Is("profile.no-field") && v.Told.Values["field"] == "Extensoin" })
	if said, ok := doctor(); ok || !strings.Contains(said, "Extensoin") {
		t.Errorf("the doctor: %v, %q", ok, said)
	}
	c.org().SetRules(func(r *demoorg.Rules) { r.HiddenFields = []string{"User.Title"} })
	take("FederationIdentifier", "Name")
	c.agent.see("told of an empty field", func(v app.View) bool { return v.Told.Is("profile.no-extension") })

	take("extension", "Title") // the org writes it with another first letter
	c.agent.see("the account", func(v app.View) bool {
		return v.Phone.Configured && v.Phone.Extension == "1001" && !v.Told.Is("profile.no-extension")
	})
	c.agent.p.AwaitAgents()
	if said, ok := doctor(); ok || !strings.Contains(said, "Title") {
		t.Errorf("without the name the doctor says %v, %q", ok, said)
	}
	c.org().SetRules(func(r *demoorg.Rules) { r.HiddenFields = nil })
	take("Extension", "Title")
	c.agent.p.AwaitAgents()
	if a := c.agent.p.Settings().Get().Accounts[0]; a.CallerID != "+14155550190" || a.DisplayName != "Support Agent" {
		t.Errorf("the account is %+v", a)
	}
	if said, ok := doctor(); !ok || said != "" {
		t.Errorf("with both the doctor says %v, %q", ok, said)
	}
}
