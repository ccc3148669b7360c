package app

import (
	"slices"
	"testing"

	"linecard/crm"
)

// The match whose name fits the caller ID comes first, however it is written; the others keep their order.
func TestTheNamedMatchComesFirst(t *testing.T) {
	for _, tt := range []struct {
		heard string
		names []string
		want  []string
	}{
		{"Eleanor Juniper", []string{"Hugh Wells", "Ada Stone", "Eleanor Juniper"}, []string{"Eleanor Juniper", "Hugh Wells", "Ada Stone"}},
		{"JUNIPER ELEANOR", []string{"Hugh Wells", "Eleanor Juniper"}, []string{"Eleanor Juniper", "Hugh Wells"}},
		{"JUNIPER,E", []string{"Hugh Wells", "Henry Juniper", "Eleanor Juniper"}, []string{"Eleanor Juniper", "Henry Juniper", "Hugh Wells"}},
		{"Zoe Muller", []string{"Zed Moon", "Zoë Müller"}, []string{"Zoë Müller", "Zed Moon"}},
		{"", []string{"B", "A"}, []string{"B", "A"}},
		{"+1 415 555 0132", []string{"B", "A"}, []string{"B", "A"}},
		{"Somebody Else", []string{"Hugh Wells", "Ada Stone"}, []string{"Hugh Wells", "Ada Stone"}},
	} {
		var matches []crm.Match
		for _, n := range tt.names {
			matches = append(matches, crm.Match{Record: crm.Record{Ref: crm.Ref{ID: n, Name: n}}})
		}
		before := slices.Clone(matches)
		var got []string
		for _, m := range byName(matches, tt.heard) {
			got = append(got, m.Name)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q: %q, want %q", tt.heard, got, tt.want)
		}
		for i := range before {
			if before[i].ID != matches[i].ID {
				t.Fatalf("%q: the state's own matches were sorted", tt.heard)
			}
		}
	}
}

// The desk's View has them in that order, and the first of them is picked by nobody.
func TestTheViewHasTheNamedMatchFirst(t *testing.T) {
	y := newStory(t)
	y.rings()
	y.s.calls[0].party.Name = "D. Whitfield"
	y.found(danaTwin, danaLead)
	if l := y.view().Calls[0].Lookup; l.State != LookupMany || l.Record != nil || l.Matches[0].ID != danaLead.ID {
		t.Errorf("%q, %+v", l.State, l.Matches)
	}
}
