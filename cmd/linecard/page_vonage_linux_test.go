package main

import (
	"strings"
	"testing"

	"linecard/crm/salesforce"
)

// Vonage Contact Center, "Link to a Salesforce account": the three states, Production or Sandbox, a login in the browser, Relink, Unlink.
func TestTheLinkPageOfVonage(t *testing.T) {
	w := newPageWalk(t, "A")
	if w == nil {
		return
	}
	w.point("A5") // at a desk whose administrator has fixed the orgs
	w.press("No org linked")
	w.verb("profile", "export", w.home("desk.toml"), "--name", "Support desks", "--by", "IT, phone 100", "--lock", "orgs")
	w.press("Profile")
	w.press("Import a profile…")
	w.chooseFile("desk.toml")
	w.sees("Settings by IT, phone 100", "orgs")
	w.press("Salesforce")
	w.sees("What can't be changed here is fixed by IT, phone 100")
	w.picture("A5-locked")
	w.press("Profile")
	w.press("Remove the profile")
	w.sees("Remove the profile?")
	w.press("Remove the profile")
	w.sees("No profile applies here")

	w.point("A6")
	w.press("Salesforce")
	w.sees("No org is linked", "Calls work without an org")
	w.picture("A6-unlinked")
	w.keep("old.env", "SF_USERNAME=api@acme.example\nSF_PASSWORD=geheim\nSF_SECURITY_TOKEN=Tk1\nSF_URL="+w.demo.orgURL+"\n")
	w.press("Import an older integration…")
	w.chooseFile("old.env")
	w.sees("Linked by an older method")
	w.picture("A6-legacy")

	w.point("A7")
	w.sees("Where to log in", "Production", "Sandbox", "My Domain")
	w.link()
	w.point("A8", "A10")
	w.sees("Is that who you meant?", "riley.morgan", "Acme Field Services (Demo)", "Org id")
	w.picture("A8-linked")
	w.point("A9")
	w.until("the browser says to go back", func() bool { return strings.Contains(w.page(), "go back to the app") })
	w.point("A8")
	w.press("No, unlink it")
	w.until("the link of the wrong user is gone", func() bool { return w.demo.org.Approvals() == 0 })
	w.link()
	w.press("Yes")
	w.misses("Is that who you meant?")

	w.point("A4")
	for _, o := range w.run.program.Settings().Get().Orgs {
		if o.ClientID != w.demo.org.ClientID() || o.Legacy {
			t.Errorf("the settings have %+v", o)
		}
	}
	w.sees("Token")
	w.misses("Password")

	w.point("A2")
	w.press("Check-up")
	w.press("Check again")
	w.sees("API access", "Scopes", "Find callers among Contacts", "Log calls as Tasks", "Closed Task status")
	w.picture("A2-permissions")

	w.point("A1")
	w.press("Back to calls")
	id := w.talk(w.demo.dana())
	w.sees("Dana Whitfield")
	w.save(id)
	if tasks := w.demo.org.TasksFor(id); len(tasks) != 1 || tasks[0].WhoID == "" {
		t.Errorf("the org has %+v", tasks)
	}

	w.point("A7") // Relink: to another org, or as another user, so the page asks where first
	w.press("Acme Field Services (Demo)")
	w.press("Link again")
	w.sees("Where to log in", "Production", "Sandbox")
	w.picture("A7-relink")
	w.press("Link org")
	w.sees("Is that who you meant?")
	w.press("Yes")

	w.point("A3") // at four other desks the same user is linked too
	for range 4 {
		w.linkElsewhere()
	}
	w.press("Link again")
	w.press("Link org")
	w.press("Yes")
	w.sees("You are linked with Linecard five times")
	w.picture("A3-fifth")

	w.point("A11")
	before := w.demo.org.Approvals()
	w.press("Unlink")
	w.sees("calls are no longer logged")
	w.picture("A11-unlink")
	w.press("Unlink")
	w.sees("No org is linked")
	w.until("the link is revoked in the org", func() bool { return w.demo.org.Approvals() == before-1 })
}

// linkElsewhere links the demo's org at another desk.
func (w *walk) linkElsewhere() {
	w.Helper()
	var cfg salesforce.Config
	stores := salesforce.MemoryStores()
	stores.Configure(&cfg, stores.First())
	cfg.Secrets = shelf{}
	c := salesforce.New(cfg)
	w.Cleanup(func() { _ = c.Close() })
	_, err := c.Link(w.Context(), salesforce.LinkRequest{LoginHost: w.demo.orgURL, ClientID: w.demo.org.ClientID()}, browse(w.Context()))
	w.must(err)
}

// shelf keeps the secrets of another desk.
type shelf map[string]string

func (s shelf) Get(key string) (string, error) {
	if v, ok := s[key]; ok {
		return v, nil
	}
	return "", salesforce.ErrNoSecret
}

func (s shelf) Set(key, value string) error {
	s[key] = value
	return nil
}

func (s shelf) Delete(key string) error {
	delete(s, key)
	return nil
}
