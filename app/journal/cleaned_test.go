package journal

import (
	"reflect"
	"testing"

	"linecard/clean/cleantest"
	"linecard/crm"
)

// Names that an earlier Linecard kept as they came are clean when they are read, in an activity and in a call.
func TestOldNamesAreCleanText(t *testing.T) {
	for _, name := range cleantest.Names {
		ref := crm.Ref{Object: crm.Contact, ID: "003", Name: name}
		doc, err := encodeActivity(crm.Activity{CallID: "c", Number: name, PartyName: name, Called: name, Subject: name, Who: ref, What: ref, Earlier: name})
		if err != nil {
			t.Fatal(err)
		}
		a, err := decodeActivity(doc)
		if err != nil {
			t.Fatal(err)
		}
		c := Call{Name: name, Company: name, Number: name, Dial: name, Called: name, Earlier: crm.Parties{{Name: name, Number: name}}}
		cleanCall(&c)
		for _, s := range []string{c.Earlier[0].Name, c.Earlier[0].Number, a.Number, a.PartyName, a.Called, a.Subject, a.Who.Name, a.What.Name, a.Earlier} {
			if why := cleantest.Dirt(s, longestSubject); why != "" {
				t.Errorf("in the activity %q %s", s, why)
			}
		}
		for v, i := reflect.ValueOf(c), 0; i < v.NumField(); i++ {
			if v.Field(i).Kind() != reflect.String {
				continue
			}
			if why := cleantest.Dirt(v.Field(i).String(), 120); why != "" {
				t.Errorf("in the call %s %q %s", v.Type().Field(i).Name, v.Field(i).String(), why)
			}
		}
	}
}
