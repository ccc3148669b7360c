package ui

import (
	"fmt"
	"testing"

	"linecard/crm"
)

// TestMoreThanIsShown: five of a kind stand beside a record, and that there are more is said.
func TestMoreThanIsShown(t *testing.T) {
	for n, want := range map[int]string{0: "0", 1: "1", crm.MaxRelated: "5", crm.MaxRelated + 1: "5+"} {
		var deals []crm.Related
		for i := range n {
			deals = append(deals, crm.Related{Ref: ref(crm.Opportunity, fmt.Sprintf("00600000000000%dAAA", i), fmt.Sprint("Deal no. ", i+1))})
		}
		b := newBench(t, nil)
		c := dana()
		c.Lookup.Record.Details.Opportunities, c.Lookup.Record.Details.Cases = deals, make([]crm.Related, 2)
		b.draw(with(idle(), c))
		if !b.shows(want) {
			t.Errorf("of %d deals, %q is not shown", n, want)
		}
		for i := range n {
			if shown := b.shows(fmt.Sprint("Deal no. ", i+1)); shown != (i < crm.MaxRelated) {
				t.Errorf("of %d deals, no. %d is shown: %v", n, i+1, shown)
			}
		}
	}
}
