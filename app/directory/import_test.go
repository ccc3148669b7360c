package directory_test

import (
	"path/filepath"
	"testing"
	"time"

	"linecard/app/directory"
	"linecard/app/journal"
	"linecard/crm"
)

// What the journal of an earlier Linecard remembered is taken over once, with its choices and its times.
func TestImport(t *testing.T) {
	ctx := t.Context()
	c := &clock{now: start}
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"), journal.Options{Now: c.Now})
	check(t, err)
	defer func() { check(t, j.Close()) }()
	check(t, j.Remember(ctx, "+14155550132", match("1", "Dana"), true))
	other := match("2", "Ada")
	other.Org = globex
	check(t, j.Remember(ctx, "+14155550133", other, false))
	check(t, j.Remember(ctx, "201", match("3", "Colleague"), false))
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
	if all, err := j.AllKnown(ctx); len(all) != 0 || err != nil {
		t.Errorf("the journal still has %d, %v", len(all), err)
	}
	c.pass(100 * 24 * time.Hour)
	if _, ok := d.Recall(globex, number("+14155550133")); ok {
		t.Error("the import made what was found younger")
	}
}

// What is known by now stays; the old choice is made again if the org still has the record.
func TestImportDisplacesNothing(t *testing.T) {
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
