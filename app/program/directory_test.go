package program_test

import (
	"context"
	"testing"
	"time"

	"linecard/app"
	"linecard/app/mirror"
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

// Unlinking wipes the copy, also one that is being made.
func TestUnlinkingWipesTheCopy(t *testing.T) {
	r := ready(t)
	r.copied()
	org := r.org.ID()
	if found, err := r.p.SearchCopy(t.Context(), org, "dana"); err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	if err := r.p.Unlink(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if found, err := r.p.SearchCopy(t.Context(), org, "dana"); err != nil || len(found) != 0 {
		t.Errorf("%v, %v", found, err)
	}
	if err := r.p.SyncCopy(""); err == nil {
		t.Error("a copy of no org")
	}
}
