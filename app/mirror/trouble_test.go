package mirror_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"

	"linecard/app/directory"
	"linecard/app/mirror"
	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/fault"
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

// Person accounts are one person each, whichever objects are copied, and go when either of their records is deleted.
func TestPersonAccountsAreCopiedOnce(t *testing.T) {
	r := newRig(t, demoorg.Config{PersonAccounts: true})
	r.choose(func(c *mirror.Choice) { c.Objects = []string{crm.Account} })
	r.start()
	r.await("up to date", upToDate)
	r.choose(func(c *mirror.Choice) { c.Objects = mirror.Objects })
	r.await("up to date", func(s mirror.Status) bool { return upToDate(s) && len(s.Objects) == 3 })
	for _, p := range r.org.People() {
		k, ok := r.dir.Recall(r.org.ID(), crm.ParseNumber(p.Number, crm.NumberPlan{Region: "US"}))
		if !ok {
			t.Errorf("%s is not known", p.Name)
			continue
		}
		seen := map[string]bool{}
		for _, m := range k.Result.Matches {
			if seen[m.Name] && m.PersonAccount {
				t.Errorf("%s is there twice", m.Name)
			}
			seen[m.Name] = true
		}
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

// lossy is a directory that finds its file damaged, and replaces it, in the middle of a copying.
type lossy struct {
	mirror.Store
	dir  *directory.Directory
	left int // parts before that
}

func (l *lossy) PutCopy(ctx context.Context, b directory.Book, p directory.Part) error {
	if len(p.Records) > 0 {
		if l.left--; l.left == 0 {
			if err := l.dir.Forget(ctx, b.Org+"/"+b.User); err != nil {
				return err
			}
		}
	}
	return l.Store.PutCopy(ctx, b, p)
}

// A file that turns out to be damaged in the middle of the copying: nothing of what was in it is taken for copied.
func TestAFileThatIsLostInTheMiddleIsCopiedAgain(t *testing.T) {
	r := newRig(t, demoorg.Config{Volume: 3000})
	disk := &lossy{left: 4}
	r.close()
	r.store = func(s mirror.Store) mirror.Store { disk.Store, disk.dir = s, r.dir; return disk }
	r.open()
	r.choose(func(c *mirror.Choice) { c.Objects = []string{crm.Contact} })
	r.start()
	if s := r.await("up to date", upToDate); s.Records < 3000 || r.knows(demoorg.VolumePhone(10)) == "" {
		t.Errorf("%+v", s)
	}
}

// refusing is an org that refuses all of an object.
type refusing struct {
	mirror.Org
	refuses atomic.Bool
}

func (o *refusing) CopyShape(ctx context.Context, object string) (string, error) {
	if o.refuses.Load() && object == crm.Contact {
		return "", &crm.Error{Class: crm.ClassRejected, Code: "UNKNOWN_EXCEPTION", Fault: fault.New("salesforce.answers-badly")}
	}
	return o.Org.CopyShape(ctx, object)
}

// What the org refuses of one object keeps none of the others, nor the changes of that one.
func TestOneObjectIsRefused(t *testing.T) {
	for name, all := range map[string]bool{"its deletions": false, "all of it": true} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, demoorg.Config{})
			org := &refusing{Org: r.link}
			r.mirror.Follow([]mirror.Org{org})
			r.await("up to date", upToDate)
			r.later(2 * time.Hour)
			devon, grace, aisha := r.person("Devon Price"), r.person("Grace Kim"), r.person("Aisha Rahman")
			check(t, r.org.Change(devon.ID, map[string]any{"LastName": "Ferris"}))
			check(t, r.org.Change(grace.ID, map[string]any{"LastName": "Ferris"}))
			remove := func() {}
			if org.refuses.Store(all); !all {
				remove = r.org.Inject(demoorg.Fault{Kind: demoorg.Refusal, Path: "/sobjects/Contact/deleted", Status: 403, Code: "INSUFFICIENT_ACCESS", Message: "no", Times: demoorg.Always})
			}
			check(t, r.mirror.SyncNow(""))
			s := r.await("waiting for one object", func(s mirror.Status) bool { return s.State == mirror.Waiting && !s.Error.IsZero() })
			if s.Object != crm.Contact || r.knows(devon.Number) != "Devon Ferris" {
				t.Errorf("%+v; %q", s, r.knows(devon.Number))
			}
			if !all && r.knows(grace.Number) != "Grace Ferris" {
				t.Errorf("the changes of the object were not taken over: %q", r.knows(grace.Number))
			}
			check(t, r.org.Change(grace.ID, map[string]any{"LastName": "Ferris-Weiss"}))
			check(t, r.org.Delete(aisha.ID))
			remove()
			org.refuses.Store(false)
			r.later(time.Minute)
			check(t, r.mirror.SyncNow(""))
			r.await("up to date again", func(s mirror.Status) bool { return upToDate(s) && s.Error.IsZero() })
			if r.knows(grace.Number) != "Grace Ferris-Weiss" || r.knows(aisha.Number) != "" {
				t.Errorf("%q, %q", r.knows(grace.Number), r.knows(aisha.Number))
			}
		})
	}
}

// Somebody is deleted in the org while a reading of all has to begin again: the copy does not keep them.
func TestAReadingThatBeginsAgainDropsWhatIsGone(t *testing.T) {
	r := newRig(t, demoorg.Config{Volume: 3000, BulkPart: 1000})
	r.choose(func(c *mirror.Choice) { c.Objects = []string{crm.Contact} })
	dana := r.person("Dana Whitfield")
	once := sync.OnceFunc(func() { // the first part is read: now the org loses the job
		check(t, r.org.Delete(dana.ID))
		r.org.Inject(demoorg.Fault{Kind: demoorg.Refusal, Path: "/results", Status: 404, Code: "NOT_FOUND", Message: "gone"})
	})
	r.close()
	r.store = func(s mirror.Store) mirror.Store { return &noticing{s, once} }
	r.open()
	r.start()
	r.await("up to date", upToDate)
	if got := r.knows(dana.Number); got != "" {
		t.Errorf("%q was deleted in the org and is still here", got)
	}
	if n := r.org.Count("POST", "/jobs/query"); n != 2 {
		t.Errorf("%d jobs", n)
	}
}

// An org that loses each query is not asked without end.
func TestAReadingBeginsAgainTwiceAtMost(t *testing.T) {
	r := newRig(t, demoorg.Config{Volume: 10})
	r.choose(func(c *mirror.Choice) { c.Objects = []string{crm.Contact} })
	r.org.Inject(demoorg.Fault{Kind: demoorg.Refusal, Path: "/results", Status: 404, Code: "NOT_FOUND", Message: "gone", Times: demoorg.Always})
	r.start()
	s := r.await("waiting", func(s mirror.Status) bool { return s.State == mirror.Waiting && !s.Error.IsZero() })
	if s.Error.Code != mirror.ErrRestart || r.org.Count("POST", "/jobs/query") != 3 {
		t.Errorf("%+v after %d jobs", s, r.org.Count("POST", "/jobs/query"))
	}
}

// noticing tells of the first records that are stored.
type noticing struct {
	mirror.Store
	tell func()
}

func (n *noticing) PutCopy(ctx context.Context, b directory.Book, p directory.Part) error {
	err := n.Store.PutCopy(ctx, b, p)
	if len(p.Records) > 0 && err == nil {
		n.tell()
	}
	return err
}

// A field that the description has and a query is refused for is refused after each start again. That alone copies nothing again.
func TestAFieldThatOnlyQueriesAreRefusedForCopiesNothingAgain(t *testing.T) {
	r := newRig(t, demoorg.Config{})
	r.choose(func(c *mirror.Choice) { c.Objects = []string{crm.Contact} })
	refuse := func() {
		r.org.Inject(demoorg.Fault{Kind: demoorg.Refusal, Method: "POST", Path: "/jobs/query", Status: 400, Code: "INVALID_FIELD", Message: "No such column 'Title' on entity 'Contact'."})
	}
	refuse()
	r.start()
	r.await("up to date", upToDate)
	r.later(2 * time.Hour)
	jobs := r.org.Count("POST", "/jobs/query")
	r.syncNow()
	if n := r.org.Count("POST", "/jobs/query"); n != jobs {
		t.Errorf("%d jobs more once the field is known to be refused", n-jobs)
	}
	r.link.Doctor(context.Background()) // as after a start: what was refused is forgotten
	r.later(2 * time.Hour)
	r.syncNow()
	if n := r.org.Count("POST", "/jobs/query"); n != jobs {
		t.Errorf("%d jobs more after the refusals are forgotten", n-jobs)
	}
}
