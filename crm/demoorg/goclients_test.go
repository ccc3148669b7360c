package demoorg_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"linecard/crm/demoorg"
)

// goClients builds the program in test/goclients, a module of its own, which the go command fetches what it needs for.
func goClients(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "goclients")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	build.Dir = "../../test/goclients"
	build.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-buildvcs=false")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// wrong is the error that a step of a client has ended with.
type wrong struct{ Error string }

// go-salesforce and simpleforce, two libraries for Go, must work with the demo org.
func TestGoClients(t *testing.T) {
	org, c := start(t, demoorg.Config{CallKey: demoorg.UniqueCallKey})
	file := c.create("ContentVersion", object{"PathOnClient": "linecard.toml", "VersionData": base64.StdEncoding.EncodeToString([]byte("[a]\nb = 1\n"))})
	run := exec.CommandContext(t.Context(), goClients(t), c.url, c.token, file)
	var complaints strings.Builder
	run.Stderr = &complaints
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, complaints.String())
	}
	var got struct {
		GoSalesforce struct {
			Init, Update, Delete bool
			Query                []struct {
				ID, Name string
				Account  struct{ Name string }
			}
			Grouped               []map[string]any
			Insert, Upsert        made
			Collection, Composite struct{ Results []made }
			Refused               wrong
			Bulk                  string
			File, ListViews       struct {
				Status int
				Body   string
			}
		} `json:"go-salesforce"`
		SimpleForce struct {
			Query                                  []string
			Objects, Describe, Update, Get, Delete bool
			Create, Download                       string
			Refused                                wrong
		}
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v in %s\n%s", err, out, complaints.String())
	}
	check := func(what string, ok bool, have any) {
		t.Helper()
		if !ok {
			t.Errorf("%s: %+v", what, have)
		}
	}
	g := got.GoSalesforce
	dana := person(t, org, "Dana Whitfield")
	at := slices.IndexFunc(g.Query, func(r struct {
		ID, Name string
		Account  struct{ Name string }
	},
	) bool {
		return r.ID == dana.ID
	})
	check("go-salesforce logs in with a token", g.Init, string(out))
	check("go-salesforce queries", at >= 0 && g.Query[max(at, 0)].Account.Name == "Acme Corp", g.Query)
	check("go-salesforce groups", len(g.Grouped) > 0 && g.Grouped[0]["expr0"] != nil, g.Grouped)
	check("go-salesforce inserts, updates and deletes", g.Insert.Success && g.Update && g.Delete, g.Insert)
	refused(t, c.rest("GET", "/sobjects/Task/"+g.Insert.ID, nil), 404, "ENTITY_IS_DELETED")
	check("go-salesforce upserts", g.Upsert.Success && c.read("Task", g.Upsert.ID)["Subject"] == "By key", g.Upsert)
	check("go-salesforce inserts several", len(g.Collection.Results) == 2 && g.Collection.Results[1].Success, g.Collection)
	check("go-salesforce inserts by composite", len(g.Composite.Results) == 2 && g.Composite.Results[1].Success, g.Composite)
	check("go-salesforce is told why", strings.Contains(g.Refused.Error, "INVALID_EMAIL_ADDRESS"), g.Refused)
	check("go-salesforce queries in bulk", strings.Contains(g.Bulk, dana.ID) && strings.HasPrefix(g.Bulk, "Id,Name\n"), g.Bulk)
	check("go-salesforce uploads a file", g.File.Status == 201 && c.latest("profile") != nil, g.File)
	check("go-salesforce lists views", g.ListViews.Status == 200 && strings.Contains(g.ListViews.Body, "AllContacts"), g.ListViews)
	s := got.SimpleForce
	check("simpleforce queries", slices.Contains(s.Query, "Dana Whitfield"), s.Query)
	check("simpleforce describes", s.Objects && s.Describe, s)
	check("simpleforce creates, updates, reads and deletes", s.Create != "" && s.Update && s.Get && s.Delete, s)
	refused(t, c.rest("GET", "/sobjects/Task/"+s.Create, nil), 404, "ENTITY_IS_DELETED")
	check("simpleforce is told why", strings.Contains(s.Refused.Error, "INVALID_FIELD"), s.Refused)
	check("simpleforce downloads a file", s.Download == "[a]\nb = 1\n", s.Download)
}
