package crm

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// markedExtension is an extension as people write it into a field that is for nothing else: 1001, x1001, Ext. 10-01.
var markedExtension = regexp.MustCompile(`(?i)^(?:#|x|ext(?:n|ension)?\b)?[\s.:]*([0-9][0-9 .-]*)$`)

// Internal is the number by which colleagues of the line call a user of an org, as the fields of the user say it: what stands in the field
// for the extension, or else the extension behind the telephone number, or else that number itself where it is one of the house. It is "" where
// none of them is a colleague's number by the plan. Fields are what anybody in the org typed, so that a number for emergencies is none.
func (p NumberPlan) Internal(extension, phone string) string {
	for _, text := range []string{extension, p.behind(phone), phone} {
		m := markedExtension.FindStringSubmatch(strings.TrimSpace(foldDigits(text)))
		if m == nil {
			continue
		}
		if number := digitsOf(m[1]); p.extension().MatchString(number) && !p.emergency(number) {
			return number
		}
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

// emergency reports whether a number calls for help, here or in most countries.
func (p NumberPlan) emergency(number string) bool {
	return number == "112" || number == "911" || number == "999" || phonenumbers.IsEmergencyNumber(number, p.region())
}
