package settings

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"linecard/app/catalogue"
)

const profile = `
version = 2
[numbers]
country = 'GB'
outside_prefix = '9'
[logging]
mode = 'ask'
wrap_up = 60
`

// A value of the agent's own stays theirs while the profile, or the defaults, say the same, whatever else is changed meanwhile.
func TestAnOwnValueStaysThoughTheProfileHasTheSame(t *testing.T) {
	for name, tt := range map[string]struct {
		same, later string // profiles
		own         int
	}{
		"as the profile":  {"[logging]\nwrap_up = 45", "[logging]\nwrap_up = 60", 45},
		"as the defaults": {"", "[logging]\nwrap_up = 60", 30},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, fmt.Sprintf("version = 2\n[logging]\nwrap_up = %d\n", tt.own))
			s := clean(t, dir)
			for _, step := range []error{
				s.SetProfile([]byte(tt.same), nil, "IT"), s.Set("numbers.country", "DE"), s.Set("numbers.country", "GB"), s.SetProfile([]byte(tt.later), nil, "IT"),
			} {
				if step != nil {
					t.Fatal(step)
				}
			}
			s = clean(t, dir)
			if err := s.SetProfile([]byte(tt.later), nil, "IT"); err != nil {
				t.Fatal(err)
			}
			if got := s.Get().Logging.WrapUp; got != tt.own || s.Origin("logging.wrap_up") != FromUser {
				t.Errorf("%d from %s, want %d", got, s.Origin("logging.wrap_up"), tt.own)
			}
			if err := s.SetProfile([]byte(tt.same), nil, "IT"); err != nil {
				t.Fatal(err)
			}
			if err := s.Unset("logging.wrap_up"); err != nil || s.Origin("logging.wrap_up") == FromUser {
				t.Errorf("unset: %v, from %s", err, s.Origin("logging.wrap_up"))
			}
			if f := fileOf(t, dir); strings.Contains(f, "wrap_up") {
				t.Errorf("unset, the file:\n%s", f)
			}
		})
	}
}

func TestLayersAndOrigins(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "version = 2\n[logging]\nwrap_up = 20\n[[accounts]]\nserver='pbx'\nuser='1'\nlines = 3\n")
	s := clean(t, dir)
	told := 0
	s.Follow(func(old, now *Settings) {
		if told++; told == 1 && (old.Numbers.Country != "US" || now.Numbers.Country != "GB") {
			t.Errorf("told of %s, then %s", old.Numbers.Country, now.Numbers.Country)
		}
	})
	if err := s.SetProfile([]byte(profile), nil, ""); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]Layer{
		"numbers.country": FromProfile, "logging.mode": FromProfile, "logging.wrap_up": FromUser, "logging.missed": FromDefault,
		"accounts[1].lines": FromUser, "accounts[1@pbx].lines": FromUser, "accounts[1].expires": FromDefault,
	} {
		if got := s.Origin(key); got != want || s.Locked(key) {
			t.Errorf("%s is from %s, want %s", key, got, want)
		}
	}
	if g := s.Get(); told != 1 || g.Numbers.Country != "GB" || g.Logging.WrapUp != 20 || g.Logging.Mode != "ask" || !g.Logging.Missed {
		t.Errorf("told %d times; %+v", told, g)
	}

	// What the agent chooses stands above the profile, and only that is in the file.
	if err := s.Set("numbers.country", "de"); err != nil || s.Get().Numbers.Country != "DE" || s.Origin("numbers.country") != FromUser {
		t.Errorf("%v, %+v", err, s.Get().Numbers)
	}
	if err := s.Set("logging.wrap_up", "60"); err != nil || s.Origin("logging.wrap_up") != FromProfile {
		t.Errorf("as in the profile: %v, from %s", err, s.Origin("logging.wrap_up"))
	}
	if f := fileOf(t, dir); strings.Contains(f, "wrap_up") || strings.Contains(f, "mode") || strings.Contains(f, "outside_prefix") || !strings.Contains(f, "country = 'DE'") {
		t.Errorf("the file:\n%s", f)
	}
	if err := s.Unset("numbers.country"); err != nil || s.Get().Numbers.Country != "GB" || s.Origin("numbers.country") != FromProfile {
		t.Errorf("%v, %+v", err, s.Get().Numbers)
	}
	if err := s.SetProfile(nil, nil, ""); err != nil || s.Get().Numbers.Country != "US" || s.Get().Logging.WrapUp != 30 {
		t.Errorf("without the profile: %v, %+v", err, s.Get())
	}
}

func TestALockedKeyCannotBeChanged(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "version = 2\n[numbers]\ncountry = 'FR'\nown = ['+33 1 23']\n[[accounts]]\nserver='pbx'\nuser='1'\n")
	s := clean(t, dir)
	if err := s.SetProfile([]byte(profile), []string{"numbers", "logging.mode", "accounts[1].server"}, ""); err != nil {
		t.Fatal(err)
	}
	if s.Get().Numbers.Country != "GB" || s.Origin("numbers.country") != FromProfile || len(s.Get().Numbers.Own) != 0 {
		t.Errorf("a locked value is the profile's: %+v", s.Get().Numbers)
	}
	for _, key := range []string{"numbers.country", "numbers.own", "logging.mode", "accounts[1].lines"} {
		if !s.Locked(key) {
			t.Errorf("%s is not locked", key)
		}
	}
	if s.Locked("logging.wrap_up") || s.Locked("numbers2") {
		t.Error("too much is locked")
	}
	err := s.Change(func(s *Settings) { s.Numbers.Country, s.Logging.WrapUp = "DE", 5 })
	var locked *LockedError
	if !errors.As(err, &locked) || locked.Key != "numbers.country" || !strings.Contains(catalogue.Error(err), "numbers.country is fixed by your administrator") {
		t.Errorf("%v", err)
	}
	if s.Get().Logging.WrapUp != 60 {
		t.Error("half of a refused change was made")
	}
	if err := s.Change(func(s *Settings) {
		s.SetAccount(Account{Server: "other", User: "2", Transport: "udp", Lines: 2, Expires: 300})
	}); err == nil {
		t.Error("an account was added to a locked list")
	}

	// The agent's own value waits until the lock is lifted, in the file too.
	if err := s.Set("devices.ring_volume", "10"); err != nil {
		t.Fatal(err)
	}
	if f := fileOf(t, dir); !strings.Contains(f, "country = 'FR'") {
		t.Errorf("the file:\n%s", f)
	}
	if err := s.SetProfile([]byte(profile), nil, ""); err != nil || s.Get().Numbers.Country != "FR" || len(s.Get().Accounts) != 1 {
		t.Errorf("%v, %+v", err, s.Get())
	}
}

func TestAProfileThatIsNone(t *testing.T) {
	s := InMemory(Default())
	if err := s.SetProfile([]byte("<?xml"), nil, ""); err == nil || !equal(*s.Get(), Default()) {
		t.Errorf("%v, %+v", err, s.Get())
	}
	if err := s.SetProfile([]byte("[logging]\nwrap_up = 'long'\nmode = 'ask'"), nil, ""); err != nil {
		t.Fatal(err)
	}
	if n := read(s); len(n) != 1 || !strings.Contains(n[0], "logging.wrap_up") || s.Get().Logging.Mode != "ask" {
		t.Errorf("%q, %+v", n, s.Get().Logging)
	}
}

// A profile is of the version that has profiles: it need not say so.
func TestAProfileWithoutAVersion(t *testing.T) {
	s := InMemory(Default())
	doc := "[salesforce]\ndaily_cap = 9000\n[[orgs]]\nlogin_host = 'https://acme.my.salesforce.com'\nclient_id = '3MVG9'\n"
	if err := s.SetProfile([]byte(doc), []string{"orgs"}, ""); err != nil {
		t.Fatal(err)
	}
	if g := s.Get(); len(s.Notices()) > 0 || g.Salesforce.DailyCap != 9000 || len(g.Orgs) != 1 || g.Orgs[0].ClientID != "3MVG9" {
		t.Errorf("%q, %+v", read(s), g)
	}
}
