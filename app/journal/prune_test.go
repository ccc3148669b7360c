package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/crm"
)

func TestPruneKeepsWhatIsNotLogged(t *testing.T) {
	j := openTemp(t)
	seed(t, j, crm.Answered, crm.Answered, crm.Answered)
	_, err := j.Begin(ctx, "c0", noon)
	must(t, err)
	must(t, j.Done(ctx, "c0", crm.Logged{Ref: task}, time.Time{}))
	n, err := j.Prune(ctx, noon.Add(90*time.Second), 0) // c0 and c1 are older
	must(t, err)
	rows, err := j.History(ctx, Filter{})
	must(t, err)
	if n != 1 || !slices.Equal(ids(rows), []string{"c2", "c1"}) {
		t.Errorf("pruned %d, left %v", n, ids(rows))
	}
}

// old writes so many calls that are over and done with, the newest last.
func old(t testing.TB, j *Journal, n int) {
	t.Helper()
	var past []Past
	for i := range n {
		c, a := ended(fmt.Sprintf("old%05d", i))
		c.Started = noon.Add(time.Duration(i-n) * time.Minute)
		past = append(past, Past{Call: c, Activity: a, Task: task})
	}
	must(t, j.Import(ctx, past))
}

func TestPruneByCount(t *testing.T) {
	j := openTemp(t)
	old(t, j, 1000)
	must(t, j.Ring(ctx, ringing("live")))
	if n, err := j.Prune(ctx, time.Time{}, 2000); n != 0 || err != nil {
		t.Errorf("fewer than that: %d, %v", n, err)
	}
	n, err := j.Prune(ctx, time.Time{}, 300)
	must(t, err)
	rows, err := j.History(ctx, Filter{Limit: 1000})
	must(t, err)
	if n != 701 || len(rows) != 300 || rows[299].ID != "old00701" {
		t.Errorf("pruned %d, left %d", n, len(rows))
	}
	if n, err := j.Prune(ctx, time.Time{}, 0); n != 0 || err != nil {
		t.Errorf("no bound at all: %d, %v", n, err)
	}
}

// A ring that comes while thousands of calls are forgotten gets its turn between two batches.
func TestPruneLetsARingThrough(t *testing.T) {
	j := openTemp(t)
	old(t, j, 20*pruneBatch)
	pruned := make(chan int, 1)
	go func() {
		n, err := j.Prune(ctx, noon.AddDate(1, 0, 0), 0)
		if err != nil {
			t.Error(err)
		}
		pruned <- n
	}()
	between := false
	for n := -1; n < 0; {
		must(t, j.Ring(ctx, ringing("rings")))
		var left int
		must(t, j.reader().QueryRow("SELECT count(*) FROM calls").Scan(&left))
		between = between || left > 1 && left < 20*pruneBatch
		select {
		case n = <-pruned:
		default:
		}
	}
	if !between {
		t.Error("no ring got through before all was forgotten")
	}
}

func TestPruneCanBeStopped(t *testing.T) {
	j := openTemp(t)
	old(t, j, 2*pruneBatch)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if n, err := j.Prune(gone, noon.AddDate(1, 0, 0), 0); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d, %v", n, err)
	}
}

// What is forgotten is not left in the file.
func TestPrunedIsOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	c, _ := ended("c1")
	c.Outcome, c.Name = crm.Missed, "Zebediah Quill"
	must(t, j.Import(ctx, []Past{{Call: c}}))
	must(t, j.Close())
	read := func() string {
		b, err := os.ReadFile(path)
		must(t, err)
		return string(b)
	}
	if !strings.Contains(read(), c.Name) {
		t.Fatal("the name was never there")
	}
	j = openAt(t, path)
	if n, err := j.Prune(ctx, noon.AddDate(1, 0, 0), 0); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	must(t, j.Close())
	if strings.Contains(read(), c.Name) {
		t.Error("the name is still in the file")
	}
}
