package crm

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Dial is what a line of the plan sends for a number, which is digits and + * #, or a name. Before an outside number go the
// digits for an outside line. A + is written out then, since trunks behind such digits take none: as people of the
// country dial it, with the trunk prefix at home and the exit code abroad.
//
// Colleagues, codes of the PBX, emergency and other short numbers, names, and numbers that have the digits already are sent as
// they are.
func (p NumberPlan) Dial(number string) string {
	if p.OutsidePrefix == "" || number == "" || strings.ContainsAny(number, "*#") || hasLetter(number) {
		return number
	}
	if strings.HasPrefix(number, "+") {
		num, err := phonenumbers.Parse(number, p.region())
		if err != nil {
			return number
		}
		written := phonenumbers.FormatOutOfCountryCallingNumber(num, p.region())
		if strings.HasPrefix(written, "+") { // the country has several exit codes, so the PBX has to choose one
			return number
		}
		return p.OutsidePrefix + digitsOf(written)
	}
	if len(number) < minPublicDigits || p.extension().MatchString(number) || p.hasOutside(number) {
		return number
	}
	return p.OutsidePrefix + number
}

// hasOutside reports whether the digits for an outside line are dialled already: without them it is a better number.
func (p NumberPlan) hasOutside(number string) bool {
	rest, ok := strings.CutPrefix(number, p.OutsidePrefix)
	return ok && len(rest) >= minPublicDigits && read(rest, p.region()).grade > read(number, p.region()).grade
}
