package crm_test

import (
	"testing"

	"linecard/crm"
)

// A second number may be given by its last digits. Hours, days, floors and years are none.
func TestShortSecondNumbers(t *testing.T) {
	const no = crm.Closeness(0)
	tests := []struct {
		stored, caller, region string
		want                   crm.Closeness
		unsure                 bool
	}{
		{"415-555-0175 / 24h", "+14155550124", "US", no, false},
		{"415-555-0175 / 24/7", "+14155550124", "US", no, false},
		{"415-555-0175 /24/7", "+14155550124", "US", no, false},
		{"415-555-0175 / 24 hours", "+14155550124", "US", no, false},
		{"415-555-0175 / 12/31", "+14155550112", "US", no, false},
		{"415-555-0175 / 12/31", "+14155550131", "US", no, false},
		{"415-555-0175/12/31", "+14155550131", "US", no, false},
		{"415-555-0175 / 12/05/2024", "+14155550112", "US", no, false},
		{"415-555-0175 / 03/2024", "+14155550103", "US", no, false},
		{"415-555-0175 / 12 / 31", "+14155550131", "US", no, false},
		{"415-555-0175 / 12:30", "+14155550112", "US", no, false},
		{"415-555-0175 / 10-17 h", "+14155550110", "US", no, false},
		{"415-555-0175 / 10 am", "+14155550110", "US", no, false},
		{"415-555-0175 / 12th floor", "+14155550112", "US", no, false},
		{"415-555-0175 / 24時間", "+14155550124", "US", no, false},
		{"030 23125142 / 24 Std.", "+493023125124", "DE", no, false},
		{"415-555-0175 / 12 people", "+14155550112", "US", crm.Suffix, true},
		{"415-555-0175 / 10-17", "+14155550110", "US", crm.Suffix, true},
		{"415-555-0175 / 2024", "+14155552024", "US", crm.Suffix, true},
		{"415-555-0175 / 24h", "+14155550175", "US", crm.Exact, false},
		{"415-555-0175 / 12/31", "+14155550175", "US", crm.Exact, false},

		{"212-555-0151/52", "+12125550152", "US", crm.Suffix, false},
		{"212-555-0151 / 52", "+12125550152", "US", crm.Suffix, false},
		{"212-555-0151/52 (office)", "+12125550152", "US", crm.Suffix, false},
		{"212-555-0151/52/53", "+12125550152", "US", crm.Suffix, false},
		{"212-555-0151/52/53", "+12125550153", "US", crm.Suffix, false},
		{"212-555-0151/52/53", "+12125550154", "US", no, false},
		{"030 23125-142/-102/-103", "+493023125103", "DE", crm.Suffix, false},
	}
	for _, tt := range tests {
		n := crm.ParseNumber(tt.caller, crm.NumberPlan{Region: tt.region})
		why, _ := crm.BestPhone(crm.Record{Phones: []crm.PhoneField{{Field: "Phone", Value: tt.stored}}}, n, tt.region)
		if why.Closeness != tt.want || why.Unsure != tt.unsure {
			t.Errorf("%q and %s: %v, unsure %v; want %v, %v", tt.stored, tt.caller, why.Closeness, why.Unsure, tt.want, tt.unsure)
		}
	}
}
