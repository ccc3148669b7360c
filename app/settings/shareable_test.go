package settings

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"linecard/fault"
)

// No text that a person typed is among the settings that may leave this computer, whichever setting it is in.
func TestShareableNamesNobody(t *testing.T) {
	checked := map[string]bool{} // keys that take no such text
	rapid.Check(t, func(rt *rapid.T) {
		secret := rapid.StringMatching(`[a-zA-Z]{4}[0-9]{7}[a-z@.+ -]{3}`).Draw(rt, "secret")
		s := clean(t, t.TempDir())
		fill := func(set *Settings) {
			set.Accounts, set.Orgs = []Account{DefaultAccount()}, []Org{DefaultOrg()}
			each(reflect.ValueOf(set).Elem(), "", func(key string, v reflect.Value, tag reflect.StructTag) {
				switch {
				case checked[key]:
				case v.Kind() == reflect.String && tag.Get("of") == "":
					v.SetString(secret)
				case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.String:
					v.Set(reflect.ValueOf([]string{secret, secret}))
				}
			})
		}
		for err := s.Change(fill); err != nil; err = s.Change(fill) {
			key, ok := fault.Of(err).Values["key"].(string)
			if !ok || checked[key] {
				rt.Fatal(err)
			}
			checked[key] = true
		}
		doc, err := json.Marshal(s.Shareable())
		if err != nil || strings.Contains(string(doc), secret) {
			rt.Fatalf("%v: %s", err, doc)
		}
	})
}

// What says how Linecard works is there.
func TestShareableSaysHowItWorks(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "[logging]\nmode = \"ask\"\nwrap_up = 45\n[[accounts]]\nserver = \"pbx.example.com\"\nuser = \"2041\"\ntransport = \"tcp\"\n")
	got := map[string]any{}
	for _, e := range clean(t, dir).Shareable() {
		got[e.Key] = e.Value
	}
	for key, want := range map[string]any{
		"logging.mode": "ask", "logging.wrap_up": 45, "logging.missed": true, "accounts[1].transport": "tcp", "accounts[1].user": Something, "accounts[1].proxy": "",
		"logging.outcomes": []string{Something, Something, Something, Something, Something},
	} {
		if !reflect.DeepEqual(got[key], want) {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
}
