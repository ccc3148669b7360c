package crm

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// DialForm is how a line writes the numbers that it sends.
type DialForm string

// The forms of a number of London, sent from a line in Germany.
const (
	DialTyped    DialForm = "typed"    // as the agent typed it, or as it stands in the record
	DialE164     DialForm = "e164"     // +442079460018
	DialExit     DialForm = "exit"     // 00442079460018, numbers of the own country too
	DialNational DialForm = "national" // 00442079460018; numbers of the own country as they are dialled there, as 03023125117
)

// DialForms are all of them.
func DialForms() []DialForm { return []DialForm{DialTyped, DialE164, DialExit, DialNational} }

// Dial is what a line of the plan sends for a number, which is digits and + * #, or a name.
//
// The first [Rewrite] that fits says it all, but of an emergency number only one that names it. Otherwise colleagues, codes of the PBX, emergency and other short numbers, names, and numbers
// that have the digits for an outside line already are sent as they are; any other number in the form of the plan, behind the
// digits for an outside line. A + is written out behind those, since trunks there take none: as people of the country dial it, with the trunk
// prefix at home and the exit code abroad.
func (p NumberPlan) Dial(number string) string {
	if sent, ok := p.rewritten(number); ok {
		return sent
	}
	plus := strings.HasPrefix(number, "+")
	switch {
	case number == "", strings.ContainsAny(number, "*#"), hasLetter(number):
		return number
	case !plus && (len(number) < minPublicDigits || p.extension().MatchString(number) || p.OutsidePrefix != "" && p.hasOutside(number)):
		return number
	}
	if sent, ok := p.written(number); ok {
		return p.OutsidePrefix + sent
	}
	if plus {
		return number
	}
	return p.OutsidePrefix + number
}

// rewritten is what the rewrites say of a number. One that fits many numbers takes no emergency call elsewhere.
func (p NumberPlan) rewritten(number string) (sent string, ok bool) {
	for _, r := range p.Rewrites {
		if sent, ok = r.Rewrite(number); ok && (r.names(number) || !phonenumbers.IsEmergencyNumber(number, p.region())) {
			return sent, true
		}
	}
	return "", false
}

// written is an outside number in the form of the plan; ok is false where that changes nothing, or the number is none that anybody knows.
func (p NumberPlan) written(number string) (sent string, ok bool) {
	form := p.DialAs
	switch plus := strings.HasPrefix(number, "+"); {
	case form == DialE164 && p.OutsidePrefix != "":
		form = DialExit
	case form == DialTyped || form == "":
		if !plus || p.OutsidePrefix == "" {
			return "", false
		}
		form = DialNational
	}
	r := p.read(number)
	if r.grade == unreadable || r.grade == possible && !strings.HasPrefix(number, "+") {
		return "", false
	}
	code := phonenumbers.GetCountryCodeForRegion(p.region())
	switch home := int(r.num.GetCountryCode()) == code; {
	case form == DialE164:
		return r.e164(), true
	case home && code == nanp: // 011 leads out of all its countries
		return digitsOf(r.e164()), true
	case form == DialNational && home && !(code == argentina && special(r.num)): // its mobiles are written with a 15 that nobody abroad or in the next town dials
		return digitsOf(phonenumbers.Format(r.num, phonenumbers.NATIONAL)), true
	}
	exit := p.ExitCode
	if exit == "" {
		exit = exitCode(p.region())
	}
	return exit + digitsOf(r.e164()), exit != ""
}

// mostExitCode is how long an exit code may be.
const mostExitCode = 5

// exitCode is what is dialled before a country code in a region; "" where there are several, so that the PBX has to choose one.
func exitCode(region string) string {
	for _, far := range []string{"+442079460018", "+493023125117"} { // one of them is abroad
		num, err := phonenumbers.Parse(far, region)
		if err != nil || int(num.GetCountryCode()) == phonenumbers.GetCountryCodeForRegion(region) {
			continue
		}
		written := phonenumbers.FormatOutOfCountryCallingNumber(num, region)
		exit, ok := strings.CutSuffix(digitsOf(written), far[1:])
		if !ok || len(exit) > mostExitCode { // the library writes a "+", or all the exit codes behind each other
			return ""
		}
		return exit
	}
	return ""
}

// read is the best reading of a number for a line of the plan: with or without the digits for an outside line, and as a local number.
func (p NumberPlan) read(number string) reading {
	return p.local(number, readOutside(number, p.region(), digitsOf(p.OutsidePrefix)))
}

// mostLocalDigits is how many digits a local number may have: more are a number of elsewhere without its prefix.
const mostLocalDigits = 8

// local is a better reading than r of a number that was dialled without an area code, where there is one.
func (p NumberPlan) local(number string, r reading) reading {
	if p.AreaCode == "" || strings.HasPrefix(number, "+") || r.grade == guessed || r.num != nil && special(r.num) || len(digitsOf(number)) > mostLocalDigits {
		return r
	}
	trunk := phonenumbers.GetNddPrefixForRegion(p.region(), true)
	if phonenumbers.GetCountryCodeForRegion(p.region()) == nanp {
		trunk = "" // people leave its 1 out
	}
	if r.grade == valid && (trunk == "" || strings.HasPrefix(number, trunk) || r.explicit) {
		return r // where there is a trunk prefix, a number without it is a local one
	}
	if local := read(trunk+p.AreaCode+digitsOf(number), p.region()); local.grade == valid {
		return local
	}
	return r
}

// hasOutside reports whether the digits for an outside line are dialled already: without them it is a better number.
func (p NumberPlan) hasOutside(number string) bool {
	rest, ok := strings.CutPrefix(number, p.OutsidePrefix)
	return ok && len(rest) >= minPublicDigits && p.local(rest, read(rest, p.region())).grade > read(number, p.region()).grade
}

// special reports whether a number is of no place: a mobile, or one with a price of its own. Such numbers have no area code.
func special(num *phonenumbers.PhoneNumber) bool {
	switch phonenumbers.GetNumberType(num) {
	case phonenumbers.FIXED_LINE, phonenumbers.FIXED_LINE_OR_MOBILE, phonenumbers.UNKNOWN:
		return false
	}
	return true
}
