package journal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"linecard/crm"
	"linecard/fault"
	"linecard/test/wait"
)

// children are what this binary does in place of testing, by the environment variable that names a folder.
var children = map[string]func(dir string){}

func child(env string, f func(dir string)) bool {
	children[env] = f
	return true
}

func TestMain(m *testing.M) {
	for env, f := range children {
		if dir := os.Getenv(env); dir != "" {
			f(dir)
			return
		}
	}
	wait.Main(m)
}

var (
	ctx  = context.Background()
	noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.Local)
	dana = crm.Ref{Object: crm.Contact, ID: "003000000000001AAA", Name: "Dana Whitfield"}
	acme = crm.Ref{Object: crm.Account, ID: "001000000000001AAA", Name: "Acme Corp"}
	task = crm.Ref{Object: crm.Task, ID: "00T000000000001AAA", Name: "Call"}
)

func openTemp(t testing.TB) *Journal {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), FileName))
}

func openAt(t testing.TB, path string) *Journal {
	t.Helper()
	j, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// because is why an attempt failed, in the words of an org.
func because(text string) fault.Fault { return fault.New(fault.Plain, "text", text) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ringing is an inbound call from Dana, not answered yet.
func ringing(id string) Call {
	return Call{ID: id, Direction: crm.Inbound, Number: "(415) 555-0132", Dial: "+14155550132", Called: "2041", Started: noon}
}

// ended is that call answered and over after a minute and its activity.
func ended(id string) (Call, *crm.Activity) {
	c := ringing(id)
	c.Outcome, c.Name, c.Company, c.Who = crm.Answered, dana.Name, acme.Name, dana
	c.AnsweredAt, c.Ended = noon.Add(5*time.Second), noon.Add(65*time.Second)
	return c, &crm.Activity{
		CallID: id, Direction: c.Direction, Outcome: c.Outcome, Number: c.Dial, Started: c.Started,
		AnsweredAt: c.AnsweredAt, Ended: c.Ended, Subject: "Call from Dana Whitfield", Who: dana,
	}
}

func entry(t testing.TB, j *Journal, id string) Entry {
	t.Helper()
	e, err := j.Entry(ctx, id)
	must(t, err)
	return e
}

func TestCallIsOnDiskFromTheFirstRing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a folder", "with ? and # and %41", FileName)
	j := openAt(t, path)
	must(t, j.Ring(ctx, ringing("c1")))
	must(t, j.Answered(ctx, "c1", noon.Add(5*time.Second), ""))
	must(t, j.Identify(ctx, "c1", "Dana Whitfield", "Acme Corp", dana, ""))
	final, a := ended("c1")
	must(t, j.Hangup(ctx, final, a))
	must(t, j.Close())

	j = openAt(t, path)
	if *j.recovered.Load() != (recovery{}) || !j.NoticeFault().IsZero() {
		t.Errorf("after a clean exit: recovered %+v, notice %v", *j.recovered.Load(), j.NoticeFault())
	}
	row, err := j.Call(ctx, "c1")
	must(t, err)
	final.Object, final.Verdict = crm.Contact, crm.LogYes // what follows from the record and from there being an activity
	if !reflect.DeepEqual(row.Call, final) || row.State != Ready || row.Duration() != time.Minute {
		t.Errorf("got %+v\nwant %+v, ready", row, final)
	}
	e := entry(t, j, "c1")
	if e.Kind != Create || e.CheckFirst || e.Activity.Subject != a.Subject || e.Activity.Who != dana || !e.Activity.Ended.Equal(a.Ended) {
		t.Errorf("entry %+v", e)
	}
	for _, name := range []string{path, path + "-wal"} {
		if st, err := os.Stat(name); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v; want 0600", name, st.Mode(), err)
		}
	}
}

func TestIdentifyIsFoundByTheNewNameOnly(t *testing.T) {
	j := openTemp(t)
	must(t, j.Ring(ctx, ringing("c1")))
	must(t, j.Identify(ctx, "c1", "Priya Raman", "", crm.Ref{}, ""))
	must(t, j.Identify(ctx, "c1", "Dana Whitfield", "Acme", dana, ""))
	for text, want := range map[string]int{"dana": 1, "acme": 1, "priya": 0, "4155550132": 1} {
		if rows, err := j.History(ctx, Filter{Text: text}); err != nil || len(rows) != want {
			t.Errorf("%q: %d rows, %v; want %d", text, len(rows), err, want)
		}
	}
}

func TestUnknownCallsAreRefused(t *testing.T) {
	j := openTemp(t)
	for name, f := range map[string]func() error{
		"answered": func() error { return j.Answered(ctx, "x", noon, "") },
		"identify": func() error { return j.Identify(ctx, "x", "", "", crm.Ref{}, "") },
		"edit":     func() error { return j.EditActivity(ctx, "x", crm.Activity{}) },
		"begin":    func() error { _, err := j.Begin(ctx, "x", noon); return err },
		"done":     func() error { return j.Done(ctx, "x", crm.Logged{Ref: task}, time.Time{}) },
		"retry":    func() error { return j.Retry(ctx, "x", noon, because(""), false) },
		"park":     func() error { return j.Park(ctx, "x", because("")) },
		"requeue":  func() error { return j.Requeue(ctx, "x") },
		"discard":  func() error { return j.Discard(ctx, "x") },
		"entry":    func() error { _, err := j.Entry(ctx, "x"); return err },
		"call":     func() error { _, err := j.Call(ctx, "x"); return err },
	} {
		if err := f(); !errors.Is(err, ErrUnknown) {
			t.Errorf("%s: %v, want ErrUnknown", name, err)
		}
	}
}

func TestClosedAndCancelled(t *testing.T) {
	j := openTemp(t)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := j.Ring(gone, ringing("c1")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	must(t, j.Close())
	must(t, j.Close())
	if err := j.Ring(ctx, ringing("c1")); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

// A Linecard that is started while the last one still closes waits for it; its attempt under way is not mistaken for a
// crash's.
func TestOneProcessAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	first := openAt(t, path)
	c, a := ended("c1")
	must(t, first.Hangup(ctx, c, a))
	_, err := first.Begin(ctx, "c1", noon)
	must(t, err)

	opened := make(chan *Journal, 1)
	go func() {
		second, err := Open(path, Options{})
		if err != nil {
			t.Error(err)
		}
		opened <- second
	}()
	must(t, first.Done(ctx, "c1", crm.Logged{Ref: task}, time.Time{}))
	select {
	case <-opened:
		t.Fatal("two have it open")
	default:
	}
	must(t, first.Close())
	second := wait.For(t, opened)
	defer func() { must(t, second.Close()) }()
	if *second.recovered.Load() != (recovery{}) || entry(t, second, "c1").State != Done {
		t.Errorf("recovered %+v", *second.recovered.Load())
	}
}

func TestJournalInUseIsSaid(t *testing.T) {
	err := explain("/data/journal.db", "lock", ErrInUse)
	if !errors.Is(err, ErrInUse) || fault.Of(err).Code != InUse || fault.Of(err).Values["folder"] != "/data" {
		t.Errorf("%v", err)
	}
}

func TestChangedTellsTheWriter(t *testing.T) {
	j := openTemp(t)
	must(t, j.Ring(ctx, ringing("c1")))
	select {
	case <-j.Changed():
		t.Error("a ringing call is nothing to write")
	default:
	}
	c, a := ended("c1")
	must(t, j.Hangup(ctx, c, a))
	must(t, j.EditActivity(ctx, "c1", *a)) // a second change while nobody receives must not block
	select {
	case <-j.Changed():
	default:
		t.Error("a queued activity was not told")
	}
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	must(t, err)
	must(t, os.WriteFile(to, b, 0o600))
}
