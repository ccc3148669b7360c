package crm

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// How well a text could be read as a number, worst first.
const (
	unreadable = iota
	possible   // has the length of a number of its country, but no such block is known to be in use
	guessed    // valid with a "+" in front, which the writer left out
	valid      // valid as it is written
)

// reading is one way to parse a written number.
type reading struct {
	num      *phonenumbers.PhoneNumber
	grade    int
	explicit bool // the country code was written, not taken from the region
}

func (r reading) e164() string { return phonenumbers.Format(r.num, phonenumbers.E164) }

// readOutside reads s with and without the digits dialled for an outside line. A PBX that wants the prefix when
// dialling may or may not add it to the numbers it signals, so the better reading wins.
func readOutside(s, region, prefix string) reading {
	whole := read(s, region)
	if prefix == "" || strings.HasPrefix(s, "+") {
		return whole
	}
	rest, ok := strings.CutPrefix(digitsOf(s), prefix)
	if !ok || len(rest) < minPublicDigits {
		return whole
	}
	if stripped := read(rest, region); stripped.grade >= whole.grade {
		return stripped
	}
	return whole
}

// read returns the best reading of s for a person in region.
func read(s, region string) reading {
	digits := digitsOf(s)
	written := parse(s, region)
	if len(digits) < minPublicDigits {
		if written.grade == valid && hasLetter(s) {
			return written // 1-800-FLOWERS
		}
		return reading{}
	}
	if written.grade == valid || strings.HasPrefix(s, "+") || strings.HasPrefix(s, "＋") {
		if fixed := withoutOldMexicanPrefix(written); fixed.grade == valid {
			return fixed
		}
		if written.grade < valid && digits[0] == '0' { // no country code begins with a zero, so that the "+" is wrong
			return read(digits, region)
		}
		return written
	}
	// People abroad write 00 or 011, whatever their own exit code is, and some trunks leave the "+" out.
	for _, exit := range []string{"00", "011", ""} {
		rest, ok := strings.CutPrefix(digits, exit)
		if !ok || len(rest) < minPublicDigits+2 {
			continue
		}
		if r := withoutOldMexicanPrefix(parse("+"+rest, region)); r.grade == valid {
			r.grade = guessed
			return r
		}
	}
	return written
}

func parse(s, region string) reading {
	num, err := phonenumbers.ParseAndKeepRawInput(s, region)
	if err != nil || num.GetNationalNumber() == 0 { // zeros would be "formatted" as any text that was written
		return reading{}
	}
	r := reading{num: num, explicit: num.GetCountryCodeSource() != phonenumbers.PhoneNumber_FROM_DEFAULT_COUNTRY}
	switch {
	case phonenumbers.IsValidNumber(num):
		r.grade = valid
	case phonenumbers.IsPossibleNumberWithReason(num) == phonenumbers.IS_POSSIBLE:
		r.grade = possible
	}
	return r
}

// withoutOldMexicanPrefix reads +52 1 55… as +52 55…, the same mobile since 2019.
func withoutOldMexicanPrefix(r reading) reading {
	if r.num == nil || r.grade == valid || r.num.GetCountryCode() != mexico {
		return r
	}
	nsn, ok := strings.CutPrefix(phonenumbers.GetNationalSignificantNumber(r.num), "1")
	if !ok {
		return r
	}
	if fixed := parse("+52"+nsn, "MX"); fixed.grade == valid {
		return fixed
	}
	return r
}
