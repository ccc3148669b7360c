package program_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"linecard/app"
	"linecard/app/checkup"
	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/sip"
)

// found is what the doctor says of a check.
func (r *rig) found(check string) checkup.Line {
	r.t.Helper()
	all := r.p.Doctor(r.t.Context())
	i := slices.IndexFunc(all, func(f checkup.Line) bool { return string(f.CheckCode) == check })
	if i < 0 {
		r.t.Fatalf("nothing of %s in %+v", check, all)
	}
	return all[i]
}

// The doctor looks at this computer too, and tells a warning from what keeps calls from being taken, found or logged.
func TestTheDoctorLooksAtThisComputer(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
	r := newRig(t)
	r.begin()
	r.see("linked", func(v app.View) bool { return v.Org.State == crm.Linked && v.Phone.State == sip.Registered })
	if f := r.found("program.check-keyring"); !f.OK || f.Minor {
		t.Errorf("%+v", f)
	}
	if f := r.found("program.check-notifications"); f.OK || !f.Minor || f.Remedy == "" {
		t.Errorf("%+v", f)
	}
	r.secrets.lock(true)
	if f := r.found("program.check-keyring"); f.OK || f.Minor || !strings.Contains(f.Remedy, "Unlock it") {
		t.Errorf("%+v", f)
	}
	r.secrets.lock(false)
	r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenObjects = []string{"Lead"} })
	if f := r.found("salesforce.check-leads"); f.OK || !f.Minor || !strings.HasPrefix(f.Setup, r.orgURL) {
		t.Errorf("%+v", f)
	}
}

// The file for support says how Linecard works and what went wrong, and names nobody: neither who was called nor who called, no user, no
// server, no token and no consumer key.
func TestTheReportNamesNobody(t *testing.T) {
	r := newRig(t)
	r.begin()
	r.set("numbers.own", "+14155550100") // first: what was refused is tried again once settings change
	caller, _ := r.org.Caller("Dana Whitfield")
	r.org.Inject(demoorg.Fault{Kind: demoorg.Refusal, Path: "/sobjects", Method: "POST", Times: demoorg.Always, Status: 400, Code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", Message: "Dana Whitfield must not be called at " + caller.Number})
	r.talk(caller.Number)
	r.see("refused", func(v app.View) bool { return v.Outbox.Parked == 1 })
	doc, err := r.p.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	view := r.desk.View()
	digits := strings.TrimPrefix(caller.Number, "+")
	for _, name := range []string{"Dana", "Whitfield", digits, digits[1:], view.Org.Username, view.Org.DisplayName, view.Org.OrgName, view.Phone.Account, "@" + view.Phone.Server, r.org.ClientID(), "14155550100"} {
		if name != "" && strings.Contains(string(doc), name) {
			t.Errorf("the report has %q:\n%s", name, doc)
		}
	}
	var report struct {
		Version  string
		Findings []struct {
			Account, Org, Check, Remedy string
			OK                          bool
		}
		Accounts []struct{ Account, State string }
		Orgs     []struct{ Org, State string }
		Outbox   struct{ Parked int }
		Settings []struct{ Key string }
		Errors   []struct{ Code string }
	}
	if err := json.Unmarshal(doc, &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Accounts) != 1 || report.Accounts[0].Account != "account-1" || len(report.Orgs) != 1 || report.Orgs[0].Org != r.org.ID() || report.Outbox.Parked != 1 {
		t.Errorf("%+v", report)
	}
	if len(report.Settings) < 20 || len(report.Errors) == 0 || report.Errors[0].Code != "salesforce.refused" && !strings.HasPrefix(report.Errors[0].Code, "salesforce.") {
		t.Errorf("%d settings, errors %+v", len(report.Settings), report.Errors)
	}
	if i := slices.IndexFunc(report.Findings, func(f struct {
		Account, Org, Check, Remedy string
		OK                          bool
	},
	) bool {
		return f.Check == "program.check-phone" && f.Account == "account-1" && f.OK
	}); i < 0 {
		t.Errorf("findings: %+v", report.Findings)
	}
}
