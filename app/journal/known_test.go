package journal

import (
	"fmt"
	"path/filepath"
	"testing"

	"linecard/crm"
)

func match(r crm.Ref) crm.Match {
	return crm.Match{
		Record: crm.Record{Ref: r, Company: "Acme Corp"},
		Why:    crm.Why{PhoneField: crm.PhoneField{Field: "Phone", Label: "Phone", Value: "415.555.0132"}, Closeness: crm.Exact},
	}
}

// choice is what is remembered of a number.
func choice(t *testing.T, j *Journal, number string) (Known, bool) {
	t.Helper()
	all, err := j.AllKnown(ctx)
	must(t, err)
	k, ok := all[number]
	return k, ok
}

func TestChoiceSurvivesRestartAndLookups(t *testing.T) {
	const number = "+14155550132"
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	if _, ok := choice(t, j, number); ok {
		t.Fatal("never looked up")
	}
	must(t, j.Remember(ctx, number, match(acme), false))
	must(t, j.Remember(ctx, number, match(dana), true))
	must(t, j.Remember(ctx, number, match(acme), false)) // the lookup's own winner
	must(t, j.Close())

	j = openAt(t, path)
	k, ok := choice(t, j, number)
	if !ok || k.Match.Ref != dana || !k.Picked || k.Match.Why.Value != "415.555.0132" || k.At.IsZero() {
		t.Errorf("the agent picked Dana, got %+v", k)
	}
	fresh := match(dana)
	fresh.Title = "VP Operations"
	must(t, j.Remember(ctx, number, fresh, false))
	if k, _ := choice(t, j, number); k.Match.Title != "VP Operations" || !k.Picked {
		t.Errorf("the same record, looked up again: %+v", k)
	}
	must(t, j.Remember(ctx, number, match(acme), true))
	if k, _ := choice(t, j, number); k.Match.Ref != acme {
		t.Errorf("picked another: %+v", k)
	}
	must(t, j.Remember(ctx, "", match(dana), true)) // withheld: nothing to remember by
	if _, ok := choice(t, j, ""); ok {
		t.Error("remembered who a withheld number is")
	}
	must(t, j.Forget(ctx))
	if _, ok := choice(t, j, number); ok {
		t.Error("the org was unlinked, its data must be gone")
	}
}

func TestKnownIsBounded(t *testing.T) {
	j := openTemp(t)
	tx, err := j.w.Begin()
	must(t, err)
	for i := range knownLimit {
		_, err := tx.Exec("INSERT INTO known (number, match, at) VALUES (?, '{}', ?)", fmt.Sprintf("+1%010d", i), i+1)
		must(t, err)
	}
	must(t, tx.Commit())
	must(t, j.Remember(ctx, "+14155550132", match(dana), false))
	var n int
	must(t, j.reader().QueryRow("SELECT count(*) FROM known").Scan(&n))
	_, newest := choice(t, j, "+14155550132")
	_, oldest := choice(t, j, "+10000000000")
	if n != knownLimit || !newest || oldest {
		t.Errorf("%d kept, newest %v, oldest %v", n, newest, oldest)
	}
}
