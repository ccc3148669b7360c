package crm_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/crm"
)

func match(id, object string, c crm.Closeness, days int) crm.Match {
	return crm.Match{
		Record: crm.Record{
			Ref:          crm.Ref{Object: object, ID: id},
			LastModified: time.Date(2026, 11, days, 0, 0, 0, 0, time.UTC),
		},
		Why: crm.Why{PhoneField: crm.PhoneField{Field: "Phone"}, Closeness: c},
	}
}

func TestRank(t *testing.T) {
	person := match("person", crm.Contact, crm.Exact, 1)
	person.PersonAccount = true
	fax := match("fax", crm.Contact, crm.Exact, 9)
	fax.Why.Field = "Fax"
	ms := []crm.Match{
		match("suffix", crm.Contact, crm.Suffix, 20),
		fax,
		match("lead", crm.Lead, crm.Exact, 20),
		match("account", crm.Account, crm.Exact, 20),
		match("national", crm.Contact, crm.National, 20),
		person,
		match("contact-old", crm.Contact, crm.Exact, 2),
		match("contact-new", crm.Contact, crm.Exact, 3),
	}
	crm.Rank(ms)
	want := []string{"contact-new", "contact-old", "person", "account", "lead", "fax", "national", "suffix"}
	if got := ids(ms); !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestWinner(t *testing.T) {
	fax := match("fax", crm.Contact, crm.Exact, 1)
	fax.Why.Field = "Fax"
	unsure := match("u", crm.Contact, crm.National, 1)
	unsure.Why.Unsure = true
	own := match("own", crm.Contact, crm.Exact, 1)
	own.Account = crm.Ref{Object: crm.Account, ID: "acc"}
	colleague := match("colleague", crm.Contact, crm.Exact, 1)
	colleague.Account = own.Account
	tests := []struct {
		name    string
		matches []crm.Match
		want    string // "" means the agent picks
	}{
		{"nobody", nil, ""},
		{"the only one", []crm.Match{match("a", crm.Lead, crm.Suffix, 1)}, "a"},
		{"the only one may be another number", []crm.Match{unsure}, ""},
		{"an exact one beside one that may be another number", []crm.Match{unsure, match("a", crm.Lead, crm.Exact, 1)}, "a"},
		{"a contact and a lead", []crm.Match{match("l", crm.Lead, crm.Exact, 2), match("c", crm.Contact, crm.Exact, 1)}, ""},
		{"an account and a lead", []crm.Match{match("l", crm.Lead, crm.Exact, 2), match("a", crm.Account, crm.Exact, 1)}, ""},
		{"a contact and its own account", []crm.Match{match("acc", crm.Account, crm.Exact, 2), own}, "own"},
		{"a contact and another account", []crm.Match{match("other", crm.Account, crm.Exact, 2), own}, ""},
		{"a contact, its own account and a lead", []crm.Match{match("acc", crm.Account, crm.Exact, 2), own, match("l", crm.Lead, crm.Exact, 1)}, ""},
		{"two contacts of one account", []crm.Match{match("acc", crm.Account, crm.Exact, 2), own, colleague}, ""},
		{"two exact contacts", []crm.Match{match("a", crm.Contact, crm.Exact, 2), match("b", crm.Contact, crm.Exact, 1)}, ""},
		{"exact lead beside a probable contact", []crm.Match{match("c", crm.Contact, crm.Suffix, 1), match("l", crm.Lead, crm.Exact, 1)}, "l"},
		{"two probable ones", []crm.Match{match("a", crm.Contact, crm.National, 1), match("b", crm.Lead, crm.National, 1)}, ""},
		{"a national one beside one by its last digits", []crm.Match{match("a", crm.Contact, crm.National, 1), match("b", crm.Lead, crm.Suffix, 1)}, ""},
		{"the second contact without country code", []crm.Match{match("a", crm.Contact, crm.Exact, 2), match("b", crm.Contact, crm.National, 1)}, "a"},
		{"the second contact by its last digits only", []crm.Match{match("a", crm.Contact, crm.Exact, 2), match("b", crm.Contact, crm.Suffix, 1)}, "a"},
		{"a fax does not rival a phone", []crm.Match{fax, match("b", crm.Contact, crm.Exact, 1)}, "b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, ok := crm.Result{Matches: tt.matches}.Winner()
			if m.ID != tt.want || ok != (tt.want != "") {
				t.Errorf("winner %q, %v; want %q", m.ID, ok, tt.want)
			}
		})
	}
}

// The list does not depend on the order in which the org answered.
func TestRankIsTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) crm.Match {
			return match(rapid.StringMatching(`[a-z0-9]{4}`).Draw(t, "id"),
				rapid.SampledFrom([]string{crm.Contact, crm.Account, crm.Lead}).Draw(t, "object"),
				crm.Closeness(rapid.IntRange(1, 3).Draw(t, "closeness")), rapid.IntRange(1, 3).Draw(t, "day"))
		}), 1, 8, func(m crm.Match) string { return m.ID }).Draw(t, "matches")
		shuffled := rapid.Permutation(ms).Draw(t, "shuffled")
		crm.Rank(ms)
		crm.Rank(shuffled)
		if !slices.Equal(ids(ms), ids(shuffled)) {
			t.Fatalf("%v and %v", ids(ms), ids(shuffled))
		}
	})
}

func ids(ms []crm.Match) []string {
	out := make([]string, len(ms))
	for i, m := range ms {
		out[i] = m.ID
	}
	return out
}

// By order, the first of those that have the number is taken: Contact, Account, Lead, and the newest of each.
func TestFirstByOrder(t *testing.T) {
	unsure := match("u", crm.Contact, crm.National, 9)
	unsure.Why.Unsure = true
	all := []crm.Match{
		unsure, match("lead", crm.Lead, crm.Exact, 9), match("old", crm.Contact, crm.Exact, 1),
		match("account", crm.Account, crm.Exact, 8), match("new", crm.Contact, crm.Exact, 2),
	}
	r := crm.Result{Matches: all}
	if m, ok := r.Taken(true); !ok || m.ID != "new" {
		t.Errorf("%s, %v", m.ID, ok)
	}
	if m, ok := r.Taken(false); ok {
		t.Errorf("%s is taken without asking", m.ID)
	}
	if m, ok := (crm.Result{Matches: all[:1]}).Taken(true); ok {
		t.Errorf("%s may be another number", m.ID)
	}
}

// A full copy of an org has the ids of the org: what belongs to a contact there is nothing of the contact here.
func TestNothingOfACopyBelongsHere(t *testing.T) {
	contact, account := match("contact", crm.Contact, crm.Exact, 1), match("account", crm.Account, crm.Exact, 2)
	contact.Record.Account.ID = account.ID
	r := crm.Result{Matches: []crm.Match{contact, account}}
	if m, ok := r.Winner(); !ok || m.ID != contact.ID {
		t.Errorf("in one org: %v, %v", m.ID, ok)
	}
	r.Matches[0].Org, r.Matches[1].Org = "A", "B"
	if m, ok := r.Winner(); ok {
		t.Errorf("in two orgs: %v", m.ID)
	}
}

// TestIs: one record is one id of one org.
func TestIs(t *testing.T) {
	a, b, old := crm.Ref{ID: "003", Org: "A"}, crm.Ref{ID: "003", Org: "B"}, crm.Ref{ID: "003"}
	if !a.Is(a) || a.Is(b) || !a.Is(old) || !old.Is(b) || a.Is(crm.Ref{ID: "004", Org: "A"}) || (crm.Ref{}).Is(crm.Ref{}) {
		t.Error("not so")
	}
}
