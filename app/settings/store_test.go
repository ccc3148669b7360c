package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"pgregory.net/rapid"

	"linecard/app/catalogue"
	"linecard/sip/encryption"
)

func write(t *testing.T, dir, doc string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, FileName), []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
}

func fileOf(t *testing.T, dir string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// clean opens a store that is to have nothing to say.
func clean(t *testing.T, dir string) *Store {
	t.Helper()
	s := Open(dir)
	if n := s.Notices(); len(n) > 0 {
		t.Fatalf("notices: %q", n)
	}
	return s
}

func equal(a, b Settings) bool { return len(changed(&a, &b)) == 0 }

func TestNewInstallation(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not there yet")
	s := clean(t, dir)
	if !equal(*s.Get(), Default()) || len(s.Get().Accounts) != 0 {
		t.Errorf("got %+v", s.Get())
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Error("reading must not make the folder")
	}
}

func TestChangedIsLoaded(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.String()
		want := Default()
		for i := range rapid.IntRange(0, 3).Draw(rt, "accounts") {
			a := Account{
				Server: text.Draw(rt, "server") + "s", User: fmt.Sprint(i, text.Draw(rt, "user")), AuthUser: text.Draw(rt, "auth"), Label: text.Draw(rt, "label"),
				DisplayName: text.Draw(rt, "display"), Transport: rapid.SampledFrom([]string{"udp", "tcp"}).Draw(rt, "transport"), Encryption: rapid.SampledFrom(encryption.All()).Draw(rt, "encryption"), CallerIDIn: "ppi", EncryptionBy: rapid.SampledFrom(EncryptionWays()).Draw(rt, "keys of encryption"), Proxy: text.Draw(rt, "proxy"),
				Lines: rapid.IntRange(1, 20).Draw(rt, "lines"), Expires: rapid.IntRange(60, 7200).Draw(rt, "expires"), Org: text.Draw(rt, "org"),
				DTMF: rapid.SampledFrom([]string{"auto", "inband"}).Draw(rt, "keys"), Transfers: "ask", Redirects: "never", ICE: "offer",
			}
			a.Numbers.Own = rapid.SliceOfN(text, 0, 3).Draw(rt, "own")
			want.Accounts = append(want.Accounts, a)
		}
		want.Devices.Microphone = text.Draw(rt, "microphone")
		want.Logging.Outcomes = rapid.SliceOfN(text, 0, 50).Draw(rt, "outcomes")
		want.Logging.WrapUp = rapid.IntRange(0, 600).Draw(rt, "wrap-up")
		want.Appearance.TextSize = rapid.Float64Range(0.8, 2).Draw(rt, "size")
		s := InMemory(Default())
		if err := s.Change(func(s *Settings) { *s = want }); err != nil {
			rt.Fatal(err)
		}
		file, err := toml.Marshal(s.now.Load().document())
		if err != nil {
			rt.Fatal(err)
		}
		doc, err := parseTOML(file)
		if err != nil {
			rt.Fatal(err)
		}
		again := &Store{}
		again.build(doc, nil, nil, "")
		if n := again.Notices(); len(n) > 0 || !equal(*again.Get(), want) {
			rt.Fatalf("changed to %+v\nloaded %+v, %q", want, *again.Get(), n)
		}
	})
}

func TestFileIsPrivateAndHoldsOnlyWhatDiffers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	s := Open(dir)
	if err := s.Change(func(s *Settings) {
		s.SetAccount(Account{Server: "pbx", User: "2041", Transport: "udp", Lines: 2, Expires: 300, SessionTimer: 1800})
	}); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, FileName): 0o600} {
		if st, err := os.Stat(path); err != nil || st.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", path, st.Mode(), err, want)
		}
	}
	_, body, _ := strings.Cut(fileOf(t, dir), "\n\n")
	if want := "version = 2\n\n[[accounts]]\nserver = 'pbx'\nuser = '2041'\n"; body != want {
		t.Errorf("the file:\n%s", body)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left in the folder: %v", left)
	}
}

// Whoever reads settings never waits for the disk; whoever follows them is told in order, after the file was written.
func TestFollowersAreToldInOrder(t *testing.T) {
	dir := t.TempDir()
	s := Open(dir)
	var seen []int
	stop := s.Follow(func(old, now *Settings) {
		if !strings.Contains(fileOf(t, dir), fmt.Sprintf("wrap_up = %d\n", now.Logging.WrapUp)) {
			t.Errorf("told of %d before it was on disk", now.Logging.WrapUp)
		}
		if s.Get() != now {
			t.Error("told before it was in force")
		}
		if len(seen) > 0 && seen[len(seen)-1] != old.Logging.WrapUp {
			t.Errorf("before %d comes %d, not %d", now.Logging.WrapUp, seen[len(seen)-1], old.Logging.WrapUp)
		}
		seen = append(seen, now.Logging.WrapUp)
		s.Get()
	})
	var work sync.WaitGroup
	for n := range 20 {
		work.Go(func() {
			if err := s.Change(func(set *Settings) { set.Logging.WrapUp = 100 + n }); err != nil {
				t.Error(err)
			}
		})
		work.Go(func() { _ = s.Get().Logging.WrapUp })
	}
	work.Wait()
	if len(seen) != 20 {
		t.Errorf("told of %d changes", len(seen))
	}
	stop()
	if err := s.Set("logging.wrap_up", "7"); err != nil || len(seen) != 20 {
		t.Errorf("after stop: %v, told %d times", err, len(seen))
	}
}

func TestAFailedChangeChangesNothing(t *testing.T) {
	dir := t.TempDir()
	s := Open(dir)
	if err := os.Mkdir(filepath.Join(dir, FileName), 0o700); err != nil { // a folder in its place: the rename fails, for root too
		t.Fatal(err)
	}
	s.Follow(func(_, _ *Settings) { t.Error("told of a change that failed") })
	before := s.Get()
	err := s.Change(func(s *Settings) { s.Logging.WrapUp = 5 })
	if err == nil || catalogue.Error(err) != "The settings could not be saved in "+dir+". Check the disk and the folder's permissions." {
		t.Errorf("%v", err)
	}
	if s.Get() != before || s.Get().Logging.WrapUp != 30 {
		t.Errorf("now %+v", s.Get())
	}
	var wrong *KeyError
	if err := s.Change(func(s *Settings) { s.Logging.WrapUp = 601 }); !errors.As(err, &wrong) || catalogue.Error(err) != "The setting logging.wrap_up must be from 0 to 600." {
		t.Errorf("%v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left in the folder: %v", left)
	}
}

func TestAChangeOfNothingWritesNothing(t *testing.T) {
	dir := t.TempDir()
	s := Open(dir)
	s.Follow(func(_, _ *Settings) { t.Error("told of no change") })
	if err := s.Change(func(*Settings) {}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, FileName)); !errors.Is(err, os.ErrNotExist) {
		t.Error("a file was written")
	}
}

func TestInMemoryLeavesNoTrace(t *testing.T) {
	t.Chdir(t.TempDir())
	begin := Default()
	begin.Accounts = []Account{{Server: "pbx", User: "2041", Transport: "udp", Lines: 2, Expires: 300}}
	s := InMemory(begin)
	told := 0
	s.Follow(func(_, _ *Settings) { told++ })
	if err := s.Set("accounts[2041@pbx].lines", "5"); err != nil {
		t.Fatal(err)
	}
	if a, _ := s.Get().Account("2041@pbx"); a.Lines != 5 || told != 1 {
		t.Errorf("%+v, told %d", a, told)
	}
	if left, _ := os.ReadDir("."); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// What a snapshot shows does not change under whoever reads it.
func TestASnapshotStays(t *testing.T) {
	begin := Default()
	begin.Accounts = []Account{{Server: "pbx", User: "1", Transport: "udp", Lines: 2, Expires: 300, Numbers: Numbers{Own: []string{"+1"}}}}
	begin.Numbers.Own = []string{"+2"}
	s := InMemory(begin)
	was := s.Get()
	copied := *was.clone()
	if err := s.Change(func(s *Settings) {
		s.Accounts[0].Lines, s.Accounts[0].Numbers.Own[0], s.Numbers.Own[0], s.Logging.Outcomes[0] = 9, "x", "y", "z"
	}); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(*was, copied) {
		t.Errorf("changed to %+v", *was)
	}
}
