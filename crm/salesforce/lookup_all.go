package salesforce

import (
	"context"
	"slices"

	"linecard/crm"
)

// LookupAll is Lookup for several numbers, such as those that an outage has left without names: they share requests, as many
// of them as one search has room for. The results are in the order of ns; the error is that of the first request that
// failed.
func (c *Client) LookupAll(ctx context.Context, ns []crm.Number) ([]crm.Result, error) {
	known := map[string]crm.Result{} // by E.164 number
	var open []crm.Number
	for _, n := range ns {
		if !n.Public() || slices.ContainsFunc(open, func(o crm.Number) bool { return o.E164 == n.E164 }) {
			continue
		}
		open = append(open, n)
	}
	for len(open) > 0 {
		if ctx.Err() != nil {
			return nil, &crm.Error{Class: crm.ClassTransient, Fault: connectionFault(ctx.Err()), Err: ctx.Err()}
		}
		some := c.together(open)
		if len(some) == 1 {
			r, err := c.lookupOne(ctx, some[0])
			if err != nil {
				return nil, err
			}
			known[some[0].E164], open = r, open[1:]
			continue
		}
		all, err := c.lookupTogether(ctx, some)
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			known[r.Number.E164] = r
		}
		open = open[len(some):]
	}
	all := make([]crm.Result, len(ns))
	for i, n := range ns {
		r, ok := known[n.E164]
		if !ok || !n.Public() {
			r = crm.Result{At: c.cfg.Now()}
		}
		r.Number, r.Matches = n, slices.Clone(r.Matches)
		all[i] = r
	}
	return all, nil
}

// lookupOne is Lookup, where it is no error that the org has too many records with few of the digits: see [crm.Result.Undecided].
func (c *Client) lookupOne(ctx context.Context, n crm.Number) (crm.Result, error) {
	r, err := c.Lookup(ctx, n)
	if codeOf(err) != crm.CodeTooManyFound {
		return r, err
	}
	s := c.Status()
	return crm.Result{Number: n, At: c.cfg.Now(), Org: s.OrgID, User: s.UserID, More: true}, nil
}

// together are the first of ns that fit into one search. A number that is spelled in letters finds so much else that it is
// searched for by itself.
func (c *Client) together(ns []crm.Number) []crm.Number {
	find := ""
	for i, n := range ns {
		joined, whole := joinedTerms(find, c.phoneTerms(n, allTerms))
		if i > 0 && (!whole || n.Advertised() || ns[0].Advertised() || (i+1)*foundTogether > foundByPhone) {
			return ns[:i]
		}
		find = joined
	}
	return ns
}

// lookupTogether asks for several numbers in one request. Where the org had more rows than were asked for, those of a number
// may be among the ones it left out: then the numbers are asked for one by one.
func (c *Client) lookupTogether(ctx context.Context, ns []crm.Number) ([]crm.Result, error) {
	s, err := c.session(ctx, "")
	if err != nil {
		return nil, err
	}
	limit := foundTogether * len(ns)
	rows, err := c.search(ctx, func(plain bool) string {
		returning := c.returning(limit)
		if returning == "" {
			return ""
		}
		find := ""
		for _, n := range ns {
			find, _ = joinedTerms(find, c.phoneTerms(n, orPlain(allTerms, plain)))
		}
		return "FIND {" + find + c.byNumber() + returning
	}, false)
	if err != nil {
		return nil, err
	}
	left := more(rows, limit)
	var all []crm.Result
	for _, n := range ns {
		var r crm.Result
		if left {
			r, err = c.lookupOne(ctx, n)
		} else {
			r, err = c.found(s, rows, n, false)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}
