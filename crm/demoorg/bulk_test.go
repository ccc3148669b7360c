package demoorg_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"linecard/crm/demoorg"
)

type jobInfo struct {
	ID, State, Object, CreatedDate string
	NumberRecordsProcessed         int
}

func (c *client) bulk(query string) jobInfo {
	c.t.Helper()
	return into[jobInfo](c.t, want(c.t, c.rest("POST", "/jobs/query", object{"operation": "query", "query": query}), http.StatusOK))
}

func (c *client) job(id string) jobInfo {
	c.t.Helper()
	return into[jobInfo](c.t, want(c.t, c.rest("GET", "/jobs/query/"+id, nil), http.StatusOK))
}

func rowsOf(t testing.TB, a answer) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(a.body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestABulkQuery(t *testing.T) {
	org, c := start(t, demoorg.Config{Clock: fixedTime, BulkTime: time.Minute})
	c.create("Contact", object{"LastName": `O"Hara, "Junior"`, "Phone": "212 555 0199"})
	job := c.bulk("SELECT Id, Name, Account.Name, DoNotCall, LastModifiedDate FROM Contact WHERE Phone != null OR MobilePhone != null")
	if job.State != "UploadComplete" || job.Object != "Contact" || job.CreatedDate != "2026-11-21T17:00:00.000+0000" {
		t.Errorf("%+v", job)
	}
	if s := c.job(job.ID).State; s != "InProgress" {
		t.Error(s)
	}
	org.Advance(time.Minute)
	done := c.job(job.ID)
	rows := rowsOf(t, c.rest("GET", "/jobs/query/"+job.ID+"/results", nil))
	if done.State != "JobComplete" || len(rows) != done.NumberRecordsProcessed+1 || len(rows) < 20 {
		t.Fatalf("%+v with %d rows", done, len(rows))
	}
	if got := strings.Join(rows[0], " "); got != "Id Name Account.Name DoNotCall LastModifiedDate" {
		t.Error(got)
	}
	if last := rows[len(rows)-1]; last[1] != `O"Hara, "Junior"` || last[2] != "" || last[3] != "false" || last[4] != "2026-11-21T17:00:00.000Z" {
		t.Errorf("%q", last)
	}
	want(t, c.rest("DELETE", "/jobs/query/"+job.ID, nil), http.StatusNoContent)
	refused(t, c.rest("GET", "/jobs/query/"+job.ID, nil), http.StatusNotFound, "NOT_FOUND")
}

func TestBulkResultsComeInParts(t *testing.T) {
	_, c := start(t, demoorg.Config{Volume: 250})
	job := c.bulk("SELECT Id, Name FROM Contact WHERE SystemModstamp < " + time.Now().AddDate(0, 0, 1).UTC().Format(time.RFC3339))
	total := c.job(job.ID).NumberRecordsProcessed
	seen := map[string]bool{}
	locator := ""
	for parts := 0; ; parts++ {
		a := c.rest("GET", "/jobs/query/"+job.ID+"/results?maxRecords=60&locator="+url.QueryEscape(locator), nil)
		rows := rowsOf(t, a)
		if n, _ := strconv.Atoi(a.header.Get("Sforce-NumberOfRecords")); n != len(rows)-1 || n > 60 {
			t.Fatalf("%d rows, said to be %d", len(rows)-1, n)
		}
		again := rowsOf(t, c.rest("GET", "/jobs/query/"+job.ID+"/results?maxRecords=60&locator="+url.QueryEscape(locator), nil))
		if fmt.Sprint(again) != fmt.Sprint(rows) {
			t.Error("a locator gives another part the second time")
		}
		for _, r := range rows[1:] {
			seen[r[0]] = true
		}
		if locator = a.header.Get("Sforce-Locator"); locator == "null" {
			break
		}
	}
	if len(seen) != total || total <= 250 {
		t.Errorf("%d different rows of %d", len(seen), total)
	}
	refused(t, c.rest("GET", "/jobs/query/"+job.ID+"/results", nil, "Accept", "application/xml"), http.StatusNotAcceptable, "NOT_ACCEPTABLE")
	for _, accept := range []string{"text/csv", "application/json", "*/*"} {
		want(t, c.rest("GET", "/jobs/query/"+job.ID+"/results", nil, "Accept", accept), http.StatusOK)
	}
	raw := c.rest("GET", "/jobs/query/"+job.ID+"/results", nil, "Accept-Encoding", "gzip")
	if raw.header.Get("Content-Encoding") != "gzip" || !bytes.HasPrefix(raw.body, []byte{0x1f, 0x8b}) {
		t.Error("not compressed")
	}
}

func TestBulkJobsRefused(t *testing.T) {
	org, c := start(t, demoorg.Config{Clock: fixedTime, BulkTime: time.Hour})
	post := func(query string) answer {
		return c.rest("POST", "/jobs/query", object{"operation": "query", "query": query})
	}
	refused(t, post("SELECT COUNT() FROM Contact"), http.StatusBadRequest, "API_ERROR")
	refused(t, post("SELECT Id, (SELECT Id FROM Contacts) FROM Account"), http.StatusBadRequest, "API_ERROR")
	refused(t, post("SELECT Id FROM TaskStatus"), http.StatusBadRequest, "INVALIDENTITY")
	refused(t, post("SELECT Id, Nothing FROM Contact"), http.StatusBadRequest, "INVALID_FIELD")
	refused(t, post("SELECT Id FROM Nothing"), http.StatusBadRequest, "INVALID_TYPE")
	refused(t, post("SELECT"), http.StatusBadRequest, "MALFORMED_QUERY")
	job := c.bulk("SELECT Id FROM Contact")
	refused(t, c.rest("GET", "/jobs/query/"+job.ID+"/results", nil), http.StatusBadRequest, "INVALIDJOBSTATE")
	refused(t, c.rest("DELETE", "/jobs/query/"+job.ID, nil), http.StatusBadRequest, "INVALIDJOBSTATE")
	if got := c.rest("GET", "/limits", nil); !strings.Contains(string(got.body), `"DailyBulkV2QueryJobs":{"Max":10000,"Remaining":9999}`) {
		t.Errorf("%s", got.body)
	}
	if a := want(t, c.rest("PATCH", "/jobs/query/"+job.ID, object{"state": "Aborted"}), http.StatusOK); into[jobInfo](t, a).State != "Aborted" {
		t.Errorf("%s", a.body)
	}
	other := c.bulk("SELECT Id FROM Lead")
	org.Advance(time.Hour)
	c.token = org.Token()
	if s := c.job(other.ID).State; s != "JobComplete" {
		t.Error(s)
	}
	refused(t, c.send("GET", "/services/data/v61.0/jobs/query/"+other.ID+"/results", nil), http.StatusConflict, "INVALID_VERSION")
	used, _ := org.Usage()
	c.job(other.ID)
	if now, _ := org.Usage(); now != used+1 {
		t.Errorf("%d requests counted for one", now-used)
	}
	org.Advance(8 * 24 * time.Hour)
	c.token = org.Token()
	refused(t, c.rest("GET", "/jobs/query/"+other.ID, nil), http.StatusNotFound, "NOT_FOUND")
	org.SetRules(func(r *demoorg.Rules) { r.NoBulk = true })
	refused(t, post("SELECT Id FROM Lead"), http.StatusBadRequest, "FEATURENOTENABLED")
}

func TestAMillionContactsTakeNoMemory(t *testing.T) {
	const million = 1_000_000
	org, c := start(t, demoorg.Config{Empty: true, Volume: million})
	ids := org.ChangeVolume(500, 3, "Changed")
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	job := c.bulk("SELECT Id, Name, Phone FROM Contact WHERE Phone != null")
	if n := c.job(job.ID).NumberRecordsProcessed; n != million {
		t.Fatal(n)
	}
	rows := rowsOf(t, c.rest("GET", "/jobs/query/"+job.ID+"/results?maxRecords=2000", nil))
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 20<<20 {
		t.Errorf("%d MiB", grown>>20)
	}
	if rows[1][0] != ids[0] || rows[4][1] != demoorg.VolumeName(0) || rows[5][2] != "(202) 200-0007" {
		t.Errorf("%q", rows[1:6])
	}
	delta := c.bulk("SELECT Id FROM Contact WHERE SystemModstamp >= " + time.Now().Add(-time.Hour).UTC().Format(time.RFC3339))
	if n := c.job(delta.ID).NumberRecordsProcessed; n != 3 {
		t.Errorf("%d changed", n)
	}
	number := strings.TrimPrefix(demoorg.VolumePhone(777_777), "+1")
	found := c.search("FIND {" + number + "} IN PHONE FIELDS RETURNING Contact(Id, Name)")
	if !strings.Contains(string(found.body), demoorg.VolumeName(777_777)) {
		t.Errorf("%s", found.body)
	}
}

// Where a query names people of a large org by their ids, it finds those and no others, whether they have been changed or not.
func TestPeopleOfALargeOrgAreReadByTheirIDs(t *testing.T) {
	org, c := start(t, demoorg.Config{Empty: true, Volume: 20_000})
	changed := org.ChangeVolume(500, 1, "Changed")[0]
	found := c.search("FIND {" + strings.TrimPrefix(demoorg.VolumePhone(7), "+1") + "} IN PHONE FIELDS RETURNING Contact(Id)")
	id := regexp.MustCompile(`"Id" *: *"(003[^"]+)"`).FindStringSubmatch(string(found.body))[1]
	for where, want := range map[string][]string{
		"Id = '" + id + "'":                                                   {demoorg.VolumeName(7)},
		"id = '" + id[:15] + "' AND Title != null":                            {demoorg.VolumeName(7)},
		"Id = '" + id + "' AND Title = 'Nobody'":                              {},
		"Id IN ('" + id + "', '" + changed + "', '" + id[:15] + "')":          {demoorg.VolumeName(7), demoorg.VolumeName(500)},
		"Id NOT IN ('" + id + "') AND Name = '" + demoorg.VolumeName(8) + "'": {demoorg.VolumeName(8)},
		"Id = '" + id + "' OR Name = '" + demoorg.VolumeName(8) + "'":         {demoorg.VolumeName(7), demoorg.VolumeName(8)},
		"Id = '" + id[:6] + "-'":                                              {},
	} {
		a := c.query("SELECT Name FROM Contact WHERE " + where + " ORDER BY Name")
		names := []string{}
		for _, m := range regexp.MustCompile(`"Name" *: *"([^"]+)"`).FindAllStringSubmatch(string(a.body), -1) {
			names = append(names, m[1])
		}
		slices.Sort(names)
		slices.Sort(want)
		if !slices.Equal(names, want) {
			t.Errorf("%s: %q, want %q\n%s", where, names, want, a.body)
		}
	}
}

func TestDeletedRecordsAreTold(t *testing.T) {
	org, c := start(t, demoorg.Config{Clock: fixedTime})
	dana, luis, priya := person(t, org, "Dana Whitfield"), person(t, org, "Luis Ferreira"), person(t, org, "Priya Raman")
	org.Advance(time.Hour)
	for _, err := range []error{org.Merge(dana.ID, luis.ID), org.Delete(priya.ID)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	org.Advance(time.Minute)
	at := func(what string, from, to time.Duration) answer {
		return c.rest("GET", "/sobjects/Contact/"+what+"/?start="+url.QueryEscape(fixedTime().Add(from).Format(time.RFC3339))+"&end="+url.QueryEscape(fixedTime().Add(to).Format(time.RFC3339)), nil)
	}
	a := want(t, at("deleted", time.Minute, 62*time.Minute), http.StatusOK)
	for _, part := range []string{luis.ID, priya.ID, `"latestDateCovered":"2026-11-21T18:01:00.000+0000"`, `"deletedDate":"2026-11-21T18:00:00.000+0000"`, `"earliestDateAvailable":"2026-11-06T`} {
		if !strings.Contains(string(a.body), part) {
			t.Errorf("no %s in %s", part, a.body)
		}
	}
	if a := at("deleted", time.Minute, 59*time.Minute); strings.Contains(string(a.body), luis.ID) {
		t.Errorf("told too early: %s", a.body)
	}
	if a := at("updated", time.Minute, 62*time.Minute); !strings.Contains(string(a.body), dana.ID) || strings.Contains(string(a.body), luis.ID) {
		t.Errorf("%s", a.body)
	}
	refused(t, at("deleted", time.Minute, time.Minute+30*time.Second), http.StatusBadRequest, "INVALID_REPLICATION_DATE")
	refused(t, at("deleted", -16*24*time.Hour, time.Minute), http.StatusBadRequest, "INVALID_REPLICATION_DATE")
	want(t, at("updated", -16*24*time.Hour, time.Minute), http.StatusOK)
	if date := a.header.Get("Date"); date != "Sat, 21 Nov 2026 18:01:00 GMT" {
		t.Error(date)
	}
}

func TestUsersSeeTheirOwn(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	c.token = org.TokenOf(demoorg.OtherUser)
	id := c.create("Contact", object{"LastName": "Mine", "Phone": "212 555 0199"})
	org.SetRules(func(r *demoorg.Rules) { r.OwnOnly = []string{"Contact"} })
	if p := into[page](t, c.query("SELECT Id, Name FROM Contact")); len(p.Records) != 1 || p.Records[0]["Id"] != id {
		t.Errorf("%+v", p)
	}
	if n := c.job(c.bulk("SELECT Id FROM Contact").ID).NumberRecordsProcessed; n != 1 {
		t.Error(n)
	}
}

func TestHalfABody(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	whole := len(c.query("SELECT Id, Name FROM Contact").body)
	org.Inject(demoorg.Fault{Kind: demoorg.CutShort, Path: "/query"})
	if a := c.query("SELECT Id, Name FROM Contact"); a.status != http.StatusOK || len(a.body) < whole/3 || len(a.body) > whole*2/3 {
		t.Errorf("%d of %d bytes", len(a.body), whole)
	}
	org.Inject(demoorg.Fault{Kind: demoorg.Torn, Path: "/query"})
	if err := c.try("GET", "/services/data/v60.0/query?q="+url.QueryEscape("SELECT Id FROM Contact"), ""); err == nil {
		t.Error("no error")
	}
}

func TestLastActivity(t *testing.T) {
	org, c := start(t, demoorg.Config{Clock: fixedTime})
	dana := person(t, org, "Dana Whitfield")
	before := into[page](t, c.query("SELECT LastActivityDate, SystemModstamp FROM Contact WHERE Id = '"+dana.ID+"'")).Records[0]
	org.Advance(time.Hour)
	c.create("Task", object{"Subject": "Call", "WhoId": dana.ID, "ActivityDate": "2026-11-23"})
	after := into[page](t, c.query("SELECT LastActivityDate, SystemModstamp, Account.LastActivityDate FROM Contact WHERE Id = '"+dana.ID+"'")).Records[0]
	if after["LastActivityDate"] != "2026-11-23" || after["SystemModstamp"] != before["SystemModstamp"] || after["Account"].(map[string]any)["LastActivityDate"] != "2026-11-23" {
		t.Errorf("%v, then %v", before, after)
	}
}
