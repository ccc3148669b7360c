package salesforce

import (
	"context"
	"slices"

	"linecard/crm"
	"linecard/crm/layout"
	"linecard/fault"
)

// layoutsInUse are the layouts by which calls of this org are written: its default one, those that are for it alone, and those
// that rules name.
func (c *Client) layoutsInUse() (used []layout.Layout) {
	var all layout.List
	if c.cfg.Layouts != nil {
		all = c.cfg.Layouts()
	}
	c.mu.Lock()
	org := c.link.OrgID
	c.mu.Unlock()
	add := func(l layout.Layout, ok bool) {
		if ok && !slices.ContainsFunc(used, func(u layout.Layout) bool { return u.Name == l.Name && u.Org == l.Org }) {
			used = append(used, l)
		}
	}
	add(all.Choose(org, "", ""), true)
	for _, l := range all {
		add(l, l.Org == org && org != "")
	}
	for _, r := range c.rules() {
		if r.Layout != "" {
			add(all.Find(org, r.Layout))
		}
	}
	return used
}

// rules are the rules that are on, without those that give a call to another org.
func (c *Client) rules() []crm.Rule {
	if c.cfg.Rules == nil {
		return nil
	}
	c.mu.Lock()
	org := c.link.OrgID
	c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.cfg.Rules()), func(r crm.Rule) bool { return !r.On || r.Org != "" && r.Org != org })
}

// asUsed makes warnings of findings about Task where every layout in use writes something else.
func (c *Client) asUsed(found []crm.Finding) []crm.Finding {
	used := c.layoutsInUse()
	for i := range found {
		if !found[i].OK && !slices.ContainsFunc(used, func(l layout.Layout) bool { return l.Object == crm.Task }) {
			found[i].Minor = true
		}
	}
	return found
}

// checkLayouts judges each layout in use by what the org describes. It finds nothing where calls are written by the built-in layout
// for Tasks alone, of which checkTask tells.
func (c *Client) checkLayouts(ctx context.Context) []crm.Finding {
	used := c.layoutsInUse()
	if len(used) == 1 && used[0].Object == crm.Task && len(used[0].Fields) == 0 && used[0].RecordType == "" {
		return nil
	}
	f := crm.Finding{Check: "salesforce.check-layouts", OK: true, Minor: true, Setup: pagePermissionSets}
	var names []string
	var reasons []any
	for _, l := range used {
		names = append(names, l.Name)
		o, err := c.describe(ctx, l.Object)
		if err != nil {
			return []crm.Finding{pointing(finding(f.Check, fault.Fault{}, err), pagePermissionSets)}
		}
		for _, p := range layoutProblems(l, o) {
			f.OK = false
			if refusesRecord(p) {
				f.Minor = false
			}
			if len(reasons) < mostReasons {
				reasons = append(reasons, fault.New("salesforce.layout-says", "layout", l.Name, "why", p.Why))
			}
		}
	}
	f.Detail = fault.New("salesforce.layouts", "layouts", names)
	if f.OK {
		f.Minor = false
	} else {
		f.Remedy = fault.New("salesforce.several-reasons", "reasons", reasons)
	}
	return []crm.Finding{f}
}

// layoutProblems are what stands against a layout in the org. What is about Task whatever the layout, checkTask tells.
func layoutProblems(l layout.Layout, o *object) []layout.Problem {
	laid := &layout.Object{Name: l.Object, Label: l.Object}
	if o != nil {
		laid = o.laid
	} else {
		return slices.DeleteFunc(l.Check(laid), func(p layout.Problem) bool { return l.Object == crm.Task || !p.Why.Is("layout.object-not-createable") })
	}
	all := l.Check(laid)
	if l.Object != crm.Task {
		return append(all, l.Unfilled(laid)...)
	}
	return slices.DeleteFunc(all, func(p layout.Problem) bool { return p.Why.Is("layout.object-not-createable") })
}

// refusesRecord reports whether the org takes no record with a problem. With any other, the rest of the call is written.
func refusesRecord(p layout.Problem) bool {
	return p.Why.Is("layout.object-not-createable") || p.Why.Is("layout.required")
}

// madeBy are the fields of the records that rules make of calls; see Client.madeFields.
var madeBy = map[string][]string{
	crm.Lead:    {"FirstName", "LastName", "Company", "Phone", "Description", callKeyField},
	crm.Contact: {"FirstName", "LastName", "Phone", "Description", callKeyField},
	crm.Account: {"Name", "Phone", "Description", callKeyField},
	crm.Case:    {"Subject", "Origin", "SuppliedPhone", "SuppliedName", "Description", callKeyField},
}

// checkMade reports whether the user may create the records that rules make of calls. It finds nothing where no rule makes any.
func (c *Client) checkMade(ctx context.Context) []crm.Finding {
	var objects []string
	for _, r := range c.rules() {
		if madeBy[r.Create] != nil && !slices.Contains(objects, r.Create) {
			objects = append(objects, r.Create)
		}
	}
	if len(objects) == 0 {
		return nil
	}
	f := crm.Finding{Check: "salesforce.check-made", OK: true, Detail: fault.New("salesforce.fields", "fields", objects), Setup: pagePermissionSets}
	var reasons []any
	for _, name := range objects {
		o, err := c.describe(ctx, name)
		switch {
		case err != nil:
			return []crm.Finding{pointing(finding(f.Check, fault.Fault{}, err), pagePermissionSets)}
		case o == nil || !o.Createable:
			reasons = append(reasons, fault.New("salesforce.let-create", "object", name))
			continue
		}
		var missing []string
		for _, d := range o.Fields {
			if d.required() && d.Type != "boolean" && !slices.Contains(madeBy[name], d.Name) {
				missing = append(missing, d.Name)
			}
		}
		if len(missing) > 0 {
			reasons = append(reasons, fault.New("salesforce.made-required", "object", name, "fields", missing))
		}
	}
	if len(reasons) > 0 {
		f.OK, f.Remedy = false, fault.New("salesforce.several-reasons", "reasons", reasons)
	}
	return []crm.Finding{f}
}
