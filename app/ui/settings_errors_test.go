package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/app"
	"linecard/app/errorlog"
	"linecard/app/journal"
	"linecard/app/meter"
	"linecard/app/mirror"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/crmtest"
	"linecard/crm/salesforce"
	"linecard/fault"
)

// fakeAdmin writes down what it is told.
type fakeAdmin struct {
	fakeDesk
	traced   []Traced
	rows     []errorlog.Row
	requests meter.Report
	saved    bool
	checks   []Check
	past     []journal.Row // calls that rules are tried on
	swapped  int           // how many of them are said to have changed; with 0 as it is, below none
	owners   Owners
	team     []string          // what is said of the colleagues who are users of the orgs
	more     map[string]Owners // of orgs by id
	profile  *Profile
	kept     KeptProfile
	copies   []mirror.Status
}

func (a *fakeAdmin) Errors() []errorlog.Row {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.rows)
}

func (a *fakeAdmin) ClearErrors() {
	a.mu.Lock()
	a.rows = nil
	a.mu.Unlock()
	_ = a.note("clear")
}

func (a *fakeAdmin) ExportErrors() ([]byte, error) { return []byte(`{"errors":[]}`), a.note("export") }

func (a *fakeAdmin) TestMail(m settings.ErrorMail, password string) error {
	return a.note("test mail to %v by %s as %s with %q", m.To, m.Server, m.User, password)
}

func (a *fakeAdmin) TestWebhook(url, secret string) error {
	return a.note("test webhook %s with %q", url, secret)
}
func (a *fakeAdmin) MailPasswordSaved() bool             { return a.saved }
func (a *fakeAdmin) SetMailPassword(secret string) error { return a.note("password %s", secret) }
func (a *fakeAdmin) SetWebhookSecret(secret string) error {
	return a.note("secret %s", secret)
}
func (a *fakeAdmin) Requests() meter.Report { return a.requests }

func (a *fakeAdmin) Doctor() []Check {
	_ = a.note("doctor")
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.checks)
}

func (a *fakeAdmin) Profile() *Profile { return a.profile }

func (a *fakeAdmin) ImportProfile(path string) error {
	a.profile = &Profile{Name: "Support desks", By: "IT", Locked: []string{"logging", "numbers.country"}, From: ProfileImported}
	return a.note("import %s", path)
}

func (a *fakeAdmin) TryProfile(path string) (ProfileTrial, error) {
	return ProfileTrial{
		Title: "IT", Locked: []string{"logging"}, Changes: []SettingChange{{"logging.mode", "always", "ask"}, {"accounts[1].proxy", "", "10.0.0.5"}},
		Notices: []string{"numbers.country is no country."},
	}, a.note("try %s", path)
}

func (a *fakeAdmin) TryOwners(org string) ([]OwnedCall, error) {
	at := noon.Add(-time.Hour)
	return []OwnedCall{
		{Started: at, Who: "Dana Whitfield", Log: crm.LogYes, Owner: "Jo Lind"},
		{Started: at, Who: "Priya Raman", Log: crm.LogYes, Owner: "Riley Morgan", Linked: true},
		{Started: at, Who: "+44 20 7946 0018", Log: crm.LogYes, Problem: "Lou Vance is not active."},
		{Started: at, Who: "2042", Log: crm.LogNo, Owner: "Jo Lind"},
	}, a.note("try owners %s", org)
}

func (a *fakeAdmin) SearchCopy(org, text string) ([]crm.Record, error) {
	if text != "ann" {
		return nil, nil
	}
	return []crm.Record{{Ref: crm.Ref{Name: "Ann Lee"}, Company: "Lee & Sons"}, {Ref: crm.Ref{Name: "Anna Leeman"}}}, a.note("search %s in %s", text, org)
}

func (a *fakeAdmin) ExportProfile(dir string, r ProfileRequest) (string, error) {
	return dir + "/linecard-profile.toml", a.note("export %s %+v", dir, r)
}

func (a *fakeAdmin) RemoveProfile() error {
	a.profile = nil
	return a.note("remove")
}

func (a *fakeAdmin) KeptProfile() KeptProfile { return a.kept }

func (a *fakeAdmin) LookForProfile() error {
	a.kept.Looked = noon
	a.kept.Offered = &ProfileMaker{Org: "Acme Field Services", Who: "Sam Okoro", User: "sam.okoro@acme-demo.example", Number: "1", At: noon.Add(-time.Hour), Linked: true}
	return a.note("look")
}

func (a *fakeAdmin) AcceptProfile() error {
	a.profile = &Profile{Name: "Support desks", By: "IT", From: ProfileFromOrg}
	a.kept.Taken, a.kept.Offered = a.kept.Offered, nil
	return a.note("accept")
}

func (a *fakeAdmin) PublishProfile(org string, r ProfileRequest) (PublishedProfile, error) {
	a.kept.Mine = true
	return PublishedProfile{Org: "Acme Field Services", Number: "4", Known: true}, a.note("publish %+v%s", r, org)
}

func (a *fakeAdmin) SaveReport(dir string) (string, error) {
	return dir + "/linecard-report.json", a.note("report %s", dir)
}

func (a *fakeAdmin) Trace() []Traced { return a.traced }

func (a *fakeAdmin) SaveTrace(dir string) (string, error) {
	return dir + "/linecard-sip-log.txt", a.note("trace %s", dir)
}

func (a *fakeAdmin) TryRules(table []crm.Rule) (app.Trial, error) {
	made, _ := crm.NewTable(table)
	tried := crmtest.LogAll()
	tried.Table = made
	trial := app.TryRules(crmtest.LogAll(), tried, table, a.past, app.Meaning{})
	if a.swapped != 0 {
		trial.Changed = max(0, a.swapped)
	}
	return trial, a.note("try %d rules", len(table))
}

func (a *fakeAdmin) OrgColleagues() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.team
}

func (a *fakeAdmin) RefreshOrgColleagues() error { return a.note("refresh colleagues") }

func (a *fakeAdmin) Owners(org string) Owners {
	if o, ok := a.more[org]; ok {
		return o
	}
	return a.owners
}

func (a *fakeAdmin) TestHook(address, rule string) error {
	return a.note("hook %s of %s", address, rule)
}

func (a *fakeAdmin) RefreshOwners(org string) error { return a.note("refresh owners %s", org) }
func (a *fakeAdmin) AutoOwners(org string) error    { return a.note("auto owners %s", org) }
func (a *fakeAdmin) SetOwner(org, extension, user string) error {
	return a.note("owner %s %s in %s", extension, user, org)
}

func (a *fakeAdmin) SetOwnerEmail(extension, email string) error {
	return a.note("email %s %s", extension, email)
}

func adminBench(t *testing.T) (*bench, *fakeAdmin) {
	a := &fakeAdmin{rows: []errorlog.Row{
		{
			Area: errorlog.Link, Code: "salesforce.link-ended", What: "Salesforce no longer accepts this link.", Remedy: errorlog.Link.Remedy(),
			Org: "00D1", First: noon.Add(-time.Hour), Last: noon.Add(-time.Minute), Count: 3,
		},
		{
			Area: errorlog.Phone, Code: "sip.registration.silent", What: "Can't reach pbx.example.com.", Remedy: errorlog.Phone.Remedy(),
			Account: "2041@pbx.example.com", First: noon.Add(-2 * time.Hour), Last: noon.Add(-2 * time.Hour), Count: 1,
		},
	}}
	a.requests = meter.Report{
		Used: 41, Cap: 500, Day: "2026-11-21", Orgs: []meter.OrgReport{{Org: "00D1", Count: meter.Count{Kinds: map[salesforce.Kind]int{salesforce.KindSearch: 20, salesforce.KindWrite: 21}}}},
		Calls: []meter.Call{{ID: "c1", Count: meter.Count{Kinds: map[salesforce.Kind]int{salesforce.KindWrite: 1}}}},
	}
	b := newBench(t, func(c *Config) { c.Admin = a })
	b.settings.form.Errors = settings.Default().Errors
	b.draw(idle())
	return b, a
}

// The page lists what went wrong, what to do and how often, the latest first; it can be copied for support and cleared.
func TestErrorsPage(t *testing.T) {
	b, a := adminBench(t)
	b.openSettings(pageErrors)
	b.settle()
	said := strings.Join(words(b.root), "\n")
	for _, part := range []string{"Errors", "What went wrong", "Salesforce no longer accepts this link.", "3 times", errorlog.Link.Remedy(), "2041@pbx.example.com", "Can't reach pbx.example.com."} {
		if !strings.Contains(said, part) {
			t.Errorf("the page does not say %q:\n%s", part, said)
		}
	}
	if strings.Index(said, "no longer accepts") > strings.Index(said, "Can't reach") {
		t.Error("the latest is not first")
	}
	b.press("Copy for support")
	if got := b.cfg.App.Clipboard().Content(); got != `{"errors":[]}` || !b.shows("Copied") {
		t.Errorf("the clipboard has %q", got)
	}
	b.press("Clear")
	if got := a.said(); !slices.Equal(got, []string{"export", "clear"}) || !b.shows("Nothing went wrong.") {
		t.Errorf("told %q", got)
	}
	a.mu.Lock()
	a.rows = []errorlog.Row{{Area: errorlog.Lookup, What: "Salesforce did not answer in time.", Count: 1, Last: noon}}
	a.mu.Unlock()
	b.draw(idle()) // one that comes while the page is open
	if !b.shows("Salesforce did not answer in time.") {
		t.Errorf("a new error is not shown: %q", words(b.root))
	}
}

// Who is told is typed, saved and tried on the page; what was typed stays when it is refused.
func TestErrorsByMail(t *testing.T) {
	b, a := adminBench(t)
	b.openSettings(pageErrors)
	b.settle()
	f := b.Window.settings.sheets[pageErrors].(*errorsSheet).mail
	f.to.SetText(" it@example.com; team@example.com ")
	f.server.SetText("smtp.example.com")
	f.user.SetText("desk")
	f.password.SetText("geheim")
	f.security.SetSelected("TLS")
	f.save.OnTapped()
	b.settle()
	want := settings.ErrorMail{To: []string{"it@example.com", "team@example.com"}, Server: "smtp.example.com", User: "desk", Security: "tls"}
	got := b.settings.form.Errors.Mail
	if !slices.Equal(got.To, want.To) || got.Server != want.Server || got.User != want.User || got.Security != want.Security {
		t.Errorf("saved %+v", got)
	}
	if told := a.said(); !slices.Equal(told, []string{"password geheim"}) || f.password.Text != "" {
		t.Errorf("told %q, the password field has %q", told, f.password.Text)
	}
	f.test.OnTapped()
	b.settle()
	if !b.shows("The test was sent.") {
		t.Errorf("%q", words(b.root))
	}
	a.refuses("", fault.Err(nil, "trouble.mail-login", "server", "smtp.example.com"))
	f.test.OnTapped()
	b.settle()
	if !strings.Contains(strings.Join(words(b.root), " "), "refused the user name or the password") {
		t.Errorf("%q", words(b.root))
	}
	b.settings.refuses("", fault.Err(nil, "settings.must-be-address", "key", "errors.mail.to", "value", "x"))
	f.to.SetText("nobody")
	f.password.SetText("other")
	f.save.OnTapped()
	b.settle()
	if f.to.Text != "nobody" || f.password.Text != "other" {
		t.Errorf("the form has %q and %q", f.to.Text, f.password.Text)
	}
	b.openSettings(pageAbout)
	b.settle()
	b.openSettings(pageErrors)
	b.settle()
	if f.to.Text != "nobody" || f.password.Text != "other" || !b.Window.settingsUnsaved() {
		t.Errorf("after a look at another page the form has %q and %q", f.to.Text, f.password.Text)
	}
}

// Saving one form leaves what is typed in the other.
func TestFormsOfErrorsAreSavedApart(t *testing.T) {
	b, a := adminBench(t)
	b.openSettings(pageErrors)
	b.settle()
	s := b.Window.settings.sheets[pageErrors].(*errorsSheet)
	if b.Window.settingsUnsaved() {
		t.Error("nothing is typed, and the page is not saved")
	}
	s.hook.url.SetText("https://hooks.example.com/x")
	s.mail.to.SetText("it@example.com")
	s.mail.save.OnTapped()
	b.settle()
	if s.hook.url.Text != "https://hooks.example.com/x" || !b.Window.settingsUnsaved() || b.settings.form.Errors.Webhook.URL != "" {
		t.Errorf("the webhook's form has %q", s.hook.url.Text)
	}
	s.hook.secret.SetText("geheim")
	s.hook.keep()
	b.settle()
	if got := a.said(); b.Window.settingsUnsaved() || b.settings.form.Errors.Webhook.URL != "https://hooks.example.com/x" || !slices.Equal(got, []string{"secret geheim"}) {
		t.Errorf("told %q, webhook %q", got, b.settings.form.Errors.Webhook.URL)
	}
}

// The page of Salesforce shows today's requests and bounds them.
func TestRequestsOfToday(t *testing.T) {
	b, _ := adminBench(t)
	b.openSettings(pageSalesforce)
	b.settle()
	said := strings.Join(words(b.root), "\n")
	for _, part := range []string{"Requests to Salesforce", "41 of 500", "21 write · 20 search", "1 write"} {
		if !strings.Contains(said, part) {
			t.Errorf("the page does not say %q:\n%s", part, said)
		}
	}
	g := b.Window.settings.sheets[pageSalesforce].(*salesforceSheet).requests
	g.limit.SetText("soon")
	if !g.save.Disabled() {
		t.Error("a cap that is no number can be saved")
	}
	g.limit.SetText("800")
	g.save.OnTapped()
	b.settle()
	if got := b.settings.form.Settings.Salesforce.DailyCap; got != 800 {
		t.Errorf("the cap is %d", got)
	}
}
