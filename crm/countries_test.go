package crm_test

import (
	"slices"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"linecard/crm"
)

// What libphonenumber writes of a number of any country, for people at home and abroad, is that number here too, and not the
// number of the next line: the same with another last digit.
func TestEveryCountrysOwnSpellings(t *testing.T) {
	kinds := []phonenumbers.PhoneNumberType{phonenumbers.FIXED_LINE, phonenumbers.MOBILE, phonenumbers.TOLL_FREE, phonenumbers.VOIP}
	var regions []string
	for r := range phonenumbers.GetSupportedRegions() {
		regions = append(regions, r)
	}
	slices.Sort(regions)
	tried := 0
	for _, region := range regions {
		for _, kind := range kinds {
			num := phonenumbers.GetExampleNumberForType(region, kind)
			if num == nil || phonenumbers.GetRegionCodeForNumber(num) != region || len(phonenumbers.GetNationalSignificantNumber(num)) < 6 {
				continue
			}
			tried++
			e164 := phonenumbers.Format(num, phonenumbers.E164)
			neighbour := e164[:len(e164)-1] + string('0'+(e164[len(e164)-1]-'0'+1)%10)
			for _, s := range []struct{ stored, home string }{
				{e164, "US"},
				{phonenumbers.Format(num, phonenumbers.INTERNATIONAL), "DE"},
				{phonenumbers.Format(num, phonenumbers.RFC3966), "JP"},
				{phonenumbers.FormatOutOfCountryCallingNumber(num, region), region},
				{phonenumbers.FormatOutOfCountryCallingNumber(num, "GB"), "GB"},
				{phonenumbers.Format(num, phonenumbers.NATIONAL), region},
			} {
				n := crm.ParseNumber(e164, crm.NumberPlan{Region: s.home})
				if !n.Public() {
					t.Errorf("%s %s is no number that can be looked up", region, e164)
					continue
				}
				if _, ok := crm.Compare(s.stored, n, s.home); !ok {
					t.Errorf("%s: %q is not %s for somebody in %s", region, s.stored, e164, s.home)
				}
				other := crm.ParseNumber(neighbour, crm.NumberPlan{Region: s.home})
				if c, ok := crm.Compare(s.stored, other, s.home); ok && other.Public() {
					t.Errorf("%s: %q is taken for %s in %s: %v", region, s.stored, neighbour, s.home, c)
				}
			}
		}
	}
	if tried < 500 {
		t.Errorf("only %d numbers were tried", tried)
	}
}
