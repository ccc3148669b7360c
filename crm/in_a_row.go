package crm

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Groups of digits with nothing but spaces between them may be one number, or two in a row.

// another reports whether a longer part of s than the groups from, to is a number in use that is not n. Where numbers have
// no fixed length, two of them in a row can read as a long one: what begins or ends a number of its own makes no longer one.
func (c comparison) another(s segment, from, to int) bool {
	for f := 0; f <= from; f++ {
		for t := to; t <= len(s.groups); t++ {
			if f == from && t == to || s.groups[t-1].end-s.groups[f].start > 17 {
				continue
			}
			if f < from && c.endsNumber(s, f, from) || t > to && c.beginsNumber(s, to, t) {
				continue
			}
			if r := read(s.text(f, t), c.region); r.grade == valid && !c.same(r) {
				return true
			}
		}
	}
	return false
}

// leastInUse is how many characters a number has at least that a second one, or hours, may follow.
const leastInUse = 6

// parted reports whether s, which reads as one number in use, reads as two in a row just as well, or as one and hours.
func (c comparison) parted(s segment) bool {
	for at := 1; at < len(s.groups); at++ {
		if len(s.text(0, at)) < leastInUse || len(s.digits)-s.groups[at].start < wholeNumber && !s.groups[at].time {
			continue // one of the two is too short to be parsed for
		}
		if c.beginsNumber(s, at, len(s.groups)) && read(s.text(0, at), c.region).grade == valid {
			return true
		}
	}
	return false
}

// beginsNumber reports whether the groups from at to t begin a number of its own, or hours and not a number.
func (c comparison) beginsNumber(s segment, at, t int) bool {
	if s.groups[at].time {
		return true
	}
	for end := t; end <= len(s.groups); end++ {
		if c.isWhole(s, at, end) {
			return true
		}
	}
	return false
}

// endsNumber reports whether the groups from f to at end a number of its own.
func (c comparison) endsNumber(s segment, f, at int) bool {
	for start := f; start >= 0; start-- {
		if c.isWhole(s, start, at) {
			return true
		}
	}
	return false
}

// isWhole reports whether the groups from, to are a number in use, with all that people at home write of it.
func (c comparison) isWhole(s segment, from, to int) bool {
	text := s.text(from, to)
	if len(text) < wholeNumber || len(text) > 17 {
		return false
	}
	r := read(text, c.region)
	if r.grade != valid {
		return false
	}
	return strings.HasPrefix(text, phonenumbers.GetNddPrefixForRegion(c.region, true)) || strings.HasPrefix(text, "+") ||
		digitsOf(phonenumbers.Format(r.num, phonenumbers.NATIONAL)) == text
}
