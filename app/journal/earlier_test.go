package journal

import (
	"slices"
	"testing"

	"linecard/crm"
	"linecard/fault"
)

// Whom a call was with before and why nobody could talk stay with it, whatever is noted later, and it is found by both names.
func TestWhomACallWasWithBefore(t *testing.T) {
	j := openTemp(t)
	must(t, j.Ring(ctx, ringing("c1")))
	c := ringing("c1")
	c.Name, c.Earlier, c.Why = "Mateo Silva", crm.Parties{{Name: "Reception", Number: "2050"}, {}}, fault.New("sip.ended.encrypted-caller")
	must(t, j.Ring(ctx, c))
	must(t, j.Identify(ctx, "c1", "Mateo Silva Gomes", "Initech", dana, ""))
	row, err := j.Call(ctx, "c1")
	must(t, err)
	if !slices.Equal(row.Earlier, c.Earlier) || !row.Why.Is("sip.ended.encrypted-caller") || row.Name != "Mateo Silva Gomes" {
		t.Errorf("%+v", row)
	}
	for _, text := range []string{"reception", "gomes"} {
		rows, err := j.History(ctx, Filter{Text: text})
		must(t, err)
		if len(rows) != 1 {
			t.Errorf("%q finds %d calls", text, len(rows))
		}
	}
}

// What an older Linecard has kept in words is read as what it means, in so far as it tells that.
func TestEarlierPartiesThatWereKeptInWords(t *testing.T) {
	for text, want := range map[string]crm.Parties{
		"":                                    nil,
		"a withheld number":                   {{}},
		"Reception (2050)":                    {{Name: "Reception (2050)"}},
		"Doe, Jane, a withheld number, Mateo": {{Name: "Doe, Jane"}, {}, {Name: "Mateo"}},
		"[{ is no list":                       {{Name: "[{ is no list"}},
	} {
		if got := decodeParties(text); !slices.Equal(got, want) {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}
