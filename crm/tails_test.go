package crm_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"linecard/crm"
)

// What Compare accepts is found by its tail in every spelling.
func TestTailsFindWhatCompareAccepts(t *testing.T) {
	numbers := []string{
		"+14155550132", "+442079460018", "+4930123456", "+390612345678", "+3906123456", "+5491123456789", "+525512345678",
		"+3531234567", "+4681234567", "+298212345", "+81312345678", "+33142685300", "+6565551234", "+3726001234", "+468123456",
	}
	met := 0
	rapid.Check(t, func(t *rapid.T) {
		region := rapid.SampledFrom([]string{"US", "GB", "DE", "IT", "AR", "MX", "IE", "SE", "JP", "FO", "EE"}).Draw(t, "region")
		n := crm.ParseNumber(rapid.SampledFrom(numbers).Draw(t, "number"), crm.NumberPlan{Region: region})
		spelt := rapid.SampledFrom([]string{n.E164, n.International, n.National, n.Digits, n.E164[1:], "00" + n.E164[1:], "0" + n.Digits, "9" + n.E164[1:]}).Draw(t, "spelling")
		stored := rapid.SampledFrom([]string{"", "tel:", "x", "+1 212 555 0199 / "}).Draw(t, "before") + spelt[rapid.IntRange(0, 3).Draw(t, "cut"):] +
			rapid.SampledFrom([]string{"", " ext. 12", " x5", ";ext=77", " or +1 212 555 0199", " (mobile)"}).Draw(t, "behind")
		if _, ok := crm.Compare(stored, n, region); !ok {
			return
		}
		met++
		tails := crm.Tails(stored, region)
		if !slices.ContainsFunc(n.Tails(), func(u uint32) bool { return slices.Contains(tails, u) }) {
			t.Fatalf("%q is %s in %s; tails %v, looked for %v", stored, n.E164, region, tails, n.Tails())
		}
	})
	if met == 0 {
		t.Fatal("no spelling was accepted")
	}
}

// What may be hours, or a number of its own, ends a number, also where all of it together is another number in use.
func TestTailsBeforeHours(t *testing.T) {
	for _, tt := range []struct{ number, stored, region string }{
		{"+672381234", "3 81234 2024", "DE"},
	} {
		n := crm.ParseNumber(tt.number, crm.NumberPlan{Region: tt.region})
		if _, ok := crm.Compare(tt.stored, n, tt.region); !ok {
			t.Errorf("%q is not %s", tt.stored, tt.number)
		}
		tails := crm.Tails(tt.stored, tt.region)
		if !slices.ContainsFunc(n.Tails(), func(u uint32) bool { return slices.Contains(tails, u) }) {
			t.Errorf("%q: %v, looked for %v", tt.stored, tails, n.Tails())
		}
	}
}
