package salesforce

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// Restore loads the link saved by an earlier run. Before the keyring is asked, the status is Waiting, with the link's org and
// user: a keyring may be locked, or hang. Then the org's objects are described with the access token of the earlier run, so
// that the first call finds everything ready; the refresh token is used only when the org refuses that one. The error tells
// why it failed. Later requests try again unless the status is Inactive; [Client.KeyringChanged] goes on where it is Waiting.
func (c *Client) Restore(ctx context.Context) error {
	c.restoring.Lock()
	defer c.restoring.Unlock()
	return c.restore(ctx)
}

func (c *Client) restore(ctx context.Context) error {
	link, epoch, ok, err := c.begin(ctx)
	if !ok || err != nil {
		return err
	}
	kept, err := c.keptTokens(link)
	if done, err := c.takeUp(ctx, epoch, link, kept, err); done || err != nil {
		return err
	}
	if _, err := c.session(ctx, ""); err != nil {
		return err
	}
	return c.describeAll(ctx)
}

// begin shows the saved link, whose tokens are still to be read. ok is false where there is none, or where the client has its tokens: it may have
// been linked by hand while the caller waited for its turn, and what is in memory only must not be lost.
func (c *Client) begin(ctx context.Context) (link savedLink, epoch int, ok bool, err error) {
	release, err := c.holdHere(ctx) // nobody links or unlinks from here on
	if err != nil {
		return link, 0, false, err
	}
	defer release()
	c.mu.Lock()
	none, has := c.link.OrgID == "", c.refresh != ""
	c.mu.Unlock()
	if has {
		return link, 0, false, nil
	}
	link, ok, err = c.loadLink()
	if err != nil {
		c.setStatus(func(s *crm.LinkStatus) { s.Reason = faultOf(err) }) // it is Unlinked
		return link, 0, false, fmt.Errorf("restore the link: %w", err)
	}
	if ok && none {
		c.setLink(linkWithTokens{link: link, waits: true})
	}
	return link, c.epochNow(), ok, nil
}

// takeUp makes a saved link the client's own, as far as Secrets have given its tokens. done is true where it was linked or unlinked by hand
// while they were waited for.
func (c *Client) takeUp(ctx context.Context, epoch int, link savedLink, kept tokens, err error) (done bool, _ error) {
	release, busy := c.holdHere(ctx)
	if busy != nil {
		return false, busy
	}
	defer release()
	if c.epochNow() != epoch {
		return true, nil
	}
	switch {
	case errors.Is(err, ErrNoSecret):
		e := &crm.Error{Class: crm.ClassRelink, Err: err, Fault: fault.New(tokenMissing)}
		if c.lacksToken() != tokenMissing {
			c.cfg.Log.Warn("saved link has no token", "err", err)
			c.setLink(linkWithTokens{link: link, dead: e})
		}
		return false, e
	case err != nil:
		c.cfg.Log.Warn("the keyring does not give the token of the saved link", "err", err)
		if c.lacksToken() != waitingForKeyring {
			c.setLink(linkWithTokens{link: link, waits: true})
		}
		return false, waitsForKeyring(err)
	}
	c.setLink(linkWithTokens{link: link, refresh: kept.Refresh, access: kept.Access, unsaved: c.volatile()})
	return false, nil
}

const (
	tokenMissing      fault.Code = "salesforce.token-missing"
	waitingForKeyring fault.Code = "salesforce.waiting-for-keyring"
)

// lacksToken is why the client has a link but no token for it; "" when it has one, or no link.
func (c *Client) lacksToken() fault.Code {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.link.OrgID == "" || c.refresh != "":
		return ""
	case c.dead != nil && c.dead.Fault.Is(tokenMissing):
		return tokenMissing
	}
	return waitingForKeyring
}

// KeyringChanged tells the client that the keyring may give now what it did not give before, or take what it did not take:
// it was unlocked, its service was started, a secret was put into it. The client takes up a link that waits for it, and puts
// tokens into it that are in memory only. Without need it asks nothing.
func (c *Client) KeyringChanged(ctx context.Context) error {
	c.restoring.Lock()
	defer c.restoring.Unlock()
	if c.lacksToken() != "" {
		return c.restore(ctx)
	}
	if stale, waits := c.waitsWithToken(); waits {
		return c.goOn(ctx, stale)
	}
	c.keepUnsaved(ctx, false)
	return nil
}

// waitsWithToken reports whether the client waits for the keyring though it has a token, and returns the access token that is of no use any more.
func (c *Client) waitsWithToken() (stale string, waits bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.access, c.refresh != "" && c.status.State == crm.Waiting
}

// goOn makes the exchange that has waited for the keyring, which is asked for something so that its owner opens it.
func (c *Client) goOn(ctx context.Context, stale string) error {
	c.mu.Lock()
	key := c.link.secretKey()
	c.mu.Unlock()
	if _, err := c.cfg.Secrets.Get(key); err != nil && !errors.Is(err, ErrNoSecret) {
		return waitsForKeyring(err)
	}
	c.keepUnsaved(ctx, false)
	_, err := c.session(ctx, stale)
	return err
}

// linkWithTokens is a link with its tokens.
type linkWithTokens struct {
	link            savedLink
	refresh, access string
	dead            *crm.Error // why it does not work; nil when it works
	unsaved         bool
	waits           bool // its tokens are not known: the keyring has not answered
	earlier         []earlierLink
}

// setLink replaces the client's link and forgets the answers of the earlier one.
func (c *Client) setLink(n linkWithTokens) {
	status := crm.LinkStatus{State: crm.Linked, Unsaved: n.unsaved}
	switch {
	case n.link.OrgID == "":
		status.State = crm.Unlinked
	case n.dead != nil:
		status.State, status.Reason = crm.Inactive, n.dead.Fault
	case n.waits:
		status.State, status.Reason = crm.Waiting, fault.New(waitingForKeyring)
	}
	n.link.fill(&status)
	c.mu.Lock()
	c.link, c.refresh, c.access, c.dead, c.retryAt, c.earlier = n.link, n.refresh, n.access, n.dead, time.Time{}, n.earlier
	c.holds.clear()
	clear(c.panels)
	c.epoch++
	c.status = status
	c.changes++
	c.mu.Unlock()
	c.schema.forget()
	c.publish()
}

// Refresh renews access now, also when the link is Inactive: after a user was activated again, a network changed, or a
// keyring was unlocked. It reads the org's name and objects again. Without a link the error has class NotLinked.
func (c *Client) Refresh(ctx context.Context) error {
	c.mu.Lock()
	link, token, stale := c.link, c.refresh, c.access
	if token != "" {
		c.dead = nil
	}
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
	c.plainSearch.forget()
	c.plainMany.forget()
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
	link, all := c.link, append(slices.Clone(c.earlier), earlierLink{link: c.link, refresh: c.refresh})
	c.mu.Unlock()
	if link.OrgID == "" {
		return nil
	}
	var revoked error
	for _, l := range all {
		if l.refresh != "" {
			revoked = errors.Join(revoked, c.revoke(ctx, l.link.LoginHost, l.refresh))
		}
		c.dropTokens(l.link)
	}
	link.Spare = !link.Spare // a relink that a crash cut off may have left one there
	c.dropTokens(link)
	c.setLink(linkWithTokens{})
	c.forgetDescriptions(link)
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
