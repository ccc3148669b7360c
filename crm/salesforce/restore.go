package salesforce

import (
	"context"
	"errors"
	"fmt"
	"time"

	"linecard/crm"
)

// Restore takes up the link saved by an earlier run. The status is set before any request is made; then access is
// renewed and the org's objects are described, so that the first ring finds everything ready. The error tells why
// that did not succeed; unless the status says Inactive, later requests try again.
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
		c.cfg.Log.Warn("no token for the saved link", "err", err)
		e := &crm.Error{
			Class: crm.ClassRelink, Err: err,
			Message: "The link's token is not in the keyring of this computer. Unlock the keyring and press Check link, or link again.",
		}
		c.take(standing{link: link, dead: e})
		return e
	}
	c.take(standing{link: link, refresh: token, unsaved: c.volatile()})
	if _, err := c.session(ctx, ""); err != nil {
		return err
	}
	return c.describeAll(ctx)
}

// standing is a link and its tokens.
type standing struct {
	link            savedLink
	refresh, access string
	dead            *crm.Error // why it does not work, nil when it does
	unsaved         bool
}

// take makes a link the client's own in place of the one before, whose answers are forgotten.
func (c *Client) take(n standing) {
	status := crm.LinkStatus{State: crm.Linked, Unsaved: n.unsaved}
	switch {
	case n.link.OrgID == "":
		status.State = crm.Unlinked
	case n.dead != nil:
		status.State, status.Reason = crm.Inactive, n.dead.Message
	}
	n.link.into(&status)
	c.mu.Lock()
	c.link, c.refresh, c.access, c.dead, c.mend = n.link, n.refresh, n.access, n.dead, time.Time{}
	c.epoch++
	c.status = status
	c.changes++
	c.mu.Unlock()
	c.memory.forget()
	c.schema.forget()
	c.publish()
}

// Refresh renews access now, also when the link was Inactive: after a user was activated again, a network changed, a
// keyring was unlocked. It reads the org's name and objects again.
func (c *Client) Refresh(ctx context.Context) error {
	c.mu.Lock()
	link, token, stale := c.link, c.refresh, c.access
	c.dead = nil
	c.mu.Unlock()
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

// Unlink revokes the link at Salesforce and forgets it here. It forgets even when Salesforce cannot be reached; then
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
		c.cfg.Log.Error("the link's token could not be taken out of the keyring", "err", err)
	}
	c.take(standing{})
	if err := c.forgetLink(); err != nil {
		return err
	}
	if revoked != nil {
		return &crm.Error{
			Class: crm.ClassTransient, Err: revoked,
			Message: "Unlinked here, but Salesforce could not be told. An admin can revoke the app under Setup, OAuth Connected Apps Usage.",
		}
	}
	return nil
}
