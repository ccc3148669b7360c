package crm

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Tails returns the last eight digits, as numbers, by which a store finds stored again: whatever [Compare] takes for a
// Number, with the same region, shares one of them with [Number.Tails]. Most fields have one; a field without a number
// has none. What shares a tail is a candidate and no more, until Compare says so.
func Tails(stored, region string) []uint32 {
	region = NumberPlan{Region: region}.region()
	var all []uint32
	for _, one := range spellings(stored, region) {
		all = addTail(all, digitsOf(one))
		if r := read(one, region); r.grade != unreadable { // an extension behind it, letters in it, a (0) within
			all = addTail(all, phonenumbers.GetNationalSignificantNumber(r.num))
			all = addTail(all, strings.TrimPrefix(r.e164(), "+"))
		}
	}
	return all
}

// Tails returns the last eight digits to look for among those that [Tails] returned for stored fields.
func (n Number) Tails() []uint32 {
	if n.E164 == "" {
		return nil
	}
	all := addTail(nil, n.Digits)
	return addTail(all, strings.TrimPrefix(n.E164, "+")) // differs where the country's numbers have seven digits
}

func addTail(all []uint32, digits string) []uint32 {
	digits = strings.TrimLeft(digits, "0")
	tail, err := strconv.ParseUint(digits[max(0, len(digits)-shortestSuffix):], 10, 32)
	if err != nil || slices.Contains(all, uint32(tail)) {
		return all
	}
	return append(all, uint32(tail))
}
