package crm

import "testing"

// Whoever works in the org is called by the extension that the user's fields have, however it is written there; nobody by a number that is none of the house.
func TestTheExtensionOfAUser(t *testing.T) {
	eight, err := ExtensionPattern("7[0-9]{7}|[0-9]{4}")
	if err != nil {
		t.Fatal(err)
	}
	us, de, house := NumberPlan{}, NumberPlan{Region: "DE"}, NumberPlan{Extension: eight}
	nine, zero := NumberPlan{OutsidePrefix: "9"}, NumberPlan{Region: "DE", OutsidePrefix: "0"}
	fr, paris := NumberPlan{Region: "FR"}, NumberPlan{Region: "FR", OutsidePrefix: "0"}
	for _, tt := range []struct {
		plan             NumberPlan
		extension, phone string
		want             string
	}{
		{us, "1001", "+1 415 555 0190", "1001"},
		{us, " x1001 ", "", "1001"},
		{us, "Ext. 10-01", "", "1001"},
		{us, "extension: 1001", "", "1001"},
		{us, "１００１", "", "1001"},
		{us, "", "+1 415 555 0190 ext. 1001", "1001"},
		{us, "", "(415) 555-0190 x77", "77"},
		{us, "", "1001", "1001"},
		{us, "", "+1 415 555 0190", ""},
		{us, "415 555 0190", "", ""},
		{us, "1001 / 1002", "", ""},
		{us, "1001 or call Ana", "1003", "1003"},
		{us, "*211001", "", ""},
		{us, "911", "", ""},
		{us, "112", "999", ""},
		{de, "110", "", ""},
		{de, "12", "", "12"},
		{de, "1121", "", "1121"},
		{house, "70001234", "", "70001234"},
		{house, "77", "", ""},
		{us, "9911", "", "9911"},
		{nine, "9911", "", ""}, // an emergency, behind the digits for an outside line
		{nine, "9112", "", ""},
		{nine, "9912", "", "9912"},
		{zero, "0112", "", ""},
		{zero, "0110", "", ""},
		{zero, "", "+49 30 23125117 ext. 0112", ""},
		{NumberPlan{Region: "GB"}, "118118", "", ""}, // directory enquiries
		{de, "11880", "", ""},
		{fr, "3949", "", ""},
		{paris, "3949", "", "3949"},
		{paris, "03949", "", ""},
		{NumberPlan{Region: "FR", Extension: eight}, "3949", "", "3949"}, // the plan says so
		{us, "", "", ""},
		{us, "front desk", "front desk", ""},
	} {
		if got := tt.plan.Internal(tt.extension, tt.phone); got != tt.want {
			t.Errorf("%q, %q: %q, want %q", tt.extension, tt.phone, got, tt.want)
		}
	}
}

// Whatever stands in the fields, what comes of it is an extension of the plan.
func FuzzInternal(f *testing.F) {
	f.Add("x1001", "+1 415 555 0190 ext 12")
	f.Add("911", "tel:+14155550190;ext=112")
	f.Fuzz(func(t *testing.T, extension, phone string) {
		for _, p := range []NumberPlan{{}, {Region: "GB", OutsidePrefix: "9"}} {
			if got := p.Internal(extension, phone); got != "" && (!p.extension().MatchString(got) || p.Emergency(got) || p.dear(got)) {
				t.Errorf("%q", got)
			}
		}
	})
}
