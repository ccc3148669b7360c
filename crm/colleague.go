package crm

import (
	"regexp"
	"slices"
	"strings"
)

// Colleague reports whether a number that somebody else has named, who transfers a call or sends it on, may be called without a word from the agent: it is
// a colleague's by the plan, and neither costs money nor calls for help. What the phone server does with it nobody here knows, so that a number
// which may be another is none:
//
//   - one for emergencies, here or in most countries, also behind the digits for an outside line: those of the plan, and the 0 or 9 that most phone
//     servers have, since agents may dial these by hand;
//   - any other one behind the digits for an outside line of the plan, and one that a [Rewrite] is for;
//   - where the plan does not say which numbers colleagues have, one with a price of its own, and those that begin with 0 or 11 (118 118, 116 117) or
//     are three digits ending in 11 (411).
func (p NumberPlan) Colleague(number string) bool {
	if strings.Trim(number, "0123456789") != "" || !p.extension().MatchString(number) || p.Emergency(number) || p.Emergency(withoutOutside(number)) {
		return false
	}
	if _, elsewhere := p.rewritten(number); elsewhere {
		return false
	}
	if p.OutsidePrefix != "" && strings.HasPrefix(number, p.OutsidePrefix) {
		return false
	}
	return p.Extension != nil || !p.dear(number) && !publicShort.MatchString(number)
}

// publicShort are the short numbers of the public network in one country or another.
var publicShort = regexp.MustCompile(`^(?:0.*|11.*|.11)$`)

// withoutOutside is a number without one of the digits that most phone servers take for those of an outside line.
func withoutOutside(number string) string {
	if number != "" && (number[0] == '0' || number[0] == '9') {
		return number[1:]
	}
	return number
}

// Writes reports whether sent is one of the ways in which a line could write a number that was dialed, so that calling it is calling that number. A call for
// help is one with the digits for an outside line and without.
func (p NumberPlan) Writes(number, sent string) bool {
	return sent == number || sent == p.Dial(number) || p.Emergency(number) && sent == p.OutsidePrefix+number ||
		slices.ContainsFunc(p.Spellings(number), func(s DialSpelling) bool { return s.Sent == sent })
}
