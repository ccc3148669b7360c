package salesforce

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"linecard/crm"
	"linecard/crm/salesforce/hosts"
	"linecard/fault"
)

// redeemFor is how long a code is tried at the token endpoint, and redeemPause and redeemRest are the first and the longest
// pause between two tries. Salesforce keeps a code for 15 minutes; the person in front of the browser is less patient.
const (
	redeemFor   = 2 * time.Minute
	redeemPause = time.Second
	redeemRest  = 10 * time.Second
)

// redeem exchanges the browser's answer for tokens, and finds out whose they are and whether they are of use. After an error
// the caller must revoke the tokens, if there are any.
func (c *Client) redeem(ctx context.Context, conf *oauth2.Config, host string, a answer, verifier string) (savedLink, *oauth2.Token, error) {
	if a.err != "" {
		err := explainOAuth(a.err, a.description, c.CallbackURLs())
		if err.Class == crm.ClassTransient { // it is not tried again automatically
			err.Fault = fault.New("salesforce.login-incomplete")
		}
		return savedLink{}, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.redeemFor)
	defer cancel()
	tok, err := c.exchangeCode(ctx, conf, a.code, verifier)
	if err != nil {
		return savedLink{}, nil, err
	}
	instance, _ := tok.Extra("instance_url").(string)
	granted, _ := tok.Extra("scope").(string)
	identity, _ := tok.Extra("id").(string)
	link := savedLink{
		LoginHost: host, ClientID: conf.ClientID, InstanceURL: instance, Scopes: strings.Fields(granted),
		LinkedAt: c.cfg.Now(), TokenAt: c.cfg.Now(),
	}
	if err := hosts.CheckInstance(instance, host); err != nil {
		return savedLink{}, tok, linkError(err, "salesforce.login-from-elsewhere")
	}
	if err := checkScopes(link.Scopes, tok); err != nil {
		return savedLink{}, tok, err
	}
	if err := c.identify(ctx, &link, identity, tok.AccessToken); err != nil {
		return savedLink{}, tok, err
	}
	switch link.APIVersion, err = c.discover(ctx, instance); {
	case err == nil:
		err = c.checkAccess(ctx, link, tok.AccessToken)
	case classOf(err) == crm.ClassTransient && ctx.Err() == nil:
		err = nil // the login is good; the version is asked for again when it is needed
	}
	if err != nil {
		return savedLink{}, tok, err
	}
	return link, tok, nil
}

// exchangeCode redeems a code. An endpoint that is away or answers with a page has said nothing about the code, so it is tried
// again: else the person would have to log in once more, for a gateway's hiccup.
func (c *Client) exchangeCode(ctx context.Context, conf *oauth2.Config, code, verifier string) (*oauth2.Token, error) {
	unsure := false // an earlier try may have used up the code
	for pause := redeemPause; ; pause *= 2 {
		tok, err := conf.Exchange(c.oauthContext(ctx), code, oauth2.VerifierOption(verifier))
		if err == nil {
			return tok, nil
		}
		e := tokenError(err, c.CallbackURLs())
		incomplete := &crm.Error{Class: crm.ClassNotLinked, Code: e.Code, Err: e.Err, Fault: fault.New("salesforce.login-incomplete")}
		if e.Class != crm.ClassTransient {
			if unsure && e.Fault.Is("salesforce.code-expired") {
				return nil, incomplete // it was not the person who took too long
			}
			return nil, e
		}
		unsure = true
		c.cfg.Log.Warn("login not complete yet", "err", e.Err)
		t := time.NewTimer(min(max(pause, e.Retry), redeemRest))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			if errors.Is(ctx.Err(), context.Canceled) {
				return nil, linkError(ctx.Err(), "salesforce.link-cancelled")
			}
			return nil, incomplete
		}
	}
}

// checkAccess finds out whether this user may use the API at all: without it the link would stand and every call fail.
func (c *Client) checkAccess(ctx context.Context, link savedLink, token string) error {
	q := c.get("/query", url.Values{"q": {orgQuery}}, c.cfg.WriteTimeout)
	ctx, cancel := context.WithTimeout(ctx, q.timeout)
	defer cancel()
	_, err := c.send(ctx, session{token: token, instance: link.InstanceURL, version: link.APIVersion, org: link.OrgID}, q)
	e, ok := asError(err)
	if !ok || !barsUser(e) {
		return nil // the org is busy, or hides this object: that is no reason against the link
	}
	if e.Fault.Is("salesforce.api-not-enabled") {
		e.Fault = fault.New("salesforce.link-without-api")
	}
	e.Class = crm.ClassNotLinked
	return e
}

// barsUser reports whether an answer to a harmless query with a fresh token means that no request of this user will do better:
// the API is off for them, or the policies refuse their sessions.
func barsUser(e *crm.Error) bool {
	return e.Class == crm.ClassBlocked || e.Class == crm.ClassPermission && e.Code != "INVALID_TYPE" && !strings.HasPrefix(e.Code, "INSUFFICIENT_ACCESS") && !sessionEnded(e)
}

func checkScopes(granted []string, tok *oauth2.Token) error {
	full := slices.Contains(granted, "full") // includes api, but not refresh_token
	switch {
	case len(granted) > 0 && !full && !slices.Contains(granted, "api"):
		return linkError(errors.New("scope api missing"), "salesforce.scope-api-missing")
	case tok.RefreshToken == "":
		return linkError(errors.New("no refresh token"), "salesforce.scope-refresh-missing")
	}
	return nil
}
