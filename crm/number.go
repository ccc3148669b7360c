package crm

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Number is a phone number as it was received, with all that is known about it. A Number without Variants is never
// looked up.
type Number struct {
	Raw           string   `json:"raw"`                     // as signalled or typed
	E164          string   `json:"e164,omitempty"`          // "+14155550100"; "" when it is not a public number
	National      string   `json:"national,omitempty"`      // how an agent in the same country reads it
	International string   `json:"international,omitempty"` // how everybody else reads it
	Country       string   `json:"country,omitempty"`       // ISO 3166 code of the number's own country, "" when unknown
	Region        string   `json:"region,omitempty"`        // ISO 3166 code of the country whose rules it was read by
	Digits        string   `json:"digits,omitempty"`        // the national significant number
	Extension     bool     `json:"extension,omitempty"`     // a colleague's number or a service code: never looked up in the org
	Coded         bool     `json:"coded,omitempty"`         // a code of the network stands before the number in Raw: *67, #31#
	Withheld      bool     `json:"withheld,omitempty"`      // the caller withheld the number: never looked up
	Variants      []string `json:"-"`                       // digits-only spellings to search by, best first, at most six
}

// Public reports whether n is a number an org may be asked about.
func (n Number) Public() bool { return len(n.Variants) > 0 && !n.Extension && !n.Withheld }

// Show returns n as an agent should read it: national inside the agent's own country and international otherwise. It is
// the raw text when n is not a public number, and "" when the caller withheld it: what is said then is the catalogue's.
func (n Number) Show() string {
	switch {
	case n.Withheld:
		return ""
	case n.E164 != "" && n.Country == n.Region && n.National != "":
		return n.National
	case n.International != "":
		return n.International
	}
	return printable(splitAddress(n.Raw).user)
}

// NumberPlan is the dial plan of the line that a call came in on or is dialled from.
type NumberPlan struct {
	Region        string         // ISO 3166 code of the country that national numbers belong to; "US" when empty
	OutsidePrefix string         // digits dialled for an outside line, "" when none; also removed from numbers that the PBX signals
	Extension     *regexp.Regexp // matches a colleague's number, digits only; nil means 2 to 6 digits. See [ExtensionPattern]
	OwnNumbers    []string       // the company's own numbers in any spelling; these are never looked up
	Domain        string         // the PBX's SIP domain, with or without a port: a name at this host is a colleague

	DialAs   DialForm  // how numbers are written that are sent
	ExitCode string    // digits dialled for a call abroad, as "00" or "011"; "" is the region's own
	AreaCode string    // of the place where the line is, without a trunk prefix: local numbers are read with it, and sent as DialAs says
	Rewrites []Rewrite // what is sent for certain numbers; the first that fits counts, and nothing else then
	Strip    string    // digits, perhaps with a +, that the PBX puts before the numbers of callers; taken off
	Add      string    // digits, perhaps with a +, that are missing before the numbers of callers; put on
}

// ExtensionPattern compiles the pattern that an admin writes for NumberPlan.Extension: a regular expression that
// matches all digits of a colleague's number, such as "[1-4][0-9]{3}" or "7[0-9]{7}|[0-9]{4}". For "" it returns nil,
// the default. The error is that of regexp.Compile.
func ExtensionPattern(pattern string) (*regexp.Regexp, error) {
	pattern = strings.TrimSpace(pattern)
	if pattern == "" {
		return nil, nil
	}
	return regexp.Compile(`^(?:` + pattern + `)$`)
}

// shortNumber is the default Extension pattern. Emergency and short service numbers match it too; they must not be
// looked up either.
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

// ParseNumber reads a number from a SIP header, a tel: link or a typed field. It never fails: a text that is not a
// public number gives a Number without E164 and Variants, marked Withheld or Extension where that is known. A name at
// the plan's own Domain is a colleague; a name at any other host is neither a colleague nor a number to look up.
func ParseNumber(raw string, plan NumberPlan) Number {
	return parseNumber(raw, splitAddress(raw), plan)
}

// ParseParty reads the user and the host of a SIP address that is split already, as in sip.Party. Raw is the user.
func ParseParty(user, host string, plan NumberPlan) Number {
	a := address{user: printable(user), host: hostname(host)}
	a.uri = a.host != ""
	return parseNumber(user, a, plan)
}

func parseNumber(raw string, a address, plan NumberPlan) Number {
	if rest, ok := plan.withoutCodes(a.user); ok {
		behind := a
		behind.user = rest
		if n := readNumber(raw, behind, plan); n.Public() {
			n.Coded = true
			return n
		}
	}
	return readNumber(raw, a, plan)
}

// readNumber is parseNumber for a number that has no codes before it.
func readNumber(raw string, a address, plan NumberPlan) Number {
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
		return n // a SIP name of another domain, in which digits mean nothing
	}
	r := plan.read(dialled(a.user))
	if r.grade == unreadable {
		n.Digits = digitsOf(a.user)
		return n
	}
	n.set(r.num)
	if len(plan.OwnNumbers) > 0 {
		c := newComparison(n, n.Region)
		for _, own := range plan.OwnNumbers {
			if v := c.with(own); v.closeness == Exact && !v.unsure {
				n.Extension = true
				return n
			}
		}
	}
	n.Variants = variants(r.num, a.user)
	return n
}

// dialled returns a number as it is parsed: in the digits 0 to 9, and without the # or * that closes dialling on a pad and
// that some PBXs leave on. A code that begins with one of them is none of these.
func dialled(user string) string {
	return strings.TrimRight(foldDigits(user), "#*＃ ")
}

func (n *Number) set(num *phonenumbers.PhoneNumber) {
	n.E164 = phonenumbers.Format(num, phonenumbers.E164)
	n.International = phonenumbers.Format(num, phonenumbers.INTERNATIONAL)
	n.National = phonenumbers.Format(num, phonenumbers.NATIONAL)
	n.Digits = phonenumbers.GetNationalSignificantNumber(num)
	n.Country = countryOf(num)
	if num.GetCountryCode() == argentina {
		// The library prints Argentine mobiles as "09 15-2345-6789", which cannot be dialled.
		n.National = n.International
	}
}

// countryOf returns the number's country. Where the block is not known to be in use, as with numbers reserved for
// fiction, it returns the main country of the country code.
func countryOf(num *phonenumbers.PhoneNumber) string {
	if c := phonenumbers.GetRegionCodeForNumber(num); c != "" && c != "ZZ" {
		return c
	}
	return phonenumbers.GetRegionCodeForCountryCode(int(num.GetCountryCode()))
}

// minPublicDigits is the fewest digits of a number that is worth looking up. A shorter one is a service number or an
// extension that happens to parse: "112" reads as +44112.
const minPublicDigits = 7

// maxVariants bounds the FIND clause that is built from a Number.
const maxVariants = 6

// variants lists the digit strings under which an org may store num. The search ignores formatting, but it does not add
// a country code or a trunk prefix, so each variant is a search term of its own.
func variants(num *phonenumbers.PhoneNumber, asCame string) []string {
	nsn := phonenumbers.GetNationalSignificantNumber(num)
	cc := strings.TrimPrefix(strings.TrimSuffix(phonenumbers.Format(num, phonenumbers.E164), nsn), "+")
	all := []string{cc + nsn, nsn}
	if trunk := phonenumbers.GetNddPrefixForRegion(countryOf(num), true); trunk != "" && trunk != cc {
		all = append(all, trunk+nsn)
	}
	switch num.GetCountryCode() {
	case mexico: // mobile numbers had a 1 after +52 until 2019, and many are still stored with it
		all = append(all, cc+"1"+nsn)
	case argentina: // mobile numbers have a 9 after +54, which is often left out
		if rest, mobile := strings.CutPrefix(nsn, "9"); mobile {
			all = append(all, cc+rest, rest)
		}
	}
	all = append(all, digitsOf(asCame))
	var out []string
	seen := map[string]bool{}
	for _, v := range all {
		if len(v) < minPublicDigits || len(v) > 18 || seen[v] || len(out) == maxVariants {
			continue
		}
		seen[v] = true
		out = append(out, v)
	}
	return out
}
