package salesforce

import (
	"context"
	"slices"
	"strings"
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg"
)

const aFile = "linecard-profile.toml"

// linkAs is a client that is linked as one of the org's users.
func linkAs(t *testing.T, r *rig, user string) *rig {
	t.Helper()
	other := &rig{org: r.org, url: r.url, log: r.log}
	cfg := r.cfg
	cfg.Store, cfg.Secrets, cfg.Dir = &shelf{}, &keyring{m: map[string]string{}}, ""
	other.Client = New(cfg)
	t.Cleanup(func() { other.Close() })
	login := func(page string) error { return r.open(page + "&login_hint=" + user) }
	if _, err := other.Link(t.Context(), LinkRequest{LoginHost: r.url, ClientID: r.org.ClientID()}, login); err != nil {
		t.Fatal(err)
	}
	return other
}

// A file that is published is found by name, read, and published again as its next version; all see it, and only its owner changes it.
func TestAFileIsPublishedAndFound(t *testing.T) {
	m := newTally()
	agent := linkedRig(t, demoorg.Config{}, func(c *Config) { c.Meter = m })
	admin := linkAs(t, agent, demoorg.AdminUser)
	if files, err := agent.FilesNamed(t.Context(), aFile); err != nil || len(files) != 0 {
		t.Fatalf("found %v, %v", files, err)
	}
	made, err := admin.PublishFile(t.Context(), aFile, []byte("profile = 1\n"), "")
	if err != nil || made.Number != "1" {
		t.Fatalf("made %+v, %v", made, err)
	}
	found := func() File {
		t.Helper()
		files, err := agent.FilesNamed(t.Context(), aFile)
		if err != nil || len(files) != 1 {
			t.Fatalf("found %v, %v", files, err)
		}
		return files[0]
	}
	f := found()
	if f.Document != made.Document || f.Version != made.Version || f.By.Name != "Avery Stone" || f.By.Username != demoorg.AdminUser || f.By.ID != f.ChangedBy || f.Size != 12 || !f.Modified.Equal(made.Modified) {
		t.Errorf("found %+v of %+v", f, made)
	}
	if b, err := agent.FileContent(t.Context(), f, 1000); err != nil || string(b) != "profile = 1\n" {
		t.Errorf("content %q, %v", b, err)
	}
	if b, err := agent.FileContent(t.Context(), f, 5); err != nil || len(b) != 6 {
		t.Errorf("of a large file %d bytes are read, %v", len(b), err)
	}
	again, err := admin.PublishFile(t.Context(), aFile, []byte("profile = 1\n# again\n"), f.Document)
	if err != nil || again.Number != "2" || again.Document != f.Document {
		t.Errorf("again %+v, %v", again, err)
	}
	if f := found(); f.Version != again.Version {
		t.Errorf("found %+v", f)
	}
	if _, err := agent.PublishFile(t.Context(), aFile, []byte("x"), f.Document); !MayNotChange(err) {
		t.Errorf("the file of another: %v", err)
	}
	kinds, _ := m.snapshot()
	if kinds[KindFile] == 0 {
		t.Errorf("the meter has %v", kinds)
	}
}

// Who administers the org is told by one request, or is not known.
func TestAdministrators(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	users, err := r.Users(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, u := range users {
		ids = append(ids, u.ID)
	}
	before := r.org.Count("GET", "/query")
	who, known, err := r.Administrators(t.Context(), append(ids, "nobody", "' OR Id != '"))
	if err != nil || !known || r.org.Count("GET", "/query") != before+1 {
		t.Fatalf("%v, %v, %v", who, known, err)
	}
	for _, u := range users {
		if who[u.ID] != (u.Username == demoorg.AdminUser) {
			t.Errorf("%s administers: %v", u.Name, who[u.ID])
		}
	}
	for _, hidden := range []demoorg.Rules{{HiddenFields: []string{"Profile.PermissionsModifyAllData"}}, {HiddenObjects: []string{"Profile"}}, {HiddenFields: []string{"User.ProfileId"}}} {
		r.org.SetRules(func(rules *demoorg.Rules) { *rules = hidden })
		if who, known, err := r.Administrators(t.Context(), ids); err != nil || known || len(who) != 0 {
			t.Errorf("%+v: %v, %v, %v", hidden, who, known, err)
		}
	}
}

// A content that is not whole, or not the file's, is an error and never a file; an org without Files has none.
func TestFilesThatCannotBeRead(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	made, err := r.PublishFile(t.Context(), aFile, []byte(strings.Repeat("profile = 1\n", 100)), "")
	if err != nil {
		t.Fatal(err)
	}
	files, err := r.FilesNamed(t.Context(), aFile)
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	for _, f := range []demoorg.Fault{
		{Kind: demoorg.Torn},
		{Kind: demoorg.CutShort},
		{Kind: demoorg.Reset},
		{Kind: demoorg.Unavailable},
		{Kind: demoorg.ServerError},
		{Kind: demoorg.Answer, Body: "<html>Log in to the network</html>"},
		{Kind: demoorg.Answer, Body: strings.Repeat("profile = 2\n", 100)},
	} {
		f.Path, f.Times = "/VersionData", -1
		stop := r.org.Inject(f)
		if b, err := r.FileContent(t.Context(), files[0], 1<<20); err == nil || b != nil {
			t.Errorf("%s: %q, %v", f.Kind, b, err)
		} else if e, ok := asError(err); !ok || e.Class != crm.ClassTransient {
			t.Errorf("%s: %v", f.Kind, err)
		}
		stop()
	}
	if b, err := r.FileContent(t.Context(), files[0], 1<<20); err != nil || len(b) != 1200 {
		t.Errorf("afterwards: %d bytes, %v", len(b), err)
	}
	if err := r.org.Delete(made.Document); err != nil {
		t.Fatal(err)
	}
	if _, err := r.FileContent(t.Context(), files[0], 1<<20); err == nil {
		t.Error("a deleted file was read")
	}
	r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenObjects = []string{"ContentVersion", "ContentDocument"} })
	if files, err := r.FilesNamed(t.Context(), aFile); err != nil || len(files) != 0 {
		t.Errorf("without Files: %v, %v", files, err)
	}
}

// Storage for files that is full keeps no call from being logged.
func TestAFullFileStorageHoldsNothingElse(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.org.Inject(demoorg.Fault{Kind: demoorg.Refusal, Path: "/sobjects/ContentVersion", Status: 400, Code: "STORAGE_LIMIT_EXCEEDED", Message: "storage limit exceeded"})
	_, err := r.PublishFile(t.Context(), aFile, []byte("profile = 1\n"), "")
	if e, ok := asError(err); !ok || e.Code != "STORAGE_LIMIT_EXCEEDED" || e.Fault.Code != "salesforce.storage-full" {
		t.Errorf("published: %v", err)
	}
	if err := r.heldBack(); err != nil {
		t.Errorf("calls wait: %v", err)
	}
	r.org.ClearFaults()
	if _, err := r.PublishFile(t.Context(), aFile, []byte("profile = 1\n"), ""); err != nil {
		t.Errorf("once there is room: %v", err)
	}
	r.org.SetRules(func(rules *demoorg.Rules) { rules.NoCreate = []string{"ContentVersion"} })
	if _, err := r.PublishFile(t.Context(), aFile, []byte("profile = 1\n"), ""); !MayNotChange(err) {
		t.Errorf("without the right: %v", err)
	}
}

// A publishing that broke off is done once more, and leaves one file that all see.
func TestPublishingAgainSharesTheFile(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.org.Inject(demoorg.Fault{Kind: demoorg.ServerError, Method: "POST", Path: "/sobjects/ContentDocumentLink", Times: 1})
	if _, err := r.PublishFile(context.Background(), aFile, []byte("profile = 1\n"), ""); err == nil {
		t.Fatal("it says that it is shared")
	}
	files, err := r.FilesNamed(t.Context(), aFile)
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if _, err := r.PublishFile(t.Context(), aFile, []byte("profile = 1\n"), files[0].Document); err != nil {
		t.Fatal(err)
	}
	other := linkAs(t, r, demoorg.OtherUser)
	if files, err := other.FilesNamed(t.Context(), aFile); err != nil || len(files) != 1 || !slices.Equal([]string{files[0].Number, files[0].By.Name}, []string{"2", "Riley Morgan"}) {
		t.Errorf("others see %v, %v", files, err)
	}
}
