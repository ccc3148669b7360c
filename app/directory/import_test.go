package directory_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"linecard/app/directory"
	"linecard/app/journal"
	"linecard/crm"
)

// What the journal of an earlier Linecard remembered is imported once, with its choices and times.
func TestImport(t *testing.T) {
	ctx := t.Context()
	c := &clock{now: start}
	other := match("2", "Ada")
	other.Org = globex
	j := oldJournal(t, c, map[string]journal.Known{
		"+14155550132": {Match: match("1", "Dana"), Picked: true, At: start},
		"+14155550133": {Match: other, At: start},
		"201":          {Match: match("3", "Colleague"), At: start},
	})
	c.pass(300 * 24 * time.Hour)

	d, _ := fresh(t, directory.Options{Now: c.Now})
	take := func(d *directory.Directory) error {
		return j.TakeKnown(ctx, func(number string, k journal.Known) error {
			return d.Import(ctx, acme, number, k.Match, k.Picked, k.At)
		})
	}
	nowhere := open(t, filepath.Join(t.TempDir(), "no-such-folder", directory.FileName), directory.Options{})
	if take(nowhere) == nil {
		t.Fatal("the journal drops what is in memory only")
	}
	check(t, take(d))
	if k, ok := d.Recall(acme, number("+14155550132")); !ok || k.Choice != "1" || k.Fresh || k.Result.Matches[0].Org != acme || !k.Result.At.Equal(start) {
		t.Errorf("picked: %v %+v", ok, k)
	}
	if k, ok := d.Recall(globex, number("+14155550133")); !ok || k.Choice != "" || k.Result.Matches[0].Org != globex {
		t.Errorf("of another org: %v %+v", ok, k)
	}
	if _, ok := d.Recall(acme, number("+14155550133")); ok {
		t.Error("another org's record is known in this one")
	}
	if n, _, _ := d.Count(ctx, acme); n != 1 {
		t.Errorf("%d answers: a colleague's is among them", n)
	}
	check(t, j.TakeKnown(ctx, func(number string, _ journal.Known) error {
		t.Errorf("the journal still has %s", number)
		return nil
	}))
	c.pass(100 * 24 * time.Hour)
	if _, ok := d.Recall(globex, number("+14155550133")); ok {
		t.Error("the import changed the time of a found answer")
	}
}

// oldJournal is a journal in which an earlier Linecard remembered callers.
func oldJournal(t *testing.T, c *clock, known map[string]journal.Known) *journal.Journal {
	t.Helper()
	path := filepath.Join(t.TempDir(), journal.FileName)
	open := func() *journal.Journal {
		j, err := journal.Open(path, journal.Options{Now: c.Now})
		check(t, err)
		return j
	}
	check(t, open().Close())
	for number, k := range known {
		doc, err := json.Marshal(k.Match)
		check(t, err)
		exec(t, path, fmt.Sprintf("INSERT INTO known (number, match, picked, at) VALUES ('%s', '%s', %t, %d)", number, doc, k.Picked, k.At.UnixMicro()))
	}
	j := open()
	t.Cleanup(func() { check(t, j.Close()) })
	return j
}

// What is known already stays; the old choice is used again if the org still has the record.
func TestImportReplacesNothing(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	n, ctx := number("+14155550132"), t.Context()
	check(t, d.RememberAnswer(ctx, acme, answer(n, start, match("1", "Dana W"), match("2", "Ada"))))
	imported := func(m crm.Match, want string) {
		t.Helper()
		check(t, d.Import(ctx, acme, n.E164, m, true, start.Add(-time.Hour)))
		if k, _ := d.Recall(acme, n); k.Choice != want || k.Result.Matches[0].Name != "Dana W" {
			t.Errorf("choice %q of %v, want %q", k.Choice, names(k), want)
		}
	}
	imported(match("9", "Gone"), "")
	imported(match("1", "Dana"), "1")
	imported(match("2", "Ada"), "1")
}
