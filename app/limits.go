package app

import (
	"slices"

	"linecard/crm"
	"linecard/fault"
)

// limit is what a link has told of what its user may not see, or has nearly used up, and what the agent has not read yet.
type limit struct {
	org, user string
	fault     fault.Fault
}

// limited takes what is new about the links, and drops what is over. They are shown one after the other, each until it is
// read: nothing in them is urgent.
func (s state) limited(was []crm.LinkStatus) state {
	s.limits = slices.DeleteFunc(slices.Clone(s.limits), func(l limit) bool {
		return !slices.ContainsFunc(s.links, func(is crm.LinkStatus) bool { return l.of(is) && hasFault(is.Limits, l.fault) })
	})
	for _, is := range s.links {
		old := []fault.Fault(nil)
		if i := slices.IndexFunc(was, func(w crm.LinkStatus) bool { return sameUser(w, is) }); i >= 0 {
			old = was[i].NewLimits
		}
		for _, f := range is.NewLimits {
			if !hasFault(old, f) {
				s.limits = append(s.limits, limit{is.OrgID, is.UserID, f})
			}
		}
	}
	return s.tellLimits()
}

func (l limit) of(is crm.LinkStatus) bool { return l.org == is.OrgID && l.user == is.UserID }

// tellLimits makes the notice of the first limit that was not read. Where there are several orgs it names the org.
func (s state) tellLimits() state {
	s.notices[AboutLimits] = fault.Fault{}
	if len(s.limits) == 0 {
		return s
	}
	first := s.limits[0]
	s.notices[AboutLimits] = first.fault
	if i := slices.IndexFunc(s.links, first.of); i >= 0 && len(s.links) > 1 && s.links[i].Called() != "" {
		s.notices[AboutLimits] = fault.New("desk.limit-of", "org", OrgTitle(s.links[i]), "limit", first.fault)
	}
	return s
}

// limitRead drops the limit that a notice told.
func (s state) limitRead(notice fault.Fault) state {
	if len(s.limits) == 0 || !equalFault(s.notices[AboutLimits], notice) {
		return s
	}
	s.limits = s.limits[1:]
	return s.tellLimits()
}

func hasFault(all []fault.Fault, f fault.Fault) bool {
	return slices.ContainsFunc(all, func(is fault.Fault) bool { return equalFault(is, f) })
}

// equalFault compares faults of which one may have been on disk, where values have other types.
func equalFault(a, b fault.Fault) bool { return a.Encode() == b.Encode() }
