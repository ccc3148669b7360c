package mirror_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linecard/app/directory"
	"linecard/app/mirror"
	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/fault"
)

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
	r := newRig(t, demoorg.Config{Volume: 1200})
	disk := &lossy{left: 2}
	r.close()
	r.store = func(s mirror.Store) mirror.Store { disk.Store, disk.dir = s, r.dir; return disk }
	r.open()
	r.choose(func(c *mirror.Choice) { c.Objects = []string{crm.Contact} })
	r.start()
	if s := r.await("up to date", upToDate); s.Records < 1200 || r.knows(demoorg.VolumePhone(10)) == "" {
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
	r := newRig(t, demoorg.Config{Volume: 1200, BulkPart: 500})
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
