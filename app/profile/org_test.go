package profile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecard/app/settings"
)

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

const doc = "profile = 1\nname = 'Desks'\nby = 'IT'\nlocked = ['logging']\n[settings.logging]\nmode = 'ask'\n"

// by is a version that somebody made some hours after noon.
func by(who, id string, hours int) Version {
	return Version{Org: "00D1", OrgName: "Acme", Document: "069" + who, ID: id, By: who, ByName: who, Modified: noon.Add(time.Duration(hours) * time.Hour)}
}

func admin(v Version) Version   { v.Administrator = true; return v }
func touched(v Version) Version { v.Touched = true; return v }

// What is taken, what is offered, and what is left, for each mixture of files.
func TestWhoseFileDecides(t *testing.T) {
	accepted, elsewhere := by("ann", "1", 0), by("ann", "1", 0)
	elsewhere.Org = "00D2"
	mine := &Place{Org: "00D1", Document: "069me"}
	for _, tt := range []struct {
		name        string
		kept        Kept
		found       []Version
		take, offer string
		settles     bool
	}{
		{"none", Kept{}, nil, "", "", false},
		{"an administrator's", Kept{}, []Version{admin(by("bo", "1", 0))}, "1", "", true},
		{"anybody's", Kept{}, []Version{by("sam", "1", 0)}, "", "1", false},
		{"an administrator's before a newer one of anybody", Kept{}, []Version{by("sam", "9", 5), admin(by("bo", "1", 0))}, "1", "", true},
		{"the newest of two administrators", Kept{}, []Version{admin(by("bo", "1", 0)), admin(by("cy", "2", 1))}, "2", "", true},
		{"the newest of anybody's", Kept{}, []Version{by("sam", "1", 0), by("tom", "2", 1)}, "", "2", false},
		{"the same version", Kept{Taken: &accepted}, []Version{by("ann", "1", 0)}, "", "", true},
		{"the next of the same person", Kept{Taken: &accepted}, []Version{by("ann", "2", 1)}, "2", "", true},
		{"the same person in another org", Kept{Taken: &elsewhere}, []Version{by("ann", "2", 1)}, "", "2", false},
		{"the same person's, of which somebody changed the title", Kept{Taken: &accepted}, []Version{touched(by("ann", "2", 1))}, "", "2", false},
		{"the accepted person's before a newer one of anybody", Kept{Taken: &accepted}, []Version{by("sam", "9", 5), by("ann", "2", 1)}, "2", "", true},
		{"an administrator's before the accepted person's", Kept{Taken: &accepted}, []Version{by("ann", "2", 5), admin(by("bo", "3", 1))}, "3", "", true},
		{"somebody's version of the accepted file", Kept{Taken: &accepted}, []Version{by("sam", "2", 1)}, "", "2", false},
		{"removed, the same", Kept{Taken: &accepted, Removed: true}, []Version{by("ann", "1", 0)}, "", "", true},
		{"removed, an older one", Kept{Taken: &accepted, Removed: true}, []Version{admin(by("bo", "0", -1))}, "", "", true},
		{"removed, a newer one", Kept{Taken: &accepted, Removed: true}, []Version{by("ann", "2", 1)}, "2", "", true},
		{"this desk's own", Kept{Mine: mine}, []Version{admin(by("me", "1", 0))}, "", "", true},
		{"somebody else's version of this desk's file", Kept{Mine: mine}, []Version{func() Version { v := admin(by("bo", "2", 1)); v.Document = mine.Document; return v }()}, "2", "", true},
		{"another file of one's own", Kept{Mine: &Place{Org: "00D1", Document: "069other"}}, []Version{admin(by("me", "1", 0))}, "1", "", true},
	} {
		d := tt.kept.decide(tt.found, "me")
		id := func(v *Version) string {
			if v == nil {
				return ""
			}
			return v.ID
		}
		if id(d.Take) != tt.take || id(d.Offer) != tt.offer || d.Settle != tt.settles || len(d.Others) != max(len(tt.found)-1, 0) {
			t.Errorf("%s: takes %q, offers %q, settles %v, leaves %d", tt.name, id(d.Take), id(d.Offer), d.Settle, len(d.Others))
		}
	}
}

// What an org gave is there after a restart, below what was imported and above what was installed.
func TestAnOrgsProfileIsKept(t *testing.T) {
	dir, installed := t.TempDir(), filepath.Join(t.TempDir(), "installed.toml")
	if err := os.WriteFile(installed, []byte(strings.NewReplacer("ask", "never", "IT", "Setup").Replace(doc)), 0o600); err != nil {
		t.Fatal(err)
	}
	var desk *settings.Store
	var k *Keeper
	start := func() {
		t.Helper()
		desk = settings.Open(t.TempDir())
		var err error
		if k, err = Open(dir, []string{installed}, desk); err != nil {
			t.Fatal(err)
		}
	}
	is := func(what string, from Source, mode string) {
		t.Helper()
		if k.Source() != from || string(desk.Get().Logging.Mode) != mode {
			t.Errorf("%s: from %q, mode %s", what, k.Source(), desk.Get().Logging.Mode)
		}
	}
	start()
	is("installed", Installed, "never")
	if inForce, err := k.Take(by("ann", "1", 0), []byte(doc)); err != nil || !inForce {
		t.Fatal(inForce, err)
	}
	is("the org's", FromOrg, "ask")
	start()
	is("after a restart", FromOrg, "ask")
	if err := k.Import([]byte("profile = 1\n[settings.logging]\nmode = 'never'\n")); err != nil {
		t.Fatal(err)
	}
	if inForce, err := k.Take(by("ann", "2", 1), []byte(doc)); err != nil || inForce {
		t.Errorf("over an imported one: %v, %v", inForce, err)
	}
	is("imported", Imported, "never")
	start()
	is("imported, after a restart", Imported, "never")
	if err := k.Remove(); err != nil {
		t.Fatal(err)
	}
	is("the imported one removed", FromOrg, "ask")
	if _, err := k.Take(by("ann", "3", 2), []byte("profile = 9\n")); err == nil || k.Kept().Taken.ID != "2" {
		t.Errorf("one that can't be used: %v, %+v", err, k.Kept())
	}
	is("one that can't be used", FromOrg, "ask")
	if err := k.Remove(); err != nil {
		t.Fatal(err)
	}
	is("the org's removed", Installed, "never")
	start()
	is("the org's removed, after a restart", Installed, "never")
	if err := os.WriteFile(filepath.Join(dir, orgKept), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	start()
	is("with a broken file", Installed, "never")
}

// A profile that can't be kept does not apply either.
func TestAnOrgsProfileThatCannotBeKept(t *testing.T) {
	desk := settings.Open(t.TempDir())
	k, err := Open(filepath.Join(t.TempDir(), "gone"), nil, desk)
	if err != nil {
		t.Fatal(err)
	}
	if inForce, err := k.Take(by("ann", "1", 0), []byte(doc)); err == nil || inForce || k.Now() != nil || k.Source() != Nowhere || desk.Locked("logging.mode") {
		t.Errorf("%v, %v, from %q", inForce, err, k.Source())
	}
	if kept := k.Kept(); kept.Taken != nil || kept.Doc != "" {
		t.Errorf("it is known: %+v", kept)
	}
}
