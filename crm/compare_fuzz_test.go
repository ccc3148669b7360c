package crm_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"linecard/crm"
)

// built is a field that people could have built around a number.
type built struct {
	text          string
	number        string // the number in it, alone and in Latin digits
	international bool   // the country is written with a "+" or an exit code
}

// build writes a number as the choices say: a form of it, digits of a script, punctuation, something before and behind.
func build(num *phonenumbers.PhoneNumber, choices []byte) built {
	next := func(n int) int {
		if len(choices) == 0 {
			return 0
		}
		c := int(choices[0])
		choices = choices[1:]
		return c % n
	}
	nsn := phonenumbers.GetNationalSignificantNumber(num)
	cc := strings.TrimSuffix(strings.TrimPrefix(phonenumbers.Format(num, phonenumbers.E164), "+"), nsn)
	trunk := phonenumbers.GetNddPrefixForRegion(phonenumbers.GetRegionCodeForNumber(num), true)
	forms := []built{
		{text: phonenumbers.Format(num, phonenumbers.INTERNATIONAL), international: true},
		{text: phonenumbers.Format(num, phonenumbers.E164), international: true},
		{text: "00" + cc + nsn, international: true},
		{text: "011 " + cc + " " + nsn, international: true},
		{text: "+00" + cc + nsn, international: true},
		{text: "(+" + cc + ") " + nsn, international: true},
		{text: phonenumbers.Format(num, phonenumbers.NATIONAL)},
		{text: trunk + nsn},
		{text: nsn},
	}
	b := forms[next(len(forms))]
	b.number = b.text
	zero := []rune{'0', '٠', '۰', '०', '০', '๐', '０', '0', '0', '0'}[next(10)]
	b.text = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return zero + r - '0'
		}
		return r
	}, b.text)
	b.text = strings.NewReplacer(" ", []string{" ", "-", ".", "\u00a0", "\u2009", "‑"}[next(6)]).Replace(b.text)
	before := []string{"", "Tel. ", "\u202a", "mobile: ", "Handy ", "h:", "電話 ", "+1 212 555 0199 / ", "call after 5pm: ", "'"}
	behind := []string{
		"", " x204", " ext. 12", ";ext=7", " доб. 12", "内線204", "转123", " #204", ",,204", " (home)", " until 12/31", " (24h)", " after 5 pm",
		" / +1 212 555 0199", " or +1 212 555 0199", "\n+12125550199", " wew. 12", " poste 204", " – ask for Ms. 007", " (ext 3)", " DW 12",
	}
	b.text = before[next(len(before))] + b.text + behind[next(len(behind))]
	return b
}

// FuzzCompare builds fields around numbers of every country: a number is found in its own field, and another number's is
// not in it.
func FuzzCompare(f *testing.F) {
	var regions []string
	for r := range phonenumbers.GetSupportedRegions() {
		regions = append(regions, r)
	}
	slices.Sort(regions)
	for i := range len(regions) {
		f.Add(uint16(i), uint16(i*7+3), uint16(0), uint8(0), []byte{byte(i), byte(i / 3), byte(i / 5), byte(i / 7), byte(i / 2)})
	}
	f.Fuzz(func(t *testing.T, is, other, where uint16, kind uint8, choices []byte) {
		num := example(regions[int(is)%len(regions)], kind)
		if num == nil {
			return
		}
		e164 := phonenumbers.Format(num, phonenumbers.E164)
		home := phonenumbers.GetRegionCodeForNumber(num)
		if e164 == "+12125550199" || home == "" {
			return
		}
		b := build(num, choices)
		region := regions[int(where)%len(regions)]
		if !b.international {
			region = home // a national number is one of the country it is read in
		}
		if read, err := phonenumbers.Parse(b.number, region); err == nil && phonenumbers.IsValidNumber(read) &&
			phonenumbers.Format(read, phonenumbers.E164) != e164 && !strings.HasPrefix(b.number, "+") {
			return // 002 is an exit code of Hong Kong, so that 00 243… is the Austrian number 43… there
		}
		n := crm.ParseNumber(e164, crm.NumberPlan{Region: region})
		if n.Public() && len(n.Digits) >= 6 {
			if c, ok := crm.Compare(b.text, n, region); !ok {
				t.Errorf("%q does not hold %s in %s", b.text, e164, region)
			} else if b.international && c == crm.Suffix {
				t.Errorf("%q holds %s by its last digits only", b.text, e164)
			}
		}

		stranger := example(regions[int(other)%len(regions)], kind)
		if stranger == nil || len(phonenumbers.GetNationalSignificantNumber(stranger)) < 6 {
			return
		}
		s := crm.ParseNumber(phonenumbers.Format(stranger, phonenumbers.E164), crm.NumberPlan{Region: region})
		if s.E164 == n.E164 || s.E164 == "+12125550199" || strings.HasSuffix(n.Digits, s.Digits) || strings.HasSuffix(s.Digits, n.Digits) {
			return // examples are made of the same digits; what they share decides in TestAnotherNumberWithTheSameDigits
		}
		if c, ok := crm.Compare(b.text, s, region); ok && b.international {
			t.Errorf("%q of %s is taken for %s in %s: %v", b.text, e164, s.E164, region, c)
		}
	})
}

// example is a valid number of a region.
func example(region string, kind uint8) *phonenumbers.PhoneNumber {
	kinds := []phonenumbers.PhoneNumberType{phonenumbers.FIXED_LINE, phonenumbers.MOBILE, phonenumbers.TOLL_FREE}
	return phonenumbers.GetExampleNumberForType(region, kinds[int(kind)%len(kinds)])
}

// The same digits are another number where another country is written, or where they are valid at home.
func TestAnotherNumberWithTheSameDigits(t *testing.T) {
	tests := []struct {
		stored, caller, region string
		want                   crm.Closeness
		unsure                 bool
	}{
		{"+1 207 946 0988", "+442079460988", "US", 0, false},
		{"001 207 946 0988", "+442079460988", "DE", 0, false},
		{"011 1 207 946 0988", "+442079460988", "GB", 0, false},
		{"+1 207 946 0988 x44", "+442079460988", "GB", 0, false},
		{"(207) 946-0988", "+442079460988", "US", crm.National, true},
		{"1-207-946-0988", "+442079460988", "US", 0, false}, // with the 1 before it, it is written as an American number
		{"912 345 682", "+34912345682", "PT", crm.National, true},
		{"+351 912 345 682", "+34912345682", "PT", 0, false},
		{"0141 555 0179", "+14155550179", "GB", 0, false}, // Glasgow
		{"415-555-0173 / 415-555-0174", "+14155550175", "US", 0, false},
		{"415-555-0173 415-555-0174", "+14155550175", "US", 0, false},
		{"4155550173204", "+15550173204", "US", 0, false},
		{"030 23125152", "+493023125", "DE", 0, false}, // a direct number is not the company's
		{"+49 30 23125-152", "+493023125", "DE", 0, false},
		{"94155550178", "+14155550178", "US", crm.Suffix, false}, // 9 for an outside line
		{"24155550178", "+14155550178", "US", 0, false},
		{"912 345 619", "+3612345619", "ES", 0, false},
		{"(1) 234 5619", "+34912345619", "CO", 0, false}, // Bogotá, until 2021
		{"+57 (1) 2345619", "+3612345619", "CO", 0, false},
		{"+972 (0)50-1234508", "+971501234508", "IL", 0, false},
		{"555-0132", "+14155550132", "US", 0, false},
	}
	for _, tt := range tests {
		n := crm.ParseNumber(tt.caller, crm.NumberPlan{Region: tt.region})
		why, _ := crm.BestPhone(crm.Record{Phones: []crm.PhoneField{{Field: "Phone", Value: tt.stored}}}, n, tt.region)
		if why.Closeness != tt.want || why.Unsure != tt.unsure {
			t.Errorf("%q and %s in %s: %v, unsure %v; want %v, %v", tt.stored, n.E164, tt.region, why.Closeness, why.Unsure, tt.want, tt.unsure)
		}
	}
}

// No row of the table is taken for the caller of another one.
func TestSpellingsOfOthersDoNotMatch(t *testing.T) {
	all := spellings(t)
	numbers := make([]crm.Number, len(all))
	for i, s := range all {
		numbers[i] = s.number()
	}
	for i, s := range all {
		r := crm.Record{Phones: []crm.PhoneField{{Field: "Phone", Value: s.stored}}}
		several := strings.HasPrefix(s.kind, "two-numbers") || strings.HasSuffix(s.kind, "range")
		for j, n := range numbers {
			if n.E164 == numbers[i].E164 || several && s.country == all[j].country {
				continue
			}
			if why, ok := crm.BestPhone(r, n, s.country); ok && !why.Unsure {
				t.Errorf("%s %q in %s is taken for %s of %s: %v", s.id, s.stored, s.country, n.E164, all[j].id, why.Closeness)
			}
		}
	}
}
