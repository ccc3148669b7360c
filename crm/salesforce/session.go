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

// renewTimeout bounds one refresh, which no single caller's patience may cut short: with token rotation an abandoned
// refresh is a lost link.
const renewTimeout = 20 * time.Second

// closeGrace is what a refresh under way gets when the app ends, for the same reason.
const closeGrace = 3 * time.Second

// session returns a session whose token is not stale, refreshing once for everybody who asks. stale is the token that
// the org has just refused, "" on a first request.
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
			return session{}, &crm.Error{Class: crm.ClassTransient, Message: offline(ctx.Err()), Err: ctx.Err()}
		}
	}
	return c.current()
}

func (c *Client) current() (session, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.dead != nil && (c.mend.IsZero() || c.cfg.Now().Before(c.mend)):
		dead := *c.dead // a copy: callers may make the sentence more fitting
		return session{}, &dead
	case c.refresh == "":
		return session{}, notLinked()
	}
	return session{token: c.access, instance: c.link.InstanceURL, version: c.link.APIVersion, org: c.link.OrgID, user: c.link.UserID, epoch: c.epoch}, nil
}

// detached runs f with a context of the client's own, ended by timeout or, after a grace, by Close, which waits for f.
func (c *Client) detached(timeout, grace time.Duration, f func(context.Context) error) error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return &crm.Error{Class: crm.ClassTransient, Message: "Linecard is closing.", Err: context.Canceled}
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
			// Another process has been given a new token; ours would be taken for a stolen one.
			if s, err := c.cfg.Secrets.Get(link.secretKey()); err == nil && s != "" {
				refresh = s
			}
		}
		tok, err := c.exchangeRefresh(ctx, link, refresh)
		if err != nil {
			c.renewFailed(err)
			return err
		}
		link = c.adopt(link, refresh, tok)
	}
	if link.APIVersion == "" {
		v, err := c.discover(ctx, link.InstanceURL)
		if err != nil {
			return err
		}
		c.amend(func(l *savedLink) { l.APIVersion = v })
	}
	return nil
}

// renewedElsewhere reports whether another process has renewed the link since this one did. The Store tells, so that the
// keyring, which may keep its owner busy with a password prompt, is left alone in all other cases.
func (c *Client) renewedElsewhere(link savedLink) bool {
	saved, ok, err := c.loadLink()
	return err == nil && ok && saved.secretKey() == link.secretKey() && !saved.TokenAt.Equal(link.TokenAt)
}

// holdLink keeps the link for one operation that changes its tokens: in this process, and in every other one that
// shares Config.Lock.
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
	if c.cfg.Lock == "" {
		return release, nil
	}
	if err := os.MkdirAll(filepath.Dir(c.cfg.Lock), 0o700); err != nil {
		c.cfg.Log.Warn("no lock against other processes", "err", err)
		return release, nil
	}
	lock := flock.New(c.cfg.Lock, flock.SetPermissions(0o600))
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

// adopt stores what a refresh brought, the refresh token before anything else, and returns the link as it now is.
func (c *Client) adopt(link savedLink, sent string, tok *oauth2.Token) savedLink {
	unsaved := c.keepSecret(link.secretKey(), sent, tok.RefreshToken)
	c.mu.Lock()
	c.access, c.refresh, c.dead = tok.AccessToken, tok.RefreshToken, nil
	c.status.State, c.status.Reason = crm.Linked, ""
	c.status.Unsaved = unsaved || (c.status.Unsaved && tok.RefreshToken == sent)
	c.mu.Unlock()
	c.cfg.Log.Info("access to Salesforce renewed", "rotated", tok.RefreshToken != sent)
	return c.amend(func(l *savedLink) {
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
		c.cfg.Log.Error("the link's token could not be put into the keyring; the link lasts until the app ends", "err", err)
		return true
	}
	return c.volatile()
}

func (c *Client) volatile() bool {
	v, ok := c.cfg.Secrets.(interface{ Volatile() bool })
	return ok && v.Volatile()
}

// mendAfter is when a link is tried again that Salesforce refuses for the place or the hour and not for good.
const mendAfter = 5 * time.Minute

// renewFailed makes the link Inactive when err says that it will not work again by itself.
func (c *Client) renewFailed(err error) {
	e, ok := errors.AsType[*crm.Error](err)
	if !ok || e.Class == crm.ClassTransient {
		c.cfg.Log.Warn("access to Salesforce not renewed", "err", errors.Unwrap(err))
		return
	}
	c.cfg.Log.Error("the link to Salesforce is inactive", "err", e.Err)
	c.mu.Lock()
	c.dead, c.access, c.mend = e, "", time.Time{}
	if e.Class == crm.ClassPermission {
		c.mend = c.cfg.Now().Add(mendAfter)
	}
	c.mu.Unlock()
	c.setStatus(func(s *crm.LinkStatus) { s.State, s.Reason = crm.Inactive, e.Message })
}
