package mirror_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"

	"linecard/app/directory"
	"linecard/app/mirror"
	"linecard/crm"
	"linecard/crm/demoorg"
)

// A copying that is paused, or that ends with the program, goes on where it was: nothing is read twice from the beginning.
func TestAPausedCopyGoesOn(t *testing.T) {
	r := newRig(t, demoorg.Config{Volume: 500, BulkTime: time.Hour})
	r.choose(func(c *mirror.Choice) { c.Objects = []string{crm.Contact} })
	r.start()
	r.await("prepared by the org", func(s mirror.Status) bool { return s.State == mirror.Preparing })
	check(t, r.mirror.Pause(""))
	s := r.await("paused", func(s mirror.Status) bool { return s.State == mirror.Paused })
	if s.Records != 0 {
		t.Errorf("%+v", s)
	}
	r.close()
	r.open()
	r.start()
	r.await("paused after a restart", func(s mirror.Status) bool { return s.State == mirror.Paused })
	r.later(time.Hour)
	jobs := r.org.Count("POST", "/jobs/query")
	check(t, r.mirror.Resume(""))
	r.await("up to date", upToDate)
	if jobs != 1 || r.org.Count("POST", "/jobs/query") != jobs {
		t.Errorf("%d jobs, then %d", jobs, r.org.Count("POST", "/jobs/query"))
	}
}

// What stops a copying is told, nothing that was copied is lost, and it goes on by itself or when a person says so.
func TestATroubleIsToldAndPasses(t *testing.T) {
	for name, tt := range map[string]struct {
		make func(r *rig)
		code string
		mend func(r *rig)
	}{
		"dead org": {func(r *rig) { r.org.SetDown(true) }, "salesforce.unreachable", func(r *rig) { r.org.SetDown(false) }},
		"maintenance": {func(r *rig) {
			r.org.Inject(demoorg.Fault{Kind: demoorg.Unavailable, Times: demoorg.Always})
		}, "salesforce.answers-badly", func(r *rig) { r.org.ClearFaults() }},
		"torn answers": {func(r *rig) {
			r.org.Inject(demoorg.Fault{Kind: demoorg.CutShort, Path: "/results", Times: demoorg.Always})
		}, "salesforce.copy-broken-off", func(r *rig) { r.org.ClearFaults() }},
		"quota used up": {func(r *rig) {
			r.org.Inject(demoorg.Fault{Kind: demoorg.QuotaUsedUp, Path: "/jobs", Times: demoorg.Always})
		}, "salesforce.quota", func(r *rig) { r.org.ClearFaults(); r.link.TryNow() }},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, demoorg.Config{Volume: 100})
			r.choose(func(c *mirror.Choice) { c.Objects = []string{crm.Account} })
			r.start()
			some := r.await("up to date", upToDate).Records
			tt.make(r)
			r.choose(func(c *mirror.Choice) { c.Objects = []string{crm.Account, crm.Contact} })
			s := r.await("waiting with a reason", func(s mirror.Status) bool { return s.State == mirror.Waiting && !s.Error.IsZero() })
			if string(s.Error.Code) != tt.code && tt.code != "salesforce.quota" || s.Next.Before(r.now()) || s.Records < some {
				t.Errorf("%+v", s)
			}
			tt.mend(r)
			check(t, r.mirror.SyncNow(""))
			s = r.await("up to date, and told", func(s mirror.Status) bool {
				if s.State == mirror.Waiting && name == "quota used up" { // the end of a job that was refused holds the link once more
					r.link.TryNow()
					check(t, r.mirror.SyncNow(""))
				}
				return upToDate(s) && r.toldWell()
			})
			if !s.Error.IsZero() || r.knows(demoorg.VolumePhone(99)) != demoorg.VolumeName(99) {
				t.Errorf("%+v", s)
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			if len(r.failed) < 2 || r.failed[0].IsZero() || !r.failed[len(r.failed)-1].IsZero() {
				t.Errorf("told: %v", r.failed)
			}
		})
	}
}

// toldWell reports whether what was told last is that all is well.
func (r *rig) toldWell() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.failed) > 0 && r.failed[len(r.failed)-1].IsZero()
}

// The token ends in the middle of the copying: it is renewed, and nobody hears of it.
func TestATokenMayEndInTheMiddle(t *testing.T) {
	r := newRig(t, demoorg.Config{Volume: 2500, Rotate: true})
	r.org.Inject(demoorg.Fault{Kind: demoorg.SessionExpired, Path: "/results"})
	r.start()
	if s := r.await("up to date", upToDate); !s.Error.IsZero() || s.Records < 2500 {
		t.Errorf("%+v", s)
	}
}

// fullDisk is a directory on a disk that fills up after some parts.
type fullDisk struct {
	mirror.Store
	left int
}

func (f *fullDisk) PutCopy(ctx context.Context, b directory.Book, p directory.Part) error {
	if len(p.Records) > 0 {
		if f.left--; f.left < 0 {
			return sqlite3.Error{Code: sqlite3.ErrFull}
		}
	}
	return f.Store.PutCopy(ctx, b, p)
}

// A full disk is told as that; what is there stays, and the rest follows once there is room.
func TestAFullDiskLosesNothing(t *testing.T) {
	r := newRig(t, demoorg.Config{Volume: 3000})
	disk := &fullDisk{left: 3}
	r.close()
	r.store = func(s mirror.Store) mirror.Store { disk.Store = s; return disk }
	r.open()
	r.choose(func(c *mirror.Choice) { c.Objects = []string{crm.Contact} })
	r.start()
	s := r.await("waiting", func(s mirror.Status) bool { return s.State == mirror.Waiting && !s.Error.IsZero() })
	if s.Error.Code != mirror.ErrDiskFull || s.Records != 0 && s.Records%500 != 0 {
		t.Errorf("%+v", s)
	}
	r.close()
	r.store = nil
	r.open()
	r.start()
	check(t, r.mirror.SyncNow(""))
	if s := r.await("up to date", upToDate); s.Records < 3000 {
		t.Errorf("%+v", s)
	}
	if n := r.org.Count("POST", "/jobs/query"); n != 1 {
		t.Errorf("%d jobs", n)
	}
}

// Wipe deletes the copy and pauses; Sync now fetches it again.
func TestWipe(t *testing.T) {
	r := newRig(t, demoorg.Config{Volume: 1500})
	r.start()
	before := r.await("up to date", upToDate)
	check(t, r.mirror.Wipe(context.Background(), ""))
	s := r.await("paused", func(s mirror.Status) bool { return s.State == mirror.Paused })
	if s.Records != 0 || s.Bytes > before.Bytes/2 || r.knows("+14155550132") != "" || len(r.finds("dana")) > 0 {
		t.Errorf("%+v after %+v", s, before)
	}
	if s := r.syncNow(); s.Records != before.Records {
		t.Errorf("%+v", s)
	}
}

// Person accounts are one person each, whichever objects are copied, and go when their record is deleted.
func TestPersonAccountsAreCopiedOnce(t *testing.T) {
	for name, objects := range map[string][]string{"accounts": {crm.Account}, "contacts": {crm.Contact}, "all": mirror.Objects} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, demoorg.Config{PersonAccounts: true})
			r.choose(func(c *mirror.Choice) { c.Objects = []string{crm.Account} })
			r.start()
			r.await("up to date", upToDate)
			r.choose(func(c *mirror.Choice) { c.Objects = objects })
			r.await("up to date", func(s mirror.Status) bool { return upToDate(s) && len(s.Objects) == len(objects) })
			var persons []crm.Match
			for _, p := range r.org.People() {
				k, ok := r.dir.Recall(r.org.ID(), crm.ParseNumber(p.Number, crm.NumberPlan{Region: "US"}))
				if !ok && name == "all" {
					t.Errorf("%s is not known", p.Name)
				}
				seen := map[string]bool{}
				for _, m := range k.Result.Matches {
					if seen[m.Name] && m.PersonAccount {
						t.Errorf("%s is there twice", m.Name)
					}
					if seen[m.Name] = true; m.PersonAccount && m.Name == p.Name {
						persons = append(persons, m)
					}
				}
			}
			if len(persons) < 2 {
				t.Fatalf("%d persons", len(persons))
			}
			r.later(time.Hour)
			for _, id := range []string{persons[0].ID, persons[0].Account.ID} { // the org deletes both
				check(t, r.org.Delete(id))
			}
			r.later(time.Minute)
			r.syncNow()
			if got := r.finds(persons[0].Name); len(got) > 0 {
				t.Errorf("%v was deleted and is still there", got)
			}
			if got := r.finds(persons[1].Name); len(got) != 1 {
				t.Errorf("the other one: %v", got)
			}
		})
	}
}

// A user who sees accounts and no contacts hears of deletions too; contacts are asked about for the sake of person accounts alone.
func TestDeletionsWhereContactsAreHidden(t *testing.T) {
	for name, persons := range map[string]bool{"person accounts": true, "none": false} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, demoorg.Config{PersonAccounts: persons, Rules: demoorg.Rules{HiddenObjects: []string{crm.Contact}}})
			id, err := r.org.Create(crm.Account, map[string]any{"Name": "Kowalski Pumps", "Phone": "+1 617 555 0177"})
			check(t, err)
			r.choose(func(c *mirror.Choice) { c.Objects = []string{crm.Account} })
			r.start()
			r.await("up to date", upToDate)
			if r.knows("+16175550177") != "Kowalski Pumps" {
				t.Fatal("not copied")
			}
			r.later(time.Hour)
			check(t, r.org.Delete(id))
			r.later(time.Minute)
			if s := r.syncNow(); !s.Error.IsZero() || r.knows("+16175550177") != "" {
				t.Errorf("%+v, %q", s, r.knows("+16175550177"))
			}
			if n := r.org.Count("", "/sobjects/Contact/deleted"); persons != (n > 0) {
				t.Errorf("%d questions about contacts", n)
			}
		})
	}
}

// halting is an org that does not answer what was deleted.
type halting struct {
	mirror.Org
	reached chan struct{}
	halts   atomic.Bool
}

func (o *halting) Deleted(ctx context.Context, object string, since, now time.Time) ([]string, time.Time, bool, error) {
	if !o.halts.Load() {
		return o.Org.Deleted(ctx, object, since, now)
	}
	o.reached <- struct{}{}
	<-ctx.Done()
	return nil, time.Time{}, false, ctx.Err()
}

// An update that is interrupted once the changes are read reads them again: there may be more by then.
func TestAnInterruptedUpdateReadsTheChangesAgain(t *testing.T) {
	for _, restart := range []bool{false, true} {
		r := newRig(t, demoorg.Config{})
		r.choose(func(c *mirror.Choice) { c.Objects = []string{crm.Contact} })
		org := &halting{Org: r.link, reached: make(chan struct{})}
		r.mirror.Follow([]mirror.Org{org})
		r.await("up to date", upToDate)
		r.later(time.Hour)
		org.halts.Store(true)
		check(t, r.mirror.SyncNow(""))
		<-org.reached
		if restart {
			r.close()
		} else {
			check(t, r.mirror.Pause(""))
		}
		org.halts.Store(false)
		dana := r.person("Dana Whitfield")
		r.later(time.Hour)
		check(t, r.org.Change(dana.ID, map[string]any{"LastName": "Ferris"}))
		r.later(time.Minute)
		before := r.now()
		if restart {
			r.open()
			r.mirror.Follow([]mirror.Org{org})
		} else {
			check(t, r.mirror.Resume(""))
		}
		check(t, r.mirror.SyncNow(""))
		r.await("up to date again", func(s mirror.Status) bool { return upToDate(s) && s.Checked.After(before) })
		if got := r.knows(dana.Number); got != "Dana Ferris" {
			t.Errorf("restart %v: %q", restart, got)
		}
	}
}

// What is wiped while nothing is to be copied is copied again once it is.
func TestWipeWhileCopyingIsOff(t *testing.T) {
	r := newRig(t, demoorg.Config{})
	r.start()
	before := r.await("up to date", upToDate)
	r.choose(func(c *mirror.Choice) { c.On = false })
	check(t, r.mirror.Wipe(context.Background(), ""))
	if s := r.status(); s.State != mirror.Off || s.Records != 0 || r.knows("+14155550132") != "" {
		t.Errorf("%+v", s)
	}
	r.choose(func(c *mirror.Choice) { c.On = true })
	if s := r.await("up to date or paused", func(s mirror.Status) bool { return upToDate(s) || s.State == mirror.Paused }); s.Records != before.Records {
		t.Errorf("%+v", s)
	}
}

// slowDisk is a directory on a disk that takes its time.
type slowDisk struct {
	mirror.Store
	reached chan struct{}
	free    chan struct{}
}

func (d *slowDisk) PutCopy(ctx context.Context, b directory.Book, p directory.Part) error {
	if len(p.Records) > 0 {
		select {
		case d.reached <- struct{}{}:
		default:
		}
		select {
		case <-d.free:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return d.Store.PutCopy(ctx, b, p)
}

// Resume and Sync now do not wait for a copying that is under way.
func TestNobodyWaitsForACopying(t *testing.T) {
	r := newRig(t, demoorg.Config{Volume: 1000})
	disk := &slowDisk{reached: make(chan struct{}, 1), free: make(chan struct{})}
	r.close()
	r.store = func(s mirror.Store) mirror.Store { disk.Store = s; return disk }
	r.open()
	r.start()
	<-disk.reached
	done := make(chan error, 2)
	go func() { done <- r.mirror.Resume("") }()
	go func() { done <- r.mirror.SyncNow("") }()
	for range 2 {
		select {
		case err := <-done:
			check(t, err)
		case <-time.After(20 * time.Second):
			t.Fatal("it waits for the copying")
		}
	}
	close(disk.free)
	r.await("up to date", upToDate)
}

// A damaged file is replaced by an empty one. The copy is then made again, and is called up to date only after that.
func TestADamagedFileIsCopiedAgain(t *testing.T) {
	r := newRig(t, demoorg.Config{Volume: 100})
	r.start()
	before := r.await("up to date", upToDate)
	check(t, r.dir.Forget(t.Context(), r.org.ID()+"/"+before.User)) // the state in memory is as before: the repair leaves it so
	r.later(2 * time.Hour)
	if s := r.syncNow(); s.Records != before.Records || r.knows(demoorg.VolumePhone(50)) == "" {
		t.Errorf("%+v after %+v", s, before)
	}
}
