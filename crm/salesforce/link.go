package salesforce

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"linecard/crm"
	"linecard/fault"
)

// LinkRequest says which org and user to link.
type LinkRequest struct {
	LoginHost string // "" for production, Sandbox, or a My Domain, as typed
	ClientID  string // consumer key of the org's External Client App
	Username  string // the username that the login page suggests; "" for none

	// Silent is called once when nothing has come back from the browser for half a minute: Salesforce may show an error
	// there, of which no program hears. Linking continues meanwhile. It may be nil.
	Silent func([]crm.ShownError)

	// again tells that the browser may be logged in as a user who is linked already, so Salesforce must ask who it is.
	again bool
	// into returns the client that is already the link of the user who logged in, and that takes the new link; nil for
	// none.
	into func(org, user string) *Client
}

// scopes are the scopes that are requested and must be granted: "api" to read and write, "refresh_token" to do so for
// longer, "openid" to learn the user. "full" and "web" would grant more than is needed.
var scopes = []string{"api", "refresh_token", "openid"}

// Link links the client to an org. It calls open with the URL of the login page, to be shown in the agent's browser,
// and waits for the answer on a callback port, at most Config.LinkTimeout. An error of open does not end that: the agent
// may open the address by hand, on this computer. An earlier link is used until the new one
// works, and is revoked once the new one is kept: a user may have five, and a sixth would end the oldest without notice.
//
// Ending ctx cancels the link. The error is a *crm.Error; the status is then what it was before.
func (c *Client) Link(ctx context.Context, req LinkRequest, open func(url string) error) (crm.LinkStatus, error) {
	host, err := loginHost(req.LoginHost)
	if err != nil {
		return c.Status(), err
	}
	clientID := strings.TrimSpace(req.ClientID)
	if clientID == "" || len(clientID) > 512 || strings.ContainsFunc(clientID, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return c.Status(), linkError(errors.New("consumer key"), "salesforce.key-incomplete")
	}
	before, err := c.beginLink()
	if err != nil {
		return c.Status(), err
	}
	link, tok, err := c.login(ctx, host, clientID, req, open)
	if err == nil && req.into != nil {
		if other := req.into(link.OrgID, link.UserID); other != nil && other != c {
			return c.handOver(ctx, other, link, tok, before)
		}
	}
	if err == nil {
		err = c.commit(ctx, link, tok)
	}
	if err != nil {
		c.revokeLogin(ctx, host, tok)
		c.endLink(&before)
		return c.Status(), err
	}
	c.endLink(nil)
	c.prepareLink(ctx)
	return c.Status(), nil
}

// promptFor is what the login page is told of the user. Linking again, whether to renew the link or because another user
// was meant, must not go through silently as whoever the browser is still logged in as.
func (c *Client) promptFor(req LinkRequest) (options []oauth2.AuthCodeOption) {
	if req.again || c.Status().OrgID != "" {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
	}
	if username := strings.TrimSpace(req.Username); username != "" {
		options = append(options, oauth2.SetAuthURLParam("login_hint", username))
	}
	return options
}

// prepareLink fetches what is shown of a new link and what it needs.
func (c *Client) prepareLink(ctx context.Context) {
	c.schema.renew(c.cfg.Now())
	c.plainSearch.forget()
	c.plainMany.forget()
	c.readOrg(ctx)
	if _, _, err := c.noteApprovals(ctx); err != nil {
		c.cfg.Log.Warn("approvals of the user not known", "err", err)
	}
	c.keepDescribed()
}

// handOver gives a login to the client that is already that user's link; c is not changed.
func (c *Client) handOver(ctx context.Context, other *Client, link savedLink, tok *oauth2.Token, before crm.LinkStatus) (crm.LinkStatus, error) {
	defer c.endLink(&before)
	if err := other.commit(ctx, link, tok); err != nil {
		c.revokeLogin(ctx, link.LoginHost, tok)
		return other.Status(), err
	}
	other.prepareLink(ctx)
	return other.Status(), nil
}

// linkError makes the error of a link that failed, from a code with pairs of names and values.
func linkError(cause error, code fault.Code, pairs ...any) *crm.Error {
	return &crm.Error{Class: crm.ClassNotLinked, Fault: fault.New(code, pairs...), Err: cause}
}

// beginLink marks that a link is in progress and returns the status before it.
func (c *Client) beginLink() (crm.LinkStatus, error) {
	c.mu.Lock()
	if c.linking {
		c.mu.Unlock()
		return crm.LinkStatus{}, linkError(errors.New("link under way"), "salesforce.link-under-way")
	}
	c.linking = true
	before := c.statusLocked()
	c.mu.Unlock()
	c.setStatus(func(s *crm.LinkStatus) { s.State = crm.Linking })
	return before, nil
}

// endLink ends the link in progress. before is the status to restore unless something else has changed it; nil after a
// success.
func (c *Client) endLink(before *crm.LinkStatus) {
	c.mu.Lock()
	c.linking = false
	back := before != nil && c.status.State == crm.Linking
	c.mu.Unlock()
	if back {
		c.setStatus(func(s *crm.LinkStatus) { s.State, s.Reason = before.State, before.Reason })
	}
}

// login takes the agent through the browser and returns the checked result.
func (c *Client) login(ctx context.Context, host, clientID string, req LinkRequest, open func(string) error) (savedLink, *oauth2.Token, error) {
	waiting, cancel := context.WithTimeout(ctx, c.cfg.LinkTimeout)
	defer cancel()
	state := rand.Text()
	// The server must run before the browser opens: an org that knows the agent redirects immediately.
	cb, err := listenCallback(waiting, c.cfg.Ports, state, c.cfg.Say)
	if err != nil {
		return savedLink{}, nil, err
	}
	defer cb.close()

	conf := c.oauth(host, clientID, cb.url)
	verifier := oauth2.GenerateVerifier()
	authorize := conf.AuthCodeURL(state, append(c.promptFor(req), oauth2.S256ChallengeOption(verifier))...)
	if err := c.preflight(waiting, authorize); err != nil {
		return savedLink{}, nil, err
	}
	if err := open(authorize); err != nil { // whoever shows the address has people open it by hand; the error may hold it, so only its code is logged
		c.cfg.Log.Warn("no browser opened for the link", "code", fault.Of(err).Code)
	}
	answer, err := cb.wait(waiting, c.cfg.AskAfter, func() {
		if req.Silent != nil {
			req.Silent(ShownErrors(c.CallbackURLs()))
		}
	})
	if err != nil {
		return savedLink{}, nil, c.noAnswer(err)
	}
	link, tok, err := c.redeem(ctx, conf, host, answer, verifier) // also when LinkTimeout is nearly over: the person has done their part
	cb.finish(err)
	return link, tok, err
}

// noAnswer explains why the browser never came back. Salesforce shows some errors only in the browser, without a
// redirect.
func (c *Client) noAnswer(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return linkError(err, "salesforce.browser-silent", "callbacks", c.CallbackURLs())
	}
	return linkError(err, "salesforce.link-cancelled")
}

// revokeLogin revokes the tokens of a login that failed: nobody uses them, and they count among the user's five.
func (c *Client) revokeLogin(ctx context.Context, host string, tok *oauth2.Token) {
	c.mu.Lock()
	used := tok != nil && tok.RefreshToken != "" && (tok.RefreshToken == c.refresh || slices.ContainsFunc(c.earlier, func(e earlierLink) bool { return e.refresh == tok.RefreshToken }))
	c.mu.Unlock()
	if tok == nil || used { // the earlier link continues to use it
		return
	}
	// It must also run after a cancel; revoke has its own time limit.
	if err := c.revoke(context.WithoutCancel(ctx), host, orElse(tok.RefreshToken, tok.AccessToken)); err != nil {
		c.cfg.Log.Warn("token of the failed login not revoked", "err", err)
	}
}

// commit makes link the client's own, storing the token first, and ends the earlier link; where the token cannot be stored, that waits.
func (c *Client) commit(ctx context.Context, link savedLink, tok *oauth2.Token) error {
	unlock, err := c.holdLink(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	link, earlier := c.replaces(link, tok.RefreshToken)
	unsaved := c.keepTokens(link, "", tokens{tok.RefreshToken, tok.AccessToken, link.InstanceURL, link.TokenAt})
	c.setLink(linkWithTokens{link: link, refresh: tok.RefreshToken, access: tok.AccessToken, unsaved: unsaved, earlier: earlier})
	c.cfg.Log.Info("linked to Salesforce", "org", link.OrgID, "version", link.APIVersion)
	if len(earlier) == 0 {
		c.saveLink()
	} else {
		c.endEarlier(ctx)
	}
	if unsaved && !c.volatile() {
		go c.keepUnsaved(c.ctx, true) // whoever links is there to be asked for the keyring's password; nobody waits for that
	}
	return nil
}

// CallbackURLs returns the lines that an admin has to enter as the External Client App's Callback URL, unchanged:
// Salesforce compares character for character, and it accepts localhost where it refuses 127.0.0.1.
func (c *Client) CallbackURLs() []string { return callbackURLs(c.cfg.Ports) }

func callbackURLs(ports []int) []string {
	urls := make([]string, len(ports))
	for i, p := range ports {
		urls[i] = callbackURL(p)
	}
	return urls
}

func (c *Client) oauth(host, clientID, redirect string) *oauth2.Config {
	return &oauth2.Config{
		ClientID:    clientID,
		RedirectURL: redirect,
		Scopes:      scopes,
		Endpoint: oauth2.Endpoint{
			AuthURL:  host + "/services/oauth2/authorize",
			TokenURL: host + "/services/oauth2/token",
			// By default the library tries HTTP Basic first, which a public client cannot use.
			AuthStyle: oauth2.AuthStyleInParams,
		},
	}
}

// oauthContext makes the library use the client's own transport, with the time limit of an exchange.
func (c *Client) oauthContext(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, &http.Client{
		Transport: c.http.Transport, CheckRedirect: c.http.CheckRedirect, Timeout: exchangeTimeout,
	})
}

// revoke ends a refresh token and every access token made from it.
func (c *Client) revoke(ctx context.Context, host, token string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, host+"/services/oauth2/revoke", strings.NewReader(url.Values{"token": {token}}.Encode()))
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	defer resp.Body.Close()
	// 400 means that Salesforce does not know the token, which is as good as revoked.
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusBadRequest {
		return fmt.Errorf("revoke: HTTP status %d", resp.StatusCode)
	}
	return nil
}
