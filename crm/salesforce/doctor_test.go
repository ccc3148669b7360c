package salesforce

import (
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/fault"
)

// The doctor needs the same as Link: a port counts as free when it is free on both loopback addresses.
func TestDoctorChecksBothLoopbacks(t *testing.T) {
	network, address := "tcp6", "[::1]:0"
	if !hasIPv6() {
		network, address = "tcp4", "127.0.0.1:0"
	}
	busy, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	c := New(Config{Ports: []int{busy.Addr().(*net.TCPAddr).Port}})
	if f := c.checkPorts(t.Context()); f.OK || f.Remedy.IsZero() {
		t.Errorf("%+v", f)
	}
}

func TestDoctorOfAHealthyOrg(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	found := r.Doctor(t.Context())
	for _, f := range found {
		if ours := f.Check == CheckPort || f.Check == "salesforce.check-clock"; strings.HasPrefix(f.Setup, r.url+"/lightning/setup/") == ours { // those are of this computer
			t.Errorf("%s: its page of Setup is %q", f.Check, f.Setup)
		}
		if !f.OK || !f.Remedy.IsZero() || f.Detail.IsZero() {
			t.Errorf("%+v", f)
		}
	}
	if len(found) < 13 {
		t.Errorf("%d checks", len(found))
	}
}

// A link that is broken has its page of Setup, by why it is broken; and what it goes to stands beside it, broken or not.
func TestDoctorOfABrokenLink(t *testing.T) {
	for page, breaks := range map[string]func(*rig){
		"/lightning/setup/ConnectedAppsOAuthUsage/home": func(r *rig) { r.org.RevokeGrants() },
		"/lightning/setup/ManageUsers/home": func(r *rig) {
			r.org.Inject(demoorg.Fault{Kind: demoorg.OAuthRefusal, Code: "invalid_grant", Message: "inactive user", Times: demoorg.Always})
			r.org.ExpireSessions()
		},
	} {
		r := linkedRig(t, demoorg.Config{Sandbox: true}, nil)
		breaks(r)
		_ = r.Refresh(t.Context())
		found := r.Doctor(t.Context())
		link, env := found[0], found[1]
		if link.Check != CheckLink || link.OK || link.Setup != strings.TrimSuffix(r.Status().InstanceURL, "/")+page {
			t.Errorf("the link is broken: %+v, %+v", link, r.Status().Reason)
		}
		if !env.OK || !env.Detail.Is("salesforce.environment-sandbox") || !strings.HasSuffix(env.Setup, pageCompany) {
			t.Errorf("%+v", env)
		}
	}
}

// Permissions change without notice: each one is checked again, and the remedy names the page in Setup.
func TestDoctorNamesTheRemedy(t *testing.T) {
	tests := []struct {
		name  string
		check fault.Code
		says  string // the remedy, or the detail of a check that is OK
		rules demoorg.Rules
	}{
		{"object hidden", "salesforce.check-leads", `"salesforce.let-read","values":{"object":"Lead"}`, demoorg.Rules{HiddenObjects: []string{"Lead"}}},
		{"phone fields hidden", "salesforce.check-leads", `"salesforce.show-phone-fields","values":{"object":"Lead"}`, demoorg.Rules{HiddenFields: []string{"Lead.Phone", "Lead.MobilePhone", "Lead.Fax"}}},
		{"no tasks", "salesforce.check-log", "salesforce.let-edit-tasks", demoorg.Rules{NoCreate: []string{"Task"}}},
		{"call field hidden", "salesforce.check-log", `"salesforce.fields-in-description","values":{"fields":["CallObject"]}`, demoorg.Rules{HiddenFields: []string{"Task.CallObject"}}},
		{"a required field of the admin's", "salesforce.check-required", `"salesforce.required-unfilled","values":{"fields":["Region__c"]}`, demoorg.Rules{RequiredFields: []string{"Task.Region__c"}}},
		{"a required field that is filled", "salesforce.check-required", "salesforce.all-required-filled", demoorg.Rules{RequiredFields: []string{"Task.Subject"}}},
		{"no API", "salesforce.check-access", "salesforce.api-not-enabled", demoorg.Rules{APIDisabled: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{}, nil)
			r.org.SetRules(func(rules *demoorg.Rules) { *rules = tt.rules })
			found := r.Doctor(t.Context())
			if !slices.ContainsFunc(found, func(f crm.Finding) bool {
				return f.Check == tt.check && f.OK == f.Remedy.IsZero() && f.Setup != "" && strings.Contains(f.Detail.Encode()+f.Remedy.Encode(), tt.says)
			}) {
				t.Errorf("%+v", found)
			}
		})
	}
	r := newRig(t, demoorg.Config{}, nil)
	if f := r.Doctor(t.Context())[0]; f.OK || !f.Remedy.Is("salesforce.link-your-org") {
		t.Errorf("%+v", f)
	}
}

// What does not stop a call is told apart from what does.
func TestDoctorTellsMinorThingsApart(t *testing.T) {
	tests := []struct {
		name   string
		check  fault.Code
		remedy fault.Code
		minor  bool
		org    demoorg.Config
		ahead  time.Duration // this computer's clock
	}{
		{"Leads are hidden", "salesforce.check-leads", "salesforce.let-read", true, demoorg.Config{Rules: demoorg.Rules{HiddenObjects: []string{"Lead"}}}, 0},
		{"no call can be logged", "salesforce.check-log", "salesforce.let-edit-tasks", false, demoorg.Config{Rules: demoorg.Rules{NoCreate: []string{"Task"}}}, 0},
		{"few requests are left", "salesforce.check-quota", "salesforce.quota-nearly-used-up", true, demoorg.Config{DailyLimit: 1000}, 0},
		{"a trial that ends next week", "salesforce.check-edition", "salesforce.trial-ends", true, demoorg.Config{TrialEnds: time.Now().Add(7 * 24 * time.Hour)}, 0},
		{"a trial that ends next year", "salesforce.check-edition", "", false, demoorg.Config{TrialEnds: time.Now().AddDate(1, 0, 0)}, 0},
		{"a clock that is ahead", "salesforce.check-clock", "salesforce.clock-ahead", true, demoorg.Config{}, 10 * time.Minute},
		{"a clock that is behind", "salesforce.check-clock", "salesforce.clock-behind", true, demoorg.Config{}, -time.Hour},
		{"a clock that is nearly right", "salesforce.check-clock", "", false, demoorg.Config{}, time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := linkedRig(t, tt.org, func(c *Config) { c.Now = func() time.Time { return time.Now().Add(tt.ahead) } })
			if tt.org.DailyLimit > 0 {
				used, limit := r.org.Usage()
				r.org.UseUp(limit*95/100 - used)
			}
			for _, f := range r.Doctor(t.Context()) {
				if f.Check == tt.check {
					if f.Remedy.Code != tt.remedy || f.Minor != tt.minor || f.OK != (tt.remedy == "") {
						t.Errorf("%+v", f)
					}
					return
				}
			}
			t.Error("not checked")
		})
	}
}

// The doctor names the edition, and that an org is a sandbox; the page of Setup is in the org.
func TestDoctorNamesTheEdition(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Edition: "Unlimited Edition", Sandbox: true, Rules: demoorg.Rules{NoCreate: []string{"Task"}}}, nil)
	for _, f := range r.Doctor(t.Context()) {
		switch f.Check {
		case "salesforce.check-edition":
			if want := fault.New("salesforce.edition-sandbox", "edition", "Unlimited Edition"); f.Detail.Encode() != want.Encode() {
				t.Errorf("%+v", f)
			}
		case "salesforce.check-log":
			if f.Setup != r.url+"/lightning/setup/PermSets/home" {
				t.Errorf("%+v", f)
			}
		}
	}
}

// The record type that a Task gets is named among those that the user may choose.
func TestTheRecordTypeIsNamed(t *testing.T) {
	master := recordType{Name: "Master", Active: true, Available: true, Default: true, Master: true}
	support := recordType{Name: "Support", Active: true, Available: true, Default: true}
	sales := recordType{Name: "Sales", Active: true, Available: true}
	for _, tt := range []struct {
		types []recordType
		want  fault.Fault
	}{
		{[]recordType{master}, fault.New("salesforce.no-record-types")},
		{nil, fault.New("salesforce.no-record-types")},
		{[]recordType{support, {Name: "Old", Available: true}, {Name: "Others'", Active: true}, {Name: "Master", Active: true, Available: true, Master: true}}, fault.New("salesforce.record-types", "count", 1, "name", "Support")},
		{[]recordType{sales, support}, fault.New("salesforce.record-types", "count", 2, "name", "Support")},
	} {
		if f := recordTypeFound(&object{RecordTypes: tt.types}); !f.OK || f.Detail.Encode() != tt.want.Encode() {
			t.Errorf("%+v: %+v", tt.types, f)
		}
	}
}
