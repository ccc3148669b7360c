package crm

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Tails returns the last eight digits of the numbers in stored, each as a number, as a search key for a store: every
// text that [Compare] accepts for a Number, with the same region, shares one of them with [Number.Tails]. Most fields
// have one; a field without a number has none. A shared tail makes a candidate only; Compare decides.
func Tails(stored, region string) []uint32 {
	region = NumberPlan{Region: region}.region()
	var all []uint32
	for _, one := range splitNumbers(stored, region) {
		all = addTail(all, digitsOf(one))
		if r := read(one, region); r.grade != unreadable { // accepts an extension at the end, letters, and a (0) inside
			all = addTail(all, phonenumbers.GetNationalSignificantNumber(r.num))
			all = addTail(all, strings.TrimPrefix(r.e164(), "+"))
		}
	}
	return all
}

// Tails returns the search keys by which a field with this number is found; see the function [Tails].
func (n Number) Tails() []uint32 {
	if n.E164 == "" {
		return nil
	}
	all := addTail(nil, n.Digits)
	return addTail(all, strings.TrimPrefix(n.E164, "+")) // it differs in countries whose numbers have seven digits
}

func addTail(all []uint32, digits string) []uint32 {
	digits = strings.TrimLeft(digits, "0")
	tail, err := strconv.ParseUint(digits[max(0, len(digits)-minSuffix):], 10, 32)
	if err != nil || slices.Contains(all, uint32(tail)) {
		return all
	}
	return append(all, uint32(tail))
}
