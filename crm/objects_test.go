package crm_test

import (
	"slices"
	"testing"
	"time"

	"linecard/crm"
)

func TestRowsOfAnOrg(t *testing.T) {
	row := func(name, org string) crm.Object { return crm.Object{Name: name, Org: org, Search: true} }
	all := []crm.Object{row(crm.Lead, ""), row("Vehicle__c", "00DA"), {Name: crm.Contact, Org: "00DA"}}
	for _, c := range []struct {
		table []crm.Object
		org   string
		want  []string
	}{
		{nil, "00DA", []string{crm.Contact, crm.Account, crm.Lead}},
		{all, "00DB", []string{crm.Lead}},
		{all, "00DA", []string{"Vehicle__c"}}, // the contact is not searched
		{crm.SetObjects(all, "00DA", nil), "00DA", []string{crm.Lead}},
		{crm.SetObjects(all, "00DA", []crm.Object{row(crm.Case, "")}), "00DA", []string{crm.Case}},
	} {
		if got := crm.OrderOf(c.table, c.org); !slices.Equal(got, c.want) {
			t.Errorf("%v of %s: %v, want %v", c.table, c.org, got, c.want)
		}
	}
}

func TestTheFieldsOfARow(t *testing.T) {
	o, strange := crm.Object{
		Name: " Contact ", Fields: []string{"Title", " Title", "", "Name) FROM User--"}, Editable: []string{"Region__c"}, Required: []string{"Region__c", "Phone"},
	}.Tidy()
	if want := []string{"Title", "Region__c", "Phone"}; o.Name != crm.Contact || !slices.Equal(o.Card(), want) || !slices.Equal(strange, []string{"Name) FROM User--"}) {
		t.Errorf("%+v, strange %q", o, strange)
	}
	if !o.Edits("Phone") || o.Edits("Title") {
		t.Error("what is required may be changed, and what is only shown may not")
	}
}

// Records that are one answer are taken as one, whatever the order of the objects; others are a choice.
func TestRelatedRecordsAreOneAnswer(t *testing.T) {
	exact := func(object, id string, change func(*crm.Record)) crm.Match {
		m := crm.Match{Record: crm.Record{Ref: crm.Ref{Object: object, ID: id}, LastModified: time.Unix(1, 0)}, Why: crm.Why{Closeness: crm.Exact}}
		if change != nil {
			change(&m.Record)
		}
		return m
	}
	of := func(account, contact string) func(*crm.Record) {
		return func(r *crm.Record) { r.Account.ID, r.Contact.ID = account, contact }
	}
	dana := exact(crm.Contact, "dana", of("acme", ""))
	acme := exact(crm.Account, "acme", nil)
	hers := exact(crm.Case, "hers", of("acme", "dana"))
	another := exact(crm.Case, "another's", of("acme", "luis"))
	deal := exact(crm.Opportunity, "deal", of("acme", ""))
	foreign := exact(crm.Opportunity, "foreign", of("globex", ""))
	machine := exact("Machine__c", "machine", nil)
	orders := [][]string{nil, {crm.Case, crm.Opportunity, crm.Account, crm.Contact}, {"Machine__c", crm.Account, crm.Contact, crm.Case}}
	for name, c := range map[string]struct {
		all  []crm.Match
		want string
	}{
		"contact and account":         {[]crm.Match{acme, dana}, "dana"},
		"contact, account, case":      {[]crm.Match{hers, acme, dana}, "dana"},
		"contact and deal":            {[]crm.Match{deal, dana}, "dana"},
		"account, case, deal":         {[]crm.Match{another, deal, acme}, "acme"},
		"another contact's case":      {[]crm.Match{another, dana}, ""},
		"another account's deal":      {[]crm.Match{foreign, dana, acme}, ""},
		"a machine alone":             {[]crm.Match{machine}, "machine"},
		"a machine and a contact":     {[]crm.Match{machine, dana}, ""},
		"two cases of one contact":    {[]crm.Match{hers, another}, ""},
		"a case, its contact unfound": {[]crm.Match{hers}, "hers"},
	} {
		for _, order := range orders {
			m, ok := crm.Result{Matches: c.all}.Winner(order...)
			if got := m.ID; got != c.want || ok != (c.want != "") {
				t.Errorf("%s in the order %v: %q, %v; want %q", name, order, got, ok, c.want)
			}
		}
	}
}

func TestTheOrderOfObjectsRanks(t *testing.T) {
	match := func(object string, closeness crm.Closeness, person bool) crm.Match {
		return crm.Match{Record: crm.Record{Ref: crm.Ref{Object: object, ID: object}, PersonAccount: person}, Why: crm.Why{Closeness: closeness}}
	}
	person := match(crm.Contact, crm.Exact, true)
	person.ID = "person"
	all := []crm.Match{match(crm.Contact, crm.Exact, false), person, match(crm.Account, crm.Exact, false), match(crm.Lead, crm.Suffix, false), match("Machine__c", crm.Exact, false)}
	for _, c := range []struct{ order, want []string }{
		{nil, []string{crm.Contact, "person", crm.Account, "Machine__c", crm.Lead}},
		{[]string{crm.Lead, "Machine__c", crm.Account, crm.Contact}, []string{"Machine__c", "person", crm.Account, crm.Contact, crm.Lead}},
		{[]string{"Machine__c", crm.Contact}, []string{"Machine__c", crm.Contact, "person", crm.Account, crm.Lead}},
	} {
		ranked := slices.Clone(all)
		crm.Rank(ranked, c.order...)
		var got []string
		for _, m := range ranked {
			got = append(got, m.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.order, got, c.want)
		}
	}
}

// The terms for fields of text are phrases of digits, which need no escaping, and few enough to share a search with the others.
func TestTermsForFieldsOfText(t *testing.T) {
	for number, want := range map[string][]string{
		"+14155550132":  {`"415 555 0132"`, `"415 5550132"`, `"1415 555 0132"`, `"415555 0132"`},
		"+442079460018": {`"20 7946 0018"`, `"020 7946 0018"`, `"4420 7946 0018"`},
		"+33142685353":  {`"1 42 68 53 53"`, `"01 42 68 53 53"`},
	} {
		terms := crm.ParseNumber(number, crm.NumberPlan{Region: "US"}).TextTerms()
		for _, w := range want {
			if !slices.Contains(terms, w) {
				t.Errorf("%s: %s is not among %q", number, w, terms)
			}
		}
		if len(terms) > 16 {
			t.Errorf("%s has %d terms", number, len(terms))
		}
	}
	if terms := crm.ParseNumber("anonymous", crm.NumberPlan{Region: "US"}).TextTerms(); terms != nil {
		t.Errorf("a withheld number has %q", terms)
	}
}
