package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func write(t *testing.T, dir, doc string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, FileName), []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, dir string) Settings {
	t.Helper()
	s, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNewInstallation(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not there yet")
	s := load(t, dir)
	if !reflect.DeepEqual(s, Default()) || s.Account.Configured() || len(s.Notices()) != 0 {
		t.Errorf("got %+v", s)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Error("reading must not make the folder")
	}
}

func TestSavedIsLoaded(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir := t.TempDir()
		text := rapid.String()
		s := Default()
		s.Account = Account{
			Server: text.Draw(rt, "server"), User: text.Draw(rt, "user"), AuthUser: text.Draw(rt, "auth"),
			DisplayName: text.Draw(rt, "display"), Transport: rapid.SampledFrom([]string{"udp", "tcp", "tls"}).Draw(rt, "transport"),
			Proxy: text.Draw(rt, "proxy"), Lines: rapid.IntRange(1, 20).Draw(rt, "lines"), Expires: rapid.IntRange(60, 7200).Draw(rt, "expires"),
		}
		s.Devices.Microphone = text.Draw(rt, "microphone")
		s.Logging.Outcomes = rapid.SliceOfN(text, 0, 50).Draw(rt, "outcomes")
		s.Logging.WrapUp = rapid.IntRange(0, 600).Draw(rt, "wrap-up")
		s.Appearance.TextSize = rapid.Float64Range(0.8, 2).Draw(rt, "size")
		if err := Save(dir, s); err != nil {
			rt.Fatal(err)
		}
		got, err := Load(dir)
		if err != nil {
			rt.Fatal(err)
		}
		if len(got.Logging.Outcomes) == 0 && len(s.Logging.Outcomes) == 0 {
			got.Logging.Outcomes = s.Logging.Outcomes // nil or empty
		}
		got.unknown = nil
		if !reflect.DeepEqual(got, s) {
			rt.Fatalf("saved %+v\nloaded %+v", s, got)
		}
	})
}

func TestFileIsPrivateAndHoldsNoSecret(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	if err := Save(dir, Default()); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, FileName): 0o600} {
		if st, err := os.Stat(path); err != nil || st.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", path, st.Mode(), err, want)
		}
	}
	doc, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(doc), "\n\n")
	for _, word := range []string{"password", "token", "secret"} {
		if strings.Contains(strings.ToLower(body), word) {
			t.Errorf("the file has a place for a %s:\n%s", word, body)
		}
	}
	// Nothing half-written stays beside it.
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left in the folder: %v", left)
	}
}

func TestPartialFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "\ufeff[account]\nserver = 'pbx.example'\nuser = '2041'\n[logging]\noutcomes = []\n[numbers]\ncountry = ' gb '\n"+
		"[salesforce]\nlogin_host = 'Acme.My.Salesforce.com/'\n")
	s := load(t, dir)
	want := Default()
	want.Account.Server, want.Account.User = "pbx.example", "2041"
	want.Logging.Outcomes = []string{}
	want.Numbers.Country = "GB"
	want.Salesforce.LoginHost = "https://acme.my.salesforce.com"
	s.unknown = nil
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got %+v\nwant %+v", s, want)
	}
	if !s.Account.Configured() {
		t.Error("server and user are enough to register")
	}
}

func TestValuesThatMakeNoSense(t *testing.T) {
	for _, tt := range []struct{ doc, key string }{
		{"[account]\nlines = 0", "account.lines"},
		{"[account]\nlines = 2147483648000", "account.lines"},
		{"[account]\nlines = 'two'", "account.lines"},
		{"[account]\nexpires = -1", "account.expires"},
		{"[account]\ntransport = 'carrier pigeon'", "account.transport"},
		{"[account]\nserver = 5060", "account.server"},
		{"account = 3", "account"},
		{"[numbers]\ncountry = 'England'", "numbers.country"},
		{"[numbers]\noutside_prefix = '9,'", "numbers.outside_prefix"},
		{"[devices]\nring_volume = 101", "devices.ring_volume"},
		{"[devices]\nring_style = 'xx'", "devices.ring_style"},
		{"[salesforce]\nlogin_host = 'http://login.salesforce.com'", "salesforce.login_host"},
		{"[salesforce]\npop = 'always'", "salesforce.pop"},
		{"[logging]\nmode = ''", "logging.mode"},
		{"[logging]\nwrap_up = 601", "logging.wrap_up"},
		{"[logging]\noutcomes = 'Resolved'", "logging.outcomes"},
		{"[appearance]\ntheme = 'sepia'", "appearance.theme"},
		{"[appearance]\ntext_size = nan", "appearance.text_size"},
		{"[notifications]\nincoming = 'yes'", "notifications.incoming"},
	} {
		dir := t.TempDir()
		write(t, dir, tt.doc+"\n[logging2]\nx = 1\n")
		s := load(t, dir)
		if len(s.Notices()) != 2 || !strings.Contains(strings.Join(s.Notices(), "\n"), "Setting "+tt.key+" ") {
			t.Errorf("%s: notices %q", tt.doc, s.Notices())
		}
		s.notices, s.unknown = nil, nil
		if !reflect.DeepEqual(s, Default()) {
			t.Errorf("%s: not the default: %+v", tt.doc, s)
		}
	}
}

// A newer Linecard's settings survive an older one.
func TestUnknownKeysAreKept(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "future = 1\n[account]\nserver = 'pbx'\nstun = 'stun.example'\n[account.ice]\nservers = ['a', 'b']\n[video]\ncodec = 'AV1'\n"+
		"when = 2026-11-21T12:00:00Z\n[[rules]]\nname = 'one'\n[[rules]]\nname = 'two'\n")
	s := load(t, dir)
	if got := strings.Join(s.Notices(), "\n"); strings.Count(got, "is not known") != 6 || !strings.Contains(got, "Setting account.ice.servers is not known") {
		t.Errorf("notices: %s", got)
	}
	s.Account.Server = "pbx2"
	if err := Save(dir, s); err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	again := load(t, dir)
	if again.Account.Server != "pbx2" || !reflect.DeepEqual(again.unknown, s.unknown) {
		t.Errorf("kept %v, had %v; file:\n%s", again.unknown, s.unknown, doc)
	}
	if fmt.Sprint(again.unknown["future"]) != "1" {
		t.Errorf("kept %v", again.unknown)
	}
}

func TestTornFileIsMovedAside(t *testing.T) {
	for name, doc := range map[string]string{
		"cut off":     "[account]\nserver = 'pbx.exa",
		"zeros":       "[account]\n" + strings.Repeat("\x00", 100),
		"another":     "<?xml version='1.0'?>",
		"twice":       "[account]\n[account]\n",
		"binary":      "\xff\xfe[\x00",
		"conflicting": "<<<<<<< HEAD\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for n := range 2 { // also twice on one day
				write(t, dir, doc)
				s, err := Load(dir)
				var aside *MovedAsideError
				if !errors.As(err, &aside) || !reflect.DeepEqual(s, Default()) {
					t.Fatalf("load %d: %+v, %v", n, s, err)
				}
				if kept, err := os.ReadFile(aside.Aside); err != nil || string(kept) != doc {
					t.Errorf("kept %q, %v", kept, err)
				}
				if msg := aside.Error(); !strings.HasPrefix(msg, "The settings could not be read") || strings.Contains(msg, dir) {
					t.Errorf("%q", msg)
				}
				if logged := aside.LogValue().String(); !strings.Contains(logged, aside.Err.Error()) {
					t.Errorf("the log is not told what is wrong: %q", logged)
				}
			}
			if _, err := Load(dir); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

func TestSaveKeepsTheOldFileWhenItFails(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, FileName), 0o700); err != nil { // a folder in its place: the rename fails, for root too
		t.Fatal(err)
	}
	err := Save(dir, Default())
	if err == nil || err.Error() != "The settings could not be saved in "+dir+". Check the disk and the folder's permissions." {
		t.Errorf("%v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left in the folder: %v", left)
	}
}

func TestLoginHost(t *testing.T) {
	for typed, want := range map[string]string{
		"login.salesforce.com":                 "https://login.salesforce.com",
		" https://test.salesforce.com/ ":       "https://test.salesforce.com",
		"ACME--uat.sandbox.my.salesforce.com":  "https://acme--uat.sandbox.my.salesforce.com",
		"http://localhost:8080":                "http://localhost:8080",
		"http://127.0.0.1:8080":                "http://127.0.0.1:8080",
		"http://[::1]:8080":                    "http://[::1]:8080",
		"http://login.salesforce.com":          "",
		"http://localhost.evil.example":        "",
		"ftp://login.salesforce.com":           "",
		"https://login.salesforce.com/setup":   "",
		"https://user:pw@login.salesforce.com": "",
		"https://login.salesforce.com?x=1":     "",
		"":                                     "",
		"https://":                             "",
		"a b":                                  "",
	} {
		got, err := LoginHost(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", typed, got, err, want)
		}
	}
}

func TestDefaultDir(t *testing.T) {
	if runtime.GOOS == "linux" {
		t.Setenv("HOME", "/home/dana")
		for set, want := range map[string]string{"": "/home/dana/.local/share/linecard", "/data": "/data/linecard", "relative": "/home/dana/.local/share/linecard"} {
			t.Setenv("XDG_DATA_HOME", set)
			if got := DefaultDir(); got != want {
				t.Errorf("XDG_DATA_HOME=%s: %s, want %s", set, got, want)
			}
		}
	}
	if !filepath.IsAbs(DefaultDir()) {
		t.Errorf("%q is not absolute", DefaultDir())
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "[account]\nserver='x'", "account=3", "[account]\nlines='x'\nuser=1", "a.b.c=1\n[a.d]", "[[account]]", "[logging]\noutcomes=[1,'a']",
		"[appearance]\ntext_size=1", "x = [{a=1},{b=2}]", "d = 1979-05-27",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		s, err := parse(doc)
		if err != nil {
			return
		}
		// Whatever was read can be written, and reads the same: a bad file can't make the next Save fail.
		dir := t.TempDir()
		if err := Save(dir, s); err != nil {
			t.Fatalf("%q: %v", doc, err)
		}
		again, err := Load(dir)
		if err != nil {
			t.Fatalf("%q: %v", doc, err)
		}
		s.notices, again.notices, s.unknown, again.unknown = nil, nil, nil, nil
		if len(s.Logging.Outcomes) == 0 && len(again.Logging.Outcomes) == 0 {
			s.Logging.Outcomes, again.Logging.Outcomes = nil, nil
		}
		if !reflect.DeepEqual(s, again) {
			t.Fatalf("%q: read %+v, then %+v", doc, s, again)
		}
	})
}
