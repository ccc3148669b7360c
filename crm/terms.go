package crm

import (
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Terms are what an org is searched by for a number, so that it finds every field that [Compare] accepts, whichever way
// its index takes a phone field: as one word of all digits, as its groups, or by its last digits. Each term has digits
// and the wildcard *, which stands for any digits in the middle or at the end of a word and never at its beginning.
//
// A word of all digits has what is before the number (a country code, an exit code, another number) and what is behind it
// (an extension, a year). As no wildcard may begin a term, each digit that a word can begin with is a term of its own.
func (n Number) Terms() []string {
	if !n.Public() {
		return nil
	}
	t := &terms{seen: map[string]bool{}}
	for _, v := range n.PlainTerms() {
		t.add(v)
	}
	local := n.local()
	for _, core := range n.cores() {
		tail := core[max(0, len(core)-minSuffix):]
		if local != "" && strings.HasSuffix(core, local) {
			tail = local
		}
		if len(core) == minSuffix && n.Digits == core { // locals leave the first digit out
			tail = tail[1:]
		}
		t.add(tail + "*")
		for d := '0'; d <= '9'; d++ {
			t.add(string(d) + "*" + tail + "*")
		}
	}
	n.shortTerms(t)
	n.spelledTerms(t)
	for _, zero := range scripts[n.Country] {
		for _, p := range append([]string{"", n.countryCode(), "00" + n.countryCode()}, trunks(n.code())...) {
			t.add(inScript(p+n.Digits, zero) + "*")
		}
	}
	return t.all
}

// PlainTerms are the terms without a wildcard inside, for an org that refuses one: the number in its usual forms, from
// the beginning of a word on.
func (n Number) PlainTerms() []string {
	if !n.Public() {
		return nil
	}
	t := &terms{seen: map[string]bool{}}
	for _, v := range n.Variants {
		t.add(v + "*")
	}
	cc, trunk := n.countryCode(), trunks(n.code())
	trunk = slices.DeleteFunc(trunk, func(t string) bool { return t == cc })
	for i, core := range n.cores() {
		t.add(core + "*")
		for _, p := range trunk {
			t.add(p + core + "*")
		}
		for _, exit := range []string{"", "00", "011", "0"} {
			t.add(exit + cc + core + "*")
			for _, p := range trunk[:min(len(trunk), 2)] {
				if i == 0 && exit != "0" {
					t.add(exit + cc + p + core + "*")
				}
			}
		}
	}
	if len(n.Digits) > minSuffix {
		t.add(n.Digits[len(n.Digits)-minSuffix:] + "*")
	}
	return t.all
}

type terms struct {
	all  []string
	seen map[string]bool
}

func (t *terms) add(s string) {
	if !t.seen[s] {
		t.seen[s] = true
		t.all = append(t.all, s)
	}
}

// shortTerms find a second number that is given by its last digits: 212-555-0151/52 is the word 212555015152.
func (n Number) shortTerms(t *terms) {
	for digits := 1; digits <= 4; digits++ {
		cut := len(n.Digits) - digits
		if cut < minCore {
			return
		}
		for _, p := range append([]string{"", n.countryCode()}, trunks(n.code())[0]) {
			switch {
			case digits > 1:
				t.add(p + n.Digits[:cut] + "*" + n.Digits[cut:] + "*")
			case slices.Contains(ranges, n.Country):
				t.add(p + n.Digits[:cut] + "*")
			}
		}
	}
}

// ranges are the countries in which a company's numbers are written as a range: 03-5550-0151～3.
var ranges = []string{"JP", "CN", "TW", "HK", "KR"}

// spelledTerms find a number whose end is spelled in letters, as only those are that companies advertise: of
// 1-800-FLOWERS the index of phones has 1800.
func (n Number) spelledTerms(t *terms) {
	if !n.Advertised() {
		return
	}
	lengths := []int{3, 4}
	if n.code() == nanp {
		lengths = lengths[:1]
	}
	for _, l := range lengths {
		for _, p := range append([]string{"", n.countryCode()}, trunks(n.code())...) {
			t.add(p + n.Digits[:l])
		}
	}
}

// Advertised reports whether n is a number of a kind that companies spell in letters, such as a toll-free one.
func (n Number) Advertised() bool {
	num, err := phonenumbers.Parse(n.E164, "")
	if err != nil || len(n.Digits) < wholeNumber {
		return false
	}
	return slices.Contains([]phonenumbers.PhoneNumberType{phonenumbers.TOLL_FREE, phonenumbers.SHARED_COST, phonenumbers.UAN},
		phonenumbers.GetNumberType(num))
}

// scripts are the zeros of the digits, other than 0 to 9, that people of a country write numbers in. An index may keep them
// as they are.
var scripts = map[string][]rune{
	"IR": {'۰'}, "AF": {'۰', '٠'}, "PK": {'۰'},
	"SA": {'٠'}, "AE": {'٠'}, "EG": {'٠'}, "IQ": {'٠', '۰'}, "JO": {'٠'}, "KW": {'٠'}, "LB": {'٠'}, "OM": {'٠'}, "QA": {'٠'},
	"SY": {'٠'}, "YE": {'٠'}, "BH": {'٠'}, "PS": {'٠'}, "SD": {'٠'}, "LY": {'٠'},
	"IN": {'०', '০', '૦', '੦', '೦', '൦', '୦', '௦', '౦'}, "NP": {'०'}, "BD": {'০'},
	"TH": {'๐'}, "LA": {'໐'}, "KH": {'០'}, "MM": {'၀'}, "BT": {'༠'},
	"JP": {'０'}, "CN": {'０'}, "TW": {'０'}, "HK": {'０'}, "KR": {'０'},
}

// inScript writes digits in those of another script.
func inScript(digits string, zero rune) string {
	return strings.Map(func(r rune) rune { return zero + r - '0' }, digits)
}
