package demoorg_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/crm/demoorg"
)

func TestVersions(t *testing.T) {
	_, c := start(t, demoorg.Config{MaxVersion: 66})
	c.token = "" // needs no session
	type version struct{ Label, URL, Version string }
	vs := into[[]version](t, want(t, c.send("GET", "/services/data", nil), 200))
	want(t, c.send("GET", "/services/data/", nil), 200)
	if first, last := vs[0], vs[len(vs)-1]; first.Version != "31.0" || first.Label != "Summer '14" ||
		last != (version{"Spring '26", "/services/data/v66.0", "66.0"}) {
		t.Errorf("from %v to %v", first, last)
	}
	refused(t, c.send("GET", "/services/data/v30.0/limits", nil), 410, "UNSUPPORTED_API_VERSION")
	refused(t, c.send("GET", "/services/data/v67.0/limits", nil), 404, "NOT_FOUND")
	refused(t, c.send("GET", "/services/data/v66.0/limits", nil), 401, "INVALID_SESSION_ID")
}

func TestUnknownResources(t *testing.T) {
	_, c := start(t, demoorg.Config{})
	for _, path := range []string{
		"/tooling/query?q=SELECT+Id+FROM+SandboxProcess", "/sobjects/Nope", "/sobjects/Nope/describe",
		"/sobjects/Task/describe/approvalLayouts", "/nope", "/sobjects/Contact/003dm00000000zz",
	} {
		refused(t, c.rest("GET", path, nil), 404, "NOT_FOUND")
	}
	refused(t, c.rest("PUT", "/sobjects/Contact/003dm0000000001", object{}), 405, "METHOD_NOT_ALLOWED")
	refused(t, c.rest("DELETE", "/limits", nil), 405, "METHOD_NOT_ALLOWED")
}

func TestDoubledSlashesAreAccepted(t *testing.T) {
	_, c := start(t, demoorg.Config{})
	want(t, c.send("GET", "//services/data/v60.0//limits", nil), 200)
}

func TestUsageIsCountedAsSalesforceCounts(t *testing.T) {
	org, c := start(t, demoorg.Config{AutoApprove: true, DailyLimit: 100, Clock: fixedTime})
	part := func(n int) []object {
		var parts []object
		for i := range n {
			parts = append(parts, object{"method": "GET", "url": "/services/data/v60.0/limits", "referenceId": "r" + string(rune('a'+i))})
		}
		return parts
	}
	for _, tt := range []struct {
		name string
		call func() answer
		cost int
	}{
		{"a read", func() answer { return c.rest("GET", "/limits", nil) }, 1},
		{"a refused one", func() answer { return c.query("nonsense") }, 1},
		{"a composite of five", func() answer { return c.rest("POST", "/composite", object{"compositeRequest": part(5)}) }, 1},
		{"a batch of three", func() answer { return c.rest("POST", "/composite/batch", object{"batchRequests": part(3)}) }, 3},
		{"the list of versions", func() answer { return c.send("GET", "/services/data", nil) }, 0},
		{"a login", func() answer { tok := c.login(org); c.token = tok.AccessToken; return answer{} }, 0},
		{"userinfo", func() answer { return c.send("GET", "/services/oauth2/userinfo", nil) }, 0},
	} {
		before, _ := org.Usage()
		a := tt.call()
		if used, limit := org.Usage(); used-before != tt.cost || limit != 100 {
			t.Errorf("%s counts %d of %d, want %d", tt.name, used-before, limit, tt.cost)
		}
		if tt.cost == 1 && !strings.HasPrefix(a.header.Get("Sforce-Limit-Info"), "api-usage=") {
			t.Errorf("%s: Sforce-Limit-Info %q", tt.name, a.header.Get("Sforce-Limit-Info"))
		}
	}
	used, _ := org.Usage()
	org.UseUp(99 - used)
	if got := want(t, c.rest("GET", "/limits", nil), 200).header.Get("Sforce-Limit-Info"); got != "api-usage=100/100" {
		t.Errorf("the last one: %s", got)
	}
	refused(t, c.rest("GET", "/limits", nil), 403, "REQUEST_LIMIT_EXCEEDED")
	org.Advance(24 * time.Hour)
	c.token = org.Token()
	if got := want(t, c.rest("GET", "/limits", nil), 200).header.Get("Sforce-Limit-Info"); got != "api-usage=1/100" {
		t.Errorf("a day later: %s", got)
	}
}

type fieldInfo struct {
	Name, Type, Label                        string
	Createable, Updateable, Nillable, Custom bool
	DefaultedOnCreate, RestrictedPicklist    bool
	Filterable                               bool
	ReferenceTo                              []string
	PicklistValues                           []struct{ Value string }
	Length                                   int
}

func describe(t testing.TB, a answer) map[string]fieldInfo {
	t.Helper()
	d := into[struct{ Fields []fieldInfo }](t, want(t, a, 200))
	m := map[string]fieldInfo{}
	for _, f := range d.Fields {
		m[f.Name] = f
	}
	return m
}

func TestDescribe(t *testing.T) {
	_, c := start(t, demoorg.Config{CustomPhone: true})
	task := describe(t, c.rest("GET", "/sobjects/Task/describe", nil))
	if f := task["AccountId"]; f.Createable || f.Updateable {
		t.Error("Task.AccountId is derived and cannot be written")
	}
	if f := task["TaskSubtype"]; !f.Createable || f.Updateable {
		t.Errorf("TaskSubtype %+v", f)
	}
	if f := task["Subject"]; f.Type != "combobox" || f.Length != 255 {
		t.Errorf("Subject %+v", f)
	}
	if f := task["WhoId"]; !slices.Equal(f.ReferenceTo, []string{"Contact", "Lead"}) {
		t.Errorf("WhoId %+v", f)
	}
	if f := task["Description"]; f.Length != 32000 || f.Filterable {
		t.Errorf("Description %+v", f)
	}
	contact := describe(t, c.rest("GET", "/sobjects/contact/describe", nil))
	if f := contact["WhatsApp__c"]; f.Type != "phone" || !f.Custom {
		t.Errorf("custom phone field %+v", f)
	}
	if f := contact["LastName"]; f.Nillable || f.DefaultedOnCreate || !f.Createable {
		t.Errorf("LastName is required: %+v", f)
	}
}

func TestDescribeIsNotSentTwice(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	first := want(t, c.rest("GET", "/sobjects/Task/describe", nil), 200)
	at := first.header.Get("Last-Modified")
	if a := c.rest("GET", "/sobjects/Task/describe", nil, "If-Modified-Since", at); a.status != 304 || len(a.body) != 0 {
		t.Fatalf("got %d with %d bytes", a.status, len(a.body))
	}
	org.Advance(5e9)
	org.SetRules(func(r *demoorg.Rules) { r.HiddenFields = []string{"Task.CallDisposition"} })
	changed := want(t, c.rest("GET", "/sobjects/Task/describe", nil, "If-Modified-Since", at), 200)
	if _, there := describe(t, changed)["CallDisposition"]; there {
		t.Error("the hidden field is described")
	}
}

func TestHiddenFieldsAndObjects(t *testing.T) {
	org, c := start(t, demoorg.Config{Rules: demoorg.Rules{
		HiddenObjects: []string{"Case"}, HiddenFields: []string{"Contact.MobilePhone", "Task.CallType"},
		ReadOnlyFields: []string{"Task.CallObject"}, NoCreate: []string{"Lead"}, NoEdit: []string{"Account"}, NoDelete: []string{"Task"},
	}})
	dana := person(t, org, "Dana Whitfield")
	task := c.create("Task", object{"Subject": "Mine"})
	for _, tt := range []struct {
		name   string
		got    answer
		status int
		code   string
	}{
		{"query a hidden field", c.query("SELECT MobilePhone FROM Contact"), 400, "INVALID_FIELD"},
		{"filter by a hidden field", c.query("SELECT Id FROM Contact WHERE MobilePhone = '1'"), 400, "INVALID_FIELD"},
		{"query a hidden object", c.query("SELECT Id FROM Case"), 400, "INVALID_TYPE"},
		{"search a hidden field", c.search("FIND {14155550132} IN PHONE FIELDS RETURNING Contact(Id, MobilePhone)"), 400, "INVALID_FIELD"},
		{"search a hidden object", c.search("FIND {Dana} RETURNING Contact(Id), Case(Id)"), 400, "INVALID_TYPE"},
		{"a field through a hidden object", c.query("SELECT Id, (SELECT Id FROM Cases) FROM Contact"), 400, "INVALID_TYPE"},
		{"write a hidden field", c.rest("POST", "/sobjects/Task", object{"CallType": "Inbound"}), 400, "INVALID_FIELD"},
		{"write a read-only field", c.rest("POST", "/sobjects/Task", object{"CallObject": "x"}), 400, "INVALID_FIELD_FOR_INSERT_UPDATE"},
		{"create without permission", c.rest("POST", "/sobjects/Lead", object{"LastName": "X", "Company": "Y"}), 403, "INSUFFICIENT_ACCESS"},
		{"edit without permission", c.rest("PATCH", "/sobjects/Account/001dm0000000001", object{"Phone": "1"}), 403, "INSUFFICIENT_ACCESS_OR_READONLY"},
		{"delete without permission", c.rest("DELETE", "/sobjects/Task/"+task, nil), 403, "INSUFFICIENT_ACCESS_OR_READONLY"},
		{"describe a hidden object", c.rest("GET", "/sobjects/Case/describe", nil), 404, "NOT_FOUND"},
	} {
		t.Run(tt.name, func(t *testing.T) { refused(t, tt.got, tt.status, tt.code) })
	}
	all := into[object](t, want(t, c.rest("GET", "/sobjects/Contact/"+dana.ID, nil), 200))
	if _, there := all["MobilePhone"]; there {
		t.Error("reading a record gives the hidden field")
	}
	// A number in a hidden field is not found.
	if hits := found(t, c.search("FIND {14155550188} IN PHONE FIELDS RETURNING Contact(Id)")); len(hits) != 0 {
		t.Errorf("found by a hidden field: %v", hits)
	}
}

func TestAUserWithoutAPIAccess(t *testing.T) {
	_, c := start(t, demoorg.Config{Rules: demoorg.Rules{APIDisabled: true}})
	refused(t, c.rest("GET", "/limits", nil), 403, "API_DISABLED_FOR_ORG")
}

func TestARequestBodyMayBeGzip(t *testing.T) {
	_, c := start(t, demoorg.Config{})
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(`{"Subject": "Packed"}`)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	want(t, c.rest("POST", "/sobjects/Task", b.String(), "Content-Encoding", "gzip"), http.StatusCreated)
	refused(t, c.rest("POST", "/sobjects/Task", `{"Subject": `), 400, "JSON_PARSER_ERROR")
	refused(t, c.rest("POST", "/sobjects/Task", `[1]`), 400, "JSON_PARSER_ERROR")
}

func TestAnEmptyOrgStillDescribesItself(t *testing.T) {
	org, c := start(t, demoorg.Config{Empty: true})
	if len(org.People()) != 0 || len(org.Tasks()) != 0 {
		t.Error("an empty org has people or tasks")
	}
	describe(t, c.rest("GET", "/sobjects/Task/describe", nil))
	if p := into[page](t, c.query("SELECT ApiName FROM TaskStatus WHERE IsClosed = true")); p.TotalSize != 1 {
		t.Errorf("%d closed statuses", p.TotalSize)
	}
	if hits := found(t, c.search("FIND {14155550132} IN PHONE FIELDS RETURNING Contact(Id)")); len(hits) != 0 {
		t.Errorf("found %v", hits)
	}
}
