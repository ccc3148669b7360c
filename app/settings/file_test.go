package settings

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"linecard/app/catalogue"
)

// read is what a person reads of a store's notices.
func read(s *Store) (said []string) {
	for _, n := range s.Notices() {
		said = append(said, catalogue.Say(n))
	}
	return said
}

// Files that an older Linecard wrote.
func TestFilesOfVersion1(t *testing.T) {
	for name, want := range map[string]func(*Settings){
		"version1-fresh": func(*Settings) {},
		"version1-full": func(s *Settings) {
			s.Accounts = []Account{{
				Server: "pbx.example.com:5080", User: "2041", AuthUser: "2041-desk", DisplayName: "Ann Lee", Transport: "tcp", Encryption: "offered", EncryptionBy: "both", CallerIDIn: "ppi",
				Proxy: "edge.example.com", LocalPort: 5070, Lines: 4, Expires: 600, SessionTimer: 1800,
			}}
			s.Orgs = []Org{{LoginHost: "https://acme.my.salesforce.com", ClientID: "3MVG9abc", OrgID: "00D5g000004XyZaEAK", Color: NoColor}}
			s.Numbers.Country, s.Numbers.OutsidePrefix = "GB", "9"
			s.Devices.Ringer, s.Devices.RingVolume = "Speakers", 35
			s.Records.Pop = "answer"
			s.Logging.Mode, s.Logging.Unanswered, s.Logging.Colleagues, s.Logging.Outcomes = "ask", false, true, []string{"Sold", "Not sold"}
			s.Appearance = Appearance{Theme: "dark", TextSize: 1.2}
		},
	} {
		old, err := os.ReadFile(filepath.Join("testdata", name+".toml"))
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		write(t, dir, string(old))
		expected := Default()
		want(&expected)
		s := clean(t, dir)
		if !equal(*s.Get(), expected) {
			t.Errorf("%s: %v", name, changed(s.Get(), &expected))
		}
		if fileOf(t, dir) != string(old) {
			t.Error("reading changed the file")
		}
		if err := s.Set("logging.wrap_up", "11"); err != nil {
			t.Fatal(err)
		}
		expected.Logging.WrapUp = 11
		if f := fileOf(t, dir); !strings.Contains(f, "version = 2\n") || strings.Contains(f, "[account]") || strings.Contains(f, "[salesforce]") {
			t.Errorf("%s:\n%s", name, f)
		}
		if again := clean(t, dir); !equal(*again.Get(), expected) {
			t.Errorf("%s, written: %v", name, changed(again.Get(), &expected))
		}
	}
}

// Values of version 1 that make no sense, or that it did not know, are told by the names they have now.
func TestPartsOfVersion1(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "\ufeffsalesforce = 3\n[account]\nserver = 'pbx.example'\nuser = '2041'\nlines = 'two'\nturn = 'x'\n[logging]\nfailed = 'no'\noutcomes = []\n")
	s := Open(dir)
	told := strings.Join(read(s), "\n")
	for _, want := range []string{
		"The setting salesforce can't be read", "The setting accounts[1].lines can't be read", "The setting accounts[1].turn is not known", "The setting logging.unanswered can't be read",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("no %q in\n%s", want, told)
		}
	}
	if a, ok := s.Get().Account("2041@pbx.example"); !ok || a.Lines != 2 || len(s.Get().Logging.Outcomes) != 0 {
		t.Errorf("%+v", s.Get())
	}
}

// A file that a person wrote with the keys of today, and without a version, is what it says.
func TestAFileWithoutAVersion(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "[salesforce]\ndaily_cap = 9000\n[records]\npop = 'ring'\n[logging]\ncolleagues = true\n"+
		"[[orgs]]\nlogin_host = 'https://acme.my.salesforce.com'\nclient_id = '3MVG9'\norg_id = '00D5g000004XyZaEAK'\n[[accounts]]\nserver = 'pbx'\nuser = '1'\n")
	check := func(s *Store) {
		t.Helper()
		g := s.Get()
		if g.Salesforce.DailyCap != 9000 || g.Records.Pop != "ring" || !g.Logging.Colleagues || len(g.Orgs) != 1 || g.Orgs[0].ClientID != "3MVG9" || len(g.Accounts) != 1 {
			t.Errorf("%+v", g)
		}
	}
	s := clean(t, dir)
	check(s)
	if err := s.Set("logging.wrap_up", "11"); err != nil {
		t.Fatal(err)
	}
	check(clean(t, dir))
}

// Where a key of version 1 and the one it became are both there, the one of today counts, and the other is told and kept.
func TestKeysOfBothVersions(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "[account]\nserver = 'old'\nuser = '1'\n[[accounts]]\nserver = 'new'\nuser = '2'\n[salesforce]\nclient_id = 'old'\npop = 'answer'\ndaily_cap = 5\n"+
		"[[orgs]]\nclient_id = 'new'\n[records]\npop = 'ring'\n[logging]\nfailed = false\nunanswered = true\n")
	s := Open(dir)
	g := s.Get()
	if len(g.Accounts) != 1 || g.Accounts[0].Server != "new" || len(g.Orgs) != 1 || g.Orgs[0].ClientID != "new" || g.Records.Pop != "ring" || !g.Logging.Unanswered || g.Salesforce.DailyCap != 5 {
		t.Errorf("%+v", g)
	}
	told := strings.Join(read(s), "\n")
	for _, want := range []string{"account.server is not known", "salesforce.pop is not known", "logging.failed is not known"} {
		if !strings.Contains(told, want) {
			t.Errorf("no %q in\n%s", want, told)
		}
	}
}

func TestAFileOfANewerVersion(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "version = 7\n[logging]\nwrap_up = 12\n[account]\nserver = 'later'\n")
	s := Open(dir)
	if n := read(s); len(n) != 2 || !strings.Contains(n[0], "newer Linecard (version 7") || s.Get().Logging.WrapUp != 12 {
		t.Errorf("%q, %+v", n, s.Get().Logging)
	}
	if err := s.Set("logging.wrap_up", "13"); err != nil {
		t.Fatal(err)
	}
	if f := fileOf(t, dir); !strings.Contains(f, "version = 7") || !strings.Contains(f, "server = 'later'") {
		t.Errorf("the file:\n%s", f)
	}
}

func TestValuesThatMakeNoSense(t *testing.T) {
	for _, tt := range []struct{ doc, key string }{
		{"version = 'two'", "version"},
		{"accounts = 3", "accounts"},
		{"numbers = 3", "numbers"},
		{"[numbers]\ncountry = 'England'", "numbers.country"},
		{"[numbers]\noutside_prefix = '9,'", "numbers.outside_prefix"},
		{"[numbers]\nextension = '['", "numbers.extension"},
		{"[numbers]\nown = ['+1', 2]", "numbers.own"},
		{"[devices]\nring_volume = 101", "devices.ring_volume"},
		{"[devices]\nring_volume = 2147483648000", "devices.ring_volume"},
		{"[devices]\nring_style = 'xx'", "devices.ring_style"},
		{"[records]\npop = 'always'", "records.pop"},
		{"[logging]\nmode = ''", "logging.mode"},
		{"[logging]\nwrap_up = 601", "logging.wrap_up"},
		{"[logging]\nsettle_seconds = -1", "logging.settle_seconds"},
		{"[logging]\noutcomes = 'Resolved'", "logging.outcomes"},
		{"[journal]\nkeep_days = 1.5", "journal.keep_days"},
		{"[appearance]\ntheme = 'sepia'", "appearance.theme"},
		{"[appearance]\ntext_size = nan", "appearance.text_size"},
		{"[notifications]\nincoming = 'yes'", "notifications.incoming"},
		{"language = 'klingon language'", "language"},
	} {
		dir := t.TempDir()
		doc := tt.doc + "\n[logging2]\nx = 1\n"
		if !strings.HasPrefix(doc, "version") {
			doc = "version = 2\n" + doc
		}
		write(t, dir, doc)
		s := Open(dir)
		if n := read(s); len(n) != 2 || !strings.Contains(strings.Join(n, "\n"), "The setting "+tt.key+" ") {
			t.Errorf("%s: notices %q", tt.doc, n)
		}
		if !equal(*s.Get(), Default()) {
			t.Errorf("%s: not the default: %+v", tt.doc, s.Get())
		}
	}
}

// One bad value in a second account costs that value and no more.
func TestListsAreReadElementByElement(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, `version = 2
[[accounts]]
server = 'pbx'
user = '1'
lines = 5
relays = ['a']
[[accounts]]
server = 'pbx'
user = '2'
lines = 'two'
expires = 5
label = 'Support'
transport = 'wss'
[[accounts]]
server = 'pbx'
user = '1'
label = 'again'
[[accounts]]
label = 'nothing'
[[orgs]]
org_id = '00D1'
login_host = 'http://elsewhere.example'
[[orgs]]
org_id = '00D2'
login_host = 'https://Acme.lightning.force.com/lightning/o/Case/list?filterName=Recent'
video = true
`)
	s := Open(dir)
	told := strings.Join(read(s), "\n")
	for _, want := range []string{
		"The setting accounts[2].lines can't be read", "The setting accounts[2].expires must be from 10 to 7200", "The setting accounts[2].transport must be one of udp, tcp",
		"The setting accounts[1].relays is not known", "accounts[3] is the same as an earlier one (1@pbx) and is ignored", "accounts[4] has no server or no user and is ignored",
		"The setting orgs[1].login_host must be a Salesforce login address", "The setting orgs[2].video is not known",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("no %q in\n%s", want, told)
		}
	}
	check := func(s *Store) {
		t.Helper()
		g := s.Get()
		if len(g.Accounts) != 2 || g.Accounts[0].Lines != 5 || g.Accounts[1].ID() != "2@pbx" || g.Accounts[1].Lines != 2 || g.Accounts[1].Label != "Support" {
			t.Errorf("accounts %+v", g.Accounts)
		}
		if len(g.Orgs) != 2 || g.Orgs[0].LoginHost != "https://login.salesforce.com" || g.Orgs[1].LoginHost != "https://acme.my.salesforce.com" {
			t.Errorf("orgs %+v", g.Orgs)
		}
	}
	check(s)
	if err := s.Set("logging.wrap_up", "9"); err != nil {
		t.Fatal(err)
	}
	again := Open(dir)
	check(again)
	f := fileOf(t, dir)
	for _, kept := range []string{"relays = ['a']", "label = 'again'", "label = 'nothing'", "video = true"} {
		if !strings.Contains(f, kept) {
			t.Errorf("%s is lost:\n%s", kept, f)
		}
	}
	if strings.Contains(f, "lines = 'two'") {
		t.Errorf("the bad value is written again:\n%s", f)
	}
}

// A newer Linecard's settings survive an older one.
func TestUnknownKeysAreKept(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "version = 2\nfuture = 1\n[logging]\nstun = 'stun.example'\n[logging.ice]\nservers = ['a', 'b']\n[video]\ncodec = 'AV1'\n"+
		"when = 2026-11-21T12:00:00Z\n[[hooks]]\nname = 'one'\n[[hooks]]\nname = 'two'\n")
	s := Open(dir)
	if got := strings.Join(read(s), "\n"); strings.Count(got, "is not known") != 6 || !strings.Contains(got, "The setting logging.ice.servers is not known") {
		t.Errorf("notices: %s", got)
	}
	kept := s.now.Load().rest
	if err := s.Set("logging.wrap_up", "9"); err != nil {
		t.Fatal(err)
	}
	again := Open(dir)
	if again.Get().Logging.WrapUp != 9 || !reflect.DeepEqual(again.now.Load().rest, kept) || fmt.Sprint(kept["future"]) != "1" {
		t.Errorf("kept %v, had %v; file:\n%s", again.now.Load().rest, kept, fileOf(t, dir))
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
		"long key":    strings.Repeat("a.", 50_000) + "a = 1\n",
		"deep":        "a = " + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + "\n",
		"many keys":   strings.Repeat("[a]\nb = 1\n", 60_000),
		"deep tables": "[" + strings.Repeat("a.", 50_000) + "a]\nb = 1\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for n := range 2 { // also twice on one day
				write(t, dir, doc)
				s := Open(dir)
				told := read(s)
				if len(told) != 1 || !strings.HasPrefix(told[0], "The settings could not be read") || strings.Contains(told[0], dir) || !equal(*s.Get(), Default()) {
					t.Fatalf("load %d: %+v, %q", n, s.Get(), told)
				}
				_, aside, _ := strings.Cut(told[0], "kept as ")
				if kept, err := os.ReadFile(filepath.Join(dir, strings.TrimSuffix(aside, "."))); err != nil || string(kept) != doc {
					t.Errorf("kept %.100q, %v", kept, err)
				}
			}
			if n := Open(dir).Notices(); len(n) > 0 {
				t.Errorf("afterwards: %q", n)
			}
		})
	}
}

// A file that cannot be used is not written over.
func TestAFileThatIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	doc := "version = 2\n# " + strings.Repeat("x", mostBytes)
	write(t, dir, doc)
	began := time.Now()
	s := Open(dir)
	if n := read(s); len(n) != 1 || !strings.Contains(n[0], "larger than 1 MB") || !strings.Contains(n[0], "Move ") || !equal(*s.Get(), Default()) {
		t.Errorf("%q", n)
	}
	if err := s.Set("logging.wrap_up", "9"); err == nil || !strings.Contains(catalogue.Error(err), "larger than 1 MB") || s.Get().Logging.WrapUp != 30 {
		t.Errorf("%v", err)
	}
	if fileOf(t, dir) != doc {
		t.Error("the file was changed")
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

// Very many keys, unknown or wrong, cost neither time nor a wall of sentences.
func TestManyKeys(t *testing.T) {
	dir := t.TempDir()
	var doc strings.Builder
	for i := range 5_000 {
		fmt.Fprintf(&doc, "k%d = 1\n", i)
	}
	write(t, dir, doc.String())
	if n := Open(dir).Notices(); len(n) != mostNotices+1 {
		t.Errorf("%d notices", len(n))
	}
}

func TestAnEmptyFileBesideOtherData(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "")
	clean(t, dir) // the first start may have been cut off anywhere
	if err := os.WriteFile(filepath.Join(dir, "journal.db"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := Open(dir)
	if n := read(s); len(n) != 1 || !strings.Contains(n[0], "empty, as after a power failure") {
		t.Errorf("%q", n)
	}
	if err := s.Set("logging.wrap_up", "9"); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "[account]\nserver='x'", "account=3", "[account]\nlines='x'\nuser=1", "a.b.c=1\n[a.d]", "[[account]]", "[logging]\noutcomes=[1,'a']",
		"[appearance]\ntext_size=1", "x = [{a=1},{b=2}]", "d = 1979-05-27", "[[accounts]]\nserver='a'\nuser='b'\n[[accounts]]\nserver='a'\nuser='b'\nx=1",
		"accounts=[{server='a',user='b',numbers={own=['1']}},3]", "version=3\norgs=[{org_id='1'}]", "[salesforce]\npop=1\n[records]\npop='ring'",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		if _, err := parseTOML(doc); err != nil {
			return
		}
		// Whatever was read can be written, and reads the same: a bad file can't make the next change fail.
		dir := t.TempDir()
		write(t, dir, string(doc))
		s := Open(dir)
		wrap := 7
		if s.Get().Logging.WrapUp == wrap {
			wrap++
		}
		if err := s.Change(func(s *Settings) { s.Logging.WrapUp = wrap }); err != nil {
			t.Fatalf("%q: %v", doc, err)
		}
		again := Open(dir)
		if !equal(*s.Get(), *again.Get()) {
			t.Fatalf("%q: read %+v, then %+v", doc, s.Get(), again.Get())
		}
	})
}
