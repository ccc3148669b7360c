package journal

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"linecard/crm"
	"linecard/test/wait"
)

// memoryDirEnv tells the test binary to be the process that fullChild is.
const memoryDirEnv = "LINECARD_JOURNAL_FULL_DIR"

var _ = child(memoryDirEnv, fullChild)

// TestStartsOnAFullDisk works in a process whose files may not grow: that is what a full disk looks like to
// SQLite, and needs no mount.
func TestStartsOnAFullDisk(t *testing.T) {
	for _, before := range []string{"a new journal", "one that has calls"} {
		t.Run(before, func(t *testing.T) {
			dir := t.TempDir()
			if before != "a new journal" {
				j := openAt(t, filepath.Join(dir, FileName))
				c, a := ended("earlier")
				must(t, j.Hangup(ctx, c, a))
				must(t, j.Close())
			}
			cmd := exec.Command(os.Args[0], "-test.run=^$")
			cmd.Env = append(os.Environ(), memoryDirEnv+"="+dir)
			if out, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "fine" {
				t.Fatalf("%v: %s", err, out)
			}
			j := openAt(t, filepath.Join(dir, FileName))
			if n := j.NoticeFault(); !n.IsZero() {
				t.Errorf("notice %v", n)
			}
			e := entry(t, j, "c1")
			if e.State != Ready || e.Activity.Notes != "typed twice" {
				t.Errorf("%+v", e)
			}
			rows, err := j.History(ctx, Filter{})
			must(t, err)
			if want := map[string]int{"a new journal": 2, "one that has calls": 3}[before]; len(rows) != want {
				t.Errorf("%d calls on disk, want %d", len(rows), want)
			}
		})
	}
}

// fullChild works on a full disk, then frees it.
func fullChild(dir string) {
	check := func(what string, ok bool, details ...any) {
		if !ok {
			fmt.Println("error:", what, details)
			os.Exit(1)
		}
	}
	var was syscall.Rlimit
	check("limit", syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was) == nil)
	full := was
	full.Cur = 100
	check("limit", syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full) == nil)

	j, err := Open(filepath.Join(dir, FileName), Options{})
	check("the phone must start", err == nil, err)
	j.everyTry = 0
	check("notice", j.NoticeFault().Code == InMemory, j.NoticeFault())
	err = j.Ring(ctx, ringing("c1"))
	check("ring", errors.Is(err, ErrFull), err)
	c, a := ended("c1")
	err = j.Hangup(ctx, c, a)
	check("hangup", errors.Is(err, ErrFull), err)
	for _, text := range []string{"typed", "typed twice"} {
		err = j.EditActivity(ctx, "c1", notes(text))
		check("edit", errors.Is(err, ErrFull), err)
	}
	err = j.Answered(ctx, "nobody", noon, "")
	check("an unknown call is still one", errors.Is(err, ErrUnknown), err)
	rows, err := j.History(ctx, Filter{})
	check("history of now", err == nil && len(rows) == 1 && rows[0].ID == "c1", rows, err)
	check("unsaved", j.Unsaved().Calls == 1 && j.Unsaved().Fault().Code == KeptFull, j.Unsaved())
	_, wait, ok, err := j.NextDue(ctx, noon, nil)
	check("nothing is sent that cannot be marked", !ok && wait > 0 && err == nil, ok, wait, err)
	_, err = j.Begin(ctx, "c1", noon)
	check("begin", errors.Is(err, ErrFull), err)

	check("limit", syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was) == nil)
	err = j.Ring(ctx, ringing("c2"))
	check("ring with space again", err == nil, err)
	check("all saved", j.Unsaved().Calls == 0 && j.NoticeFault().IsZero(), j.Unsaved(), j.NoticeFault())
	e, _, ok, err := j.NextDue(ctx, noon.Add(time.Hour), func(string, string) bool { return true })
	check("due", ok && err == nil, err)
	check("due", e.ID == "c1" || e.ID == "earlier", e.ID)
	check("close", j.Close() == nil)
	fmt.Println("fine")
}

// A folder that may not be written is as a full disk. In /sys nobody may make a file, root neither.
func TestStartsInAReadOnlyFolder(t *testing.T) {
	j := openAt(t, filepath.Join("/sys/linecard", FileName))
	if n := j.NoticeFault(); n.Code != InMemoryReadOnly || n.Values["folder"] != "/sys/linecard" {
		t.Errorf("notice %v %v", n, n.Values)
	}
	if err := j.Ring(ctx, ringing("c1")); !errors.Is(err, ErrFull) {
		t.Errorf("ring: %v", err)
	}
	if row, err := j.Call(ctx, "c1"); err != nil || row.ID != "c1" {
		t.Errorf("%+v, %v", row, err)
	}
	if err := j.Close(); err == nil || j.Unsaved().Calls != 1 {
		t.Errorf("closed with calls unsaved: %v, %+v", err, j.Unsaved())
	}
}

// What is read while the journal moves is read to its end.
func TestReadersOutliveTheMove(t *testing.T) {
	j, err := openInMemory(filepath.Join(t.TempDir(), FileName), Options{}.complete(), &Error{Kind: ErrFull, Err: errors.New("full")})
	must(t, err)
	defer func() { _ = j.Close() }()
	j.everyTry = time.Hour
	if err := j.Ring(ctx, ringing("c1")); !errors.Is(err, ErrFull) {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	started := make(chan struct{})
	go func() {
		close(started)
		for range 200 {
			if _, err := j.History(ctx, Filter{}); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	<-started
	j.turn <- struct{}{}
	j.everyTry = 0
	<-j.turn
	must(t, j.Hangup(ctx, func() Call { c, _ := ended("c1"); return c }(), &crm.Activity{Subject: "x"}))
	must(t, wait.For(t, done))
	if stateOf(t, j, "c1") != Ready {
		t.Error("the call did not move along")
	}
}
