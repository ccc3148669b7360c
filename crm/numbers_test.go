package crm_test

import (
	"os"
	"strings"
	"testing"

	"linecard/crm"
)

// spelling is a row of testdata/numbers.tsv: a number as it is stored by people in a country, and a caller who has it.
type spelling struct{ id, kind, stored, country, caller, match, why string }

func spellings(tb testing.TB) []spelling {
	tb.Helper()
	doc, err := os.ReadFile("testdata/numbers.tsv")
	if err != nil {
		tb.Fatal(err)
	}
	var all []spelling
	for line := range strings.Lines(string(doc)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(f) < 7 {
			continue
		}
		all = append(all, spelling{f[0], f[1], strings.ReplaceAll(f[2], `\n`, "\n"), f[3], f[4], f[5], f[6]})
	}
	if len(all) < 170 {
		tb.Fatalf("%d rows", len(all))
	}
	return all
}

func (s spelling) number() crm.Number {
	return crm.ParseNumber(s.caller, crm.NumberPlan{Region: s.country})
}

func TestSpellings(t *testing.T) {
	for _, s := range spellings(t) {
		t.Run(s.id+" "+s.stored, func(t *testing.T) {
			r := crm.Record{Phones: []crm.PhoneField{{Field: "Phone", Value: s.stored}}}
			why, ok := crm.BestPhone(r, s.number(), s.country)
			if !ok || why.Unsure != (s.match == "weak") {
				t.Errorf("%q and %s (%s) in %s: %v, unsure %v; want %s: %s", s.stored, s.caller, s.number().E164, s.country, why.Closeness, why.Unsure, s.match, s.why)
			}
			if len(s.number().Variants) == 0 {
				t.Error("the caller is not looked up")
			}
		})
	}
}
