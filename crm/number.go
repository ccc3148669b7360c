package crm

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Number is a phone number as it came, and all that is known of it. A Number without Variants is never looked up.
type Number struct {
	Raw           string   `json:"raw"`                     // as signalled or typed
	E164          string   `json:"e164,omitempty"`          // "+14155550100"; "" when it is no public number
	National      string   `json:"national,omitempty"`      // for showing to an agent in the same country
	International string   `json:"international,omitempty"` // for showing to everybody else
	Country       string   `json:"country,omitempty"`       // ISO 3166 code of the number's own country, "" when unknown
	Region        string   `json:"region,omitempty"`        // ISO 3166 code of the country it was read in
	Digits        string   `json:"digits,omitempty"`        // national significant number
	Extension     bool     `json:"extension,omitempty"`     // a colleague's or a service code: never looked up in the org
	Withheld      bool     `json:"withheld,omitempty"`      // never looked up
	Variants      []string `json:"-"`                       // digits-only spellings to search by, best first, six at most
}

// Public reports whether n is a number an org may be asked about.
func (n Number) Public() bool { return len(n.Variants) > 0 && !n.Extension && !n.Withheld }

// Show returns n as an agent should read it: national inside the agent's own country, international otherwise, as
// it came when it is no public number, and "Withheld" when there is none.
func (n Number) Show() string {
	switch {
	case n.Withheld:
		return "Withheld"
	case n.E164 != "" && n.Country == n.Region && n.National != "":
		return n.National
	case n.International != "":
		return n.International
	}
	return printable(splitAddress(n.Raw).user)
}

// NumberPlan is the dial plan of the line a number came in on or is dialled from.
type NumberPlan struct {
	Region        string         // ISO 3166 code national numbers belong to; "US" when empty
	OutsidePrefix string         // digits dialled for an outside line, "" when none; also stripped from what the PBX signals
	Extension     *regexp.Regexp // a colleague's number, digits only; nil means 2 to 6 digits. See [ExtensionPattern]
	OwnNumbers    []string       // the company's own numbers, any spelling: an own number is never a customer's
	Domain        string         // the PBX's SIP domain, with or without its port: a name at this host is a colleague
}

// ExtensionPattern makes the plan's Extension of what an admin writes: a regular expression that the digits of a colleague's
// number match as a whole, such as "[1-4][0-9]{3}" or "7[0-9]{7}|[0-9]{4}". "" is nil, the default.
func ExtensionPattern(pattern string) (*regexp.Regexp, error) {
	pattern = strings.TrimSpace(pattern)
	if pattern == "" {
		return nil, nil
	}
	return regexp.Compile(`^(?:` + pattern + `)$`)
}

// The default Extension pattern. Emergency and short numbers fall under it too, and must not be looked up either.
var shortNumber = regexp.MustCompile(`^[0-9]{2,6}$`)

func (p NumberPlan) region() string {
	if r := strings.ToUpper(strings.TrimSpace(p.Region)); len(r) == 2 {
		return r
	}
	return "US"
}

func (p NumberPlan) extension() *regexp.Regexp {
	if p.Extension != nil {
		return p.Extension
	}
	return shortNumber
}

// ParseNumber reads a number as it stands in a SIP header, a tel: link or a typed field. It never fails: what is
// no public number comes back without E164 and Variants, marked Withheld or Extension where that is known. A name at the
// plan's own Domain is a colleague's; a name at any other host is neither that nor a number to look up.
func ParseNumber(raw string, plan NumberPlan) Number {
	return parseNumber(raw, splitAddress(raw), plan)
}

// ParseParty reads the user and the host of a SIP address that has been taken apart already, as in sip.Party. Raw is the user.
func ParseParty(user, host string, plan NumberPlan) Number {
	a := address{user: printable(user), host: hostname(host)}
	a.uri = a.host != ""
	return parseNumber(user, a, plan)
}

func parseNumber(raw string, a address, plan NumberPlan) Number {
	n := Number{Raw: raw, Region: plan.region()}
	switch {
	case a.withheld():
		n.Withheld = true
		return n
	case a.internal(plan):
		n.Extension = true
		n.Digits = digitsOf(a.user)
		return n
	case a.uri && hasLetter(a.user):
		return n // somebody's SIP name elsewhere, in which digits mean nothing
	}
	r := readOutside(a.user, n.Region, digitsOf(plan.OutsidePrefix))
	if r.grade == unreadable {
		n.Digits = digitsOf(a.user)
		return n
	}
	n.set(r.num)
	for _, own := range plan.OwnNumbers {
		if !mayBe(own, n) { // reading a number takes a hundred times as long
			continue
		}
		if o := read(splitAddress(own).user, n.Region); o.grade != unreadable && o.e164() == n.E164 {
			n.Extension = true
			return n
		}
	}
	n.Variants = variants(r.num, a.user)
	return n
}

func (n *Number) set(num *phonenumbers.PhoneNumber) {
	n.E164 = phonenumbers.Format(num, phonenumbers.E164)
	n.International = phonenumbers.Format(num, phonenumbers.INTERNATIONAL)
	n.National = phonenumbers.Format(num, phonenumbers.NATIONAL)
	n.Digits = phonenumbers.GetNationalSignificantNumber(num)
	n.Country = countryOf(num)
	if num.GetCountryCode() == argentina {
		// The library prints Argentine mobiles as "09 15-2345-6789", which nobody can dial.
		n.National = n.International
	}
}

// countryOf is the number's country, or the main one of its country code where the block is not known to be in use, as
// those kept for fiction are not.
func countryOf(num *phonenumbers.PhoneNumber) string {
	if c := phonenumbers.GetRegionCodeForNumber(num); c != "" && c != "ZZ" {
		return c
	}
	return phonenumbers.GetRegionCodeForCountryCode(int(num.GetCountryCode()))
}

// shortestPublic is the fewest digits a number worth looking up has. Anything shorter is a service or an extension
// that happens to parse: "112" reads as +44112.
const shortestPublic = 7

// mostVariants bounds the FIND clause built from a Number.
const mostVariants = 6

// variants lists the digit strings an org may store num as. The search ignores formatting but not a missing country
// code or a trunk prefix, so each of these is a term of its own.
func variants(num *phonenumbers.PhoneNumber, asCame string) []string {
	nsn := phonenumbers.GetNationalSignificantNumber(num)
	cc := strings.TrimPrefix(strings.TrimSuffix(phonenumbers.Format(num, phonenumbers.E164), nsn), "+")
	all := []string{cc + nsn, nsn}
	if trunk := phonenumbers.GetNddPrefixForRegion(countryOf(num), true); trunk != "" && trunk != cc {
		all = append(all, trunk+nsn)
	}
	switch num.GetCountryCode() {
	case mexico: // mobiles carried a 1 after +52 until 2019, and many are stored so still
		all = append(all, cc+"1"+nsn)
	case argentina: // mobiles carry a 9 after +54 that is left out as often as not
		if rest, mobile := strings.CutPrefix(nsn, "9"); mobile {
			all = append(all, cc+rest, rest)
		}
	}
	all = append(all, digitsOf(asCame))
	var out []string
	seen := map[string]bool{}
	for _, v := range all {
		if len(v) < shortestPublic || len(v) > 18 || seen[v] || len(out) == mostVariants {
			continue
		}
		seen[v] = true
		out = append(out, v)
	}
	return out
}
