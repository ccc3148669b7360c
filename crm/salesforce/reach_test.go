package salesforce

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"

	"linecard/crm"
	"linecard/crm/demoorg/sosl"
)

// Whatever Compare accepts is found by the search, however the org indexes a phone field, and in the directory by its
// tail: for numbers of every country, in the spellings people use.
func TestTheSearchReachesWhatCompareAccepts(t *testing.T) {
	var regions []string
	for r := range phonenumbers.GetSupportedRegions() {
		regions = append(regions, r)
	}
	kinds := []phonenumbers.PhoneNumberType{phonenumbers.FIXED_LINE, phonenumbers.MOBILE}
	searches := map[string]sosl.Expr{}
	met := 0
	rapid.Check(t, func(t *rapid.T) {
		region := rapid.SampledFrom(regions).Draw(t, "region")
		num := phonenumbers.GetExampleNumberForType(region, rapid.SampledFrom(kinds).Draw(t, "kind"))
		if num == nil {
			return
		}
		home := rapid.SampledFrom([]string{region, "US", "DE", "JP"}).Draw(t, "home")
		n := crm.ParseNumber(phonenumbers.Format(num, phonenumbers.E164), crm.NumberPlan{Region: home})
		if !n.Public() {
			return
		}
		cc := strings.TrimPrefix(strings.TrimSuffix(n.E164, n.Digits), "+")
		cut := rapid.IntRange(0, 3).Draw(t, "cut")
		spelt := rapid.SampledFrom([]string{
			n.E164, n.International, n.National, n.Digits, cc + n.Digits, "00" + cc + n.Digits, "011" + cc + " " + n.Digits, "0" + n.Digits,
			"+" + cc + " (0) " + n.Digits, "9" + n.Digits, "9 00" + cc + n.Digits, "8" + n.Digits, "+" + cc + "0" + n.Digits, n.Digits[min(cut, len(n.Digits)):],
		}).Draw(t, "spelling")
		stored := rapid.SampledFrom([]string{"", "tel:", "x", "H: ", "+1 212 555 0199 / ", "2125550199, ", "24h "}).Draw(t, "before") + spelt +
			rapid.SampledFrom([]string{"", " ext. 12", " x5", " 204", "#7", " or +1 212 555 0199", " (mobile)", " 2024", "/52"}).Draw(t, "behind")
		if _, ok := crm.Compare(stored, n, home); !ok {
			return
		}
		met++
		e, ok := searches[n.E164]
		if !ok {
			var err error
			if e, err = sosl.Expression(strings.Join(n.Terms(), " OR ")); err != nil {
				t.Fatal(err)
			}
			searches[n.E164] = e
		}
		for _, how := range []sosl.PhoneIndex{sosl.AllDigits, sosl.ByGroups, sosl.AnySuffix} {
			if !sosl.Matches(e, sosl.NewPhone(stored, how).Has) {
				t.Fatalf("%q of %s is not found in index %q by %v", stored, n.E164, how, n.Terms())
			}
		}
		tails := crm.Tails(stored, home)
		for _, tail := range n.Tails() {
			for _, own := range tails {
				if tail == own {
					return
				}
			}
		}
		t.Fatalf("%q is %s in %s; tails %v, looked for %v", stored, n.E164, home, tails, n.Tails())
	})
	if met == 0 {
		t.Fatal("no spelling was accepted")
	}
	t.Log(fmt.Sprint(met, " spellings"))
}
