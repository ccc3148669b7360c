package salesforce

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"linecard/clean"
	"linecard/crm"
	"linecard/crm/salesforce/hosts"
)

// identify fills in the user and org of a token. The identity URL of the token response is https://…/id/ORG/USER, so
// both ids are known even when its page does not answer.
func (c *Client) identify(ctx context.Context, link *savedLink, identity, token string) error {
	u, err := url.Parse(identity)
	if err != nil {
		return badIdentity(err)
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) != 3 || parts[0] != "id" || !recordID.MatchString(parts[1]) || !recordID.MatchString(parts[2]) {
		return badIdentity(errors.New("not of the form /id/org/user"))
	}
	link.OrgID, link.UserID = parts[1], parts[2]
	origin := u.Scheme + "://" + u.Host
	if err := hosts.CheckInstance(origin, link.LoginHost); err != nil {
		return badIdentity(err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.WriteTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+u.Path, nil)
	if err != nil {
		return badIdentity(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	var who struct {
		Username    string `json:"username"`
		DisplayName string `json:"display_name"`
		Active      *bool  `json:"active"`
	}
	if err := c.fetch(req, &who); err != nil {
		c.cfg.Log.Warn("name of the user not known yet", "err", err)
		return nil
	}
	if who.Active != nil && !*who.Active {
		return explainOAuth("inactive_user", "", nil)
	}
	link.Username, link.DisplayName = clean.Line(who.Username), clean.Line(who.DisplayName)
	return nil
}

func badIdentity(err error) error {
	return linkError(fmt.Errorf("identity address: %w", err), "salesforce.login-of-nobody")
}

func (c *Client) fetch(req *http.Request, v any) error {
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("HTTP status %d", resp.StatusCode)
	}
	return json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(v)
}

// orgQuery asks for what is shown of an org.
const orgQuery = "SELECT Name, IsSandbox FROM Organization"

// readOrg asks for the org's name, whether it is a sandbox, and for the user's name when it is not known. Only the
// settings dialog shows these, so an error is only logged.
func (c *Client) readOrg(ctx context.Context) {
	s, err := c.current()
	if err != nil {
		return
	}
	var page struct {
		Records []struct {
			Name      string
			IsSandbox bool
		} `json:"records"`
	}
	q := c.get("/query", url.Values{"q": {orgQuery}}, c.cfg.WriteTimeout)
	if _, err := c.do(ctx, q, &page); err != nil || len(page.Records) == 0 {
		c.cfg.Log.Warn("name of the org not known yet", "err", err)
		return
	}
	org := page.Records[0]
	c.updateLinkIf(s.epoch, func(l *savedLink) { l.OrgName, l.Sandbox = clean.Line(org.Name), org.IsSandbox })
}

// preflight requests the login page without following redirects. Salesforce shows a wrong consumer key and an
// unregistered callback only in the browser and sends no answer to the callback (believed: it checks both before it
// asks for a login). So this request is how the agent gets a remedy. Any unexpected result is ignored.
func (c *Client) preflight(ctx context.Context, authorize string) error {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	u, err := url.Parse(authorize)
	if err != nil {
		return fmt.Errorf("login address: %w", err)
	}
	v := u.Query()
	v.Set("prompt", "login")
	u.RawQuery = v.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return fmt.Errorf("login address: %w", err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		c.cfg.Log.Debug("login page not reached before the browser opens", "err", err)
		return nil
	}
	defer resp.Body.Close()
	if resp.StatusCode < 400 || resp.StatusCode >= 500 {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return nil
	}
	text := string(body)
	for _, code := range []string{"redirect_uri_mismatch", "invalid_client_id", "OAUTH_APP_BLOCKED", "OAUTH_EC_APP_NOT_FOUND", "OAUTH_APPROVAL_ERROR_GENERIC", "invalid_client"} {
		if strings.Contains(text, code) {
			e := explainOAuth(code, "", c.CallbackURLs())
			e.Class = crm.ClassNotLinked
			return e
		}
	}
	return nil
}
