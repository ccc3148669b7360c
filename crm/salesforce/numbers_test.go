package salesforce

import (
	"os"
	"strings"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/crm/demoorg/sosl"
)

// Every spelling that people store is found by one search, whichever way the org indexes a phone field.
func TestSpellingsAreFoundInEveryIndex(t *testing.T) {
	doc, err := os.ReadFile("../testdata/numbers.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for name, how := range map[string]sosl.PhoneIndex{"strictest": sosl.AllDigits, "middle": sosl.ByGroups, "kindest": sosl.AnySuffix} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := linkedRig(t, demoorg.Config{Empty: true, PhoneIndex: how}, nil)
			id := r.makeRecord(t, crm.Contact, map[string]any{"LastName": "Whitfield"})
			other := r.makeRecord(t, crm.Contact, map[string]any{"LastName": "Other", "Phone": "+1 617 555 0199"})
			for line := range strings.Lines(string(doc)) {
				f := strings.Split(strings.TrimRight(line, "\n"), "\t")
				if strings.HasPrefix(line, "#") {
					continue
				}
				stored, region, caller, want := strings.ReplaceAll(f[2], `\n`, "\n"), f[3], f[4], f[5]
				if len(stored) > 40 { // as many as a phone field takes
					stored = strings.NewReplacer("office", "o", "Bureau", "B", "Portable", "P").Replace(stored)
				}
				r.changeRecord(t, crm.Contact, id, map[string]any{"Phone": stored})
				r.cfg.Region = func() string { return region }
				before := r.org.Count("", "/search")
				got, err := r.Lookup(t.Context(), crm.ParseNumber(caller, crm.NumberPlan{Region: region}))
				if err != nil || len(got.Matches) != 1 || got.Matches[0].ID == other {
					t.Errorf("%s: %q in %s: %d matches of %s, %v: %s", f[0], stored, region, len(got.Matches), caller, err, f[6])
					continue
				}
				if _, taken := got.Winner(); taken != (want == "yes") {
					t.Errorf("%s: %q in %s: %s takes it: %v", f[0], stored, region, caller, taken)
				}
				if n := r.org.Count("", "/search") - before; n != 1 {
					t.Errorf("%s: %d searches", f[0], n)
				}
			}
		})
	}
}

// makeRecord creates a record as another client of the org does.
func (r *rig) makeRecord(t testing.TB, object string, fields map[string]any) string {
	t.Helper()
	var made saved
	if _, err := r.do(t.Context(), call{method: "POST", path: "/sobjects/" + object, body: fields, timeout: time.Minute}, &made); err != nil {
		t.Fatal(err)
	}
	return made.ID
}

func (r *rig) changeRecord(t testing.TB, object, id string, fields map[string]any) {
	t.Helper()
	if _, err := r.do(t.Context(), call{method: "PATCH", path: "/sobjects/" + object + "/" + id, body: fields, timeout: time.Minute}, nil); err != nil {
		t.Fatal(fields, err)
	}
}
