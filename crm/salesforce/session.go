package salesforce

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/oauth2"

	"linecard/crm"
)

// session is what one request needs to reach the org.
type session struct {
	token    string
	instance string // https://acme.my.salesforce.com
	version  string // v68.0
	epoch    int
}

// renewTimeout bounds one refresh, which no single caller's patience may cut short: with token rotation an abandoned
// refresh is a lost link.
const renewTimeout = 20 * time.Second

// session returns a session whose token is not stale, refreshing once for everybody who asks. stale is the token that
// the org has just refused, "" on a first request.
func (c *Client) session(ctx context.Context, stale string) (session, error) {
	for range 2 {
		s, err := c.current()
		if err != nil || (s.token != "" && s.token != stale && s.version != "") {
			return s, err
		}
		done := c.flights.DoChan("renew", func() (any, error) {
			return nil, c.detached(renewTimeout, func(ctx context.Context) error { return c.renew(ctx, stale) })
		})
		select {
		case r := <-done:
			if r.Err != nil {
				return session{}, r.Err
			}
		case <-ctx.Done():
			return session{}, &crm.Error{Class: crm.ClassTransient, Message: offline(ctx.Err()), Err: ctx.Err()}
		}
	}
	return c.current()
}

func (c *Client) current() (session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.dead != nil:
		return session{}, c.dead
	case c.refresh == "":
		return session{}, notLinked()
	}
	return session{token: c.access, instance: c.link.InstanceURL, version: c.link.APIVersion, epoch: c.epoch}, nil
}

// detached runs f with a context of the client's own, ended by timeout or Close, which waits for f.
func (c *Client) detached(timeout time.Duration, f func(context.Context) error) error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return &crm.Error{Class: crm.ClassTransient, Message: "Linecard is closing.", Err: context.Canceled}
	}
	c.work.Add(1)
	c.mu.Unlock()
	defer c.work.Done()
	ctx, cancel := context.WithTimeout(c.ctx, timeout)
	defer cancel()
	return f(ctx)
}

// renew gets a new access token in place of stale, and the API version when it is not known yet.
func (c *Client) renew(ctx context.Context, stale string) error {
	unlock, err := c.holdLink(ctx)
	if err != nil {
		return err
	}
	defer unlock()

	c.mu.Lock()
	link, refresh, access, unsaved := c.link, c.refresh, c.access, c.status.Unsaved
	c.mu.Unlock()
	if refresh == "" {
		return notLinked()
	}
	if access == "" || access == stale {
		if !unsaved && c.cfg.Dir != "" {
			// Another process may have been given a new token since; ours would be taken for a stolen one.
			if s, err := c.cfg.Secrets.Get(link.secretKey()); err == nil && s != "" {
				refresh = s
			}
		}
		tok, err := c.exchangeRefresh(ctx, link, refresh)
		if err != nil {
			c.renewFailed(err)
			return err
		}
		if err := c.adopt(&link, refresh, tok); err != nil {
			return err
		}
	}
	if link.APIVersion == "" {
		v, err := c.discover(ctx, link.InstanceURL)
		if err != nil {
			return err
		}
		link.APIVersion = v
		c.relink(link)
	}
	return nil
}

// holdLink keeps the link for one operation that changes its tokens: in this process, and in every other one that
// shares Config.Dir.
func (c *Client) holdLink(ctx context.Context) (unlock func(), err error) {
	gaveUp := func(err error) error {
		return &crm.Error{Class: crm.ClassTransient, Message: offline(err), Err: err}
	}
	select {
	case c.holding <- struct{}{}:
	case <-ctx.Done():
		return nil, gaveUp(ctx.Err())
	}
	release := func() { <-c.holding }
	if c.cfg.Dir == "" {
		return release, nil
	}
	if err := os.MkdirAll(c.cfg.Dir, 0o700); err != nil {
		c.cfg.Log.Warn("no lock against other processes", "err", err)
		return release, nil
	}
	lock := flock.New(filepath.Join(c.cfg.Dir, "link.lock"), flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		if ctx.Err() != nil {
			release()
			return nil, gaveUp(err)
		}
		c.cfg.Log.Warn("no lock against other processes", "err", err) // a file system without locks
	}
	return func() {
		lock.Close()
		release()
	}, nil
}

func (c *Client) exchangeRefresh(ctx context.Context, link savedLink, refresh string) (*oauth2.Token, error) {
	conf := c.oauth(link.LoginHost, link.ClientID, "")
	// x/oauth2 refreshes only what it believes to have expired, and Salesforce never says when that is.
	old := &oauth2.Token{RefreshToken: refresh, Expiry: time.Unix(1, 0)}
	tok, err := conf.TokenSource(c.oauthContext(ctx), old).Token()
	if err != nil {
		return nil, tokenError(err, c.CallbackURLs())
	}
	instance, _ := tok.Extra("instance_url").(string)
	if err := checkInstance(instance, link.LoginHost); err != nil {
		return nil, &crm.Error{Class: crm.ClassTransient, Message: "Salesforce answered from an unknown address. Press Link again if this stays.", Err: err}
	}
	return tok, nil
}

// adopt stores what a refresh brought, the refresh token before anything else.
func (c *Client) adopt(link *savedLink, sent string, tok *oauth2.Token) error {
	unsaved := c.keepSecret(link.secretKey(), sent, tok.RefreshToken)
	link.InstanceURL, _ = tok.Extra("instance_url").(string)
	link.TokenAt = c.cfg.Now()
	c.mu.Lock()
	c.access, c.refresh, c.dead = tok.AccessToken, tok.RefreshToken, nil
	c.mu.Unlock()
	c.relink(*link)
	c.setStatus(func(s *crm.LinkStatus) {
		s.State, s.Reason = crm.Linked, ""
		s.Unsaved = unsaved || (s.Unsaved && tok.RefreshToken == sent)
	})
	c.cfg.Log.Info("access to Salesforce renewed", "rotated", tok.RefreshToken != sent)
	return nil
}

// relink takes over link and saves it.
func (c *Client) relink(link savedLink) {
	c.mu.Lock()
	c.link = link
	link.into(&c.status)
	c.changes++
	c.mu.Unlock()
	c.saveLink(link)
	c.publish()
}

// keepSecret stores a refresh token that differs from the old one and reports whether it is in memory only.
func (c *Client) keepSecret(key, old, token string) (unsaved bool) {
	if token == old {
		return false
	}
	if err := c.cfg.Secrets.Set(key, token); err != nil {
		c.cfg.Log.Error("the link's token could not be put into the keyring; the link lasts until the app ends", "err", err)
		return true
	}
	return false
}

// renewFailed makes the link Inactive when err says that it will not work again by itself.
func (c *Client) renewFailed(err error) {
	e, ok := errors.AsType[*crm.Error](err)
	if !ok || e.Class == crm.ClassTransient {
		c.cfg.Log.Warn("access to Salesforce not renewed", "err", errors.Unwrap(err))
		return
	}
	c.cfg.Log.Error("the link to Salesforce is inactive", "err", e.Err)
	c.mu.Lock()
	c.dead, c.access = e, ""
	c.mu.Unlock()
	c.setStatus(func(s *crm.LinkStatus) { s.State, s.Reason = crm.Inactive, e.Message })
}

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
