package salesforce

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/crm/demoorg/sosl"
)

// tollFree fills an org with accounts that have a number which begins with 800, the newest last.
func (r *rig) tollFree(t *testing.T, n int, phone string) {
	t.Helper()
	const most = 200
	for from := 0; from < n; from += most {
		var records []map[string]any
		for i := from; i < min(n, from+most); i++ {
			records = append(records, map[string]any{
				"attributes": map[string]any{"type": crm.Account}, "Name": fmt.Sprintf("Account %d", i), "Phone": fmt.Sprintf(phone, i),
			})
		}
		q := call{method: http.MethodPost, path: "/composite/sobjects", body: map[string]any{"records": records}, timeout: r.cfg.WriteTimeout}
		if _, err := r.do(t.Context(), q, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// Whoever calls from a toll-free number is found among any number of records that have another one.
func TestATollFreeCallerIsFoundAmongMany(t *testing.T) {
	for name, how := range map[string]sosl.PhoneIndex{"strictest": sosl.AllDigits, "middle": sosl.ByGroups, "kindest": sosl.AnySuffix} {
		for _, stored := range []string{"(800) 356-9377", "1-800-356-9377", "+18003569377"} {
			t.Run(name+" "+stored, func(t *testing.T) {
				r := linkedRig(t, demoorg.Config{Empty: true, PhoneIndex: how}, nil)
				id := r.makeRecord(t, crm.Account, map[string]any{"Name": "Flowers", "Phone": stored})
				r.tollFree(t, 450, "(800) 555-%04d")
				n := number("+18003569377")
				got, err := r.Lookup(t.Context(), n)
				if err != nil || len(got.Matches) != 1 || got.Matches[0].ID != id {
					t.Errorf("%d matches, %v", len(got.Matches), err)
				}
				all, err := r.LookupAll(t.Context(), []crm.Number{number("+14155550132"), n})
				if err != nil || len(all[1].Matches) != 1 {
					t.Errorf("together: %+v, %v", all, err)
				}
				trial, err := r.TryNumber(t.Context(), n)
				if err != nil || len(trial.Result.Matches) != 1 {
					t.Errorf("tried: %+v, %v", trial, err)
				}
			})
		}
	}
}

// Where it cannot be told whether anybody has the number, nobody is told that nobody has it.
func TestNobodyIsNotSaidOfWhatWasLeftOut(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Empty: true}, nil)
	r.makeRecord(t, crm.Account, map[string]any{"Name": "Flowers", "Phone": "1-800-FLOWERS"})
	r.tollFree(t, 450, "(800) 555-%04d")
	n := number("+18003569377")
	got, err := r.Lookup(t.Context(), n)
	wantError(t, err, crm.ClassRejected, "salesforce.too-many-found")
	if len(got.Matches) > 0 {
		t.Errorf("%+v", got)
	}
	all, err := r.LookupAll(t.Context(), []crm.Number{number("+14155550132"), n})
	if err != nil || all[0].Undecided() || !all[1].Undecided() {
		t.Errorf("%+v, %v", all, err)
	}
	if got, err := r.Lookup(t.Context(), number("+14155550132")); err != nil || got.Undecided() { // few begin like that
		t.Errorf("%+v, %v", got, err)
	}
}

// A field of text may have the number behind many words, in any script.
func TestANumberBehindManyWordsIsCompared(t *testing.T) {
	r, _ := chosenRig(t, demoorg.Config{}, search(crm.Contact, "Title"))
	dana, _ := r.org.Caller("Dana Whitfield")
	check(t, r.org.Change(dana.ID, map[string]any{"Title": strings.Repeat("office ", 16) + "+16175550177"}))
	if m := r.lookupOne(t, "+16175550177"); m.ID != dana.ID || m.Why.Field != "Title" {
		t.Errorf("%+v", m)
	}
	for _, words := range []string{strings.Repeat("office ", 34), strings.Repeat("دفتر ", 48)} { // 255 characters at most
		one := row{"attributes": map[string]any{"type": crm.Contact}, "Id": dana.ID, "Notes__c": words + "+16175550177"}
		rec := one.record(session{}, []field{{Name: "Notes__c", Label: "Notes"}}, "Name")
		if _, ok := crm.BestPhone(rec, number("+16175550177"), "US"); !ok {
			t.Errorf("not found in %q", rec.Phones)
		}
	}
}
