package ui

import (
	"slices"
	"strings"
	"testing"

	"linecard/app"
	"linecard/crm"
	"linecard/crm/layout"
	"linecard/test/wait"
)

// The page makes a check-up when it is opened first, tells what is broken before what only warns, and opens the page of Setup.
func TestDoctorPage(t *testing.T) {
	b, a := adminBench(t)
	setup := "https://acme.my.salesforce.com/lightning/setup/PermSets/home"
	a.checks = []Check{
		{Check: "Phone registered", OK: true, Detail: "2041 at pbx.example.com"},
		{Check: "Find callers among Leads", Minor: true, Remedy: "Give the user Read on Lead.", Setup: setup + "?minor"},
		{Check: "Log calls as Tasks", Remedy: "Give the user Edit Tasks.", Setup: setup},
	}
	opened := make(chan string, 3)
	b.cfg.OpenURL = func(url string) error { opened <- url; return nil }
	b.Window.cfg.OpenURL = b.cfg.OpenURL
	b.openSettings(pageDoctor)
	b.settle()
	said := strings.Join(words(b.root), "\n")
	at := 0
	for _, part := range []string{"1 thing to fix", "To fix", "Log calls as Tasks", "Give the user Edit Tasks.", "Warnings", "Find callers among Leads", "What works", "Phone registered", "2041 at pbx.example.com"} {
		found := strings.Index(said[at:], part)
		if found < 0 {
			t.Fatalf("the page does not say %q where it should:\n%s", part, said)
		}
		at += found
	}
	b.press("Open Setup")
	b.settle()
	if got := wait.For(t, opened); got != setup {
		t.Errorf("opened %s", got)
	}
	a.checks = a.checks[:2]
	b.press("Check again")
	b.settle()
	if !b.shows("Everything works, with 1 warning") {
		t.Errorf("%q", words(b.root))
	}
	a.checks = a.checks[:1]
	b.press("Check again")
	b.settle()
	if !b.shows("Everything works") || b.shows("Warnings") {
		t.Errorf("%q", words(b.root))
	}
	b.openSettings(pageAbout)
	b.settle()
	b.openSettings(pageDoctor) // the last check-up stands
	b.settle()
	if got := a.said(); !slices.Equal(got, []string{"doctor", "doctor", "doctor"}) || !b.shows("Everything works") {
		t.Errorf("told %q", got)
	}
}

// The file for support is written where the admin says, and the page names it.
func TestDoctorReport(t *testing.T) {
	b, a := adminBench(t)
	b.Window.cfg.ChooseFolder = func(title string, then func(string)) { b.folderFor = title; then("/media/stick") }
	b.openSettings(pageDoctor)
	b.settle()
	b.press("Save a report for support…")
	b.settle()
	if got := a.said(); !slices.Contains(got, "report /media/stick") || !b.shows("Written to /media/stick/linecard-report.json") {
		t.Errorf("told %q, shows %q", got, words(b.root))
	}
}

// A test log is sent from the check-up too, by the layout that is for every call.
func TestDoctorSendsATestLog(t *testing.T) {
	f := &fakeLayouts{object: caseObject(), tried: layout.Tried{Record: crm.Ref{Object: crm.Case, ID: "500000000000001AAA"}, Deleted: true}}
	b := newBench(t, func(c *Config) { c.Layouts, c.Admin = f, &fakeAdmin{} })
	b.draw(idle())
	b.openSettings(pageDoctor)
	b.settle()
	b.press("Send a test log and delete it")
	b.settle()
	if !slices.Equal(f.sent, []string{"Task"}) || b.Window.settings.open != pageDoctor || !b.says("Salesforce took the test log (Case 500000000000001AAA)") {
		t.Errorf("sent %v, the page says %q", f.sent, words(b.root))
	}
}

// With several orgs linked each one gets its test log, by its own default layout, and each result says whose it is.
func TestDoctorTestsEachOrg(t *testing.T) {
	f := &fakeLayouts{
		object: caseObject(), tried: layout.Tried{Record: crm.Ref{Object: crm.Case, ID: "500000000000001AAA"}, Deleted: true},
		all: layout.List{{Name: "Support", Object: crm.Case, Org: "00D2", Default: true}, {Name: "Task", Object: crm.Task, Org: "00D3"}},
	}
	b := newBench(t, func(c *Config) { c.Layouts, c.Admin = f, &fakeAdmin{} })
	v := idle()
	for id, state := range map[string]crm.LinkState{"00D1": crm.Linked, "00D2": crm.Linked, "00D3": crm.Inactive} {
		v.Orgs = append(v.Orgs, app.OrgViewOf(crm.LinkStatus{State: state, OrgID: id, OrgName: "Org " + id}))
	}
	v.Orgs = append(v.Orgs, v.Orgs...) // two users of each
	b.draw(v)
	b.openSettings(pageDoctor)
	b.settle()
	b.press("Send a test log and delete it")
	b.settle()
	slices.Sort(f.sent)
	if !slices.Equal(f.sent, []string{"Support in 00D2", "Task in 00D1"}) || !b.says("Org 00D1: Salesforce took") || !b.says("Org 00D2: Salesforce took") {
		t.Errorf("sent %q, the page says %q", f.sent, words(b.root))
	}
}

// checkUp opens the page with something of each kind.
func (b *bench) checkUp() {
	setup := "https://acme.my.salesforce.com/lightning/setup/PermSets/home"
	b.Window.cfg.Admin = &fakeAdmin{checks: []Check{
		{Check: "Phone registered", OK: true, Detail: "2041 at pbx.example.com"},
		{Check: "Sound", OK: true, Detail: "Headset, Headset"},
		{Check: "Keyring", OK: true, Detail: "open"},
		{Check: "Org linked", OK: true, Detail: "Acme 00D5e000000pQrZEAU", Setup: setup},
		{Check: "Daily API requests", OK: true, Detail: "4,212 of 105,000 used by the whole org", Setup: setup},
		{Check: "Find callers among Leads", Minor: true, Remedy: "Give the user Read on Lead: Setup > Permission Sets > Object Settings.", Setup: setup},
		{Check: "Required fields of Task", Detail: "Region__c", Remedy: "Salesforce takes no Task without Region__c. Give each a default value, or make it optional: Setup > Object Manager > Task > Fields & Relationships.", Setup: setup},
	}}
	b.Window.settings = nil
	b.openSettings(pageDoctor)
}

// Whoever is asked for a folder is told what it is for.
func TestAFolderIsAskedForByItsPurpose(t *testing.T) {
	b, _ := adminBench(t)
	b.Window.cfg.ChooseFolder = func(title string, _ func(string)) { b.folderFor = title }
	for kind, press := range map[settingsKind][2]string{
		pageDoctor:  {"Save a report for support…", "Where to save the report for support"},
		pageProfile: {"Export…", "Where to save the profile"},
	} {
		b.openSettings(kind)
		b.settle()
		b.press(press[0])
		if b.folderFor != press[1] {
			t.Errorf("%s asks for a folder under %q", press[0], b.folderFor)
		}
	}
	b.openSetup()
	b.press("Save the metadata folder…")
	if b.folderFor != "Where to save the metadata folder" {
		t.Errorf("the metadata folder is asked for under %q", b.folderFor)
	}
}

// The fields under a call say what they are written into.
func TestTheHintsNameWhatIsWritten(t *testing.T) {
	b := newBench(t, nil)
	c := wrapUp()
	for object, hints := range map[string][2]string{crm.Case: {"Subject of the Case", "Notes for the Case"}, crm.Task: {"Subject of the Task", "Notes for the Task"}} {
		c.Wrap.Object = object
		b.draw(with(idle(), c))
		if f := b.centre.call.form; f.subject.PlaceHolder != hints[0] || f.notes.hint != hints[1] {
			t.Errorf("written as %s, the fields say %q and %q", object, f.subject.PlaceHolder, f.notes.hint)
		}
	}
}
