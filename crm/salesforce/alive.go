package salesforce

import (
	"context"
	"time"

	"linecard/crm"
)

// Many orgs end a refresh token that nobody has used for 30 days: 30 days without use is what Salesforce proposes for the policy of an
// External Client App. An access token that is in use every day lives on by itself, so the refresh token is used from time to time
// without need: a desk that is off for three weeks keeps its link.
const (
	idleLife   = 30 * 24 * time.Hour
	renewEvery = 7 * 24 * time.Hour
)

// KeepAlive renews a link that was renewed more than a week ago. Otherwise it asks nothing.
func (c *Client) KeepAlive(ctx context.Context) error {
	c.mu.Lock()
	access, due := c.access, c.status.State == crm.Linked && c.refresh != "" && c.cfg.Now().Sub(c.link.TokenAt) > renewEvery
	c.mu.Unlock()
	if !due {
		return nil
	}
	_, err := c.session(ctx, access)
	return err
}
