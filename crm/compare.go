package crm

import (
	"bytes"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// minSuffix is the fewest trailing digits that make two numbers probably the same. Seven are not enough: every North
// American area code has its own 555 0132.
const minSuffix = 8

// Compare reports whether stored, what people typed into a record's phone field, holds the number n, and how closely.
// region is the ISO 3166 code of the country of the org's users: a number stored without a country code is read as a
// number of that country ("" means n.Region).
//
// The field may hold two numbers, an extension, a remark, and digits of any script. An org's search follows its own
// rules, and its index may be minutes old. So a hit counts as a match only after Compare has accepted it.
func Compare(stored string, n Number, region string) (Closeness, bool) {
	v := compare(stored, n, region)
	return v.closeness, v.closeness != 0
}

// verdict is what comparing came to; the zero value means that the number is another one.
type verdict struct {
	closeness Closeness
	unsure    bool // see Why.Unsure
}

func (v verdict) betterThan(o verdict) bool {
	switch {
	case v.closeness == 0 || o.closeness == 0:
		return v.closeness != 0
	case v.unsure != o.unsure:
		return o.unsure
	}
	return v.closeness < o.closeness
}

// comparison is n with what comparing needs of it.
type comparison struct {
	n      Number
	region string
	home   bool // the region's country code is n's
	cc     string
	cores  []string
	trunks []string
}

func compare(stored string, n Number, region string) verdict {
	if n.E164 == "" || n.Digits == "" {
		return verdict{}
	}
	return newComparison(n, region).with(stored)
}

func newComparison(n Number, region string) comparison {
	if region == "" {
		region = n.Region
	}
	region = NumberPlan{Region: region}.region()
	return comparison{
		n: n, region: region, home: n.sharesCountryCode(region), cc: n.countryCode(), cores: n.cores(), trunks: trunks(n.code()),
	}
}

// with compares a stored text.
func (c comparison) with(stored string) (best verdict) {
	text := numberText(stored)
	letters := !isPlain(text) && hasKeys(text)
	if !letters && !couldMatch(text, c.cores) {
		return verdict{}
	}
	all := segments(text)
	var whole segment
	for _, s := range all {
		v := c.segment(s)
		if s.short == notShort || len(whole.digits) == 0 {
			whole = s
		} else if short := c.short(whole, s); short.betterThan(v) {
			v = short
		}
		if v.betterThan(best) {
			best = v
		}
		if best.closeness == Exact && !best.unsure {
			return best
		}
	}
	if letters {
		if v := c.vanity(text); v.betterThan(best) {
			best = v
		}
	}
	return best
}

// couldMatch rejects quickly what cannot be a number with these cores: in any spelling with digits, the last digits stay
// together and in order. So not every phone number of every record found has to be parsed.
func couldMatch(text string, cores []string) bool {
	var room [64]byte
	digits := room[:0]
	for _, r := range text {
		if d, ok := digitOf(r); ok {
			digits = append(digits, byte('0'+d))
		}
	}
	for _, c := range cores {
		if bytes.Contains(digits, []byte(c[max(0, len(c)-wholeNumber):])) {
			return true
		}
	}
	return couldBeShort(text, digits, cores[0])
}

// couldBeShort is couldMatch for a second number that is given by its last digits: all but the last four come before them.
func couldBeShort(text string, digits []byte, nsn string) bool {
	return len(nsn) > minSuffix && bytes.Contains(digits, []byte(nsn[:len(nsn)-4])) && (strings.ContainsAny(text, "/~／～〜,，、&＆") || hasLetter(text))
}

// segment compares a segment as one number and, where it is none, the parts of it that could be a number.
func (c comparison) segment(s segment) verdict {
	last := len(s.groups)
	v, other := c.part(s, 0, last)
	if v.closeness != 0 || other && !c.parted(s) {
		return v
	}
	var best verdict
	for to := 1; to <= last; to++ {
		for from := range to {
			if from == 0 && to == last || from > 0 && len(c.n.Digits) < minSuffix && !c.isWhole(s, 0, from) {
				continue // a short number would be found in any other
			}
			v, _ := c.part(s, from, to)
			if !v.betterThan(best) || c.another(s, from, to) {
				continue
			}
			if before := s.groups[from].start; from > 0 && len(strings.TrimLeft(s.digits[:before], "0")) < wholeNumber {
				if s.plus {
					continue // a country code is before it
				}
				v.closeness = Suffix // the digits before it belong to it, and nobody knows how
			}
			best = v
		}
	}
	return best
}

// text is the groups from, to as a number to parse.
func (s segment) text(from, to int) string {
	t := s.digits[s.groups[from].start:s.groups[to-1].end]
	if s.plus && from == 0 {
		return "+" + t
	}
	return t
}

// part compares the groups from, to of s. other is set when they are a number in use that cannot be n.
func (c comparison) part(s segment, from, to int) (v verdict, other bool) {
	digits := s.digits[s.groups[from].start:s.groups[to-1].end]
	plus := s.plus && from == 0
	if len(digits) < minCore+1 || !c.endsLike(digits) {
		return verdict{}, false
	}
	closeness, sure := c.written(digits, plus)
	if plus && digits[0] == '0' && !sure { // no country code begins with a zero
		plus = false
		closeness, sure = c.written(digits, plus)
	}
	if sure { // the country is written with a "+", or it is a number of the region in one of its own forms
		return verdict{closeness: closeness}, false
	}
	r := read(s.text(from, to), c.region)
	switch {
	case r.grade != unreadable && c.same(r):
		return verdict{closeness: c.closest(closeness, r)}, false
	case r.grade == valid && r.explicit && plus && c.home && to-from > 1 && s.groups[from].end-s.groups[from].start == 1:
		// "+8 495 123 45 09" is a trunk prefix with a "+" before it; no country code has one digit but 1 and 7
		if kind := prefixKind(digits[:1], c.cc, c.trunks); kind == prefixNational && isCore(c.cores, digits[1:]) {
			return verdict{closeness: National}, false
		}
		return verdict{}, true
	case r.grade == valid && (r.explicit || c.sameCountry(r)):
		// A complete number of a known country that is not n is another number, even if its last digits are the same: 415
		// 555 0132 and 425 555 0132 share eight. Only a missing or guessed country leaves room for doubt.
		return verdict{}, true
	case r.grade == valid && c.dialedAtHome(digits):
		return verdict{}, true
	case plus && closeness == 0:
		return verdict{}, false
	case r.grade == guessed && c.leadsAbroad(digits, r):
		return verdict{}, true
	}
	if closeness == 0 {
		closeness = c.byPlanOf(digits)
	}
	valid := r.grade == valid || c.wasValid(digits)
	if closeness == 0 && !valid { // a number in use of the agents' own country shares no more than its last digits
		closeness = c.bySuffix(digits)
	}
	if closeness == 0 {
		return verdict{}, false
	}
	v = verdict{closeness: closeness, unsure: valid || r.grade == guessed}
	if v.unsure && closeness == Exact {
		v.closeness = National
	}
	if closeness == Suffix && len(strings.TrimLeft(digits, "0")) < minSuffix && !c.n.areaOfOneDigit() {
		v.unsure = true
	}
	return v, false
}

// dialedAtHome reports whether digits begin as a number does that is dialed in the region, and as none does that lacks its
// "+": 0431 5145022 is a number in Kiel for a German, and not one in Vienna.
func (c comparison) dialedAtHome(digits string) bool {
	trunk := phonenumbers.GetNddPrefixForRegion(c.region, true)
	return strings.HasPrefix(digits, "0") || trunk != "" && strings.HasPrefix(digits, trunk)
}

// endsLike reports whether digits end as n does.
func (c comparison) endsLike(digits string) bool {
	for _, core := range c.cores {
		if strings.HasSuffix(digits, core[max(0, len(core)-wholeNumber):]) {
			return true
		}
	}
	return false
}

// written compares digits as a core of n behind a prefix. sure is set when no other reading is possible.
func (c comparison) written(digits string, plus bool) (closeness Closeness, sure bool) {
	for i, core := range c.cores {
		p, ok := strings.CutSuffix(digits, core)
		if !ok {
			continue
		}
		switch prefixKind(p, c.cc, c.trunks) {
		case prefixCountry:
			closeness, sure = Exact, plus
		case prefixNational:
			if plus && p != "" {
				continue
			}
			if closeness = National; c.home {
				closeness, sure = Exact, !plus
			}
		default:
			continue
		}
		if i > 0 {
			closeness, sure = National, false
		}
		if plus && p == "" {
			continue // the country code would be missing
		}
		return closeness, sure
	}
	return 0, false
}

// same reports whether r is n, in a form of today or of former times.
func (c comparison) same(r reading) bool {
	return c.sameCountry(r) && isCore(c.cores, phonenumbers.GetNationalSignificantNumber(r.num))
}

func (c comparison) sameCountry(r reading) bool { return int(r.num.GetCountryCode()) == c.n.code() }

// closest is the closeness of digits that read as n, of which closeness is known by their prefix.
func (c comparison) closest(closeness Closeness, r reading) Closeness {
	switch {
	case r.e164() == c.n.E164:
		return Exact
	case closeness != 0:
		return closeness
	}
	return National
}

// leadsAbroad reports whether digits begin with an exit code, so that the country is written after all.
func (c comparison) leadsAbroad(digits string, r reading) bool {
	full := strings.TrimPrefix(r.e164(), "+")
	exit, ok := strings.CutSuffix(digits, full)
	return ok && exit != "" && !c.same(r)
}

// short compares the number that s makes of the number before it.
func (c comparison) short(before, s segment) verdict {
	end := s.digits[:s.groups[0].end]
	digits := before.digits
	if len(end) > 4 || len(digits) < len(end)+wholeNumber-3 || len(c.n.Digits) < len(end) {
		return verdict{}
	}
	was, is := digits[len(digits)-len(end):], c.n.Digits[len(c.n.Digits)-len(end):]
	if s.short == upToShort && was < is && is < end {
		end = is
	}
	doubt := s.doubt || s.short == alsoShort && len(end) == 3 && !s.dash // it may be an extension
	switch alike := was[:len(was)/2] == end[:len(end)/2]; {
	case end != is:
		return verdict{}
	case s.short != alsoShort:
	case len(end) < 2 && (!s.tight || end <= was): // "/ 3 people", "/0"
		return verdict{}
	case len(end) < 2:
		doubt = doubt || end[0] != was[0]+1
	case s.joined && !alike: // an extension, or a year
		return verdict{}
	}
	whole := segment{digits: digits[:len(digits)-len(end)] + end, plus: before.plus}
	whole.groups = []group{{end: len(whole.digits)}}
	v := c.segment(whole)
	if v.closeness != 0 {
		v.closeness = Suffix
		v.unsure = v.unsure || doubt
	}
	return v
}

// BestPhone returns the phone field of r that equals n most closely, and false when none does. Of two equally close
// fields the first wins, but a fax number loses to any other.
func BestPhone(r Record, n Number, region string) (Why, bool) {
	var best Why
	var found verdict
	if n.E164 == "" || n.Digits == "" {
		return best, false
	}
	c := newComparison(n, region)
	for _, p := range r.Phones {
		v := c.with(p.Value)
		if v.closeness == 0 {
			continue
		}
		if v.betterThan(found) || v == found && isFax(best.Field) && !isFax(p.Field) {
			found, best = v, Why{PhoneField: p, Closeness: v.closeness, Unsure: v.unsure}
		}
	}
	return best, best.Closeness != 0
}

// String describes the closeness in English, for the log and for tests.
func (c Closeness) String() string {
	switch c {
	case Exact:
		return "exact"
	case National:
		return "same number without country code"
	case Suffix:
		return "same last digits"
	}
	return "none"
}
