package directory_test

import (
	"slices"
	"testing"

	"linecard/app/directory"
	"linecard/crm"
)

var (
	ann = directory.Book{Org: acme, User: "005000000000001AAA"}
	bob = directory.Book{Org: acme, User: "005000000000002AAA"}
)

// An org may have several users with a link. Each is shown what it was answered itself: the one whose answers the file has keeps them while
// it is out of order for a moment, and goes with its link.
func TestTwoUsersOfAnOrg(t *testing.T) {
	a, b := number("+14155550132"), number("+14155550133")
	d, path := fresh(t, directory.Options{})
	answered := func(of directory.Book, n crm.Number, name string) {
		t.Helper()
		check(t, d.RememberAnswer(t.Context(), acme, crm.Result{Number: n, Org: acme, User: of.User, Matches: []crm.Match{match("1", name)}}))
	}
	shows := func(what string, n crm.Number, want ...string) {
		t.Helper()
		if k, _ := d.Recall(acme, n); !slices.Equal(names(k), want) {
			t.Errorf("%s: %v, want %v", what, names(k), want)
		}
	}
	d.SetReaders(ann, bob)
	answered(ann, a, "Dana")
	check(t, d.Remember(t.Context(), acme, a, match("1", "Dana"), true))
	answered(bob, a, "Eve")
	answered(bob, b, "Ada")
	shows("both are linked", a, "Dana")
	shows("both are linked", b)

	d.SetReaders(bob, ann) // the first one is out of order
	check(t, d.ForgetOthers(t.Context()))
	shows("the other one", a)
	answered(bob, a, "Eve")
	answered(ann, b, "Ada") // asked a moment before
	shows("the other one", a, "Eve")
	shows("the other one", b)

	d.SetReaders(ann, bob)
	check(t, d.ForgetOthers(t.Context()))
	if k, ok := d.Recall(acme, a); !ok || k.Choice != "1" || !slices.Equal(names(k), []string{"Dana"}) {
		t.Errorf("the first one again: %v, choice %q", names(k), k.Choice)
	}
	check(t, d.Close())
	d = open(t, path, directory.Options{})
	d.SetReaders(bob)
	check(t, d.ForgetOthers(t.Context()))
	answered(bob, b, "Ada")
	shows("the first one's link is gone", a)
	shows("its own", b, "Ada")
	check(t, d.Close())
	d = open(t, path, directory.Options{})
	d.SetReaders(bob)
	shows("on the disk", b, "Ada")
	d.SetReaders(ann)
	shows("the first one is deleted", a)
}
