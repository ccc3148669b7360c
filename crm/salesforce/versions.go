package salesforce

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// API versions that this client was written and tested for. Newer ones that an org offers are not used.
const (
	oldestVersion = 60.0
	newestVersion = 68.0
)

// discover returns the API version to use with the org at instance, such as "v68.0". The request needs no token and
// does not count against the quota.
func (c *Client) discover(ctx context.Context, instance string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.WriteTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, instance+"/services/data", nil)
	if err != nil {
		return "", fmt.Errorf("ask for API versions: %w", err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return "", unanswered(err, true)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return "", unanswered(err, true)
	}
	if resp.StatusCode != http.StatusOK {
		return "", refused(resp.StatusCode, body, true)
	}
	var list []struct{ Version string }
	if err := json.Unmarshal(body, &list); err != nil {
		return "", garbled(resp.StatusCode, fmt.Errorf("list of API versions: %w", err), true)
	}
	best := 0.0
	for _, v := range list {
		if f, err := strconv.ParseFloat(v.Version, 64); err == nil && f <= newestVersion {
			best = max(best, f)
		}
	}
	if best < oldestVersion {
		return "", &crm.Error{
			Class: crm.ClassPermission, Code: "UNSUPPORTED_API_VERSION",
			Fault: fault.New("salesforce.api-too-old", "version", strconv.FormatFloat(oldestVersion, 'f', 1, 64)),
			Err:   errors.New("no usable API version"),
		}
	}
	return fmt.Sprintf("v%.1f", best), nil
}

// rediscover replaces the version of session s.
func (c *Client) rediscover(ctx context.Context, s session) (string, error) {
	v, err := c.discover(ctx, s.instance)
	if err != nil {
		return "", err
	}
	c.updateLinkIf(s.epoch, func(l *savedLink) { l.APIVersion = v })
	return v, nil
}

// Warm opens a connection to the org if none is open, so that the next lookup does not wait for a TLS handshake. It
// costs no quota. Call it when the phone registers, and never in a loop.
func (c *Client) Warm(ctx context.Context) error {
	s, err := c.current()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	_, err = c.discover(ctx, s.instance)
	return err
}
