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

		{"020 7946 0958/9", "+442079460959", "GB", crm.Suffix, false},
		{"020 7946 0958/9", "+442079460958", "GB", crm.Exact, false},
		{"212-555-0151/2/3", "+12125550152", "US", no, false}, // it may be a day
		{"212-555-0151/3", "+12125550153", "US", crm.Suffix, true},
		{"020 7946 0958 / 9", "+442079460959", "GB", no, false},
		{"020 7946 0958/0", "+442079460950", "GB", no, false},
		{"020 7946 0958/9 people", "+442079460959", "GB", crm.Suffix, true},
		{"212-555-0151, 0152", "+12125550152", "US", crm.Suffix, false},
		{"212-555-0151, 0152", "+12125550151", "US", crm.Exact, false},
		{"212-555-0151, 0152, 0153", "+12125550153", "US", crm.Suffix, false},
		{"212-555-0151, 52, 53", "+12125550153", "US", crm.Suffix, false},
		{"212-555-0151 or 0152", "+12125550152", "US", crm.Suffix, false},
		{"212-555-0151 or 0152 or 0153", "+12125550153", "US", crm.Suffix, false},
		{"212-555-0151 & 52", "+12125550152", "US", crm.Suffix, false},
		{"212-555-0151&52", "+12125550152", "US", crm.Suffix, false},
		{"212-555-0151 and 52 (office)", "+12125550152", "US", crm.Suffix, false},
		{"030 23125142 oder 143", "+493023125143", "DE", crm.Suffix, true},
		{"030 23125142 und 43", "+493023125143", "DE", crm.Suffix, false},
		{"01 42 68 53 41 ou 42", "+33142685342", "FR", crm.Suffix, false},
		{"01 42 68 53 41 et 42", "+33142685342", "FR", crm.Suffix, false},
		{"(11) 3225-1234 e 1235", "+551132251235", "BR", crm.Suffix, false},
		{"91 123 45 08 y 09", "+34911234509", "ES", crm.Suffix, false},
		{"020 123 4508 of 4509", "+31201234509", "NL", crm.Suffix, false},
		{"22 123 45 08 lub 09", "+48221234509", "PL", crm.Suffix, false},
		{"8 495 123-45-08 или 09", "+74951234509", "RU", crm.Suffix, false},
		{"03-5550-0158、0159", "+81355500159", "JP", crm.Suffix, false},
		{"212-555-0151, 204", "+12125550204", "US", no, false}, // an extension
		{"212-555-0151, 4152", "+12125554152", "US", no, false},
		{"212-555-0151, 2024", "+12125552024", "US", no, false},
		{"212-555-0151 or 415-555-0152", "+12125550415", "US", no, false},
		{"212-555-0151 or 415-555-0152", "+14155550152", "US", crm.Exact, false},
		{"212-555-0151 x 52", "+12125550152", "US", no, false},
		{"212-555-0151 room 52", "+12125550152", "US", no, false},
		{"212-555-0151 or room 52", "+12125550152", "US", no, false},
		{"212-555-0151, 52 Main St", "+12125550152", "US", crm.Suffix, true},
	}
	for _, tt := range tests {
		n := crm.ParseNumber(tt.caller, crm.NumberPlan{Region: tt.region})
		why, _ := crm.BestPhone(crm.Record{Phones: []crm.PhoneField{{Field: "Phone", Value: tt.stored}}}, n, tt.region)
		if why.Closeness != tt.want || why.Unsure != tt.unsure {
			t.Errorf("%q and %s: %v, unsure %v; want %v, %v", tt.stored, tt.caller, why.Closeness, why.Unsure, tt.want, tt.unsure)
		}
	}
}
