package directory_test

import (
	"path/filepath"
	"slices"
	"testing"

	"linecard/app/directory"
	"linecard/app/directory/disktest"
)

// What a user was answered and picked is never shown to another one, whether it could be deleted at once or not.
func TestTheAnswersOfAnotherUserAreNotShown(t *testing.T) {
	a, b := number("+14155550132"), number("+14155550133")
	d, path := fresh(t, directory.Options{})
	d.SetReaders(ann)
	check(t, d.Remember(t.Context(), acme, a, match("1", "Dana"), true))
	check(t, d.Remember(t.Context(), globex, a, match("5", "Eve"), true))
	check(t, d.Close())

	unlock := disktest.ReadOnly(t, filepath.Dir(path), 0o400)
	d = open(t, path, directory.Options{})
	d.SetReaders(ann)
	if _, ok := d.Recall(acme, a); !ok {
		t.Error("the user's own answer is not shown")
	}
	d.SetReaders(bob)
	if d.ForgetOthers(t.Context()) == nil {
		t.Error("no error tells that the answers are still on the disk")
	}
	if _, ok := d.Recall(acme, a); ok {
		t.Error("shown to another user")
	}
	check(t, d.Remember(t.Context(), acme, b, match("2", "Ada"), true))
	if k, ok := d.Recall(acme, b); !ok || k.Choice != "2" {
		t.Errorf("the other user's own: %v, choice %q", ok, k.Choice)
	}
	_ = d.Close() // the disk takes nothing
	unlock()

	d = open(t, path, directory.Options{})
	d.SetReaders(bob)
	if _, ok := d.Recall(acme, a); ok {
		t.Error("shown to another user after a restart")
	}
	check(t, d.ForgetOthers(t.Context()))
	d.SetReaders(ann)
	if _, ok := d.Recall(acme, a); ok {
		t.Error("not deleted: the first user, linked again, is shown it")
	}
	if k, ok := d.Recall(globex, a); !ok || !slices.Equal(names(k), []string{"Eve"}) {
		t.Error("another org's answers are gone")
	}
}

// What waits for the disk is its user's, too.
func TestWhatWaitsForTheDiskIsItsUsers(t *testing.T) {
	a, b := number("+14155550132"), number("+14155550133")
	d, path := fresh(t, directory.Options{})
	check(t, d.Remember(t.Context(), acme, b, match("2", "Ada"), true))
	check(t, d.Close())
	unlock := disktest.ReadOnly(t, filepath.Dir(path), 0o400)
	d = open(t, path, directory.Options{})
	d.SetReaders(ann)
	check(t, d.Remember(t.Context(), acme, a, match("1", "Dana"), true))
	d.SetReaders(bob)
	if _, ok := d.Recall(acme, a); ok {
		t.Error("shown to another user")
	}
	unlock()
	d.Retry(t.Context())
	check(t, d.Close())
	d = open(t, path, directory.Options{})
	d.SetReaders(ann)
	if _, ok := d.Recall(acme, a); ok {
		t.Error("written in the name of another user")
	}
}

// Answers of a file from before, which does not say whose they are, are the linked user's.
func TestAnswersWithoutAUserAreKept(t *testing.T) {
	a := number("+14155550132")
	d, path := fresh(t, directory.Options{})
	check(t, d.Remember(t.Context(), acme, a, match("1", "Dana"), true))
	check(t, d.Close())
	d = open(t, path, directory.Options{})
	d.SetReaders(bob)
	check(t, d.ForgetOthers(t.Context()))
	if k, ok := d.Recall(acme, a); !ok || k.Choice != "1" {
		t.Errorf("%v, choice %q", ok, k.Choice)
	}
	d.SetReaders(ann)
	if _, ok := d.Recall(acme, a); ok {
		t.Error("shown to another user than the first who was linked")
	}
}
