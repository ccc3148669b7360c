package salesforce

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"linecard/clean/cleantest"
	"linecard/crm"
)

// Whatever an org has in its fields, a record that comes from it is clean text, in every field that it has now or later.
func TestRecordsAreCleanText(t *testing.T) {
	c := New(Config{})
	rapid.Check(t, func(t *rapid.T) {
		hostile := func() string { return cleantest.Hostile().Draw(t, "text") }
		object := rapid.SampledFrom([]string{crm.Contact, crm.Account, crm.Lead}).Draw(t, "object")
		rows, err := json.Marshal([]any{map[string]any{
			"attributes": map[string]any{"type": object}, "Id": "003000000000001AAA", "Name": hostile(), "Title": hostile(), "Email": hostile(),
			"Company": hostile(), "Status": hostile(), "Type": hostile(), "AccountId": "001000000000001AAA", "Account": map[string]any{"Name": hostile()},
			"Owner": map[string]any{"Name": hostile()}, "Phone": hostile(), "MobilePhone": hostile(),
			"IsPersonAccount": rapid.Bool().Draw(t, "person"), "PersonContactId": "003000000000002AAA", "PersonEmail": hostile(), "PersonTitle": hostile(),
		}})
		if err != nil {
			t.Fatal(err)
		}
		var decoded []row
		if err := json.Unmarshal(rows, &decoded); err != nil {
			t.Fatal(err)
		}
		for _, r := range c.records(session{instance: "https://acme.my.salesforce.com", org: "00D000000000001AAA"}, decoded) {
			clean := func(limit int) func(string) {
				return func(s string) {
					if why := cleantest.Dirt(s, limit); why != "" {
						t.Errorf("%q %s", s, why)
					}
				}
			}
			for _, p := range r.Phones { // a number may be behind many words
				everyText(reflect.ValueOf(p), clean(crm.MaxField))
			}
			r.Phones = nil
			everyText(reflect.ValueOf(r), clean(120))
		}
	})
}

// A sentence of an admin's own, such as that of a validation rule, is clean text too.
func TestTheOrgsWordsAreCleanText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body, err := json.Marshal([]map[string]any{{
			"errorCode": cleantest.Hostile().Draw(t, "code"), "message": cleantest.Hostile().Draw(t, "message"), "fields": []string{cleantest.Hostile().Draw(t, "field")},
		}})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range parseRefusal(body) {
			for _, s := range append(e.Fields, e.Code, e.Message) {
				if why := cleantest.Dirt(s, 1000); why != "" {
					t.Errorf("%q %s", s, why)
				}
			}
		}
	})
}

// everyText calls f with every text in v.
func everyText(v reflect.Value, f func(string)) {
	switch v.Kind() {
	case reflect.String:
		f(v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				everyText(v.Field(i), f)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			everyText(v.Index(i), f)
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			everyText(v.Elem(), f)
		}
	}
}

// A phone field with a number on each of two lines stays two numbers.
func TestTwoNumbersInOneField(t *testing.T) {
	r := New(Config{}).records(session{}, rowsOf(t, `[{"attributes":{"type":"Contact"},"Id":"003000000000001AAA","Phone":"415 555 0132\r\n415 555 0133"}]`))[0]
	if len(r.Phones) != 1 || r.Phones[0].Value != "415 555 0132 / 415 555 0133" {
		t.Errorf("%+v", r.Phones)
	}
}
