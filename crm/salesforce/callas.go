package salesforce

import (
	"context"
	"slices"

	"linecard/crm"
	"linecard/fault"
)

// The number that a customer is to see may be in a field of the record, which the admin names for an account. It is requested with the record, of the
// objects that have it: like a field that holds numbers it costs no search where the user does not see it, or the org refuses it.

// callAsFields are the fields that accounts name, as far as a query may name them.
func (c *Client) callAsFields(org string) []string {
	if c.cfg.CallAs == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.cfg.CallAs(org)), func(f string) bool { return !crm.IsAPIName(f) })
}

// showsBy reports whether an object has a field that may hold a number to be shown.
func (o *object) showsBy(name string) bool {
	f, ok := o.field(name)
	return ok && slices.Contains(crm.ShownTypes, f.Type)
}

// shownNames are the names by which an object has such a field: where accounts may be persons, who are copied as accounts, that of the contact too.
func (o *object) shownNames(name string) []string {
	all := []string{name}
	if _, persons := o.field("IsPersonAccount"); persons && o.Name == crm.Account {
		all = shownBy(name)
	}
	return slices.DeleteFunc(all, func(f string) bool { return !o.showsBy(f) })
}

// shownBy are the names by which the account of a person may have such a field, that of the contact first.
func shownBy(name string) []string {
	all := personNames(name)
	if !slices.Contains(all, name) {
		all = append(all, name)
	}
	return all
}

// callAs are the numbers that a row says are to be shown.
func (r row) callAs(of crm.Object) map[string]string {
	var all map[string]string
	for _, f := range of.CallAs {
		names := []string{f}
		if of.Name == crm.Account && r.flag("IsPersonAccount") {
			names = shownBy(f)
		}
		for _, name := range names {
			if n := crm.NumberToShow(r.raw(name)); n != "" && all[f] == "" {
				if all == nil {
					all = map[string]string{}
				}
				all[f] = n
			}
		}
	}
	return all
}

// orElseShown adds those of more that shown does not have.
func orElseShown(shown, more map[string]string) map[string]string {
	if shown == nil {
		return more
	}
	for f, n := range more {
		if shown[f] == "" {
			shown[f] = n
		}
	}
	return shown
}

// shownIn are the objects in which a field says what number is to be shown, and those that have it as another type, which type names.
func (c *Client) shownIn(field string) (in []string, other string) {
	for _, row := range c.searched() {
		d, _ := c.schema.get(row.Name)
		if d.Object == nil || !c.sees(d.Object, field) {
			continue
		}
		if f, _ := d.Object.field(field); d.Object.showsBy(field) {
			in = append(in, row.Name)
		} else if other == "" {
			other = f.Type
		}
	}
	return in, other
}

// unseenCallAs are the fields that no object has which is searched, once all are described.
func (c *Client) unseenCallAs() (names []string) {
	c.mu.Lock()
	org := c.link.OrgID
	c.mu.Unlock()
	for _, field := range c.callAsFields(org) {
		if in, other := c.shownIn(field); len(in) == 0 && other == "" {
			names = append(names, field)
		}
	}
	return names
}

// checkCallAs tells for each such field where it was found, and what helps where it was not. It finds nothing where no account names one.
func (c *Client) checkCallAs(ctx context.Context) (found []crm.Finding) {
	c.mu.Lock()
	org := c.link.OrgID
	c.mu.Unlock()
	fields := c.callAsFields(org)
	if len(fields) == 0 {
		return nil
	}
	for _, row := range c.searched() {
		if _, err := c.describe(ctx, row.Name); err != nil {
			return []crm.Finding{pointing(finding("salesforce.check-call-as", fault.Fault{}, err), pagePermissionSets)}
		}
	}
	for _, field := range fields {
		f := crm.Finding{Check: "salesforce.check-call-as", OK: true, Setup: pagePermissionSets}
		in, other := c.shownIn(field)
		for i := range in {
			in[i] += "." + field
		}
		switch {
		case len(in) > 0:
			f.Detail = fault.New("salesforce.fields", "fields", in)
		case other != "":
			f.OK, f.Minor, f.Remedy = false, true, fault.New("salesforce.call-as-type", "field", field, "type", other)
		default:
			f.OK, f.Minor, f.Remedy = false, true, fault.New("salesforce.call-as-hidden", "field", field)
		}
		found = append(found, f)
	}
	return found
}
