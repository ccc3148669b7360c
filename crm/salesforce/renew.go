package salesforce

import (
	"context"
	"time"

	"golang.org/x/oauth2"

	"linecard/crm"
	"linecard/crm/salesforce/hosts"
	"linecard/fault"
)

// renewal is what one exchange of a refresh token needs. It is JSON on its way to the process that makes the exchange.
type renewal struct {
	Link    savedLink `json:"link"`
	Refresh string    `json:"refresh"`
	Stale   string    `json:"stale,omitempty"`   // the access token that the org has refused
	Unsaved bool      `json:"unsaved,omitempty"` // Secrets do not have Refresh
	Waits   bool      `json:"waits,omitempty"`   // no exchange while Secrets are locked: it may spend the token that they have for one that they cannot take
}

// renewed are the tokens that an exchange came to.
type renewed struct {
	tokens
	Unsaved bool `json:"unsaved,omitempty"` // in memory only
}

// renewed exchanges the refresh token and keeps what the org gives, in a process of its own if there is one.
func (c *Client) renewed(ctx context.Context, job renewal) (renewed, error) {
	if c.cfg.Apart != nil && !c.volatile() {
		return c.renewApart(ctx, job)
	}
	return c.renewHere(ctx, job)
}

// renewHere exchanges the refresh token in this process. Between the org's answer and the end of keepTokens nobody but this
// process knows the token that is valid from now on.
func (c *Client) renewHere(ctx context.Context, job renewal) (renewed, error) {
	turn, cancel := context.WithTimeout(ctx, turnTimeout)
	unlock, err := c.lockLink(turn)
	cancel()
	if err != nil {
		return renewed{}, err
	}
	defer unlock()
	refresh := job.Refresh
	if saved, elsewhere := c.renewedElsewhere(job.Link); elsewhere && !job.Unsaved {
		// Another process has a new token; this process's token would count as stolen.
		kept, err := c.keptTokens(saved)
		switch {
		case err != nil:
			return renewed{}, &crm.Error{Class: crm.ClassTransient, Fault: fault.New(waitingForKeyring), Err: err}
		case kept.Access != "" && kept.Access != job.Stale:
			kept.At = saved.TokenAt
			return renewed{tokens: kept}, nil
		}
		refresh = kept.Refresh
	}
	if job.Waits && c.shut() { // asked at the last moment: the turn may have been long in coming
		return renewed{}, waitsForKeyring(errShut)
	}
	t, err := c.exchangeRefresh(ctx, job.Link, refresh)
	if t.Refresh == "" {
		return renewed{}, err
	}
	before := refresh
	if job.Unsaved {
		before = ""
	}
	done := renewed{t, c.keepTokens(job.Link, before, t)}
	if job.Unsaved && done.Unsaved { // the Store has the link before, if there was one
		return done, err
	}
	c.updateLink(func(l *savedLink) {
		if l.secretKey() == job.Link.secretKey() {
			l.InstanceURL, l.TokenAt, l.KeepsToken = t.Instance, t.At, t.Refresh == refresh
		}
	})
	return done, err
}

// renewedElsewhere returns the saved link, and reports whether another process has renewed it since this one did. It asks
// the Store, so that the keyring, which may prompt its owner for a password, is not read in all other cases.
func (c *Client) renewedElsewhere(link savedLink) (saved savedLink, elsewhere bool) {
	saved, ok, err := c.loadLink()
	return saved, err == nil && ok && saved.secretKey() == link.secretKey() && !saved.TokenAt.Equal(link.TokenAt)
}

// exchangeRefresh makes the exchange. With an error there may be a refresh token all the same, the only one that is valid from now on.
func (c *Client) exchangeRefresh(ctx context.Context, link savedLink, refresh string) (tokens, error) {
	conf := c.oauth(link.LoginHost, link.ClientID, "")
	// x/oauth2 refreshes only what it believes to be expired, and Salesforce never says when a token expires.
	old := &oauth2.Token{RefreshToken: refresh, Expiry: time.Unix(1, 0)}
	tok, err := conf.TokenSource(c.oauthContext(ctx), old).Token()
	if err != nil {
		return tokens{}, tokenError(err, c.CallbackURLs())
	}
	instance, _ := tok.Extra("instance_url").(string)
	if err := hosts.CheckInstance(instance, link.LoginHost); err != nil { // the access token must not go there; the refresh token goes to the login host only
		t := tokens{Refresh: tok.RefreshToken, Instance: link.InstanceURL, At: c.cfg.Now()}
		return t, &crm.Error{Class: crm.ClassTransient, Fault: fault.New("salesforce.answer-from-elsewhere"), Err: err}
	}
	return tokens{tok.RefreshToken, tok.AccessToken, instance, c.cfg.Now()}, nil
}
