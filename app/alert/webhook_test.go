package alert_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"linecard/app/alert"
	"linecard/fault"
	"linecard/test/wait"
)

func hook(url, secret string, c *http.Client) alert.Webhook {
	return alert.Webhook{
		URL: func() string { return url }, Secret: func(context.Context) (string, error) { return secret, nil }, Client: c,
		Place: alert.Place{Desk: "desk-7", OrgName: func(string) string { return "Acme" }},
	}
}

// A webhook gets JSON over https, signed where there is a secret.
func TestAWebhookGetsASignedNotice(t *testing.T) {
	type request struct {
		header http.Header
		body   []byte
	}
	got := make(chan request, 1)
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got <- request{r.Header, b}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer s.Close()
	for _, secret := range []string{"", "geheim"} {
		if err := hook(s.URL+"/x", secret, s.Client()).Send(t.Context(), broken); err != nil {
			t.Fatal(err)
		}
		r := wait.For(t, got)
		var doc map[string]any
		if err := json.Unmarshal(r.body, &doc); err != nil {
			t.Fatal(err)
		}
		if doc["event"] != "broken" || doc["topic"] != "link" || doc["code"] != "salesforce.user-inactive" || doc["orgName"] != "Acme" || doc["why"] == "" || doc["remedy"] == "" {
			t.Errorf("%s", r.body)
		}
		stamp := r.header.Get(alert.TimeHeader)
		if n, err := strconv.ParseInt(stamp, 10, 64); err != nil || time.Since(time.Unix(n, 0)).Abs() > time.Minute {
			t.Errorf("timestamp %q", stamp)
		}
		want := ""
		if secret != "" {
			want = alert.Sign(secret, stamp, r.body)
		}
		if sig := r.header.Get(alert.SignatureHeader); sig != want || strings.Contains(string(r.body), "geheim") {
			t.Errorf("signature %q, want %q", sig, want)
		}
	}
}

// The signature is HMAC-SHA256, as any other program makes it.
func TestSign(t *testing.T) { // printf '1.{}' | openssl dgst -sha256 -hmac key
	if got := alert.Sign("key", "1", []byte("{}")); got != "sha256=1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224" {
		t.Errorf("%s", got)
	}
}

// A webhook that refuses, leads elsewhere or is away is an error without its address, which may have a secret in it.
func TestAWebhookThatFails(t *testing.T) {
	var status int
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
		w.WriteHeader(status)
	}))
	for _, status = range []int{301, 302, 307, 308, 400, 401, 404, 500, 503} {
		err := hook(s.URL+"/token-4711", "", nil).Send(t.Context(), broken)
		if !fault.Of(err).Is("trouble.webhook-refused") || strings.Contains(err.Error(), "token-4711") {
			t.Errorf("%d: %v", status, err)
		}
	}
	s.Close()
	err := hook(s.URL+"/token-4711", "", nil).Send(t.Context(), broken)
	if !fault.Of(err).Is("trouble.webhook-unreachable") || strings.Contains(err.Error(), "token-4711") {
		t.Errorf("away: %v", err)
	}
	h := hook(s.URL, "", nil)
	h.Secret = func(context.Context) (string, error) { return "", errors.New("locked") }
	if err := h.Send(t.Context(), broken); !fault.Of(err).Is("trouble.webhook-no-secret") {
		t.Errorf("a locked keyring: %v", err)
	}
}
