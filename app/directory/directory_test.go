package directory_test

import (
	"flag"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"linecard/app/directory"
	"linecard/crm"
	"linecard/test/wait"
)

func TestMain(m *testing.M) {
	_ = flag.Set("rapid.checks", "12") // each check waits for the disk; the command line may ask for more
	wait.Main(m)
}

const (
	acme   = "00D000000000001AAA"
	globex = "00D000000000002AAA"
)

var start = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// clock is a clock that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func open(t testing.TB, path string, o directory.Options) *directory.Directory {
	t.Helper()
	if o.Now == nil { // the answers of the tests must not age
		o.Now = func() time.Time { return start }
	}
	d, err := directory.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func fresh(t testing.TB, o directory.Options) (*directory.Directory, string) {
	path := filepath.Join(t.TempDir(), directory.FileName)
	return open(t, path, o), path
}

func number(raw string) crm.Number { return crm.ParseNumber(raw, crm.NumberPlan{Region: "US"}) }

func match(id, name string) crm.Match {
	return crm.Match{
		Record: crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: id, Name: name}},
		Why:    crm.Why{PhoneField: crm.PhoneField{Field: "Phone", Value: "+14155550132"}, Closeness: crm.Exact},
	}
}

func answer(n crm.Number, at time.Time, ms ...crm.Match) crm.Result {
	return crm.Result{Number: n, Matches: ms, At: at}
}

func names(k directory.Known) (out []string) {
	for _, m := range k.Result.Matches {
		out = append(out, m.Name)
	}
	return out
}

// failer is the common part of tests, benchmarks and properties.
type failer interface {
	Helper()
	Fatal(args ...any)
}

func check(t failer, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
