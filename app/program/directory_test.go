package program_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"linecard/app"
	"linecard/app/directory"
	"linecard/app/mirror"
	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/sip"
	"linecard/sip/demopbx"
)

// copied switches the copy on and waits until it is complete.
func (r *rig) copied() {
	r.t.Helper()
	r.set("directory.sync_people", "true")
	r.copies("up to date", func(s mirror.Status) bool { return s.State == mirror.UpToDate })
}

// copies waits until the one copy there is fits.
func (r *rig) copies(what string, fits func(mirror.Status) bool) {
	r.t.Helper()
	changed := make(chan struct{}, 1)
	r.p.WatchCopies(func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	defer r.p.WatchCopies(nil)
	limit := time.After(patience)
	for {
		if all := r.p.Copies(); len(all) == 1 && fits(all[0]) {
			return
		}
		select {
		case <-changed:
		case <-limit:
			r.t.Fatalf("never %s: %+v", what, r.p.Copies())
		}
	}
}

// Whoever is in the copy is on the card of the first ring and is found by name, though nobody has ever asked the org about them and
// the org is gone; also after a restart with a keyring that says nothing.
func TestTheCopyIsOnTheCardWhileSalesforceIsGone(t *testing.T) {
	r := ready(t)
	r.copied()
	r.org.SetDown(true)
	shows := func(name string) {
		t.Helper()
		who, _ := r.org.Caller(name)
		one := r.ring(demopbx.Caller{Name: "unknown", Number: who.Number, GiveUpAfter: patience})
		if one.Name != name || one.Lookup.State != app.LookupOne || !one.Lookup.Known {
			t.Errorf("the card of %s: %q, %+v", name, one.Name, one.Lookup)
		}
		if m := one.Lookup.Matches; len(m) > 0 && m[0].LastModified.IsZero() {
			t.Errorf("%+v", m[0])
		}
		if err := r.desk.Decline(one.ID); err != nil {
			t.Fatal(err)
		}
		r.see("an empty desk", func(v app.View) bool { return len(v.Calls) == 0 })
		if found := r.desk.Nearby(context.Background(), "", name[:4]); len(found) == 0 || found[0].Name != name {
			t.Errorf("%s finds %+v", name[:4], found)
		}
		got, err := r.desk.LookupNumber(context.Background(), "", who.Number)
		if err != nil || len(got.Matches) == 0 || got.Matches[0].Name != name || !got.Cached {
			t.Errorf("looked up: %+v, %v", got, err)
		}
	}
	shows("Katrin Sommer")
	r.stop()
	r.secrets.silence(true)
	r.start()
	r.see("registered", func(v app.View) bool { return v.Phone.State == sip.Registered })
	shows("Marcus Lindqvist")
}

// Unlinking wipes the copy from the disk, also one that is being made.
func TestUnlinkingWipesTheCopy(t *testing.T) {
	for name, making := range map[string]bool{"complete": false, "being made": true} {
		t.Run(name, func(t *testing.T) {
			r := ready(t)
			r.copied()
			org := r.org.ID()
			if found, err := r.p.SearchCopy(t.Context(), org, "dana"); err != nil || len(found) != 1 {
				t.Fatalf("%v, %v", found, err)
			}
			if making {
				r.org.Inject(demoorg.Fault{Kind: demoorg.Slow, Path: "/results", Delay: time.Hour, Times: demoorg.Always})
				r.set("numbers.country", "GB") // all is read again, over what is there
				r.copies("being made", func(s mirror.Status) bool { return s.State == mirror.Copying && s.Records > 0 })
			}
			changed := make(chan struct{}, 1)
			r.p.WatchCopies(func() {
				select {
				case changed <- struct{}{}:
				default:
				}
			})
			if err := r.p.Unlink(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
			if err := r.p.SyncCopy(""); err == nil {
				t.Error("a copy of no org")
			}
			file := filepath.Join(r.dir, directory.FileName)
			for limit := time.After(patience); len(books(t, file)) > 0; {
				select {
				case <-changed:
				case <-limit:
					t.Fatalf("the copy is still there: %v", books(t, file))
				}
			}
			r.p.WatchCopies(nil)
			r.stop()
			all, err := filepath.Glob(file + "*")
			if err != nil || len(all) == 0 {
				t.Fatal(all, err)
			}
			for _, part := range all {
				b, err := os.ReadFile(part)
				if err != nil {
					t.Fatal(err)
				}
				if bytes.Contains(b, []byte("Whitfield")) || bytes.Contains(b, []byte("whitfield")) {
					t.Errorf("%s still has people", filepath.Base(part))
				}
			}
		})
	}
}

// books are the copies in a file, as another program reads it.
func books(t *testing.T, file string) []directory.Book {
	t.Helper()
	d, err := directory.Open(file, directory.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	all, err := d.Books(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The copy goes by the table of objects: what is not searched is neither on the card nor found by name, at once, and not copied.
func TestTheCopyGoesByTheTableOfObjects(t *testing.T) {
	r := ready(t)
	r.copied()
	tom, _ := r.org.Caller("Tom Okafor") // a lead, who has the number of a contact too
	if found, err := r.p.SearchCopy(t.Context(), "", "okafor"); err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	r.org.SetDown(true) // nothing but the copy tells who calls, and nothing is deleted from it
	if err := r.p.SetObjects("", []crm.Object{{Name: crm.Contact, Search: true}, {Name: crm.Account, Search: true}, {Name: crm.Lead}}); err != nil {
		t.Fatal(err)
	}
	if found, err := r.p.SearchCopy(t.Context(), "", "okafor"); err != nil || len(found) > 0 {
		t.Errorf("by name: %v, %v", found, err)
	}
	one := r.ring(demopbx.Caller{Number: tom.Number, GiveUpAfter: patience})
	if len(one.Lookup.Matches) != 1 || one.Lookup.Matches[0].Object != crm.Contact {
		t.Errorf("on the card: %+v", one.Lookup)
	}
	if err := r.desk.Decline(one.ID); err != nil {
		t.Fatal(err)
	}
	r.org.SetDown(false)
	if err := r.p.SyncCopy(""); err != nil {
		t.Fatal(err)
	}
	r.copies("without the leads", func(s mirror.Status) bool { return s.State == mirror.UpToDate && !s.Asked && len(s.Objects) == 2 })
	all := r.p.Copies()[0]
	if err := r.p.SetObjects("", []crm.Object{{Name: crm.Contact, Search: true}}); err != nil {
		t.Fatal(err)
	}
	r.copies("without the accounts", func(s mirror.Status) bool { return s.State == mirror.UpToDate && s.Records < all.Records })
}

// A field of numbers that is added to the table is in the copy at once, and not with the next update.
func TestAnAddedFieldOfNumbersIsCopiedAtOnce(t *testing.T) {
	r := ready(t)
	dana, _ := r.org.Caller("Dana Whitfield")
	if err := r.org.Change(dana.ID, map[string]any{"Title": "Ask at +1 617 555 0177"}); err != nil {
		t.Fatal(err)
	}
	r.copied()
	before := r.p.Copies()[0]
	if err := r.p.SetObjects("", []crm.Object{{Name: crm.Contact, Search: true, Phones: []string{"Title"}}, {Name: crm.Account, Search: true}, {Name: crm.Lead, Search: true}}); err != nil {
		t.Fatal(err)
	}
	r.copies("up to date again", func(s mirror.Status) bool { return s.State == mirror.UpToDate && s.Checked.After(before.Checked) })
	r.org.SetDown(true)
	got, err := r.desk.LookupNumber(context.Background(), "", "+16175550177")
	if err != nil || len(got.Matches) != 1 || got.Matches[0].ID != dana.ID {
		t.Errorf("%+v, %v", got, err)
	}
}
