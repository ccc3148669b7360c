package salesforce

import (
	"context"
	"errors"
	"fmt"

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
		e := &crm.Error{Class: crm.ClassRelink, Err: err,
			Message: "The link's token is not in the keyring of this computer. Unlock the keyring and press Refresh, or press Link."}
		c.take(link, "", e)
		return e
	}
	c.take(link, token, nil)
	if _, err := c.session(ctx, ""); err != nil {
		return err
	}
	return c.describeAll(ctx)
}

// take makes link the client's own.
func (c *Client) take(link savedLink, refresh string, dead *crm.Error) {
	c.mu.Lock()
	c.link, c.refresh, c.access, c.dead = link, refresh, "", nil
	c.epoch++
	c.status = crm.LinkStatus{State: crm.Linked}
	link.into(&c.status)
	if dead != nil {
		c.dead = dead
		c.status.State, c.status.Reason = crm.Inactive, dead.Message
	}
	c.changes++
	c.mu.Unlock()
	c.memory.forget()
	c.schema.forget()
	c.publish()
}

// Refresh renews access now, also when the link was Inactive: after a user was activated again, a network changed, a
// keyring was unlocked. It reads the org's name and objects anew.
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
	if err := c.cfg.Store.Save(nil); err != nil {
		return fmt.Errorf("forget the link: %w", err)
	}
	c.forget()
	if revoked != nil {
		return &crm.Error{Class: crm.ClassTransient, Err: revoked,
			Message: "Unlinked here, but Salesforce could not be told. An admin can revoke the app under Setup, OAuth Connected Apps Usage."}
	}
	return nil
}

func (c *Client) forget() {
	c.mu.Lock()
	c.link, c.refresh, c.access, c.dead = savedLink{}, "", "", nil
	c.epoch++
	c.status = crm.LinkStatus{State: crm.Unlinked}
	c.changes++
	c.mu.Unlock()
	c.memory.forget()
	c.schema.forget()
	c.publish()
}
