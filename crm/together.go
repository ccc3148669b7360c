package crm

import "slices"

// In is the result with every record said to be in an org, where it does not say so itself.
func (r Result) In(org string) Result {
	r.Matches = slices.Clone(r.Matches)
	for i := range r.Matches {
		if r.Matches[i].Org == "" {
			r.Matches[i].Org = org
		}
	}
	if r.Org == "" {
		r.Org = org
	}
	return r
}

// With is what two orgs have answered about one number, as one result, which is of no org.
func (r Result) With(other Result) Result {
	r.Matches = slices.Concat(r.Matches, other.Matches)
	r.More, r.Cached = r.More || other.More, r.Cached && other.Cached
	r.Org, r.User = "", ""
	return r
}
