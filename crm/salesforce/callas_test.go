package salesforce

import (
	"slices"
	"strings"
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/fault"
)

// shownRig is a linked client that asks for fields with the number that customers are to see.
func shownRig(t *testing.T, oc demoorg.Config, fields ...string) *rig {
	t.Helper()
	return linkedRig(t, oc, func(c *Config) { c.CallAs = func(string) []string { return fields } })
}

// The number that a record names comes with the record, by a search and in a copy, without the marks of its writing. What is no number does not come.
func TestTheNumberOfARecordComesWithIt(t *testing.T) {
	r := shownRig(t, demoorg.Config{}, "Department", "AssistantPhone")
	dana, _ := r.org.Caller("Dana Whitfield")
	for stored, want := range map[string]string{"+44 (20) 7946-0018": "+442079460018", "Sales": "", "4155550111\r\nX: y": ""} {
		if err := r.org.Change(dana.ID, map[string]any{"Department": stored}); err != nil {
			t.Fatal(err)
		}
		before := r.org.Count("", "/search")
		m := r.lookupOne(t, r.number(t, "Dana Whitfield").E164)
		if got := m.ShowsBy("Department"); got != want || m.Name != "Dana Whitfield" {
			t.Errorf("%q: found with %q, want %q", stored, got, want)
		}
		if n := r.org.Count("", "/search") - before; n != 1 {
			t.Errorf("it took %d searches", n)
		}
		copied, _ := r.copyAll(t, crm.Contact, crm.Cursor{}, crm.CopyOptions{})
		if rec := copied.records[dana.ID]; rec.ShowsBy("Department") != want {
			t.Errorf("%q: copied with %v", stored, rec.CallAs)
		}
	}
	usual := linkedRig(t, demoorg.Config{}, nil)
	was, _ := usual.CopyShape(t.Context(), crm.Contact)
	if is, _ := r.CopyShape(t.Context(), crm.Contact); is == was {
		t.Error("a copy from before is taken for one that has the number")
	}
}

// A field that is not there, or that the user may not see, costs no search: the doctor says so. So it does where the org tells of it and then refuses it.
func TestAFieldWithTheNumberThatIsHidden(t *testing.T) {
	for name, c := range map[string]struct {
		field string
		rules demoorg.Rules
		code  fault.Code
	}{
		"no such field":      {"Nothing__c", demoorg.Rules{}, "salesforce.call-as-hidden"},
		"hidden":             {"Department", demoorg.Rules{HiddenFields: []string{"Contact.Department"}}, "salesforce.call-as-hidden"},
		"of another type":    {"DoNotCall", demoorg.Rules{}, "salesforce.call-as-type"},
		"no name of a field": {"Id FROM User", demoorg.Rules{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := shownRig(t, demoorg.Config{Rules: c.rules}, c.field)
			if m := r.lookupOne(t, r.number(t, "Dana Whitfield").E164); m.Name != "Dana Whitfield" || m.CallAs != nil {
				t.Errorf("%+v", m)
			}
			found := r.checkCallAs(t.Context())
			if c.code == "" {
				if found != nil {
					t.Errorf("%+v", found)
				}
				return
			}
			if len(found) != 1 || found[0].OK || !found[0].Minor || found[0].Remedy.Code != c.code {
				t.Errorf("the doctor says %+v", found)
			}
		})
	}
	t.Run("hidden since it was described", func(t *testing.T) {
		r := shownRig(t, demoorg.Config{}, "Department")
		if found := r.checkCallAs(t.Context()); len(found) != 1 || !found[0].OK || !slices.Equal(found[0].Detail.Values["fields"].([]string), []string{"Contact.Department"}) {
			t.Errorf("the doctor says %+v", found)
		}
		r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenFields = []string{"Contact.Department"} })
		if m := r.lookupOne(t, r.number(t, "Dana Whitfield").E164); m.Name != "Dana Whitfield" {
			t.Errorf("%+v", m)
		}
		if found := r.checkCallAs(t.Context()); len(found) != 1 || found[0].OK {
			t.Errorf("the doctor says %+v", found)
		}
		for _, f := range r.Doctor(t.Context()) {
			if f.Check == "salesforce.check-call-as" && !strings.Contains(string(f.Remedy.Code), "call-as-hidden") {
				t.Errorf("the doctor says %+v", f)
			}
		}
	})
}

// A person's account has the fields of their contact by other names. The number comes by a search and in a copy, where the person is only there as an account.
func TestTheNumberOfAPersonComesWithTheirAccount(t *testing.T) {
	for field, twin := range map[string]string{"Shown__c": "Shown__pc", "AssistantPhone": "PersonAssistantPhone"} {
		r := shownRig(t, demoorg.Config{PersonAccounts: true, CustomPhone: true}, field)
		olivia, _ := r.org.Caller("Olivia Hart")
		if err := r.org.Change(olivia.ID, map[string]any{twin: "(415) 555-0111"}); err != nil {
			t.Fatal(err)
		}
		if m := r.lookupOne(t, olivia.Number); !m.PersonAccount || m.ShowsBy(field) != "4155550111" {
			t.Errorf("%s: found %+v", field, m)
		}
		copied, _ := r.copyAll(t, crm.Account, crm.Cursor{}, crm.CopyOptions{Persons: true})
		persons := 0
		for _, rec := range copied.records {
			switch {
			case !rec.PersonAccount && rec.CallAs != nil:
				t.Errorf("%s: a company is copied with %v", field, rec.CallAs)
			case rec.Name == olivia.Name:
				if persons++; rec.ShowsBy(field) != "4155550111" {
					t.Errorf("%s: copied with %v", field, rec.CallAs)
				}
			}
		}
		if persons != 1 {
			t.Errorf("%s: %d copies of her", field, persons)
		}
	}
}
