package demoorg_test

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"linecard/crm/demoorg"
	"linecard/test/nodejs"
)

// jsforce, on which most Salesforce integrations are built, must work with the demo org.
func TestJSForce(t *testing.T) {
	org, c := start(t, demoorg.Config{AutoApprove: true, CallKey: demoorg.UniqueCallKey})
	control := httptest.NewServer(org.Control())
	t.Cleanup(control.Close)
	for i := range 300 { // more than one batch of 200
		c.create("Task", object{"Subject": "Filler", "Description": strings.Repeat("x", i)})
	}
	before := len(org.Tasks())

	dir := t.TempDir()
	if err := os.Symlink(nodejs.Modules(t, "testdata/jsforce"), filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("testdata/jsforce/client.mjs")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "client.mjs"), script, 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), "node", "client.mjs", c.url, org.ClientID(), redirect, control.URL, "14155550132 OR 4155550132")
	run.Dir = dir
	var complaints strings.Builder
	run.Stderr = &complaints
	out, err := run.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, complaints.String())
	}

	type refusal struct{ Code, Message string }
	var got struct {
		State          string
		User           struct{ ID, OrganizationID string }
		VerifierLength int
		Identity       struct{ Name, Org string }
		Hits           []struct {
			ID, Name, Phone string
			Account         struct{ Name string }
		}
		Createable, Objects     []string
		Made, Changed           struct{ ID string }
		Queried                 []map[string]any
		Upserted, UpsertedAgain struct{ Created bool }
		Collection              []struct{ Success bool }
		Composite               struct {
			CompositeResponse []struct{ HTTPStatusCode int }
		}
		Refused                map[string]refusal
		Fetched                struct{ Total, Got int }
		AfterExpiry, Refreshes int
		Gone, AfterRevoke      refusal
		Bulk                   struct {
			Rows  int
			First map[string]string
		}
		BulkRefused refusal
		Deleted     []string
		Limits      struct{ Max, Remaining int }
		LimitInfo   struct{ APIUsage struct{ Used, Limit int } }
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	dana := person(t, org, "Dana Whitfield")
	check := func(what string, ok bool, have any) {
		if !ok {
			t.Errorf("%s: %+v", what, have)
		}
	}
	check("state returned", got.State == "abc", got.State)
	check("logged in to the org", got.User.OrganizationID == org.ID() && got.Identity.Org == org.ID(), got.User)
	check("as the agent", got.Identity.Name == "Riley Morgan", got.Identity)
	check("with a verifier of 171 characters", got.VerifierLength == 171, got.VerifierLength)
	check("the caller is found", len(got.Hits) == 1 && got.Hits[0].ID == dana.ID && got.Hits[0].Account.Name == "Acme Corp", got.Hits)
	check("describe says what may be written", slices.Contains(got.Createable, "CallObject") && !slices.Contains(got.Createable, "AccountId"), got.Createable)
	check("the objects are listed", slices.Contains(got.Objects, "Lead"), got.Objects)
	check("the task is made and changed", got.Made.ID != "" && got.Changed.ID == got.Made.ID, got.Made)
	check("one task of the call", len(got.Queried) == 1, got.Queried)
	if len(got.Queried) == 1 {
		q := got.Queried[0]
		check("text survives", q["Description"] == "Über 8 € & \"quotes\"\nsecond line", q["Description"])
		check("closed, with its account derived", q["IsClosed"] == true && q["Account"].(map[string]any)["Name"] == "Acme Corp", q)
		check("who", q["Who"].(map[string]any)["Name"] == "Dana Whitfield", q["Who"])
	}
	check("upsert makes, then changes", got.Upserted.Created && !got.UpsertedAgain.Created, got.Upserted)
	check("one of two is made", len(got.Collection) == 2 && got.Collection[0].Success && !got.Collection[1].Success, got.Collection)
	for i, status := range []int{201, 201, 200} {
		check("composite part", i < len(got.Composite.CompositeResponse) && got.Composite.CompositeResponse[i].HTTPStatusCode == status, got.Composite)
	}
	for part, code := range map[string]string{"column": "INVALID_FIELD", "object": "INVALID_TYPE", "text": "MALFORMED_QUERY", "required": "REQUIRED_FIELD_MISSING"} {
		check("refusal of "+part, got.Refused[part].Code == code, got.Refused[part])
	}
	// Records made in the meantime: the call's task, the one by key, the one of two, the composite's.
	check("every batch fetched", got.Fetched.Total == before+4 && got.Fetched.Got == before+4, got.Fetched)
	check("one refresh mends an ended session", got.Refreshes == 1 && got.AfterExpiry > 20, got.Refreshes)
	check("a deleted task is gone", got.Gone.Code == "ENTITY_IS_DELETED", got.Gone)
	check("a Bulk query", got.Bulk.Rows > 10 && got.Bulk.First["Account.Name"] != "" && got.Bulk.First["Phone"] != "", got.Bulk)
	check("refusal of a Bulk query", got.BulkRefused.Code == "API_ERROR", got.BulkRefused)
	check("the deleted task is told", slices.Equal(got.Deleted, []string{got.Made.ID}), got.Deleted)
	check("limits", got.Limits.Max == 15000 && got.Limits.Remaining < 15000, got.Limits)
	check("usage is read from the header", got.LimitInfo.APIUsage.Limit == 15000 && got.LimitInfo.APIUsage.Used > 300, got.LimitInfo)
	check("a revoked refresh token is dead", got.AfterRevoke.Code == "invalid_grant", got.AfterRevoke)
}
