package crm

import (
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// What is left to compare when digits neither read as n nor are n behind a known prefix.

// wasValid reports whether digits were a number of the region before its country renumbered, and it is not n.
func (c comparison) wasValid(digits string) (was bool) {
	code := phonenumbers.GetCountryCodeForRegion(c.region)
	if len(renumbered[code]) == 0 {
		return false
	}
	for _, nsn := range renewed(code, strings.TrimLeft(digits, "0")) {
		if r := parse("+"+strconv.Itoa(code)+nsn, c.region); r.grade == valid {
			if c.same(r) {
				return false
			}
			was = true
		}
	}
	return was
}

// byPlanOf reads digits as people in n's own country do: their carrier codes and prefixes are known to the library.
func (c comparison) byPlanOf(digits string) Closeness {
	if c.home || c.n.Country == "" {
		return 0
	}
	if r := parse(digits, c.n.Country); r.grade != unreadable && c.same(r) {
		return National
	}
	return 0
}

// bySuffix compares the last digits: of a number without its area code, or of one behind digits that nobody knows.
func (c comparison) bySuffix(digits string) Closeness {
	for _, core := range c.cores {
		p, ok := strings.CutSuffix(digits, core)
		if ok && len(core) >= minSuffix && strings.ContainsAny(p[:min(1, len(p))], "0789") && prefixKind(p[1:], c.cc, c.trunks) != prefixUnknown {
			return Suffix // a digit for an outside line was written with the number
		}
	}
	nsn := strings.TrimLeft(c.n.Digits, "0")
	rest := strings.TrimLeft(digits, "0")
	for _, exit := range exits { // the country code, and then an area code too few
		if after, ok := strings.CutPrefix(digits, exit+c.cc); ok {
			if after = strings.TrimLeft(after, "0"); len(after) >= minSuffix && strings.HasSuffix(nsn, after) {
				return Suffix
			}
		}
	}
	switch {
	case !strings.HasSuffix(nsn, rest):
	case len(rest) >= minSuffix, len(rest) == wholeNumber && len(nsn) == wholeNumber+1 && c.home:
		return Suffix
	}
	return 0
}
