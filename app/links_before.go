package app

import (
	"reflect"
	"slices"

	"linecard/crm"
)

// What is new about links, of which an org may have several.

// linksBefore tells how each link stood before, and which are gone. An org may have several users: a link is first of all the one that its
// user had, and only what is not there any more has been replaced, by another user of the same org or by what is in its place.
func linksBefore(was, is []crm.LinkStatus) (before, gone []crm.LinkStatus) {
	before = make([]crm.LinkStatus, len(is))
	found, taken := make([]bool, len(is)), make([]bool, len(was))
	for _, one := range []func(i, j int) bool{
		func(i, j int) bool { return i == j && sameUser(is[i], was[j]) },
		func(i, j int) bool { return sameUser(is[i], was[j]) },
		func(i, j int) bool { return is[i].OrgID == was[j].OrgID && is[i].OrgID != "" },
		func(i, j int) bool { return i == j },
	} {
		for i := range is {
			for j := range was {
				if !found[i] && !taken[j] && one(i, j) {
					before[i], found[i], taken[j] = was[j], true, true
				}
			}
		}
	}
	for j, l := range was {
		if !taken[j] && l.OrgID != "" {
			gone = append(gone, l)
		}
	}
	return before, gone
}

// sameButUsage reports whether nothing about the links has changed but how many requests their orgs have counted, which comes with every
// answer of an org.
func sameButUsage(was, is []crm.LinkStatus) bool {
	return slices.EqualFunc(was, is, func(a, b crm.LinkStatus) bool {
		a.APIUsed, a.APILimit = b.APIUsed, b.APILimit
		return reflect.DeepEqual(a, b)
	})
}

// sameUser reports whether two links are of one user of one org.
func sameUser(a, b crm.LinkStatus) bool { return a.OrgID == b.OrgID && a.UserID == b.UserID }
