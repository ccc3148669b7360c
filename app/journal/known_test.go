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

func TestChoiceSurvivesRestartAndLookups(t *testing.T) {
	const number = "+14155550132"
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	if _, ok, err := j.Choice(ctx, number); ok || err != nil {
		t.Fatalf("never looked up: %v, %v", ok, err)
	}
	must(t, j.Remember(ctx, number, match(acme), false))
	must(t, j.Remember(ctx, number, match(dana), true))
	must(t, j.Remember(ctx, number, match(acme), false)) // the lookup's own winner
	must(t, j.Close())

	j = openAt(t, path)
	k, ok, err := j.Choice(ctx, number)
	must(t, err)
	if !ok || k.Match.Ref != dana || !k.Picked || k.Match.Why.Value != "415.555.0132" || k.At.IsZero() {
		t.Errorf("the agent picked Dana, got %+v", k)
	}
	fresh := match(dana)
	fresh.Title = "VP Operations"
	must(t, j.Remember(ctx, number, fresh, false))
	if k, _, _ := j.Choice(ctx, number); k.Match.Title != "VP Operations" || !k.Picked {
		t.Errorf("the same record, looked up again: %+v", k)
	}
	must(t, j.Remember(ctx, number, match(acme), true))
	if k, _, _ := j.Choice(ctx, number); k.Match.Ref != acme {
		t.Errorf("picked another: %+v", k)
	}
	must(t, j.Remember(ctx, "", match(dana), true)) // withheld: nothing to remember by
	if _, ok, _ := j.Choice(ctx, ""); ok {
		t.Error("remembered who a withheld number is")
	}
	must(t, j.Forget(ctx))
	if _, ok, _ := j.Choice(ctx, number); ok {
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
	must(t, j.r.QueryRow("SELECT count(*) FROM known").Scan(&n))
	_, newest, _ := j.Choice(ctx, "+14155550132")
	_, oldest, _ := j.Choice(ctx, "+10000000000")
	if n != knownLimit || !newest || oldest {
		t.Errorf("%d kept, newest %v, oldest %v", n, newest, oldest)
	}
}
