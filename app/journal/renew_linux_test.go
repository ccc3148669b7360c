package journal

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/mattn/go-sqlite3"

	"linecard/app/aside"
	"linecard/app/directory/disktest"
	"linecard/crm"
)

const (
	renewDirEnv = "LINECARD_JOURNAL_RENEW_DIR"
	fullDirEnv  = "LINECARD_JOURNAL_RENEW_FULL_DIR"
)

var (
	_ = child(renewDirEnv, renewChild)
	_ = child(fullDirEnv, fullRenewChild)
)

// damagedJournal is a journal of 1200 calls, of which every third waits to be logged, with a damaged page: it is larger than what is read
// through at every start, and was not closed, so that this time it is.
func damagedJournal(t *testing.T) (file []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	tx, err := j.w.Begin()
	must(t, err)
	for i := range 1200 {
		c, a := ended(fmt.Sprintf("c%04d", i))
		c.Company = strings.Repeat("x", 4000)
		must(t, upsertCall(ctx, tx, c))
		if i%3 == 0 {
			must(t, j.copyEntry(ctx, tx, Entry{ID: c.ID, State: Ready, Activity: *a}, cells{"activity": encoded(t, a)}))
		}
	}
	var root int64
	must(t, tx.QueryRow("SELECT rootpage FROM sqlite_schema WHERE name = 'known'").Scan(&root))
	must(t, tx.Commit())
	must(t, j.Close())
	file, err = os.ReadFile(path)
	must(t, err)
	if len(file) <= checkLimit {
		t.Fatalf("%d bytes is not large", len(file))
	}
	copy(file[(root-1)*4096:], bytes.Repeat([]byte{0xff}, 4096))
	return file
}

func encoded(t *testing.T, a *crm.Activity) string {
	t.Helper()
	doc, err := encodeActivity(*a)
	must(t, err)
	return doc
}

// putDamaged puts the file into a folder as a crash leaves it.
func putDamaged(t *testing.T, dir string, file []byte) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(dir, FileName), file, 0o600))
	must(t, os.WriteFile(filepath.Join(dir, FileName+"-wal"), nil, 0o600))
}

// held is what a journal has: of each call, what is to become of its log.
func held(t *testing.T, j *Journal) map[string]string {
	t.Helper()
	all := map[string]string{}
	rows, err := j.reader().Query("SELECT c.id, o.state || ' ' || o.check_first FROM calls c LEFT JOIN outbox o ON o.call = c.id")
	must(t, err)
	defer func() { must(t, rows.Close()) }()
	for rows.Next() {
		var id string
		var entry sql.NullString
		must(t, rows.Scan(&id, &entry))
		all[id] = entry.String
	}
	must(t, rows.Err())
	return all
}

// A process that ends at any write of a new journal leaves the damaged one for the next start, which finds all that the first would have.
func TestEndedWhileADamagedJournalIsRead(t *testing.T) {
	file := damagedJournal(t)
	dir := t.TempDir()
	putDamaged(t, dir, file)
	j := openAt(t, filepath.Join(dir, FileName))
	want := held(t, j)
	must(t, j.Close())
	if len(want) != 1200 || want["c0003"] != "ready 1" || want["c0004"] != "" {
		t.Fatalf("%d calls, %q, %q", len(want), want["c0003"], want["c0004"])
	}
	for write := 1; ; write++ {
		dir := t.TempDir()
		putDamaged(t, dir, file)
		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), renewDirEnv+"="+dir, "LINECARD_JOURNAL_RENEW_WRITE="+strconv.Itoa(write))
		out, err := cmd.CombinedOutput()
		j := openAt(t, filepath.Join(dir, FileName))
		if got := held(t, j); !maps.Equal(got, want) {
			t.Fatalf("ended at write %d: %d calls, want %d", write, len(got), len(want))
		}
		notice := j.NoticeFault()
		must(t, j.Close())
		if strings.TrimSpace(string(out)) == "opened" {
			if write < 8 {
				t.Errorf("only %d writes", write)
			}
			break
		}
		if status, ok := errors.AsType[*exec.ExitError](err); !ok || !status.Sys().(syscall.WaitStatus).Signaled() {
			t.Fatalf("%v: %s", err, out)
		}
		if notice.Code != Renewed || notice.Values["count"] != 1200 || notice.Values["waiting"] != 400 {
			t.Errorf("ended at write %d: notice %v %v", write, notice, notice.Values)
		}
		left, err := filepath.Glob(filepath.Join(dir, "*"))
		must(t, err)
		for _, name := range left {
			if strings.Contains(name, aside.New) || strings.Contains(name, readingSuffix) || strings.HasSuffix(name, FileName+suspectSuffix) {
				t.Errorf("ended at write %d: %s is left", write, filepath.Base(name))
			}
		}
	}
}

// renewChild opens a damaged journal and ends before a write of the new one is committed.
func renewChild(dir string) {
	left, err := strconv.Atoi(os.Getenv("LINECARD_JOURNAL_RENEW_WRITE"))
	db, openErr := sql.Open("sqlite3", "")
	if err != nil || openErr != nil {
		fmt.Println("error", err, openErr)
		return
	}
	db.Driver().(*sqlite3.SQLiteDriver).ConnectHook = func(c *sqlite3.SQLiteConn) error {
		if strings.HasSuffix(c.GetFilename(""), aside.New) {
			c.RegisterCommitHook(func() int {
				if left--; left == 0 {
					_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
				}
				return 0
			})
		}
		return nil
	}
	j, err := Open(filepath.Join(dir, FileName), Options{})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	if err := j.Close(); err != nil {
		fmt.Println("error", err)
		return
	}
	fmt.Println("opened")
}

// Where the disk has no room for a new journal, the damaged one stays in its place, calls are kept in memory, and all of it is in the new one
// once there is room.
func TestADamagedJournalOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	putDamaged(t, dir, damagedJournal(t))
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), fullDirEnv+"="+dir)
	if out, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "fine" {
		t.Fatalf("%v: %s", err, out)
	}
	j := openAt(t, filepath.Join(dir, FileName))
	if got := held(t, j); len(got) != 1201 || got["c0003"] != "ready 1" {
		t.Errorf("%d calls on disk, %q", len(got), got["c0003"])
	}
}

func fullRenewChild(dir string) {
	check := func(what string, ok bool, details ...any) {
		if !ok {
			fmt.Println("error:", what, details)
			os.Exit(1)
		}
	}
	path := filepath.Join(dir, FileName)
	var was syscall.Rlimit
	check("limit", syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was) == nil)
	for _, room := range []uint64{100, 100_000, 5 << 20} { // for nothing, for a part of the copy, and for a part of the new one
		full := was
		full.Cur = room
		check("limit", syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full) == nil)
		j, err := Open(path, Options{Log: slog.New(slog.DiscardHandler)})
		check("the phone must start", err == nil, room, err)
		check("in memory", j.NoticeFault().Code == InMemory, room, j.NoticeFault())
		check("the damaged one stays", !aside.Missing(path), room)
		j.everyTry = 0
		id := fmt.Sprintf("at %d", room)
		check("ring", errors.Is(j.Ring(ctx, ringing(id)), ErrFull), room)
		if room != 5<<20 {
			check("nothing is saved", j.Close() != nil, room)
			continue
		}
		check("limit", syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was) == nil)
		j.everyTry = 0 // or a minute later
		check("answered", j.Answered(ctx, id, noon, "") == nil)
		n := j.NoticeFault()
		check("notice", n.Code == Renewed && n.Values["count"] == 1200 && n.Values["waiting"] == 400, n, n.Values)
		check("close", j.Close() == nil)
	}
	fmt.Println("fine")
}

// A process may end after it has moved the damaged journal aside and before the new one has its name. The next start gives the new one that name as
// soon as it can, and begins no other one in its place.
func TestTheNewJournalCannotTakeItsNameYet(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	c, a := ended("earlier")
	must(t, j.Hangup(ctx, c, a))
	must(t, j.Close())
	must(t, os.Rename(path, path+aside.New))
	must(t, os.WriteFile(path+".broken-2026-11-27", nil, 0o600))
	unlock := disktest.ReadOnly(t, filepath.Dir(path), 0o600)
	j = openAt(t, path)
	if n := j.NoticeFault(); n.Code != InMemoryReadOnly {
		t.Errorf("notice %v", n)
	}
	if err := j.Ring(ctx, ringing("now")); !errors.Is(err, ErrFull) {
		t.Errorf("ring: %v", err)
	}
	unlock()
	tryAgain(j)
	must(t, j.Ring(ctx, ringing("then")))
	renewed(t, j, "now")
}

// Damage that could not be noted in a file is looked for by the next start all the same, in a journal that is too large to be read through at
// every start.
func TestDamageThatCannotBeNotedInAFile(t *testing.T) {
	file := damagedJournal(t)
	for name, note := range map[string]func(t *testing.T, path string){
		"no file can be made": func(t *testing.T, path string) {
			must(t, os.WriteFile(path+lockSuffix, nil, 0o600))
			unlock := disktest.ReadOnly(t, filepath.Dir(path), 0o600)
			defer unlock()
			if noteDamage(path) == nil {
				t.Error("it could be noted")
			}
		},
		"a new one was begun":      func(t *testing.T, path string) { must(t, os.WriteFile(path+aside.New, nil, 0o600)) },
		"the damaged one was read": func(t *testing.T, path string) { must(t, os.WriteFile(path+readingSuffix, nil, 0o600)) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), FileName)
			must(t, os.WriteFile(path, file, 0o600))
			note(t, path)
			j := openAt(t, path)
			if n := j.NoticeFault(); n.Code != Renewed || n.Values["count"] != 1200 {
				t.Errorf("notice %v %v", n, n.Values)
			}
			if doubted(path) {
				t.Error("the new one is doubted")
			}
		})
	}
}
