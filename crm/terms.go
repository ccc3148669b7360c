package crm

import (
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Terms are what an org is searched by for a number, so that it finds every field that [Compare] accepts, whichever way
// its index takes a phone field: as one word of all digits, as its groups, or by its last digits. Each term has digits
// and the wildcards of SOSL, * for any digits and ? for one, in the middle or at the end of a word and never at its beginning.
//
// A word of all digits has what is before the number (a country code, an exit code, another number) and what is behind it
// (an extension, a year). As no wildcard may begin a term, each digit that a word can begin with is a term of its own.
func (n Number) Terms() []string {
	if !n.Public() {
		return nil
	}
	t := n.longTerms()
	n.shortTerms(t)
	least := wholeNumber - 1
	if n.Advertised() {
		least = 3
	}
	n.spelledTerms(t, least)
	n.scriptTerms(t)
	return t.all
}

// NarrowTerms are the terms with the many digits that few numbers share, for an org that has more numbers with the digits of the
// others than it tells of: many begin with 800 or 1800.
func (n Number) NarrowTerms() []string {
	if !n.Public() {
		return nil
	}
	t := n.longTerms()
	n.spelledTerms(t, wholeNumber-1)
	n.scriptTerms(t)
	return t.all
}

// longTerms have the whole number, or its last digits.
func (n Number) longTerms() *terms {
	t := &terms{seen: map[string]bool{}}
	for _, v := range n.PlainTerms() {
		t.add(v)
	}
	for _, tail := range n.endings() {
		t.add(tail + "*")
		for _, d := range firstDigits {
			t.add(d + "*" + tail + "*")
		}
	}
	return t
}

// firstDigits are what a word of digits can begin with.
var firstDigits = strings.Split("0123456789", "")

// endings are the last digits of n that stand in every spelling of it, in each form it has or had.
func (n Number) endings() (all []string) {
	local := n.local()
	for _, core := range n.cores() {
		tail := core[max(0, len(core)-minSuffix):]
		if local != "" && strings.HasSuffix(core, local) {
			tail = local
		}
		if len(core) == minSuffix && n.Digits == core { // locals leave the first digit out
			tail = tail[1:]
		}
		all = append(all, tail)
	}
	return all
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

// shortTerms find a second number that is given by its last digits: 212-555-0151/52 is the word 212555015152, and +44 (0)20
// 7946 0958/59 is 440207946095859. One within a range has none of its own last digits there: 212-555-0151~53.
func (n Number) shortTerms(t *terms) {
	for digits := 1; digits <= 4; digits++ {
		cut := len(n.Digits) - digits
		if cut < minCore {
			return
		}
		head, end := n.Digits[:cut], n.Digits[cut:]
		near := head[max(0, cut-wholeNumber):]
		var behind []string
		switch digits {
		case 1:
			behind = []string{"*"}
		case 2:
			behind = []string{"*" + end + "*", "????*"} // a range across the tens: 0158~62
		default:
			behind = []string{"*" + end + "*"}
		}
		for _, b := range behind {
			t.add(head + b)
			for _, d := range n.usualFirst() {
				t.add(d + "*" + near + b)
			}
		}
	}
}

// usualFirst are the digits that words with n begin with, as far as no other number comes before it.
func (n Number) usualFirst() []string {
	all := []string{"0", n.countryCode()[:1]}
	for _, trunk := range trunks(n.code()) {
		all = append(all, trunk[:1])
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// spelledTerms find a number whose end is spelled in letters: of 1-800-FLOWERS the index of phones has 1800. So few digits
// are looked for only where companies advertise with letters; of others, as (415) 775-HELP, six have to be written: least is how many.
func (n Number) spelledTerms(t *terms, least int) {
	for _, p := range append([]string{"", n.countryCode()}, trunks(n.code())...) {
		for l := least; l <= len(n.Digits)-minWord && len(p)+l <= wholeNumber; l++ {
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

// scripts are the zeros of the digits, other than 0 to 9, that people of a country write numbers in, the usual one first. An
// index may keep them as they are. Where Persian and Urdu are written, keyboards have the Arabic digits too.
var scripts = map[string][]rune{
	"IR": {'۰', '٠'}, "AF": {'۰', '٠'}, "PK": {'۰', '٠'},
	"SA": {'٠'}, "AE": {'٠'}, "EG": {'٠'}, "IQ": {'٠', '۰'}, "JO": {'٠'}, "KW": {'٠'}, "LB": {'٠'}, "OM": {'٠'}, "QA": {'٠'},
	"SY": {'٠'}, "YE": {'٠'}, "BH": {'٠'}, "PS": {'٠'}, "SD": {'٠'}, "LY": {'٠'}, "IL": {'٠'},
	"IN": {'०', '০', '૦', '੦', '೦', '൦', '୦', '௦', '౦'}, "NP": {'०'}, "BD": {'০'},
	"TH": {'๐'}, "LA": {'໐'}, "KH": {'០'}, "MM": {'၀'}, "BT": {'༠'},
	"JP": {'０'}, "CN": {'０'}, "TW": {'０'}, "HK": {'０'}, "MO": {'０'}, "KR": {'０'},
}

// fewScripts is how many scripts are searched for with every first digit: an address has room for no more.
const fewScripts = 3

// scriptTerms find a number in the digits of its own country and of the agents'. A field may have one number in Latin digits
// and another in those of the script.
func (n Number) scriptTerms(t *terms) {
	zeros := slices.Clone(scripts[n.Country])
	for _, zero := range scripts[n.Region] {
		if !slices.Contains(zeros, zero) {
			zeros = append(zeros, zero)
		}
	}
	few := len(zeros) <= fewScripts
	for i, zero := range zeros {
		for _, tail := range n.endings() {
			short := tail[max(0, len(tail)-wholeNumber+1):]
			first := firstDigits
			if !few && i > 0 {
				short = tail[max(0, len(tail)-minCore):]
				first = append(n.usualFirst(), n.Digits[:1])
			}
			t.add(inScript(short, zero) + "*")
			for _, d := range first {
				t.add(inScript(d, zero) + "*" + inScript(short, zero) + "*")
				if few {
					t.add(inScript(d, zero) + "*" + tail + "*")
					t.add(d + "*" + inScript(short, zero) + "*")
				}
			}
		}
	}
}

// inScript writes digits in those of another script.
func inScript(digits string, zero rune) string {
	return strings.Map(func(r rune) rune { return zero + r - '0' }, digits)
}
