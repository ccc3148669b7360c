package settings

import (
	"testing"

	"linecard/crm"
)

// A rule names an org by its id, by what people here call it, or by its own name; what fits several chooses none, and is told.
func TestAnOrgIsNamed(t *testing.T) {
	own := map[string]string{"00DA": "Acme", "00DB": "Acme", "00DC": "Globex", "00DD": "Support"}
	for _, tt := range []struct{ name, want string }{
		{"00DB", "00DB"},
		{"sandbox", "00DB"}, // in any letters
		{"Globex", "00DC"},
		{"Acme", ""},        // two have it themselves
		{"Support", "00DC"}, // what people here say comes first
		{"Nobody", ""},
		{"", ""},
	} {
		s := Default()
		s.Orgs = []Org{{OrgID: "00DA"}, {OrgID: "00DB", Label: "Sandbox"}, {OrgID: "00DC", Label: "Support"}, {OrgID: "00DD"}, {LoginHost: "https://login.salesforce.com"}}
		if got := s.OrgNamed(tt.name, own).OrgID; got != tt.want {
			t.Errorf("%q is %q, want %q", tt.name, got, tt.want)
		}
		s.Rules = []crm.Rule{{Name: "of it", Org: tt.name}}
		if told := len(s.StrangeOrgs(own)) == 1; told != (tt.want == "" && tt.name != "") {
			t.Errorf("%q: told %v", tt.name, told)
		}
	}
}
