package crm

import (
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Country codes with rules of their own.
const (
	nanp        = 1
	egypt       = 20
	southAfrica = 27
	hungary     = 36
	greece      = 30
	italy       = 39
	switzerland = 41
	britain     = 44
	mexico      = 52
	argentina   = 54
	brazil      = 55
	chile       = 56
	colombia    = 57
	philippines = 63
	russia      = 7
	vietnam     = 84
	benin       = 229
	ivoryCoast  = 225
	mauritius   = 230
	lithuania   = 370
	belarus     = 375
	ukraine     = 380
	mongolia    = 976
	tajikistan  = 992
	turkmenia   = 993
	azerbaijan  = 994
	uzbekistan  = 998
)

// countryCode returns the country code of n, without "+".
func (n Number) countryCode() string {
	return strings.TrimSuffix(strings.TrimPrefix(n.E164, "+"), n.Digits)
}

// code returns the country code of n as a number, 0 when it has none.
func (n Number) code() int {
	code := 0
	for _, c := range n.countryCode() {
		code = code*10 + int(c-'0')
	}
	return code
}

// trunks returns what is dialled before a national number at home, other than nothing. People also write the zero in
// countries that never had it or have dropped it.
func trunks(code int) []string {
	switch code {
	case nanp:
		return []string{"1"}
	case mexico: // 01 for long distance, 044 and 045 for mobiles until 2019, 1 for mobiles from abroad
		return []string{"01", "044", "045", "1", "0"}
	case hungary:
		return []string{"06", "0"}
	case russia, turkmenia, tajikistan, uzbekistan, azerbaijan:
		return []string{"8", "0"}
	case belarus, ukraine:
		return []string{"0", "80", "8"}
	case lithuania:
		return []string{"8", "0"}
	case mongolia:
		return []string{"0", "01", "02"}
	}
	return []string{"0"}
}

// exits are the digits that lead abroad, in the countries that have them, and the forms in which people write them: 0 is
// an exit code of whoever took the first zero for the "+".
var exits = []string{"", "00", "011", "0", "0011", "001", "002", "009", "010", "0010", "119", "810", "000"}

// renumbering says that numbers of a country that begin with now began with before until some year. Both stand in
// records.
type renumbering struct {
	now, before string
	length      int // of the national number as it is now, 0 for any
}

// renumbered lists what changed in a way that the last eight digits and the prefixes do not tell.
var renumbered = map[int][]renumbering{
	egypt: { // 2011: eleven digits for mobiles
		{"100", "10", 10},
		{"106", "16", 10},
		{"109", "19", 10},
		{"101", "151", 10},
		{"111", "11", 10},
		{"114", "14", 10},
		{"112", "152", 10},
		{"122", "12", 10},
		{"127", "17", 10},
		{"128", "18", 10},
		{"120", "150", 10},
	},
	britain: { // 1995 and 2000
		{"207", "171", 10},
		{"208", "181", 10},
		{"207", "71", 10},
		{"208", "81", 10},
		{"2476", "1203", 10},
		{"2380", "1703", 10},
		{"2392", "1705", 10},
		{"2890", "1232", 10},
		{"2920", "1222", 10},
		{"113", "532", 10},
		{"114", "742", 10},
		{"115", "602", 10},
		{"116", "533", 10},
		{"117", "272", 10},
	},
	greece:      {{"210", "1", 10}, {"2310", "31", 10}, {"2610", "61", 10}, {"2810", "81", 10}}, // 2002
	switzerland: {{"44", "1", 9}},                                                               // 2007: Zürich
	russia: { // 2005: the codes of the west; Kaliningrad. Kazakhstan, 2007
		{"4", "0", 10},
		{"401", "011", 10},
		{"71", "31", 10},
		{"72", "32", 10},
	},
	chile:       {{"22", "2", 9}, {"9", "", 9}}, // 2012 and 2013
	colombia:    {{"60", "", 10}},               // 2021: landlines
	philippines: {{"28", "2", 9}, {"27", "2", 9}, {"25", "2", 9}, {"26", "2", 9}, {"23", "2", 9}, {"24", "2", 9}},
	ivoryCoast:  {{"01", "", 10}, {"05", "", 10}, {"07", "", 10}, {"21", "", 10}, {"25", "", 10}, {"27", "", 10}},
	benin:       {{"01", "", 10}},
	mauritius:   {{"5", "", 8}},
	vietnam: { // 2018: mobiles of eleven digits; 2017: area codes of the cities
		{"70", "120", 9},
		{"79", "121", 9},
		{"77", "122", 9},
		{"76", "126", 9},
		{"78", "128", 9},
		{"83", "123", 9},
		{"84", "124", 9},
		{"85", "125", 9},
		{"81", "127", 9},
		{"82", "129", 9},
		{"32", "162", 9},
		{"33", "163", 9},
		{"34", "164", 9},
		{"35", "165", 9},
		{"36", "166", 9},
		{"37", "167", 9},
		{"38", "168", 9},
		{"39", "169", 9},
		{"56", "186", 9},
		{"58", "188", 9},
		{"59", "199", 9},
		{"24", "4", 10},
		{"28", "8", 10},
		{"236", "511", 10},
		{"225", "31", 10},
		{"292", "710", 10},
		{"234", "54", 10},
	},
}

// cores returns the digits that n keeps in every spelling without its prefixes: the national number first, then the
// forms that it has or had at home. A record with any of them has n's number.
func (n Number) cores() []string {
	nsn, code := n.Digits, n.code()
	all := make([]string, 1, 4)
	all[0] = nsn
	add := func(s string) {
		if len(s) >= minCore && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	switch code {
	case italy: // the zero belongs to the number, and is often taken for a trunk prefix
		add(strings.TrimPrefix(nsn, "0"))
	case argentina:
		home := nsn
		if len(nsn) == 11 {
			home = strings.TrimPrefix(nsn, "9")
		}
		if len(home) == 10 { // a mobile is 9 from abroad, and 15 after the area code at home
			for area := 2; area <= 4; area++ {
				if (area == 2) == strings.HasPrefix(home, "11") {
					add(home[:area] + "15" + home[area:])
				}
			}
			add("9" + home)
		}
		add(home)
	case brazil: // mobiles got a ninth digit between 2012 and 2016
		switch {
		case len(nsn) == 11 && nsn[2] == '9':
			add(nsn[:2] + nsn[3:])
		case len(nsn) == 10 && nsn[2] >= '6':
			add(nsn[:2] + "9" + nsn[2:])
		}
	}
	for _, r := range renumbered[code] {
		if rest, ok := strings.CutPrefix(nsn, r.now); ok && (r.length == 0 || r.length == len(nsn)) {
			add(r.before + rest)
		}
	}
	if is := renewed(code, nsn); len(is) == 1 { // a PBX that sends the old form
		add(is[0])
	}
	return all
}

// renewed returns what a national number of former times may be now.
func renewed(code int, nsn string) (all []string) {
	for _, r := range renumbered[code] {
		if rest, ok := strings.CutPrefix(nsn, r.before); ok && r.length == len(r.now)+len(rest) {
			all = append(all, r.now+rest)
		}
	}
	return all
}

// minCore is the fewest digits that are looked for in a field: the shortest national numbers have six, but a shorter one
// would be found in any.
const minCore = 5

// local returns the digits that people of a place with one area code write without it, as far as the library completes
// them in that country: those of many islands. It is "" elsewhere.
func (n Number) local() string {
	if n.Country == "" || n.Country == "US" || n.Country == "CA" || n.Country == "GB" { // area codes have to be written there
		return ""
	}
	for digits := wholeNumber - 1; digits <= wholeNumber && digits < len(n.Digits); digits++ {
		end := n.Digits[len(n.Digits)-digits:]
		if r := parse(end, n.Country); r.grade == valid && r.e164() == n.E164 {
			return end
		}
	}
	return ""
}

// isCore reports whether nsn, of a number of n's country, is n in another form.
func isCore(cores []string, nsn string) bool {
	nsn = strings.TrimLeft(nsn, "0")
	return slices.ContainsFunc(cores, func(c string) bool { return strings.TrimLeft(c, "0") == nsn })
}

// How the digits before a core are understood.
const (
	prefixUnknown = iota
	prefixNational
	prefixCountry // the country code is written
)

// prefixKind says what p is, before the national number of the country with this code.
func prefixKind(p, cc string, trunks []string) int {
	if p == "" || slices.Contains(trunks, p) {
		return prefixNational
	}
	for _, exit := range exits {
		rest, ok := strings.CutPrefix(p, exit)
		if !ok {
			continue
		}
		if rest, ok = strings.CutPrefix(rest, cc); ok && (rest == "" || slices.Contains(trunks, rest)) {
			return prefixCountry
		}
	}
	return prefixUnknown
}

// sharesCountryCode reports whether people in region dial n's country code at home.
func (n Number) sharesCountryCode(region string) bool {
	return phonenumbers.GetCountryCodeForRegion(region) == n.code()
}

// areaOfOneDigit reports whether n's area code has one digit, so that locals write the seven others.
func (n Number) areaOfOneDigit() bool {
	num, err := phonenumbers.Parse(n.E164, "")
	return err == nil && phonenumbers.GetLengthOfGeographicalAreaCode(num) == 1
}
