package profile

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/app/settings"
	"linecard/crm"
	"linecard/fault"
)

func store(t *testing.T) *settings.Store {
	t.Helper()
	return settings.Open(t.TempDir())
}

// What one desk has is what another one gets, but for what is each agent's own; locked keys cannot be changed there, and the error names who
// fixed them.
func TestAProfileGoesFromDeskToDesk(t *testing.T) {
	admin := store(t)
	err := admin.Change(func(s *settings.Settings) {
		a := settings.DefaultAccount()
		a.Server, a.User, a.AuthUser, a.DisplayName, a.Label, a.Transport, a.Lines = "pbx.acme.example", "9001", "admin-9001", "Avery Stone", "Mine", "tcp", 4
		a.CallerID, a.ForwardAlways, a.ForwardBusy, a.ForwardNoAnswer = "+14155550190", "7701", "7702", "7703"
		s.Accounts = []settings.Account{a}
		s.Orgs = []settings.Org{{LoginHost: "https://acme.my.salesforce.com", ClientID: "3MVG9", OrgID: "00D5g000004XyZaEAK", Color: "blue"}}
		s.Numbers.Country, s.Numbers.OutsidePrefix = "GB", "9"
		s.Salesforce.SetupDone = []string{"ticked"}
		s.Salesforce.DailyCap = 9000 // in a table by the name of one of version 1
		s.Logging.Mode, s.Logging.Outcomes = "ask", []string{"Sold", "Not sold"}
		s.Errors.Webhook.URL, s.Errors.PauseMinutes = "https://hooks.example.com/services/T0/B0/geheim", 90
		s.Devices.Microphone, s.Appearance.Theme, s.Language = "Avery's headset", "dark", "de"
	})
	if err != nil {
		t.Fatal(err)
	}
	made, err := Export(admin, Request{Name: "Support desks", By: "IT", Locked: []string{"logging", "numbers.country"}, CallerIDField: "Phone"}, time.Unix(1_800_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := made.Document()
	if err != nil {
		t.Fatal(err)
	}
	for _, own := range []string{"geheim", "9001", "0190", "770", "Avery", "Mine", "dark", "language", "ticked"} {
		if strings.Contains(string(doc), own) {
			t.Errorf("the profile has %q:\n%s", own, doc)
		}
	}
	desk, dir := store(t), t.TempDir()
	k, err := Open(dir, nil, desk)
	if err != nil || k.Now() != nil {
		t.Fatal(k.Now(), err)
	}
	if err := k.Import(doc); err != nil {
		t.Fatal(err)
	}
	got := desk.Get()
	if len(desk.Notices()) > 0 || got.Salesforce.DailyCap != 9000 {
		t.Errorf("notices %v, cap %d", desk.Notices(), got.Salesforce.DailyCap)
	}
	if got.Errors.PauseMinutes != 90 || got.Logging.Mode != "ask" || got.Numbers.OutsidePrefix != "9" || len(got.Orgs) != 1 || got.Orgs[0].ClientID != "3MVG9" || len(got.Accounts) != 0 {
		t.Errorf("the desk has %+v", got)
	}
	if _, err := k.SetPerson(Person{User: "1002", DisplayName: "Sam Okoro", CallerID: "+14155550191"}); err != nil {
		t.Fatal(err)
	}
	if a := desk.Get().Accounts; len(a) != 1 || a[0].ID() != "1002@pbx.acme.example" || a[0].Transport != "tcp" || a[0].Lines != 4 || a[0].DisplayName != "Sam Okoro" || a[0].CallerID != "+14155550191" {
		t.Errorf("the account is %+v", a)
	}
	err = desk.Set("logging.wrap_up", "11")
	if f := fault.Of(err); !f.Is("settings.locked-by") || f.Values["by"] != "IT · Support desks" {
		t.Errorf("a locked setting: %v", f)
	}
	if err := desk.Set("numbers.outside_prefix", "0"); err != nil {
		t.Errorf("a setting that is not locked: %v", err)
	}
	again := settings.Open(t.TempDir()) // a restart
	if k, err = Open(dir, nil, again); err != nil || k.Now().Title() != "IT · Support desks" || len(again.Get().Accounts) != 1 {
		t.Errorf("after a restart %+v, %v", again.Get().Accounts, err)
	}
	if err := k.Remove(); err != nil || k.Now() != nil || again.Get().Logging.Mode != "always" || again.Locked("logging.mode") {
		t.Errorf("removed: %+v, %v", again.Get().Logging, err)
	}
}

// A profile that cannot be used changes nothing, says why, and leaves the one that is in force.
func TestBadProfiles(t *testing.T) {
	desk, dir := store(t), t.TempDir()
	k, _ := Open(dir, nil, desk)
	good := "profile = 1\nname = 'Good'\nlocked = ['logging.mode']\n[settings.logging]\nmode = 'ask'\n"
	if err := k.Import([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for doc, code := range map[string]fault.Code{
		"":                  "profile.none",
		"<?xml":             "profile.unreadable",
		"version = 2\n":     "profile.none",
		"profile = 2\n":     "profile.too-new",
		"profile = 'one'\n": "profile.unreadable",
		"profile = 1\nlocked = ['no.such.key']\n":         "settings.no-such-key",
		"profile = 1\nsettings = 'x'\n":                   "profile.unreadable",
		"profile = 1\n#" + strings.Repeat("x", mostBytes): "profile.too-large",
	} {
		if f := fault.Of(k.Import([]byte(doc))); !f.Is(code) {
			t.Errorf("%.40q: %v, want %s", doc, f, code)
		}
		if k.Now().Name != "Good" || desk.Get().Logging.Mode != "ask" || !desk.Locked("logging.mode") {
			t.Errorf("%.40q: the earlier profile is not in force", doc)
		}
	}
	if err := k.Import([]byte("profile = 1\n[settings.logging]\nmode = 'sometimes'\nwrap_up = 45\n")); err != nil {
		t.Fatal(err)
	}
	if got := desk.Get().Logging; got.Mode != "always" || got.WrapUp != 45 || len(desk.Notices()) != 1 {
		t.Errorf("one bad value: %+v, %v", got, desk.Notices())
	}
}

// An installed profile applies where none was imported. A damaged one is told, and Linecard starts as without one.
func TestInstalledProfiles(t *testing.T) {
	dir, installed := t.TempDir(), filepath.Join(t.TempDir(), "linecard-profile.toml")
	write := func(path, doc string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(installed, "profile = 1\nname = 'Installed'\n[settings.logging]\nwrap_up = 60\n")
	desk := store(t)
	k, err := Open(dir, []string{filepath.Join(dir, "none"), installed}, desk)
	if err != nil || k.Now().Name != "Installed" || desk.Get().Logging.WrapUp != 60 {
		t.Errorf("%+v, %v", k.Now(), err)
	}
	if err := k.Import([]byte("profile = 1\nname = 'Imported'\n")); err != nil || desk.Get().Logging.WrapUp != 30 {
		t.Errorf("%d, %v", desk.Get().Logging.WrapUp, err)
	}
	if err := k.Remove(); err != nil || k.Now().Name != "Installed" {
		t.Errorf("%+v, %v", k.Now(), err)
	}
	write(installed, "profile = \x00")
	desk = store(t)
	if k, err = Open(dir, []string{installed}, desk); err == nil || k.Now() != nil || desk.Get().Logging.WrapUp != 30 {
		t.Errorf("damaged: %+v, %v", k.Now(), err)
	}
}

// The address that a rule tells of calls may be all that it takes to post there, so it is in a profile only once somebody has said that it may be.
func TestAProfileShowsNoAddressUnasked(t *testing.T) {
	admin := store(t)
	const address = "https://hooks.example.com/services/T0/B0/geheim"
	if err := admin.Change(func(s *settings.Settings) {
		s.Rules = []crm.Rule{{Name: "Tell", Hook: address}, {Name: "Tell too", Hook: address + "2"}}
	}); err != nil {
		t.Fatal(err)
	}
	_, err := Export(admin, Request{Name: "Desks"}, time.Now())
	if f := fault.Of(err); !f.Is(HasAddresses) || !slices.Equal(f.Values["hosts"].([]string), []string{"hooks.example.com"}) || strings.Contains(err.Error(), "geheim") {
		t.Errorf("unasked: %v", err)
	}
	made, err := Export(admin, Request{Name: "Desks", Addresses: true}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if doc, err := made.Document(); err != nil || !strings.Contains(string(doc), address) {
		t.Errorf("asked for: %v\n%s", err, doc)
	}
}

// The colleagues of a profile are watched at every desk: the account of the desk where it was made is none of the others'.
func TestColleaguesGoFromDeskToDesk(t *testing.T) {
	admin := store(t)
	if err := admin.Change(func(s *settings.Settings) {
		s.Accounts = []settings.Account{settings.DefaultAccount(), settings.DefaultAccount()}
		s.Accounts[0].Server, s.Accounts[0].User = "pbx.example.com", "2041"
		s.Accounts[1].Server, s.Accounts[1].User = "sales.example.com", "300"
		s.Colleagues = []settings.Colleague{
			{Name: "Ana", Extension: "2042", Account: s.Accounts[0].ID(), Beyond: map[string]any{"room": "7"}},
			{Name: "Ben", Extension: "2043"},
			{Name: "Cem", Extension: "301", Account: s.Accounts[1].ID()},
		}
	}); err != nil {
		t.Fatal(err)
	}
	made, err := Export(admin, Request{Name: "Desks", Locked: []string{"colleagues"}}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := made.Document()
	if err != nil {
		t.Fatal(err)
	}
	desk := store(t)
	k, err := Open(t.TempDir(), nil, desk)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Import(doc); err != nil {
		t.Fatal(err)
	}
	if err := desk.Change(func(s *settings.Settings) {
		s.Accounts = []settings.Account{settings.DefaultAccount()}
		s.Accounts[0].Server, s.Accounts[0].User = "pbx.example.com", "2077"
	}); err != nil {
		t.Fatal(err)
	}
	set := desk.Get()
	if len(set.Colleagues) != 2 || set.Colleagues[0].Name != "Ana" || set.Colleagues[1].Extension != "2043" {
		t.Fatalf("%+v", set.Colleagues)
	}
	for _, o := range set.Colleagues {
		if set.WatchedBy(o) != "2077@pbx.example.com" {
			t.Errorf("%s is watched by %q", o.Name, set.WatchedBy(o))
		}
	}
	if err := desk.Change(func(s *settings.Settings) { s.SetColleague(settings.Colleague{Extension: "2044"}, false) }); err == nil {
		t.Error("a fixed list was changed")
	}
}

// The queues of a profile are there at every desk, at the desk's own account; what is of the desk that it was made at is not in it.
func TestQueuesGoFromDeskToDesk(t *testing.T) {
	admin := store(t)
	if err := admin.Change(func(s *settings.Settings) {
		s.Accounts = []settings.Account{settings.DefaultAccount(), settings.DefaultAccount()}
		s.Accounts[0].Server, s.Accounts[0].User = "pbx.example.com", "2041"
		a := &s.Accounts[0]
		a.Transport, a.TLSCA, a.TLSCert, a.TLSKey, a.HoldMusic = "tls", "/etc/ssl/pbx.pem", "/home/avery/phone.pem", "/home/avery/phone.key", "/home/avery/music.wav"
		s.Accounts[1].Server, s.Accounts[1].User = "sales.example.com", "300"
		s.Queues = []settings.Queue{
			{Name: "Support", Account: s.Accounts[0].ID(), Login: "*45support", Hint: "support{extension}"},
			{Name: "Orders", Login: "*45orders"},
			{Name: "Sales", Account: s.Accounts[1].ID(), Login: "*45sales"},
		}
		s.Orgs = []settings.Org{{LoginHost: "https://acme.my.salesforce.com", ClientID: "3MVG9", OrgID: "00D5g000004XyZaEAK", Color: settings.NoColor}, settings.DefaultOrg()}
		s.Orgs[1].LoginHost, s.Orgs[1].Legacy = "https://old.my.salesforce.com", true
	}); err != nil {
		t.Fatal(err)
	}
	made, err := Export(admin, Request{Name: "Desks"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := made.Document()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(doc), "avery") || strings.Contains(string(doc), "2041") || strings.Contains(string(doc), "Sales") || !strings.Contains(string(doc), "/etc/ssl/pbx.pem") {
		t.Errorf("the profile is\n%s", doc)
	}
	desk := store(t)
	k, err := Open(t.TempDir(), nil, desk)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Import(doc); err != nil {
		t.Fatal(err)
	}
	if _, err := k.SetPerson(Person{User: "2077"}); err != nil {
		t.Fatal(err)
	}
	set := desk.Get()
	if len(desk.Notices()) > 0 || len(set.Queues) != 2 || len(set.Orgs) != 1 {
		t.Fatalf("%v: %+v, %+v", desk.Notices(), set.Queues, set.Orgs)
	}
	for _, q := range set.Queues {
		if set.QueueAt(q) != "2077@pbx.example.com" {
			t.Errorf("%s is at %q", q.Name, set.QueueAt(q))
		}
	}
}

// A profile that is only tried says what would change, what could not be taken and what would be locked, and changes nothing.
func TestAProfileIsTried(t *testing.T) {
	desk, dir := store(t), t.TempDir()
	k, _ := Open(dir, nil, desk)
	if _, err := k.SetPerson(Person{User: "2041"}); err != nil {
		t.Fatal(err)
	}
	if err := desk.Set("numbers.outside_prefix", "9"); err != nil {
		t.Fatal(err)
	}
	trial, err := k.Try([]byte("profile = 1\nname = 'Desks'\nlocked = ['logging']\n[agent.account]\nserver = 'pbx.example.com'\n[settings.logging]\nmode = 'ask'\nwrap_up = 30\nowner = 'nobody'\n[settings.numbers]\noutside_prefix = '0'\n"))
	if err != nil || trial.Title != "Desks" || !slices.Contains(trial.Changes, "logging.mode") || !slices.Contains(trial.Changes, "accounts[1].server") {
		t.Fatalf("%+v, %v", trial, err)
	}
	for _, stays := range []string{"logging.wrap_up", "logging.owner", "numbers.outside_prefix"} {
		if slices.Contains(trial.Changes, stays) {
			t.Errorf("%s would change", stays)
		}
	}
	if len(trial.After.Notices()) != 1 || trial.After.Get().Logging.Mode != "ask" || !trial.After.Locked("logging.mode") {
		t.Errorf("%v, %+v", trial.After.Notices(), trial.After.Get().Logging)
	}
	if k.Now() != nil || desk.Get().Logging.Mode != "always" || desk.Locked("logging.mode") || len(desk.Get().Accounts) > 0 {
		t.Error("it is in force")
	}
	if err := desk.Set("logging.mode", "never"); err != nil {
		t.Error(err)
	}
	if _, err := k.Try([]byte("profile = 9\n")); !fault.Of(err).Is("profile.too-new") {
		t.Errorf("a later one: %v", err)
	}
}
