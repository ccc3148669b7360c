package directory_test

import (
	"fmt"
	"slices"
	"testing"

	"linecard/app/directory"
	"linecard/crm"
)

// Somebody whose whole name is typed is found first, however many others fit and whatever they are; so is one whose name begins with it among
// many in whom the words stand elsewhere.
func TestTheWholeNameIsFoundAmongMany(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	d.SetReaders(mine)
	var all []crm.Record
	add := func(object, name, company string) {
		r := named(fmt.Sprintf("003%06d", len(all)), name, company, phoneOf(len(all)))
		r.Object = object
		all = append(all, r)
	}
	for i := range 1200 {
		add(crm.Contact, fmt.Sprintf("Anna Leeman %04d", i), "Acme")
	}
	for i := range 1200 {
		add(crm.Contact, fmt.Sprintf("Zoe Ann %04d", i), "Lee Brothers")
	}
	add(crm.Lead, "Ann Lee", "")
	add(crm.Contact, "Ann Leeds", "")
	add(crm.Account, "Lee", "")
	for some := range slices.Chunk(all, 400) {
		check(t, d.PutCopy(t.Context(), mine, part("x", some...)))
	}
	for typed, want := range map[string]string{"Ann Lee": "Ann Lee", "ann leed": "Ann Leeds", "Ann Le": "Ann Leeds", "lee": "Lee", "LEE ANN": "Ann Lee"} {
		got := namesFound(t, d, typed)
		if len(got) != 20 && typed != "ann leed" || len(got) == 0 || got[0] != want {
			t.Errorf("%q finds %d, first %q, not %q", typed, len(got), got[:min(len(got), 3)], want)
		}
	}
}
