package crm_test

import (
	"slices"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"linecard/crm"
)

// Where numbers have no fixed length, what is written behind one makes a longer number of it: another number, or hours.
func TestANumberWithSomethingBehindIt(t *testing.T) {
	tests := []struct{ stored, caller, region string }{
		{"030 23125101 0171 3920054", "+493023125101", "DE"},
		{"030 23125101 0171 3920054", "+491713920054", "DE"},
		{"0171 3920054 030 23125101", "+491713920054", "DE"},
		{"0171 3920054 030 23125101", "+493023125101", "DE"},
		{"+49 30 23125101 0171 3920054", "+493023125101", "DE"},
		{"0251 23456 0251 23457", "+4925123456", "DE"},
		{"0251 23456 0251 23457", "+4925123457", "DE"},
		{"01 5145022 0664 1234567", "+4315145022", "AT"},
		{"01 5145022 0664 1234567", "+436641234567", "AT"},
		{"0461 123456 335 1234508", "+390461123456", "IT"},
		{"030 23125142 24/7", "+493023125142", "DE"},
		{"030 23125142 24x7", "+493023125142", "DE"},
		{"030 23125142 8-17 Uhr", "+493023125142", "DE"},
		{"030 23125142 8-17", "+493023125142", "DE"},
		{"030 23125142 8 bis 17 Uhr", "+493023125142", "DE"},
		{"030 23125142 8 bis 17", "+493023125142", "DE"},
		{"030 23125142 8:00-17:00", "+493023125142", "DE"},
		{"030 23125142 8.00 - 17.00 Uhr", "+493023125142", "DE"},
		{"030 23125142 8h-17h", "+493023125142", "DE"},
		{"030 23125142 24 Std.", "+493023125142", "DE"},
		{"030 23125142 12.05.2024", "+493023125142", "DE"},
		{"030 23125142 2024-05-12", "+493023125142", "DE"},
		{"01 5145022 9-5 pm", "+4315145022", "AT"},
		{"030 23125 10-19", "+493023125", "DE"},
		{"030 23125142 2. Etage", "+493023125142", "DE"},
		{"030 23125142 3. OG", "+493023125142", "DE"},
		{"030 23125142 3.OG", "+493023125142", "DE"},
		{"030 23125142 3 OG links", "+493023125142", "DE"},
		{"030 23125142 1. Obergeschoss", "+493023125142", "DE"},
		{"01 5145022 2. Stock", "+4315145022", "AT"},
		{"01 5145022 2 Stock", "+4315145022", "AT"},
		{"01 5145022 2. Stk.", "+4315145022", "AT"},
		{"030 23125142 2nd floor", "+493023125142", "DE"},
		{"030 23125142 2nd fl.", "+493023125142", "DE"},
		{"06 1234508 2° piano", "+39061234508", "IT"},
		{"06 1234508 2 piano", "+39061234508", "IT"},
		{"030 23125142 2ème étage", "+493023125142", "DE"},
		{"030 23125142 2e étage", "+493023125142", "DE"},
		{"030 23125142 2º andar", "+493023125142", "DE"},
		{"030 23125142 2ª planta", "+493023125142", "DE"},
		{"030 23125142 2e verdieping", "+493023125142", "DE"},
		{"030 23125142 2. sal", "+493023125142", "DE"},
		{"09 1234508 2. krs", "+35891234508", "FI"},
		{"08-12345608 2 tr", "+46812345608", "SE"},
		{"030 23125142 2 этаж", "+493023125142", "DE"},
		{"030 23125142 2階", "+493023125142", "DE"},
		{"030 23125142 2024", "+493023125142", "DE"},
		{"01 5145022 2024", "+4315145022", "AT"},
		{"01 5145022, 2024", "+4315145022", "AT"},
	}
	for _, tt := range tests {
		n := crm.ParseNumber(tt.caller, crm.NumberPlan{Region: tt.region})
		why, ok := crm.BestPhone(crm.Record{Phones: []crm.PhoneField{{Field: "Phone", Value: tt.stored}}}, n, tt.region)
		if !ok || why.Unsure || why.Closeness != crm.Exact {
			t.Errorf("%q and %s in %s: %v, unsure %v", tt.stored, tt.caller, tt.region, why.Closeness, why.Unsure)
		}
		tails := crm.Tails(tt.stored, tt.region)
		if !slices.ContainsFunc(n.Tails(), func(u uint32) bool { return slices.Contains(tails, u) }) {
			t.Errorf("no key of %s is one of %q", tt.caller, tt.stored)
		}
	}
	for _, tt := range []struct{ stored, caller, region string }{
		{"030 23125-152", "+493023125", "DE"}, // a direct number is not the company's
		{"030 23125 152", "+493023125", "DE"},
		{"030 23125-24", "+493023125", "DE"},
		{"030 23125-0", "+493023125", "DE"},
		{"030/231251-17", "+4930231251", "DE"},
		{"030 231 2024", "+4930231", "DE"}, // no year
	} {
		n := crm.ParseNumber(tt.caller, crm.NumberPlan{Region: tt.region})
		if c, ok := crm.Compare(tt.stored, n, tt.region); ok {
			t.Errorf("%q is taken for %s in %s: %v", tt.stored, tt.caller, tt.region, c)
		}
	}
}

// In every country, each of two numbers in a row is found, as long as both are written as they are dialed at home or with
// their country.
func TestTwoNumbersInARow(t *testing.T) {
	var regions []string
	for r := range phonenumbers.GetSupportedRegions() {
		regions = append(regions, r)
	}
	slices.Sort(regions)
	kinds := []phonenumbers.PhoneNumberType{phonenumbers.FIXED_LINE, phonenumbers.MOBILE}
	for _, region := range regions {
		for _, kind := range [][2]phonenumbers.PhoneNumberType{{kinds[0], kinds[1]}, {kinds[1], kinds[0]}} {
			a, b := phonenumbers.GetExampleNumberForType(region, kind[0]), phonenumbers.GetExampleNumberForType(region, kind[1])
			if a == nil || b == nil || a.GetNationalNumber() == b.GetNationalNumber() || min(a.GetNationalNumber(), b.GetNationalNumber()) < 1e6 {
				continue // a number of six digits is read only where it stands by itself
			}
			for _, as := range [][2]phonenumbers.PhoneNumberFormat{
				{phonenumbers.NATIONAL, phonenumbers.NATIONAL}, {phonenumbers.INTERNATIONAL, phonenumbers.NATIONAL}, {phonenumbers.NATIONAL, phonenumbers.INTERNATIONAL},
			} {
				for _, between := range []string{" ", "\t", " / "} {
					stored := phonenumbers.Format(a, as[0]) + between + phonenumbers.Format(b, as[1])
					for _, num := range []*phonenumbers.PhoneNumber{a, b} {
						n := crm.ParseNumber(phonenumbers.Format(num, phonenumbers.E164), crm.NumberPlan{Region: region})
						if n.Extension {
							continue
						}
						if _, ok := crm.Compare(stored, n, region); !ok {
							t.Errorf("%s: %s is not found in %q", region, n.E164, stored)
						}
						tails := crm.Tails(stored, region)
						if !slices.ContainsFunc(n.Tails(), func(u uint32) bool { return slices.Contains(tails, u) }) {
							t.Errorf("%s: no key of %s is one of %q", region, n.E164, stored)
						}
					}
				}
			}
		}
	}
}
