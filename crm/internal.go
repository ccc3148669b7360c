package crm

import (
	"regexp"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// markedExtension is an extension as people write it into a field that is for nothing else: 1001, x1001, Ext. 10-01.
var markedExtension = regexp.MustCompile(`(?i)^(?:#|x|ext(?:n|ension)?\b)?[\s.:]*([0-9][0-9 .-]*)$`)

// Internal is the number by which colleagues of the line call a user of an org, as the fields of the user say it: what stands in the field
// for the extension, or else the extension behind the telephone number, or else that number itself where it is one of the house. It is "" where
// none of them is a colleague's number by the plan. Fields are what anybody in the org typed, so that a number for emergencies is none, nor is one with a
// price of its own.
func (p NumberPlan) Internal(extension, phone string) string {
	if number := p.house(extension); number != "" {
		return number
	}
	if number := p.house(p.behind(phone)); number != "" {
		return number
	}
	return p.house(phone)
}

// house is the colleague's number that a text is, "" for none.
func (p NumberPlan) house(text string) string {
	m := markedExtension.FindStringSubmatch(strings.TrimSpace(foldDigits(text)))
	if m == nil {
		return ""
	}
	if number := digitsOf(m[1]); p.extension().MatchString(number) && !p.Emergency(number) && !p.dear(number) {
		return number
	}
	return ""
}

// behind is the extension behind a telephone number, "" for none.
func (p NumberPlan) behind(phone string) string {
	if len(phone) > mostPhone || !strings.ContainsAny(digitsOf(phone), "0123456789") {
		return ""
	}
	num, err := phonenumbers.Parse(phone, p.region())
	if err != nil {
		return ""
	}
	return num.GetExtension()
}

// mostPhone is how long the telephone number of a user may be: twice what the field holds.
const mostPhone = 80

// Emergency reports whether a number calls for help, here or in most countries, as it is or behind the digits for an outside line.
func (p NumberPlan) Emergency(number string) bool {
	calls := func(number string) bool {
		return number == "112" || number == "911" || number == "999" || phonenumbers.IsEmergencyNumber(number, p.region())
	}
	return calls(number) || p.OutsidePrefix != "" && calls(strings.TrimPrefix(number, p.OutsidePrefix))
}

// dear reports whether a short number has a price of its own in the country of the line, as directory enquiries have. Behind a phone server that wants
// digits for an outside line it is one with those only, and where the plan says which numbers colleagues have, its word counts.
func (p NumberPlan) dear(number string) bool {
	number, outside := strings.CutPrefix(number, p.OutsidePrefix)
	if p.Extension != nil || !outside {
		return false
	}
	pattern := premium()[p.region()]
	return enquiries.MatchString(number) || pattern != nil && pattern.MatchString(number)
}

// enquiries are the numbers of directory enquiries all over Europe, at any price.
var enquiries = regexp.MustCompile(`^118[0-9]{2,3}$`)

// premium are the patterns of the short numbers with a price of their own, by region.
var premium = sync.OnceValue(func() map[string]*regexp.Regexp {
	all := map[string]*regexp.Regexp{}
	countries, err := phonenumbers.ShortNumberMetadataCollection()
	if err != nil {
		return all // the library has them built in
	}
	for _, c := range countries.GetMetadata() {
		pattern := c.GetPremiumRate().GetNationalNumberPattern()
		if compiled, err := regexp.Compile("^(?:" + pattern + ")$"); err == nil && pattern != "" {
			all[c.GetId()] = compiled
		}
	}
	return all
})
