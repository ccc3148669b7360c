package salesforce

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
)

// tokenServer is a login host that answers any code with the given token response, in which BASE stands for its own
// address.
func tokenServer(t *testing.T, response string) *httptest.Server {
	mux := http.NewServeMux()
	var srv *httptest.Server
	mux.HandleFunc("/services/oauth2/token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, strings.ReplaceAll(response, "BASE", srv.URL))
	})
	srv = httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

func TestTokenResponseIsChecked(t *testing.T) {
	const id = "/id/00D000000000001EAA/005000000000001AAA"
	tests := []struct{ name, response, says string }{
		{"instance elsewhere", `{"access_token":"a","refresh_token":"r","scope":"api refresh_token","instance_url":"https://evil.example","id":"BASE` + id + `"}`, "salesforce.login-from-elsewhere"},
		{"no instance", `{"access_token":"a","refresh_token":"r","scope":"api refresh_token","id":"BASE` + id + `"}`, "salesforce.login-from-elsewhere"},
		{"identity elsewhere", `{"access_token":"a","refresh_token":"r","scope":"api refresh_token","instance_url":"BASE","id":"https://evil.example` + id + `"}`, "salesforce.login-of-nobody"},
		{"no identity", `{"access_token":"a","refresh_token":"r","scope":"api refresh_token","instance_url":"BASE"}`, "salesforce.login-of-nobody"},
		{"no api", `{"access_token":"a","refresh_token":"r","scope":"id refresh_token","instance_url":"BASE","id":"BASE` + id + `"}`, "salesforce.scope-api-missing"},
		{"no refresh token", `{"access_token":"a","scope":"api","instance_url":"BASE","id":"BASE` + id + `"}`, "salesforce.scope-refresh-missing"},
		{"no token at all", `{}`, "salesforce.login-incomplete"},
		{"not JSON", `<html>`, "salesforce.login-incomplete"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, demoorg.Config{}, func(c *Config) {
				c.Transport = roundTripper(func(q *http.Request) (*http.Response, error) {
					if !strings.HasPrefix(q.URL.Host, "127.0.0.1:") {
						t.Errorf("a request goes to %s", q.URL.Host)
					}
					return http.DefaultTransport.RoundTrip(q)
				})
			})
			srv := tokenServer(t, tt.response)
			if tt.says == "salesforce.login-incomplete" {
				r.redeemFor = 300 * time.Millisecond // it is tried again until then
			}
			_, err := r.Link(t.Context(), LinkRequest{LoginHost: srv.URL, ClientID: "key"}, func(u string) error {
				asked, err := url.Parse(u)
				if err != nil {
					return err
				}
				return r.open(asked.Query().Get("redirect_uri") + "?code=c&state=" + asked.Query().Get("state"))
			})
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v, want %q", err, tt.says)
			}
			if r.Status().State != crm.Unlinked || len(r.secrets.all()) != 0 {
				t.Error("linked all the same")
			}
			http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		})
	}
}
