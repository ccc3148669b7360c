package salesforce

import (
	"context"
	"errors"
	"fmt"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// Restore loads the link saved by an earlier run. The status is set before any request is made; then access is renewed
// and the org's objects are described, so that the first call finds everything ready. The error tells why that failed.
// Later requests try again unless the status is Inactive.
func (c *Client) Restore(ctx context.Context) error {
	link, ok, err := c.loadLink()
	if err != nil {
		return fmt.Errorf("restore the link: %w", err)
	}
	if !ok {
		return nil
	}
	token, err := c.cfg.Secrets.Get(link.secretKey())
	if err != nil || token == "" {
		c.cfg.Log.Warn("saved link has no token", "err", err)
		e := &crm.Error{
			Class: crm.ClassRelink, Err: err, Fault: fault.New("salesforce.token-missing"),
		}
		c.setLink(linkWithTokens{link: link, dead: e})
		return e
	}
	c.setLink(linkWithTokens{link: link, refresh: token, unsaved: c.volatile()})
	if _, err := c.session(ctx, ""); err != nil {
		return err
	}
	return c.describeAll(ctx)
}

// linkWithTokens is a link with its tokens.
type linkWithTokens struct {
	link            savedLink
	refresh, access string
	dead            *crm.Error // why it does not work; nil when it works
	unsaved         bool
}

// setLink replaces the client's link and forgets the answers of the earlier one.
func (c *Client) setLink(n linkWithTokens) {
	status := crm.LinkStatus{State: crm.Linked, Unsaved: n.unsaved}
	switch {
	case n.link.OrgID == "":
		status.State = crm.Unlinked
	case n.dead != nil:
		status.State, status.Reason = crm.Inactive, n.dead.Fault
	}
	n.link.fill(&status)
	c.mu.Lock()
	c.link, c.refresh, c.access, c.dead, c.retryAt = n.link, n.refresh, n.access, n.dead, time.Time{}
	c.holds.clear()
	clear(c.panels)
	c.epoch++
	c.status = status
	c.changes++
	c.mu.Unlock()
	c.memory.forget()
	c.schema.forget()
	c.publish()
}

// Refresh renews access now, also when the link is Inactive: after a user was activated again, a network changed, or a
// keyring was unlocked. It reads the org's name and objects again. Without a link the error has class NotLinked.
func (c *Client) Refresh(ctx context.Context) error {
	c.mu.Lock()
	link, token, stale := c.link, c.refresh, c.access
	c.dead = nil
	c.mu.Unlock()
	c.TryNow()
	if link.OrgID == "" {
		return notLinked()
	}
	if token == "" {
		return c.Restore(ctx)
	}
	if _, err := c.session(ctx, stale); err != nil {
		return err
	}
	c.readOrg(ctx)
	c.schema.expire()
	return c.describeAll(ctx)
}

// Unlink revokes the link at Salesforce and forgets it here. It forgets it even when Salesforce cannot be reached; then
// the error says that the admin may want to revoke it there.
func (c *Client) Unlink(ctx context.Context) error {
	unlock, err := c.holdLink(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	c.mu.Lock()
	link, token := c.link, c.refresh
	c.mu.Unlock()
	if link.OrgID == "" {
		return nil
	}
	var revoked error
	if token != "" {
		revoked = c.revoke(ctx, link.LoginHost, token)
	}
	if err := c.cfg.Secrets.Delete(link.secretKey()); err != nil && !errors.Is(err, ErrNoSecret) {
		c.cfg.Log.Error("token of the link not deleted from the keyring", "err", err)
	}
	c.setLink(linkWithTokens{})
	if err := c.forgetLink(); err != nil {
		return err
	}
	if revoked != nil {
		return &crm.Error{
			Class: crm.ClassTransient, Err: revoked, Fault: fault.New("salesforce.unlink-untold"),
		}
	}
	return nil
}
