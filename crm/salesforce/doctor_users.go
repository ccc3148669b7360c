package salesforce

import (
	"context"

	"linecard/crm"
	"linecard/fault"
)

// CheckUsers reports whether this user may read the org's users by the fields of [Client.Users]: without one of them the whole list is refused.
func (c *Client) CheckUsers(ctx context.Context) crm.Finding {
	f := crm.Finding{Check: "owners.check-read", OK: true, Detail: fault.New("salesforce.fields", "fields", userFields), Setup: c.setupPage(pageFields(userObject))}
	o, err := c.describe(ctx, userObject)
	switch {
	case err != nil:
		f.OK, f.Detail, f.Remedy = false, fault.Fault{}, faultOf(err)
		return f
	case o == nil:
		f.OK, f.Detail, f.Remedy, f.Setup = false, fault.Fault{}, fault.New("salesforce.let-read", "object", userObject), c.setupPage(pagePermissionSets)
		return f
	}
	var hidden []string
	for _, name := range userFields {
		if _, ok := o.field(name); !ok {
			hidden = append(hidden, name)
		}
	}
	if len(hidden) > 0 {
		f.OK, f.Remedy = false, fault.New("salesforce.show-fields", "object", userObject, "fields", hidden)
	}
	return f
}

// UsersPage is the address of the page of Setup with the org's users.
func (c *Client) UsersPage() string { return c.setupPage(pageUsers) }
