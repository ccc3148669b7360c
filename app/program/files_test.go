package program_test

import (
	"context"
	"encoding/binary"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"linecard/app"
	"linecard/app/program"
	"linecard/crm"
	"linecard/sip/demopbx"
)

// filesOf reads a data directory.
func filesOf(t *testing.T, dir string) (files map[string][]byte, names []string) {
	t.Helper()
	files = map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		names = append(names, name)
		files[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return files, names
}

// Every file that the program reads at its start may be damaged, empty, cut off, longer, or a directory: it starts all the
// same, and ends. Each kind of damage is done to each file.
func TestItStartsOnDamagedFiles(t *testing.T) {
	r := ready(t)
	person := r.org.People()[0]
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = r.pbx.Call(context.Background(), demopbx.Caller{Number: person.Number, To: "2041", GiveUpAfter: 300 * time.Millisecond})
	}()
	<-done
	r.see("the call is in the history", func(v app.View) bool { return len(v.History) == 1 && v.Org.State == crm.Linked })
	r.stop()
	files, names := filesOf(t, r.dir)
	for _, must := range []string{"settings.toml", "link.json", "journal.db"} {
		if files[must] == nil {
			t.Fatalf("no %s among %q", must, names)
		}
	}
	harms := map[string]func(path string, b []byte) error{
		"empty":      func(path string, _ []byte) error { return os.WriteFile(path, nil, 0o600) },
		"half":       func(path string, b []byte) error { return os.WriteFile(path, b[:len(b)/2], 0o600) },
		"one bit":    func(path string, b []byte) error { return os.WriteFile(path, flipped(b, 1), 0o600) },
		"many bits":  func(path string, b []byte) error { return os.WriteFile(path, flipped(b, 40), 0o600) },
		"zeros":      func(path string, b []byte) error { return os.WriteFile(path, make([]byte, len(b)), 0o600) },
		"longer":     func(path string, b []byte) error { return os.WriteFile(path, append(slices.Clone(b), b...), 0o600) },
		"unreadable": func(path string, b []byte) error { return os.WriteFile(path, []byte("\xff\xfe{\"]}\x00 = ["), 0o600) },
		"a folder":   func(path string, _ []byte) error { return os.Mkdir(path, 0o700) },
		"gone":       func(string, []byte) error { return nil },
	}
	for _, name := range names {
		if filepath.Ext(name) == ".lock" {
			continue // nothing is read there
		}
		for kind, harm := range harms {
			t.Run(name+" "+kind, func(t *testing.T) {
				dir := t.TempDir()
				for other, b := range files {
					path := filepath.Join(dir, other)
					if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
						t.Fatal(err)
					}
					var err error
					if other == name {
						err = harm(path, slices.Clone(b))
					} else {
						err = os.WriteFile(path, b, 0o600)
					}
					if err != nil {
						t.Fatal(err)
					}
				}
				startOn(t, dir, r.secrets)
			})
		}
	}
}

// flipped is b with so many bits turned over, spread evenly.
func flipped(b []byte, bits int) []byte {
	for i := range bits {
		if len(b) > 0 {
			b[(len(b)*(2*i+1)/(2*bits))%len(b)] ^= 1 << (i % 8)
		}
	}
	return b
}

// startOn starts and ends a program.
func startOn(t *testing.T, dir string, secrets *keyring) {
	t.Helper()
	p, err := program.New(context.Background(), program.Config{
		Dir: dir, Version: "test", Secrets: secrets, Listen: "127.0.0.1", NoSound: true, Log: slog.New(slog.DiscardHandler),
		OpenURL: func(string) error { return nil },
	})
	if err != nil {
		t.Fatalf("it does not start: %v", err)
	}
	p.Start()
	_ = p.Desk().View()
	p.Close()
}

// FuzzDamagedFolder damages any file of the data directory anywhere.
func FuzzDamagedFolder(f *testing.F) {
	for i := range uint32(8) {
		f.Add(binary.BigEndian.AppendUint32([]byte{byte(i), byte(i)}, 97*i))
	}
	var once sync.Once
	var files map[string][]byte
	var names []string
	f.Fuzz(func(t *testing.T, recipe []byte) {
		once.Do(func() {
			r := newRig(t)
			r.start()
			password := "geheim"
			a := r.account()
			a.Server = "127.0.0.1:9" // nobody answers there
			if err := r.p.SetAccount(t.Context(), "", a, &password); err != nil {
				t.Fatal(err)
			}
			if _, err := r.p.Link(t.Context(), program.LinkRequest{Host: r.orgURL, Key: r.org.ClientID()}, visit); err != nil {
				t.Fatal(err)
			}
			r.stop()
			files, names = filesOf(t, r.dir)
		})
		dir := t.TempDir()
		harmed := map[string][]byte{}
		for name, b := range files {
			harmed[name] = slices.Clone(b)
		}
		for ; len(recipe) >= 6; recipe = recipe[6:] {
			name := names[int(recipe[0])%len(names)]
			b := harmed[name]
			if len(b) == 0 {
				continue
			}
			at := int(binary.BigEndian.Uint32(recipe[2:6])) % len(b)
			switch recipe[1] % 4 {
			case 0:
				b[at] ^= 1 << (recipe[5] % 8)
			case 1:
				harmed[name] = b[:at]
			case 2:
				clear(b[at:min(len(b), at+200)])
			case 3:
				harmed[name] = slices.Insert(b, at, recipe...)
			}
		}
		for name, b := range harmed {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		startOn(t, dir, &keyring{})
	})
}
