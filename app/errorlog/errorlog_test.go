package errorlog_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/app/errorlog"
	"linecard/fault"
)

// Errors that differ only in their time and values are one, with how often and since when.
func TestErrorsAreFolded(t *testing.T) {
	now := time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC)
	l := errorlog.Open("", func() time.Time { return now }, nil)
	defer l.Close()
	for range 3 {
		l.Note(errorlog.Link, "00D1", "", fault.New("salesforce.http-status", "status", "503"))
		now = now.Add(time.Minute)
	}
	l.Note(errorlog.Link, "00D2", "", fault.New("salesforce.http-status", "status", "503"))
	l.Note(errorlog.Phone, "", "2041@pbx", fault.New("sip.registration.silent", "server", "pbx"))
	l.Note(errorlog.Link, "00D1", "", fault.New("salesforce.http-status", "status", "502"))
	l.Note(errorlog.Link, "00D1", "", fault.Fault{}) // none
	rows := l.Rows()
	if len(rows) != 3 {
		t.Fatalf("%d rows: %+v", len(rows), rows)
	}
	first := rows[0]
	if first.Count != 4 || first.Last.Sub(first.First) != 3*time.Minute || !strings.Contains(first.What, "502") || first.Remedy == "" {
		t.Errorf("%+v", first)
	}
	l.Clear()
	if len(l.Rows()) != 0 {
		t.Error("not cleared")
	}
}

// The file has codes and values and no sentence, and survives a restart; a damaged one costs what it held.
func TestErrorsSurviveARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), errorlog.FileName)
	l := errorlog.Open(path, nil, nil)
	l.Note(errorlog.Logging, "00D1", "", fault.New("salesforce.several-reasons", "reasons", []fault.Fault{
		fault.New("salesforce.field-required-named", "fields", []string{"Region__c"}), fault.New("salesforce.validation-rule", "message", "Say what for"),
	}))
	l.Note(errorlog.Phone, "", "a", fault.New("sip.registration.silent.later", "server", "pbx", "wait", 5*time.Second))
	before := l.Rows()
	l.Close()
	b, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(b), "requires") {
		t.Errorf("the file: %s, %v", b, err)
	}
	again := errorlog.Open(path, nil, nil)
	after := again.Rows()
	again.Close()
	if len(after) != 2 || after[0].What != before[0].What || after[1].What != before[1].What || !strings.Contains(after[1].What, "Region__c") {
		t.Errorf("before %+v\nafter %+v", before, after)
	}
	if err := os.WriteFile(path, []byte(`{"errors":[{"area":"li`), 0o600); err != nil {
		t.Fatal(err)
	}
	damaged := errorlog.Open(path, nil, nil)
	defer damaged.Close()
	if len(damaged.Rows()) != 0 {
		t.Error("a damaged file gave rows")
	}
}

// The log is bounded by count and by age.
func TestErrorsAreBounded(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := errorlog.Open("", func() time.Time { return now }, nil)
	defer l.Close()
	for i := range 1000 {
		l.Note(errorlog.Link, fmt.Sprint("org", i), "", fault.New("salesforce.timed-out"))
	}
	if rows := l.Rows(); len(rows) != 200 || rows[0].Org != "org999" {
		t.Errorf("%d rows, first %s", len(rows), rows[0].Org)
	}
	now = now.AddDate(0, 3, 1)
	l.Note(errorlog.Link, "new", "", fault.New("salesforce.timed-out"))
	if rows := l.Rows(); len(rows) != 1 {
		t.Errorf("%d rows are left after three months", len(rows))
	}
}

// secrets are what no export may have, wherever in a fault it stands.
var secrets = []string{
	"Dana Whitfield", "+14155550132", "(415) 555-0132", "4155550132", "dana@example.com", "00Dxx!AQ0AQsecrettoken.value",
	"C:\\Users\\dana", "/home/dana/.local/share/linecard", "2041@pbx.example.com", "Müller & Söhne", "sip:dana@example.com;transport=tcp",
}

// Whatever the values of a fault are called and however they are nested, an export has no name, number or secret in it.
func TestAnExportNamesNobody(t *testing.T) {
	names := []string{
		"name", "number", "message", "text", "reasons", "reason", "why", "user", "account", "accounts", "server", "host", "fields", "field", "status",
		"target", "keys", "element", "value", "values", "folder", "file", "parties", "numbers", "chosen", "org", "orgs", "address", "port", "callbacks", "unheard",
	}
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SampledFrom(secrets).Draw(t, "secret")
		name := rapid.SampledFrom(names).Draw(t, "name")
		var v any = secret
		for range rapid.IntRange(0, 3).Draw(t, "depth") {
			switch rapid.IntRange(0, 4).Draw(t, "wrap") {
			case 0:
				v = []any{v}
			case 1:
				v = fault.New("salesforce.duplicate", name, v)
			case 2:
				if s, ok := v.(string); ok {
					v = []string{"first", s}
				}
			case 3:
				v = map[string]any{"code": "salesforce.refused", "values": map[string]any{name: v}}
			case 4:
				v = map[string]any{name: v}
			}
		}
		l := errorlog.Open("", nil, nil)
		defer l.Close()
		l.Note(errorlog.Refused, "00D000000000001", secret, fault.New("salesforce.refused", name, v))
		l.Note(errorlog.Refused, secret, "", fault.New(fault.Plain, "text", secret))
		b, err := json.Marshal(l.Export())
		if err != nil {
			t.Fatal(err)
		}
		var any []any
		if err := json.Unmarshal(b, &any); err != nil {
			t.Fatal(err)
		}
		quoted, _ := json.Marshal(secret)
		for _, s := range []string{secret, strings.Trim(string(quoted), `"`)} {
			if strings.Contains(string(b), s) {
				t.Fatalf("%s = %q is exported:\n%s", name, secret, b)
			}
		}
	})
}

// Names and numbers of people, and keys that were pressed, are not even kept on this computer; what the org says is.
func TestPeopleAreNotKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), errorlog.FileName)
	l := errorlog.Open(path, nil, nil)
	l.Note(errorlog.Phone, "", "", fault.New("sip.ended.busy", "number", "+14155550132", "name", "Dana Whitfield", "keys", "4711", "target", "dana"))
	l.Note(errorlog.Refused, "", "", fault.New("salesforce.validation-rule", "message", "Fill in Region"))
	l.Close()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"4155550132", "Dana", "dana", "4711"} {
		if strings.Contains(string(b), s) {
			t.Errorf("%q is kept: %s", s, b)
		}
	}
	if !strings.Contains(string(b), "Fill in Region") {
		t.Errorf("the org's own words are not kept: %s", b)
	}
}
