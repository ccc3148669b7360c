package program_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"linecard/app"
	"linecard/app/profile"
	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/fault"
	"linecard/sip"
)

// The agent's part is to install, to link, and to type the password once: what the admin has published applies, and a change of it applies within the
// day with a notice, locks included. On the admin's own desk nothing is locked.
func TestAProfileIsKeptInTheOrg(t *testing.T) {
	c := newCompany(t)
	c.publish("ask")
	c.agent.as(demoorg.FirstUser)
	c.agent.see("the agent's account", func(v app.View) bool { return v.Phone.Configured && v.Phone.Extension == "1001" })
	a := c.agent.p.Settings().Get().Accounts[0]
	c.typePassword()
	if a.Server != c.agent.pbx.Addr() || c.mode() != "ask" || fault.Of(c.agent.p.Settings().Set("logging.mode", "never")).Code != "settings.locked-by" {
		t.Errorf("the account is %+v, the mode %s", a, c.mode())
	}
	kept := c.looked()
	if c.agent.p.ProfileSource() != profile.FromOrg || kept.Taken.ByName != "Avery Stone" || kept.Taken.Org != c.org().ID() || !kept.Taken.Administrator {
		t.Errorf("from %s: %+v", c.agent.p.ProfileSource(), kept)
	}
	queries := c.org().Count("GET", "/query")
	for range 20 {
		if err := c.agent.p.LookForProfile(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := c.org().Count("GET", "/query") - queries; n > 30 { // one each, and a few of the link's own
		t.Errorf("20 looks in vain take %d queries", n)
	}
	downloads := c.org().Count("GET", "/VersionData")
	c.nextDay()
	c.looked()
	if c.org().Count("GET", "/VersionData") != downloads {
		t.Error("a version that has not changed was read again")
	}
	c.publish("never")
	c.nextDay()
	v := c.agent.see("told", func(v app.View) bool { return v.Told.Is("profile.changed-in-org") })
	if c.mode() != "never" || v.Told.Values["org"] == "" || c.looked().Taken.Number != "2" {
		t.Errorf("the mode is %s, told %v", c.mode(), v.Told)
	}
	c.clock.pass(25 * time.Hour)
	if err := c.admin.p.LookForProfile(t.Context()); err != nil || c.admin.p.Profile() != nil || c.admin.p.Settings().Set("logging.mode", "always") != nil {
		t.Errorf("the admin's desk follows its own profile: %v", err)
	}
	dir := c.agent.dir
	c.agent.stop()
	c.org().SetDown(true)
	c.agent.dir = dir
	c.agent.start()
	if c.mode() != "never" || c.agent.p.ProfileSource() != profile.FromOrg || !c.agent.p.Settings().Locked("logging.mode") {
		t.Errorf("after a restart without the org the mode is %s", c.mode())
	}
}

// A file of the same name that anybody uploads is not used: it is offered, and used once somebody says so. Whoever was accepted once is trusted.
func TestAnotherUsersProfileIsOnlyOffered(t *testing.T) {
	c := newCompany(t)
	c.agent.as(demoorg.FirstUser)
	c.looked()
	evil := c.upload(demoorg.OtherUser, settingsOf("Sam", "never"))
	c.nextDay()
	told := c.agent.see("told", func(v app.View) bool { return v.Told.Is("profile.offered") }).Told
	kept := c.looked()
	if c.mode() != "always" || c.agent.p.Profile() != nil || kept.Offered == nil || kept.Offered.ByName != "Sam Okoro" || told.Values["who"] != "Sam Okoro" {
		t.Fatalf("the mode is %s, %+v", c.mode(), kept)
	}
	if c.org().Count("GET", "/VersionData") != 0 {
		t.Error("what is only offered was read")
	}

	// An administrator's goes before it, however old; the other one is told by the doctor.
	c.publish("ask")
	c.org().Advance(time.Hour)
	c.post(demoorg.OtherUser, "ContentVersion", map[string]any{"PathOnClient": profile.OrgFileName, "ContentDocumentId": evil, "VersionData": base64.StdEncoding.EncodeToString([]byte(settingsOf("Sam", "never")))})
	c.nextDay()
	kept = c.looked()
	if c.mode() != "ask" || kept.Offered != nil || len(kept.Others) != 1 {
		t.Errorf("the mode is %s, %+v", c.mode(), kept)
	}
	found := ""
	for _, f := range c.agent.p.Doctor(t.Context()) {
		if f.CheckCode == "profile.check" {
			found = f.Detail + " | " + f.Remedy
			if f.OK || !f.Minor {
				t.Errorf("the doctor says %+v", f)
			}
		}
	}
	for _, part := range []string{"IT · Support desks", "Avery Stone", "Sam Okoro", "linecard-profile.toml"} {
		if !strings.Contains(found, part) {
			t.Errorf("the doctor does not say %q: %s", part, found)
		}
	}
	if err := c.agent.p.AcceptProfile(t.Context()); fault.Of(err).Code != "profile.nothing-offered" {
		t.Errorf("nothing is offered: %v", err)
	}
}

// Where Salesforce does not tell who is an administrator, the agent says once that it is the right one, and its later versions apply.
func TestAProfileIsAcceptedOnce(t *testing.T) {
	c := newCompany(t)
	c.org().SetRules(func(r *demoorg.Rules) { r.HiddenFields = []string{"Profile.PermissionsModifyAllData"} })
	document := c.upload(demoorg.AdminUser, settingsOf("IT", "ask"))
	c.agent.as(demoorg.FirstUser)
	if kept := c.looked(); kept.Offered == nil || c.mode() != "always" {
		t.Fatalf("%s, %+v", c.mode(), kept)
	}
	next := func(username, mode string) {
		t.Helper()
		c.post(username, "ContentVersion", map[string]any{"PathOnClient": profile.OrgFileName, "ContentDocumentId": document, "VersionData": base64.StdEncoding.EncodeToString([]byte(settingsOf("IT", mode)))})
	}
	next(demoorg.AdminUser, "never")
	if err := c.agent.p.AcceptProfile(t.Context()); fault.Of(err).Code != "profile.offer-gone" || c.mode() != "always" {
		t.Errorf("what is accepted is not what was offered: %v, %s", err, c.mode())
	}
	if err := c.agent.p.AcceptProfile(t.Context()); err != nil || c.mode() != "never" || c.agent.p.KeptProfile().Offered != nil {
		t.Errorf("accepted: %v, %s", err, c.mode())
	}
	next(demoorg.AdminUser, "ask")
	c.nextDay()
	c.looked()
	if c.mode() != "ask" {
		t.Errorf("a later version of the same person: %s", c.mode())
	}
	// Somebody with access to the same file makes a version, or calls another one of its files so.
	c.post(demoorg.AdminUser, "ContentDocumentLink", map[string]any{"ContentDocumentId": document, "LinkedEntityId": c.read(demoorg.AdminUser, "SELECT Id FROM User WHERE Username = '"+demoorg.OtherUser+"'")["Id"], "ShareType": "C"})
	next(demoorg.OtherUser, "always")
	c.nextDay()
	if kept := c.looked(); c.mode() != "ask" || kept.Offered == nil || kept.Offered.ByName != "Sam Okoro" {
		t.Errorf("a version of somebody else: %s, %+v", c.mode(), kept)
	}
}

// Nothing that goes wrong with the org or the file takes the settings away that apply.
func TestTheEarlierProfileStays(t *testing.T) {
	c := newCompany(t)
	c.publish("ask")
	c.agent.as(demoorg.FirstUser)
	c.looked()
	c.typePassword()
	document := c.agent.p.KeptProfile().Taken.Document
	stays := func(after string) {
		t.Helper()
		if c.mode() != "ask" || c.agent.p.ProfileSource() != profile.FromOrg || !c.agent.p.Settings().Locked("logging.mode") {
			t.Errorf("%s: the mode is %s, from %s", after, c.mode(), c.agent.p.ProfileSource())
		}
	}
	look := func() error { return c.agent.p.LookForProfile(t.Context()) }
	c.org().SetDown(true)
	if err := look(); err == nil {
		t.Error("an org that is down was looked at")
	}
	stays("the org is down")
	c.org().SetDown(false)
	c.org().SetRules(func(r *demoorg.Rules) { r.HiddenObjects = []string{"ContentVersion"} })
	if err := look(); err != nil {
		t.Errorf("without the right: %v", err)
	}
	stays("the right is taken")
	c.org().SetRules(func(r *demoorg.Rules) { r.HiddenObjects = nil })

	c.org().Advance(time.Minute)
	c.publish("never")
	stop := c.org().Inject(demoorg.Fault{Kind: demoorg.Torn, Path: "/VersionData", Times: -1})
	if err := look(); err == nil {
		t.Error("a torn file was read")
	}
	stays("torn")
	stop()

	for content, code := range map[string]fault.Code{
		"profile = 1\n[settings":                      "profile.unreadable-in-org",
		"profile = 2\n":                               "profile.too-new-in-org",
		"some = 'file'\n":                             "profile.none-in-org",
		"profile = 1\n#" + strings.Repeat("x", 1<<20): "profile.too-large-in-org",
		"profile = 1\nlocked = ['no.such.key']\n":     "settings.no-such-key",
	} {
		c.org().Advance(time.Minute)
		c.post(demoorg.AdminUser, "ContentVersion", map[string]any{"PathOnClient": profile.OrgFileName, "ContentDocumentId": document, "VersionData": base64.StdEncoding.EncodeToString([]byte(content))})
		err := look()
		why, _ := fault.Of(err).Values["why"].(fault.Fault)
		if !fault.Of(err).Is("profile.unfit-in-org") || !why.Is(code) {
			t.Errorf("%.30q: %v, %v", content, err, why)
		}
		c.agent.see("told", func(v app.View) bool { return v.Told.Is("profile.unfit-in-org") })
		stays(content[:10])
	}
	queries := c.org().Count("GET", "/query")
	c.clock.pass(time.Hour)
	c.agent.p.NewLink() // as after the agent has linked again
	c.agent.p.AwaitProfileLooks()
	for range 5 {
		c.clock.pass(time.Hour)
		c.agent.p.AwaitProfileLooks()
	}
	if n := c.org().Count("GET", "/query") - queries; n > 3 {
		t.Errorf("for a version that can't be used the org was asked %d times in five hours", n)
	}
	downloads := c.org().Count("GET", "/VersionData")
	if err := look(); err == nil || c.org().Count("GET", "/VersionData") != downloads {
		t.Errorf("a version that can't be used was read again: %v", err)
	}
	if err := c.org().Delete(document); err != nil {
		t.Fatal(err)
	}
	if err := look(); err != nil {
		t.Errorf("a deleted file: %v", err)
	}
	stays("deleted")
	if err := c.agent.p.Unlink(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	stays("unlinked")
	c.agent.see("told", func(v app.View) bool { return v.Told.Is("profile.org-unlinked") })
	if err := look(); fault.Of(err).Code != "profile.no-org" {
		t.Errorf("without an org: %v", err)
	}
}

// What is removed by hand does not come back before there is a newer version; what is imported by hand goes before what the org has.
func TestRemovingAndImportingByHand(t *testing.T) {
	c := newCompany(t)
	c.publish("ask")
	c.agent.as(demoorg.FirstUser)
	c.looked()
	if err := c.agent.p.ImportProfile([]byte(settingsOf("Me", "never"))); err != nil || c.mode() != "never" || c.agent.p.ProfileSource() != profile.Imported {
		t.Errorf("imported: %v, %s", err, c.mode())
	}
	if err := c.agent.p.RemoveProfile(); err != nil || c.mode() != "ask" || c.agent.p.ProfileSource() != profile.FromOrg {
		t.Errorf("the org's is back: %v, %s", err, c.mode())
	}
	if err := c.agent.p.RemoveProfile(); err != nil || c.mode() != "always" || c.agent.p.Profile() != nil {
		t.Errorf("removed: %v, %s", err, c.mode())
	}
	c.nextDay()
	if c.looked(); c.mode() != "always" {
		t.Errorf("it came back: %s", c.mode())
	}
	c.publish("never")
	c.nextDay()
	if c.looked(); c.mode() != "never" {
		t.Errorf("a newer version does not apply: %s", c.mode())
	}
}

// A look waits for the end of a call: a change of the account would end one that rings.
func TestALookWaitsForACall(t *testing.T) {
	c := newCompany(t)
	password := "zwei"
	a := c.agent.account()
	a.User = "2042"
	if err := c.agent.p.SetAccount(t.Context(), "", a, &password); err != nil {
		t.Fatal(err)
	}
	c.agent.as(demoorg.FirstUser)
	for _, desk := range []*rig{c.agent, c.admin} { // the admin's phone is called, and rings
		desk.see("registered", func(v app.View) bool { return v.Phone.State == sip.Registered })
	}
	c.looked()
	c.publish("ask")
	c.clock.pass(25 * time.Hour)
	call, err := c.agent.desk.Dial("", "2041")
	if err != nil {
		t.Fatal(err)
	}
	c.agent.see("a call", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == app.Dialing })
	before := c.org().Count("GET", "/query")
	for range 3 {
		if err := c.agent.p.RefreshLink(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	c.agent.p.AwaitProfileLooks()
	if n := c.org().Count("GET", "/query") - before; c.mode() != "always" {
		t.Errorf("a call is up, and the settings changed after %d queries", n)
	}
	if err := c.agent.desk.Hangup(call); err != nil {
		t.Fatal(err)
	}
	c.agent.see("the end of the call", func(v app.View) bool {
		return len(v.Calls) == 0 || v.Calls[0].Phase == app.WrapUp || v.Calls[0].Phase == app.Finished
	})
	if err := c.agent.p.RefreshLink(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.await("applied", func() bool { return c.mode() == "ask" })
}

// Of several orgs the first in order that has a profile decides; none takes the place of one whose link is broken for now.
func TestTheOrderOfOrgsDecides(t *testing.T) {
	c := newCompany(t)
	c.agent.as(demoorg.FirstUser)
	c.looked()
	other := c.agent.another()
	first, second := c, &company{t: t, site: other, url: c.agent.p.Orgs()[1].InstanceURL}
	look := func(want string) {
		t.Helper()
		if err := c.agent.p.LookForProfile(t.Context()); err != nil {
			t.Fatal(err)
		}
		if c.mode() != want {
			t.Errorf("the mode is %s, want %s", c.mode(), want)
		}
	}
	second.upload(demoorg.AdminUser, settingsOf("Second", "never"))
	look("never")
	first.upload(demoorg.OtherUser, settingsOf("Sam", "always"))
	look("never")
	first.upload(demoorg.AdminUser, settingsOf("First", "ask"))
	look("ask")
	c.org().RevokeGrants()
	c.org().ExpireSessions()
	_ = c.agent.p.RefreshLink(t.Context())
	c.agent.see("broken", func(v app.View) bool { return v.Orgs[0].State == crm.Inactive })
	look("ask")
	if err := c.agent.p.RemoveOrg(t.Context(), c.org().ID(), true); err != nil {
		t.Fatal(err)
	}
	look("never")
}
