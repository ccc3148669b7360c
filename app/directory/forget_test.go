package directory_test

import (
	"bytes"
	"context"
	"os"
	"slices"
	"testing"

	"linecard/app/directory"
	"linecard/crm"
)

// No data of an unlinked org stays in the file or beside it.
func TestForgottenDataIsOverwritten(t *testing.T) {
	d, path := fresh(t, directory.Options{})
	for i := range 200 {
		check(t, d.Remember(t.Context(), acme, number(phoneOf(i)), match("1", "Dana Whitfield"), i%2 == 0))
	}
	check(t, d.Remember(t.Context(), globex, number(phoneOf(1)), match("2", "Ada"), true))
	check(t, d.Put(t.Context(), acme, people(200)))
	check(t, d.Forget(t.Context(), acme))
	for _, suffix := range []string{"", "-wal"} {
		doc, err := os.ReadFile(path + suffix)
		check(t, err)
		for _, word := range []string{"Whitfield", "Person 4", "Purchasing", acme} {
			if bytes.Contains(doc, []byte(word)) {
				t.Errorf("directory.db%s still has %q", suffix, word)
			}
		}
	}
	if k, ok := d.Recall(globex, number(phoneOf(1))); !ok || k.Choice != "2" {
		t.Error("the other org's people are gone too")
	}
}

// Calls are remembered while a large org is being deleted, and the org may be linked again immediately.
func TestForgetLetsOthersWrite(t *testing.T) {
	d, path := fresh(t, directory.Options{})
	check(t, d.Put(t.Context(), acme, people(1100)))
	ctx, stop := context.WithCancel(t.Context())
	stop() // the program ends during the deletion
	if d.Forget(ctx, acme) == nil {
		t.Fatal("no error, although it is still on the disk")
	}
	check(t, d.Remember(t.Context(), acme, number(phoneOf(7)), match("1", "Dana"), true))
	check(t, d.Put(t.Context(), acme, slices.Values([]crm.Record{person("7", "Max", "415 555 0132")})))
	if _, ok := d.Recall(acme, number(phoneOf(8))); ok {
		t.Error("a forgotten record is known")
	}
	check(t, d.Close())
	d = open(t, path, directory.Options{}) // deletes the rest
	check(t, d.Forget(t.Context(), globex))
	doc, err := os.ReadFile(path)
	check(t, err)
	if bytes.Contains(doc, []byte("Person 8")) {
		t.Error("the rest was not deleted")
	}
	if a, r, err := d.Count(t.Context(), acme); a != 1 || r != 1 || err != nil {
		t.Errorf("of the org as it is linked now: %d answers, %d records, %v", a, r, err)
	}
}
