package program_test

import (
	"testing"

	"linecard/crm"
)

// A number that is typed without a country code is one of the country in the settings, from the moment it is set.
func TestATypedNumberIsOneOfTheCountryInTheSettings(t *testing.T) {
	r := ready(t)
	for _, c := range []struct{ name, phone string }{{"Ruiz", "+52 33 1234 5678"}, {"Miller", "+1 331 234 5678"}} {
		if _, err := r.org.Create(crm.Contact, map[string]any{"LastName": c.name, "Phone": c.phone}); err != nil {
			t.Fatal(err)
		}
	}
	for country, want := range map[string]string{"US": "Miller", "MX": "Ruiz"} {
		if err := r.p.Settings().Set("numbers.country", country); err != nil {
			t.Fatal(err)
		}
		found, err := r.desk.FindPeople(t.Context(), "", "33 1234 5678")
		if err != nil || len(found) == 0 || found[0].Name != want {
			t.Errorf("%s: %v, %v", country, found, err)
		}
	}
}
