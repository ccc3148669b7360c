package demoorg_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"linecard/crm/demoorg"
	"linecard/test/nodejs"
	"linecard/test/ports"
)

// sfDesk is a computer on which somebody works with the Salesforce CLI, on a project of their own.
type sfDesk struct {
	t             *testing.T
	node, modules string
	dir, home     string
}

// newSFDesk has the CLI's redirect address on a port. The packages are those that convert the metadata in crm/salesforce/setup.
func newSFDesk(t *testing.T, port int) *sfDesk {
	t.Helper()
	d := &sfDesk{t: t, modules: nodejs.Modules(t, "../salesforce/setup/testdata/sf"), dir: t.TempDir(), home: t.TempDir()}
	d.node = nodejs.Node(t, d.modules, 22)
	project := fmt.Sprintf(`{"packageDirectories":[{"path":"force-app","default":true}],"sourceApiVersion":"60.0","oauthLocalPort":%d}`, port)
	script, err := os.ReadFile("testdata/sf/login.mjs")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"sfdx-project.json": project, "login.mjs": string(script), "note.txt": "What was said."} {
		if err := os.WriteFile(filepath.Join(d.dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(d.dir, "force-app"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(d.modules, filepath.Join(d.dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	return d
}

// run runs Node.js with a home of the test. All that it asks is on loopback, which no proxy is asked for.
func (d *sfDesk) run(args ...string) (out []byte, complaints string, err error) {
	d.t.Helper()
	c := exec.CommandContext(d.t.Context(), d.node, args...)
	c.Dir = d.dir
	c.Env = append(os.Environ(),
		"HOME="+d.home, "SF_USE_GENERIC_UNIX_KEYCHAIN=true", "SF_DISABLE_TELEMETRY=true", "SF_AUTOUPDATE_DISABLE=true", "SF_SKIP_NEW_VERSION_CHECK=true",
		"SF_DISABLE_DNS_CHECK=true", "SF_CONTAINER_MODE=true", "HTTP_PROXY=", "HTTPS_PROXY=", "http_proxy=", "https_proxy=")
	var said strings.Builder
	c.Stderr = &said
	out, err = c.Output()
	return out, said.String(), err
}

// sf runs a command of the CLI as the user and returns its result; a refusal is the name and the message of its error.
func (d *sfDesk) sf(user string, args ...string) (result json.RawMessage, name, message string) {
	d.t.Helper()
	out, complaints, err := d.run(append(append([]string{filepath.Join(d.modules, "@salesforce", "cli", "bin", "run.js")}, args...), "--target-org", user, "--json")...)
	var answer struct {
		Status        int
		Result        json.RawMessage
		Name, Message string
	}
	if bad := json.Unmarshal(out, &answer); bad != nil {
		d.t.Fatalf("sf %s: %v, %v: %s%s", args, err, bad, out, complaints)
	}
	return answer.Result, answer.Name, answer.Message
}

// did runs a command of the CLI that must succeed, and reads its result.
func did[T any](d *sfDesk, user string, args ...string) T {
	d.t.Helper()
	result, name, message := d.sf(user, args...)
	var v T
	if name != "" {
		d.t.Errorf("sf %s: %s: %s", args, name, message)
		return v
	}
	if err := json.Unmarshal(result, &v); err != nil {
		d.t.Errorf("sf %s: %v in %s", args, err, result)
	}
	return v
}

// made is what a client says of a record that it has written.
type made struct {
	ID      string
	Success bool
}

// The Salesforce CLI, and @salesforce/core below it, must work with the demo org: the web login, queries, searches, records and files.
func TestSalesforceCLI(t *testing.T) {
	port := ports.Free(t)
	org, c := start(t, demoorg.Config{AutoApprove: true, Redirects: []string{fmt.Sprintf("http://localhost:%d/OauthRedirect", port)}})
	control := httptest.NewServer(org.Control())
	t.Cleanup(control.Close)
	d := newSFDesk(t, port)

	out, complaints, err := d.run("login.mjs", c.url, org.ClientID(), fmt.Sprint(port), control.URL)
	if err != nil {
		t.Fatalf("login: %v\n%s", err, complaints)
	}
	var core struct {
		Login                       struct{ Username, OrgID, InstanceURL string }
		Version                     string
		Grouped                     []map[string]any
		Single                      string
		All, AfterExpiry, Refreshes int
		Views                       []string
	}
	if err := json.Unmarshal(out, &core); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	c.token = org.Token() // the script has ended all sessions
	user := "riley.morgan@acme-demo.example"
	if core.Login.Username != user || core.Login.OrgID != org.ID() || core.Login.InstanceURL != c.url {
		t.Fatalf("logged in: %+v", core.Login)
	}
	if core.Version == "" || core.Single != "Dana Whitfield" || core.All < 25 || !slices.Contains(core.Views, "AllContacts") {
		t.Errorf("@salesforce/core: %+v", core)
	}
	if len(core.Grouped) == 0 || core.Grouped[0]["expr0"] == nil {
		t.Errorf("a grouped query: %v", core.Grouped)
	}
	if core.Refreshes != 1 || core.AfterExpiry == 0 {
		t.Errorf("%d refreshes, %d rows after the session ended", core.Refreshes, core.AfterExpiry)
	}

	task := did[made](d, user, "data", "create", "record", "--sobject", "Task", "--values", "Subject='Called by sf' CallType=Inbound CallDurationInSeconds=61")
	if !task.Success || c.read("Task", task.ID)["Subject"] != "Called by sf" {
		t.Fatalf("created: %+v", task)
	}
	did[made](d, user, "data", "update", "record", "--sobject", "Task", "--record-id", task.ID, "--values", "Description='Changed by sf'")
	queried := did[struct {
		TotalSize int
		Records   []map[string]any
	}](d, user, "data", "query", "--query", "SELECT Id, Subject, Description, Owner.Name FROM Task WHERE Id = '"+task.ID+"'")
	if queried.TotalSize != 1 || queried.Records[0]["Description"] != "Changed by sf" || queried.Records[0]["Owner"].(map[string]any)["Name"] != "Riley Morgan" {
		t.Errorf("queried: %+v", queried)
	}
	found := did[struct{ SearchRecords []map[string]any }](d, user, "data", "search", "--query", "FIND {4155550132} IN PHONE FIELDS RETURNING Contact(Name, Phone)")
	if len(found.SearchRecords) != 1 || found.SearchRecords[0]["Name"] != "Dana Whitfield" {
		t.Errorf("found: %+v", found)
	}
	file := did[map[string]any](d, user, "data", "create", "file", "--file", "note.txt", "--title", "note", "--parent-id", person(t, org, "Dana Whitfield").ID)
	if v := c.latest("note"); v == nil || v["ContentSize"] != 14.0 {
		t.Errorf("the file: %v, as the CLI says %v", v, file)
	}
	did[made](d, user, "data", "delete", "record", "--sobject", "Task", "--record-id", task.ID)
	refused(t, c.rest("GET", "/sobjects/Task/"+task.ID, nil), 404, "ENTITY_IS_DELETED")
	if _, name, message := d.sf(user, "data", "query", "--query", "SELECT Nope FROM Task"); name != "INVALID_FIELD" && !strings.Contains(message, "No such column 'Nope'") {
		t.Errorf("a refusal is told as %s: %s", name, message)
	}
}
