package alert

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"linecard/app/catalogue"
	"linecard/fault"
)

// Webhook tells by a POST of JSON.
type Webhook struct {
	URL    func() string
	Secret func(context.Context) (string, error) // signs the body; "" when there is none
	Place  Place
	Client *http.Client // nil means one that follows no redirect
}

// The headers of a notice. The signature is "sha256=" and the HMAC-SHA256 (RFC 2104), in hexadecimal digits, of the value of
// TimeHeader, a dot and the body; so a notice that was overheard cannot be used again later.
const (
	TimeHeader      = "Linecard-Timestamp" // seconds since 1970
	SignatureHeader = "Linecard-Signature"
)

// posted is the body.
type posted struct {
	Event   string     `json:"event"` // broken, well, test
	Topic   string     `json:"topic,omitempty"`
	Org     string     `json:"org,omitempty"`
	OrgName string     `json:"orgName,omitempty"`
	Desk    string     `json:"desk"`
	Since   time.Time  `json:"since"`
	Code    fault.Code `json:"code,omitempty"`
	What    string     `json:"what"`
	Why     string     `json:"why,omitempty"`
	Remedy  string     `json:"remedy,omitempty"`
}

// On implements [Sender].
func (h Webhook) On() bool { return h.URL() != "" }

// Send implements [Sender].
func (h Webhook) Send(ctx context.Context, n Notice) error {
	body, err := json.Marshal(h.body(n))
	if err != nil {
		return err
	}
	secret, err := h.Secret(ctx)
	if err != nil {
		return failure(err, "trouble.webhook-no-secret")
	}
	switch status, err := Post(ctx, h.Client, h.URL(), secret, body); {
	case err != nil:
		return failure(err, "trouble.webhook-unreachable")
	case status < 200 || status > 299:
		return failure(fmt.Errorf("status %d", status), "trouble.webhook-refused", "status", status)
	}
	return nil
}

// Post posts a JSON document to an address, signed where there is a secret, and returns the status of the answer. With client nil
// no redirect is followed: the document goes where the settings say. An error does not name the address, which may have a secret
// in it.
func Post(ctx context.Context, client *http.Client, address, secret string, body []byte) (status int, err error) {
	if client == nil {
		client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, errors.New("the address is none")
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(TimeHeader, stamp)
	if secret != "" {
		req.Header.Set(SignatureHeader, Sign(secret, stamp, body))
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, errors.Unwrap(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16))
	return resp.StatusCode, nil
}

// Sign returns the value of SignatureHeader.
func Sign(secret, stamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func (h Webhook) body(n Notice) posted {
	p := posted{
		Event: "well", Topic: string(n.Topic), Org: n.Org, OrgName: h.Place.org(n.Org), Desk: h.Place.Desk, Since: n.Since.UTC(),
		What: h.Place.subject(n),
	}
	switch {
	case n.Topic == "":
		p.Event = "test"
	case n.Broken:
		p.Event, p.Code, p.Why, p.Remedy = "broken", n.Fault.Code, catalogue.Say(n.Fault), n.Topic.Remedy()
	}
	return p
}

var _ Sender = Webhook{}
