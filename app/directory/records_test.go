package directory_test

import (
	"slices"
	"testing"
	"time"

	"linecard/app/directory"
	"linecard/crm"
)

func TestARecordIsDropped(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	n, ctx := number("+14155550132"), t.Context()
	check(t, d.RememberAnswer(ctx, acme, answer(n, start, match("1", "Dana"), match("2", "Ada"))))
	check(t, d.Remember(ctx, acme, n, match("2", "Ada"), true))
	check(t, d.Drop(ctx, crm.Ref{ID: "2", Org: acme}))
	if k, _ := d.Recall(acme, n); !slices.Equal(names(k), []string{"Dana"}) || k.Choice != "" {
		t.Errorf("after one was dropped: %v, choice %q", names(k), k.Choice)
	}
	check(t, d.Drop(ctx, crm.Ref{ID: "1", Org: acme}))
	if _, ok := d.Recall(acme, n); ok {
		t.Error("a dropped record is still known")
	}
}

func person(id, name string, phones ...string) crm.Record {
	r := crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: id, Name: name, Org: acme}}
	for _, p := range phones {
		r.Phones = append(r.Phones, crm.PhoneField{Field: "Phone", Label: "Phone", Value: p})
	}
	return r
}

// A synced record is found in every spelling of its number, and only if it really is the caller's.
func TestRecordsAreFoundByNumber(t *testing.T) {
	tests := []struct {
		stored, caller, region string
		want                   bool
	}{
		{"+1 (415) 555-0132", "+14155550132", "US", true},
		{"4155550132", "+14155550132", "US", true},
		{"415.555.0132 / 415.555.0133", "+14155550132", "US", true},
		{"425 555 0132", "+14155550132", "US", false}, // another complete number with the same last digits
		{"0221/123456", "+49221123456", "DE", true},
		{"+372 512 3456", "+3725123456", "US", true},
		{"512 3456", "+3725123456", "EE", true}, // a country with short numbers
		{"555 0132", "+14155550132", "US", false},
		{"+46 (0)8 123 45", "+46812345", "SE", true},
		{"1-800-FLOWERS", "+18003569377", "US", true},
		{"４１５５５５０１３２", "+14155550132", "US", true},
		{"(415) 555-0132 #12", "+14155550132", "US", true},
	}
	for _, tt := range tests {
		t.Run(tt.stored+" "+tt.caller, func(t *testing.T) {
			d, _ := fresh(t, directory.Options{})
			check(t, d.Put(t.Context(), acme, slices.Values([]crm.Record{person("1", "Dana", tt.stored)})))
			k, ok := d.Recall(acme, crm.ParseNumber(tt.caller, crm.NumberPlan{Region: tt.region}))
			if ok != tt.want || ok && (k.Fresh || k.Result.Matches[0].Why.Value != tt.stored) {
				t.Errorf("found %v: %+v", ok, k)
			}
		})
	}
}

// A record that is put again is found by its new numbers and not by its old ones, and exists once.
func TestARecordIsReplaced(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	check(t, d.Put(t.Context(), acme, slices.Values([]crm.Record{person("1", "Dana", "415 555 0132")})))
	check(t, d.Put(t.Context(), acme, slices.Values([]crm.Record{person("1", "Dana W", "415 555 0177"), {}})))
	if _, ok := d.Recall(acme, number("+14155550132")); ok {
		t.Error("the old number still finds the record")
	}
	if k, ok := d.Recall(acme, number("+14155550177")); !ok || !slices.Equal(names(k), []string{"Dana W"}) {
		t.Errorf("by the new number: %v", names(k))
	}
	if _, r, _ := d.Count(t.Context(), acme); r != 1 {
		t.Errorf("%d records", r)
	}
}

// Each of thousands of records is found by its own number, and no other is.
func TestThousandsOfRecords(t *testing.T) {
	d, path := fresh(t, directory.Options{})
	check(t, d.Put(t.Context(), acme, people(1_100)))
	check(t, d.Close())
	d = open(t, path, directory.Options{})
	for i := 0; i < 1_100; i += 37 {
		k, ok := d.Recall(acme, number(phoneOf(i)))
		if want := []string{nameOf(i)}; !ok || !slices.Equal(names(k), want) {
			t.Fatalf("%s: %v, want %v", phoneOf(i), names(k), want)
		}
	}
}

// A record that was synced after an answer is shown with the synced data; one that was synced before is not.
func TestASyncedRecordRefreshesAnAnswer(t *testing.T) {
	c := &clock{now: start}
	d, _ := fresh(t, directory.Options{Now: c.Now})
	n, ctx := number("+14155550132"), t.Context()
	put := func(name, title string) {
		t.Helper()
		r := person("1", name, "415 555 0132")
		r.Title, r.Company = title, "Acme"
		check(t, d.Put(ctx, acme, slices.Values([]crm.Record{r})))
	}
	shown := func(want, title string) {
		t.Helper()
		k, ok := d.Recall(acme, n)
		if !ok || !slices.Equal(names(k), []string{want, "Ada"}) || k.Result.Matches[0].Title != title || k.Choice != "2" {
			t.Fatalf("%v, title %q, choice %q; want %s, %q", names(k), k.Result.Matches[0].Title, k.Choice, want, title)
		}
	}
	put("Dana Before", "Clerk")
	c.pass(time.Minute)
	check(t, d.RememberAnswer(ctx, acme, answer(n, c.Now(), match("1", "Dana"), match("2", "Ada"))))
	check(t, d.Remember(ctx, acme, n, match("2", "Ada"), true))
	shown("Dana", "")
	c.pass(time.Minute)
	put("Dana Whitfield", "Head of Purchasing")
	shown("Dana Whitfield", "Head of Purchasing")
	c.pass(time.Minute)
	check(t, d.RememberAnswer(ctx, acme, answer(n, c.Now(), match("1", "Dana Last"), match("2", "Ada"))))
	shown("Dana Last", "")
}

// A number that moves from one person to another is the other's once that was synced, and the org is asked again at once. What the agent picked
// for the number stays, whatever is synced.
func TestANumberThatMoves(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer []crm.Match
		picked string
		synced []crm.Record
		want   []string
		choice string
		fresh  bool
	}{
		{"to another person", []crm.Match{match("1", "Dana")}, "", []crm.Record{person("1", "Dana", "415 555 0199"), person("2", "Bob", "415 555 0132")}, []string{"Bob"}, "", false},
		{"the other is synced alone", []crm.Match{match("1", "Dana")}, "", []crm.Record{person("2", "Bob", "415 555 0132")}, []string{"Bob", "Dana"}, "", false},
		{"one of two has it no more", []crm.Match{match("1", "Dana"), match("3", "Ada")}, "", []crm.Record{person("1", "Dana", "415 555 0199")}, []string{"Ada"}, "", false},
		{"to nobody", []crm.Match{match("1", "Dana")}, "", []crm.Record{person("1", "Dana")}, nil, "", false},
		{"a picked record loses it", []crm.Match{match("1", "Dana")}, "1", []crm.Record{person("1", "Dana W", "415 555 0199")}, []string{"Dana W"}, "1", true},
		{"a picked record, and another gets it", []crm.Match{match("1", "Dana")}, "1", []crm.Record{person("1", "Dana", "415 555 0199"), person("2", "Bob", "415 555 0132")}, []string{"Bob", "Dana"}, "1", false},
		{"nothing moves", []crm.Match{match("1", "Dana")}, "", []crm.Record{person("1", "Dana W", "+1 415 555 0132"), person("4", "Max", "415 555 0177")}, []string{"Dana W"}, "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, earlier := range []bool{false, true} { // a copy that was there before the answer
				c := &clock{now: start}
				d, _ := fresh(t, directory.Options{Now: c.Now})
				n, ctx := number("+14155550132"), t.Context()
				if earlier {
					check(t, d.Put(ctx, acme, slices.Values([]crm.Record{person("1", "Dana", "415 555 0132"), person("2", "Bob", "415 555 0188")})))
					c.pass(time.Second)
				}
				check(t, d.RememberAnswer(ctx, acme, answer(n, c.Now(), tt.answer...)))
				for _, m := range tt.answer {
					if m.ID == tt.picked {
						check(t, d.Remember(ctx, acme, n, m, true))
					}
				}
				c.pass(time.Second)
				check(t, d.Put(ctx, acme, slices.Values(tt.synced)))
				k, ok := d.Recall(acme, n)
				got := names(k)
				slices.Sort(got)
				if ok != (len(tt.want) > 0) || !slices.Equal(got, tt.want) || k.Choice != tt.choice || ok && k.Fresh != tt.fresh {
					t.Errorf("earlier %v: %v %v, choice %q, fresh %v", earlier, ok, got, k.Choice, k.Fresh)
				}
				for _, m := range k.Result.Matches {
					if m.Why.Closeness == 0 {
						t.Errorf("%s without a reason", m.Name)
					}
				}
			}
		})
	}
}

// What the org answered after a sync counts more than what was synced: a record that has lost the number in the org since is not found again.
func TestAnAnswerOutweighsAnEarlierSync(t *testing.T) {
	c := &clock{now: start}
	d, _ := fresh(t, directory.Options{Now: c.Now})
	n, ctx := number("+14155550132"), t.Context()
	check(t, d.Put(ctx, acme, slices.Values([]crm.Record{person("1", "Dana", "415 555 0132"), person("2", "Bob", "415 555 0132")})))
	c.pass(time.Second)
	check(t, d.RememberAnswer(ctx, acme, answer(n, c.Now(), match("2", "Bob"))))
	if k, _ := d.Recall(acme, n); !slices.Equal(names(k), []string{"Bob"}) || !k.Fresh {
		t.Errorf("%v, fresh %v", names(k), k.Fresh)
	}
}
