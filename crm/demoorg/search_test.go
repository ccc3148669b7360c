package demoorg_test

import (
	"strings"
	"testing"

	"linecard/crm/demoorg"
)

// searchPage is what /search answers.
type searchPage struct{ SearchRecords []object }

func found(t testing.TB, a answer) []object {
	t.Helper()
	return into[searchPage](t, want(t, a, 200)).SearchRecords
}

const callerReturning = " IN PHONE FIELDS RETURNING Contact(Id, Name, Phone, MobilePhone, Account.Name ORDER BY LastModifiedDate DESC LIMIT 10)," +
	" Account(Id, Name, Phone), Lead(Id, Name, Phone WHERE IsConverted = false)"

func TestSearchFindsEveryPersonHoweverTheNumberIsStored(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	for _, p := range org.People() {
		e164 := strings.TrimPrefix(p.Number, "+")
		variants := []string{e164}
		for n := 1; n <= 3; n++ { // country codes have one to three digits
			variants = append(variants, e164[n:], "0"+e164[n:])
		}
		hits := found(t, c.search("FIND {"+strings.Join(variants, " OR ")+"}"+callerReturning))
		ids := map[string]bool{}
		for _, h := range hits {
			ids[h["Id"].(string)] = true
		}
		if !ids[p.ID] {
			t.Errorf("%s %s, stored as %q, is not found by %v", p.Object, p.Name, p.Stored, variants)
		}
		if len(hits) != p.Shared+1 {
			t.Errorf("%s: %d records found, want %d", p.Name, len(hits), p.Shared+1)
		}
	}
}
