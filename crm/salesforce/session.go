package salesforce

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/oauth2"

	"linecard/crm"
	"linecard/crm/salesforce/hosts"
	"linecard/fault"
)

// session is what one request needs to reach the org.
type session struct {
	token    string
	instance string // https://acme.my.salesforce.com
	version  string // v68.0
	org      string
	user     string
	epoch    int
}

// renewTimeout bounds one refresh. A caller that gives up does not cut it short: with token rotation, an abandoned
// refresh means a lost link.
const renewTimeout = 20 * time.Second

// closeGrace is the time that a running refresh gets when the app ends, for the same reason.
const closeGrace = 3 * time.Second

// session returns a session whose token is not stale; all callers share one refresh. stale is the token that the org
// has just refused, or "" on a first request.
func (c *Client) session(ctx context.Context, stale string) (session, error) {
	for range 2 {
		s, err := c.current()
		if err != nil || (s.token != "" && s.token != stale && s.version != "") {
			return s, err
		}
		done := c.flights.DoChan("renew", func() (any, error) {
			return nil, c.detached(renewTimeout, closeGrace, func(ctx context.Context) error { return c.renew(ctx, stale) })
		})
		select {
		case r := <-done:
			if r.Err != nil {
				return session{}, r.Err
			}
		case <-ctx.Done():
			return session{}, &crm.Error{Class: crm.ClassTransient, Fault: connectionFault(ctx.Err()), Err: ctx.Err()}
		}
	}
	return c.current()
}

func (c *Client) current() (session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.dead != nil && (c.retryAt.IsZero() || c.cfg.Now().Before(c.retryAt)):
		dead := *c.dead // a copy: callers may change the reason
		return session{}, &dead
	case c.refresh == "":
		return session{}, notLinked()
	}
	return session{token: c.access, instance: c.link.InstanceURL, version: c.link.APIVersion, org: c.link.OrgID, user: c.link.UserID, epoch: c.epoch}, nil
}

// detached runs f with a context of the client, which ends at the timeout or, after a grace period, at Close. Close
// waits for f.
func (c *Client) detached(timeout, grace time.Duration, f func(context.Context) error) error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return &crm.Error{Class: crm.ClassTransient, Fault: fault.New("salesforce.closing"), Err: context.Canceled}
	}
	c.work.Add(1)
	c.mu.Unlock()
	defer c.work.Done()
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	defer context.AfterFunc(c.ctx, func() { time.AfterFunc(grace, cancel) })()
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
		if !unsaved && c.renewedElsewhere(link) {
			// Another process has a new token; this process's token would count as stolen.
			if s, err := c.cfg.Secrets.Get(link.secretKey()); err == nil && s != "" {
				refresh = s
			}
		}
		tok, err := c.exchangeRefresh(ctx, link, refresh)
		if err != nil {
			c.renewFailed(err)
			return err
		}
		link = c.storeRefreshed(link, refresh, tok)
	}
	if link.APIVersion == "" {
		v, err := c.discover(ctx, link.InstanceURL)
		if err != nil {
			return err
		}
		c.updateLink(func(l *savedLink) { l.APIVersion = v })
	}
	return nil
}

// renewedElsewhere reports whether another process has renewed the link since this one did. It asks the Store, so that
// the keyring, which may prompt its owner for a password, is not read in all other cases.
func (c *Client) renewedElsewhere(link savedLink) bool {
	saved, ok, err := c.loadLink()
	return err == nil && ok && saved.secretKey() == link.secretKey() && !saved.TokenAt.Equal(link.TokenAt)
}

// holdLink locks the link for one operation that changes its tokens: in this process, and in every other process that
// shares Config.Lock.
func (c *Client) holdLink(ctx context.Context) (unlock func(), err error) {
	gaveUp := func(err error) error {
		return &crm.Error{Class: crm.ClassTransient, Fault: connectionFault(err), Err: err}
	}
	select {
	case c.holding <- struct{}{}:
	case <-ctx.Done():
		return nil, gaveUp(ctx.Err())
	}
	release := func() { <-c.holding }
	if c.cfg.Lock == "" {
		return release, nil
	}
	if err := os.MkdirAll(filepath.Dir(c.cfg.Lock), 0o700); err != nil {
		c.cfg.Log.Warn("link lock not available", "err", err)
		return release, nil
	}
	lock := flock.New(c.cfg.Lock, flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		if ctx.Err() != nil {
			release()
			return nil, gaveUp(err)
		}
		c.cfg.Log.Warn("link lock not available", "err", err) // the file system has no locks
	}
	return func() {
		lock.Close()
		release()
	}, nil
}

func (c *Client) exchangeRefresh(ctx context.Context, link savedLink, refresh string) (*oauth2.Token, error) {
	conf := c.oauth(link.LoginHost, link.ClientID, "")
	// x/oauth2 refreshes only what it believes to be expired, and Salesforce never says when a token expires.
	old := &oauth2.Token{RefreshToken: refresh, Expiry: time.Unix(1, 0)}
	tok, err := conf.TokenSource(c.oauthContext(ctx), old).Token()
	if err != nil {
		return nil, tokenError(err, c.CallbackURLs())
	}
	instance, _ := tok.Extra("instance_url").(string)
	if err := hosts.CheckInstance(instance, link.LoginHost); err != nil {
		return nil, &crm.Error{Class: crm.ClassTransient, Fault: fault.New("salesforce.answer-from-elsewhere"), Err: err}
	}
	return tok, nil
}

// storeRefreshed stores the result of a refresh, the refresh token first, and returns the changed link.
func (c *Client) storeRefreshed(link savedLink, sent string, tok *oauth2.Token) savedLink {
	unsaved := c.keepSecret(link.secretKey(), sent, tok.RefreshToken)
	c.mu.Lock()
	c.access, c.refresh, c.dead = tok.AccessToken, tok.RefreshToken, nil
	c.status.State, c.status.Reason = crm.Linked, fault.Fault{}
	c.status = c.heldStatus(c.status, c.status.Trouble) // a new token does not help where the org refuses all of them
	c.status.Unsaved = unsaved || (c.status.Unsaved && tok.RefreshToken == sent)
	c.mu.Unlock()
	c.cfg.Log.Info("access to Salesforce renewed", "rotated", tok.RefreshToken != sent)
	return c.updateLink(func(l *savedLink) {
		l.InstanceURL, _ = tok.Extra("instance_url").(string)
		l.TokenAt = c.cfg.Now()
	})
}

// keepSecret stores a refresh token that differs from the old one and reports whether it is in memory only.
func (c *Client) keepSecret(key, old, token string) (unsaved bool) {
	if token == old {
		return c.volatile()
	}
	if err := c.cfg.Secrets.Set(key, token); err != nil {
		c.cfg.Log.Error("token of the link not stored in the keyring; the link lasts until the app ends", "err", err)
		return true
	}
	return c.volatile()
}

func (c *Client) volatile() bool {
	v, ok := c.cfg.Secrets.(interface{ Volatile() bool })
	return ok && v.Volatile()
}

// retryDeadAfter is the longest time until a link is tried again that Salesforce refuses only at this place or hour, or
// until an admin has done something.
const retryDeadAfter = lastHold + lastHold/4

// renewFailed makes the link Inactive when err says that it does not work. It is tried again automatically where it may
// work again without a new login.
func (c *Client) renewFailed(err error) {
	e, ok := errors.AsType[*crm.Error](err)
	if !ok || e.Class == crm.ClassTransient {
		c.cfg.Log.Warn("access to Salesforce not renewed", "err", errors.Unwrap(err))
		return
	}
	c.cfg.Log.Error("the link to Salesforce is inactive", "err", e.Err)
	c.mu.Lock()
	c.dead, c.access, c.retryAt = e, "", time.Time{}
	if e.Class == crm.ClassPermission || waitsForAdmin(e.Fault.Code) {
		c.holds.tries++
		c.retryAt = c.cfg.Now().Add(c.holds.pause(e))
	}
	c.mu.Unlock()
	c.setStatus(func(s *crm.LinkStatus) { s.State, s.Reason = crm.Inactive, e.Fault })
	c.mend()
}

// waitsForAdmin reports whether a refused refresh token works again when an admin has acted: the user is active again,
// the org is unlocked, the app is assigned or unblocked.
func waitsForAdmin(code fault.Code) bool {
	switch code {
	case "salesforce.user-inactive", "salesforce.org-inactive", "salesforce.app-not-assigned", "salesforce.app-blocked":
		return true
	}
	return false
}
