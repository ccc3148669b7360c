package salesforce

import (
	"fmt"
	"strings"
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg"
)

func (r *rig) searches() int {
	return r.org.Count("GET", "/search")
}

// Several numbers share a search, and each has the answer that it would have had alone.
func TestSeveralNumbersShareASearch(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	var numbers []crm.Number
	for _, p := range r.org.People() {
		numbers = append(numbers, crm.ParseNumber(p.Number, crm.NumberPlan{Region: "US"}))
	}
	numbers = append(numbers, crm.ParseNumber("+14155550199", crm.NumberPlan{Region: "US"}), numbers[0], crm.Number{Withheld: true})
	before := r.searches()
	together, err := r.LookupAll(t.Context(), numbers)
	if err != nil {
		t.Fatal(err)
	}
	asked := r.searches() - before
	if most := len(numbers) / 3; asked > most {
		t.Errorf("%d numbers took %d searches, want %d at most", len(numbers), asked, most)
	}
	if len(together) != len(numbers) {
		t.Fatalf("%d answers to %d numbers", len(together), len(numbers))
	}
	for i, n := range numbers {
		alone, err := r.Lookup(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := records(together[i]), records(alone); got != want || together[i].Number.E164 != n.E164 {
			t.Errorf("%s: together %s, alone %s", n.E164, got, want)
		}
	}
}

func records(r crm.Result) string {
	var b strings.Builder
	for _, m := range r.Matches {
		fmt.Fprintf(&b, "%s %d, ", m.ID, m.Why.Closeness)
	}
	return b.String() + fmt.Sprint(r.More)
}

// The four callers of an outage cost one search, and who was remembered costs none.
func TestFourNumbersAreOneSearch(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	var numbers []crm.Number
	for _, name := range []string{"Dana Whitfield", "Eleanor Juniper"} {
		numbers = append(numbers, r.number(t, name))
	}
	for _, n := range []string{"+14155550198", "+14155550199"} {
		numbers = append(numbers, crm.ParseNumber(n, crm.NumberPlan{Region: "US"}))
	}
	for _, want := range []int{1, 1} { // the second time the two whom nobody has are asked for again
		before := r.searches()
		all, err := r.LookupAll(t.Context(), numbers)
		if err != nil || len(all[0].Matches) != 1 || len(all[1].Matches) < 2 || len(all[3].Matches) != 0 {
			t.Fatalf("%+v %v", all, err)
		}
		if asked := r.searches() - before; asked != want {
			t.Errorf("%d searches, want %d", asked, want)
		}
	}
}

// A number with more records than are asked for keeps no other from being found.
func TestASwitchboardHidesNobody(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	board := crm.ParseNumber("+12125550170", crm.NumberPlan{Region: "US"})
	for i := range 3 * foundTogether {
		r.makeRecord(t, "Contact", map[string]any{"LastName": fmt.Sprintf("Member %d", i), "Phone": "(212) 555-0170"})
	}
	dana := r.number(t, "Dana Whitfield")
	all, err := r.LookupAll(t.Context(), []crm.Number{board, dana})
	if err != nil {
		t.Fatal(err)
	}
	if len(all[0].Matches) != shownByPhone || !all[0].More {
		t.Errorf("the switchboard has %d matches, more %v", len(all[0].Matches), all[0].More)
	}
	if len(all[1].Matches) != 1 || all[1].More {
		t.Errorf("Dana: %d matches, more %v", len(all[1].Matches), all[1].More)
	}
}

func TestAFailedSearchIsThatOfAll(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.org.SetDown(true)
	if all, err := r.LookupAll(t.Context(), []crm.Number{r.number(t, "Dana Whitfield"), r.number(t, "Eleanor Juniper")}); err == nil {
		t.Errorf("%+v", all)
	}
}
