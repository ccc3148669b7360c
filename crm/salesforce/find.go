package salesforce

import (
	"context"

	"linecard/crm"
)

// FindLogged returns the Task of a call, the zero Logged where there is none. It writes nothing.
func (c *Client) FindLogged(ctx context.Context, a crm.Activity) (crm.Logged, error) {
	found, err := c.findLogged(ctx, a)
	return found, harmless(err)
}
