package crm_test

import (
	"strconv"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"linecard/crm"
)

// A number of the agents' own country, written as they dial it, is never that of a foreign caller with the same digits.
func TestANumberDialedAtHomeIsNoForeignOne(t *testing.T) {
	for _, tt := range []struct{ stored, caller, region string }{
		{"0431 5145022", "+4315145022", "DE"},
		{"0361 2345619", "+3612345619", "DE"},
		{"0151 23456789", "+15123456789", "DE"},
		{"0431 5145022 ext. 3", "+4315145022", "DE"},
		{"0461 234567", "+461234567", "IT"},
	} {
		n := crm.ParseNumber(tt.caller, crm.NumberPlan{Region: tt.region})
		if c, ok := crm.Compare(tt.stored, n, tt.region); ok {
			t.Errorf("%q is offered to %s in %s: %v", tt.stored, tt.caller, tt.region, c)
		}
	}
	met := 0
	for home := range phonenumbers.GetSupportedRegions() {
		trunk := phonenumbers.GetNddPrefixForRegion(home, true)
		if trunk == "" || trunk == "1" {
			continue
		}
		for foreign := range phonenumbers.GetSupportedRegions() {
			code := phonenumbers.GetCountryCodeForRegion(foreign)
			num := phonenumbers.GetExampleNumberForType(foreign, phonenumbers.FIXED_LINE)
			if num == nil || code == phonenumbers.GetCountryCodeForRegion(home) {
				continue
			}
			stored := trunk + strconv.Itoa(code) + phonenumbers.GetNationalSignificantNumber(num)
			own, err := phonenumbers.Parse(stored, home)
			if err != nil || !phonenumbers.IsValidNumberForRegion(own, home) {
				continue
			}
			n := crm.ParseNumber(phonenumbers.Format(num, phonenumbers.E164), crm.NumberPlan{Region: home})
			if c, ok := crm.Compare(stored, n, home); ok {
				t.Errorf("%q of %s is offered to %s: %v", stored, home, n.E164, c)
			}
			met++
		}
	}
	if met == 0 {
		t.Error("no such number")
	}
}
