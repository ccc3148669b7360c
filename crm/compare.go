package crm

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// minSuffix is the fewest trailing digits that make two numbers probably the same. Seven are not enough: every North
// American area code has its own 555 0132.
const minSuffix = 8

// Compare reports whether stored, a number as people type it into a record, equals n, and how closely. region is the
// ISO 3166 code of the country of the org's users: a number stored without a country code is read as a number of that
// country ("" means n.Region).
//
// An org's search follows its own rules, and its index may be minutes old. So a hit counts as a match only after
// Compare has accepted it.
func Compare(stored string, n Number, region string) (Closeness, bool) {
	if n.E164 == "" || !couldMatch(stored, n) {
		return 0, false
	}
	if region == "" {
		region = n.Region
	}
	region = NumberPlan{Region: region}.region()
	best := Closeness(0)
	for _, one := range splitNumbers(stored, region) {
		if c := compareOne(one, n, region); c != 0 && (best == 0 || c < best) {
			best = c
		}
	}
	return best, best != 0
}

// couldMatch rejects quickly what cannot be n: in any spelling with digits, the last seven digits stay together and in
// order. So not every phone number of every record found has to be parsed.
func couldMatch(stored string, n Number) bool {
	return hasLetter(stored) || strings.Contains(digitsOf(stored), n.Digits[max(0, len(n.Digits)-7):])
}

// splitNumbers splits a field that holds two numbers ("415 555 0132 / 415 555 0133"). A slash alone is not enough:
// Germans write 0221/123456 for one number.
func splitNumbers(stored, region string) []string {
	stored = splitAddress(stored).user
	all := []string{stored}
	if read(stored, region).grade == valid {
		return all
	}
	parts := strings.FieldsFunc(strings.NewReplacer(" or ", "/", " and ", "/").Replace(stored), func(r rune) bool {
		return strings.ContainsRune("/;,|\n", r)
	})
	if len(parts) < 2 || len(parts) > 8 {
		return all
	}
	for _, p := range parts {
		if len(digitsOf(p)) >= minPublicDigits {
			all = append(all, strings.TrimSpace(p))
		}
	}
	return all
}

func compareOne(stored string, n Number, region string) Closeness {
	r := read(stored, region)
	if r.grade != unreadable {
		if r.e164() == n.E164 {
			return Exact
		}
		if sameArgentineMobile(r.num, n) {
			return National
		}
	}
	// A complete number of a known country that is not n is another number, even if its last digits are the same: 415
	// 555 0132 and 425 555 0132 share eight. Only a missing or guessed country leaves room for doubt.
	if r.grade == valid && (r.explicit || sameCountry(r.num, n)) {
		return 0
	}
	s := strings.TrimLeft(digitsOf(stored), "0") // the trunk prefix of many countries
	if s == "" {
		return 0
	}
	nsn := strings.TrimLeft(n.Digits, "0")
	if s == nsn {
		return National
	}
	long, short := strings.TrimPrefix(n.E164, "+"), s
	if len(s) > len(long) {
		long, short = s, nsn
	}
	if len(short) >= minSuffix && strings.HasSuffix(long, short) {
		return Suffix
	}
	return 0
}

func sameCountry(num *phonenumbers.PhoneNumber, n Number) bool {
	cc := strings.TrimSuffix(strings.TrimPrefix(n.E164, "+"), n.Digits)
	return strings.TrimSuffix(strings.TrimPrefix(phonenumbers.Format(num, phonenumbers.E164), "+"),
		phonenumbers.GetNationalSignificantNumber(num)) == cc
}

// sameArgentineMobile ignores the 9 that +54 mobile numbers have abroad and not at home.
func sameArgentineMobile(num *phonenumbers.PhoneNumber, n Number) bool {
	if num.GetCountryCode() != argentina || !strings.HasPrefix(n.E164, "+54") {
		return false
	}
	return strings.TrimPrefix(phonenumbers.GetNationalSignificantNumber(num), "9") == strings.TrimPrefix(n.Digits, "9")
}

// BestPhone returns the phone field of r that equals n most closely, and false when none does. Of two equally close
// fields the first wins, but a fax number loses to any other.
func BestPhone(r Record, n Number, region string) (Why, bool) {
	var best Why
	for _, p := range r.Phones {
		c, ok := Compare(p.Value, n, region)
		if !ok {
			continue
		}
		better := best.Closeness == 0 || c < best.Closeness || (c == best.Closeness && isFax(best.Field) && !isFax(p.Field))
		if better {
			best = Why{PhoneField: p, Closeness: c}
		}
	}
	return best, best.Closeness != 0
}

// String describes the closeness in English, for the log and for tests.
func (c Closeness) String() string {
	switch c {
	case Exact:
		return "exact"
	case National:
		return "same number without country code"
	case Suffix:
		return "same last digits"
	}
	return "none"
}
