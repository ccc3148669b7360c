package salesforce

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg"
)

// A part that the org has not carried out is missing, and is not taken for a part without records: what is known of the others comes
// with the reason, and the next question is asked.
func TestAPartOfTheDetailsFails(t *testing.T) {
	lost := ""
	r := linkedRig(t, demoorg.Config{}, func(c *Config) {
		c.Transport = roundTripper(func(q *http.Request) (*http.Response, error) {
			resp, err := http.DefaultTransport.RoundTrip(q)
			if err != nil || lost == "" || !strings.HasSuffix(q.URL.Path, "/composite") {
				return resp, err
			}
			var answer struct {
				Responses []map[string]any `json:"compositeResponse"`
			}
			if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
				return nil, err
			}
			for _, part := range answer.Responses {
				if part["referenceId"] == "opportunities" {
					part["httpStatusCode"], part["body"] = 400, json.RawMessage(lost)
				}
			}
			b, err := json.Marshal(answer)
			resp.Header.Del("Content-Length")
			resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
			return resp, err
		})
	})
	p, _ := r.org.Caller("Dana Whitfield")
	ref := crm.Ref{Object: p.Object, ID: p.ID}
	for _, lost = range []string{
		`[{"errorCode":"QUERY_TIMEOUT","message":"Your query request was running for too long."}]`,
		`[{"errorCode":"SERVER_UNAVAILABLE","message":"Server too busy"}]`,
		`[{"errorCode":"UNKNOWN_EXCEPTION","message":"An unexpected error occurred"}]`,
		`"nothing that is known"`,
	} {
		d, err := r.Details(t.Context(), ref)
		if err == nil || len(d.Opportunities) != 0 || len(d.Activities) == 0 {
			t.Errorf("%s: %+v, %v", lost, d, err)
		}
	}
	lost = ""
	if d, err := r.Details(t.Context(), ref); err != nil || len(d.Opportunities) == 0 {
		t.Errorf("%+v, %v", d, err)
	}
}
