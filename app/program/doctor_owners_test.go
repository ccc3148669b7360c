package program_test

import (
	"strings"
	"testing"

	"linecard/app/checkup"
	"linecard/app/program"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/demoorg"
)

// Where logs go to the extension's user, or to one whom a rule names, the doctor says whether the users can be read, and which extension or rule has nobody
// who can own a log; nothing while each is the linked user's.
func TestTheDoctorLooksAtOwners(t *testing.T) {
	r := ready(t)
	lines := func(what string) (read, owned checkup.Line) {
		t.Helper()
		for _, f := range r.p.Doctor(t.Context()) {
			switch f.CheckCode {
			case "owners.check-read":
				read = f
			case "owners.check":
				owned = f
			}
			if strings.HasPrefix(string(f.CheckCode), "owners.") && !strings.Contains(f.Setup, "/lightning/setup/") {
				t.Errorf("%s: %s has no page of Setup", what, f.CheckCode)
			}
		}
		return read, owned
	}
	check := func(what string, well, minor bool, says string) {
		t.Helper()
		if read, f := lines(what); !read.OK || f.OK != well || f.Minor != minor || !strings.Contains(f.Detail+f.Remedy, says) {
			t.Errorf("%s: %+v, %+v", what, read, f)
		}
	}
	if read, owned := lines("linked"); read.CheckCode != "" || owned.CheckCode != "" {
		t.Errorf("the linked user owns all, and the doctor says %+v, %+v", read, owned)
	}
	r.set("logging.owner", "extension")
	check("never read", false, true, "were not read yet")
	if err := r.p.RefreshOwners(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	check("nobody", false, false, "with extension 2041")
	r.set("logging.no_owner", "linked")
	check("nobody, and the linked user owns it", false, true, "with extension 2041")
	r.set("logging.no_owner", "wait")
	if err := r.p.SetOwner(t.Context(), "", "2041", demoorg.OtherUser); err != nil {
		t.Fatal(err)
	}
	check("Sam's", true, false, "1 extension has its user")
	if err := r.p.SetOwnerEmail("3001", "nobody@acme.example"); err != nil { // of another desk
		t.Fatal(err)
	}
	check("another desk's", false, true, "with extension 3001")
	if err := r.p.SetOwnerEmail("3001", ""); err != nil {
		t.Fatal(err)
	}
	if err := r.org.SetActive(demoorg.OtherUser, false); err != nil {
		t.Fatal(err)
	}
	if err := r.p.RefreshOwners(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	check("has left", false, false, "Sam Okoro is not active")
	r.set("logging.owner", "linked")
	for _, rule := range []struct {
		accounts []string
		minor    bool
	}{{[]string{"3001"}, true}, {[]string{"2041"}, false}, {nil, false}} {
		if err := program.SetRules(r.p.Settings(), []crm.Rule{{Name: "Own", On: true, Accounts: rule.accounts, Owner: crm.OwnerExtension}}); err != nil {
			t.Fatal(err)
		}
		check("a rule about "+strings.Join(rule.accounts, ""), false, rule.minor, "Sam Okoro is not active")
	}
	if err := program.SetRules(r.p.Settings(), []crm.Rule{{Name: "Contacts", On: true, Objects: []string{"any"}, Owner: "gone@acme.example"}}); err != nil {
		t.Fatal(err)
	}
	check("a rule's", false, false, `"gone@acme.example" is no user of this org`)
	if err := r.p.Settings().Change(func(s *settings.Settings) {
		s.Orgs = append(s.Orgs, settings.DefaultOrg())
		s.Orgs[1].OrgID, s.Orgs[1].Label, s.Rules[0].Org, s.Rules[0].Objects = "00D000000000009AAA", "Other", "Other", nil
	}); err != nil {
		t.Fatal(err)
	}
	if read, owned := lines("a rule of another org"); read.CheckCode != "" || owned.CheckCode != "" {
		t.Errorf("a rule of another org: %+v, %+v", read, owned)
	}
	r.set("logging.owner", "extension")
	r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenFields = []string{"User.Extension"} })
	if read, _ := lines("hidden"); read.OK || !read.Minor || !strings.Contains(read.Remedy, "does not see Extension of User") {
		t.Errorf("a hidden field: %+v", read)
	}
}
