package salesforce

import (
	"net"
	"slices"
	"strings"
	"testing"

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
		if !f.OK || !f.Remedy.IsZero() || f.Detail.IsZero() {
			t.Errorf("%+v", f)
		}
	}
	if len(found) < 9 {
		t.Errorf("%d checks", len(found))
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
		{"no API", "salesforce.check-access", "salesforce.api-not-enabled", demoorg.Rules{APIDisabled: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{}, nil)
			r.org.SetRules(func(rules *demoorg.Rules) { *rules = tt.rules })
			found := r.Doctor(t.Context())
			if !slices.ContainsFunc(found, func(f crm.Finding) bool {
				return f.Check == tt.check && f.OK == f.Remedy.IsZero() && strings.Contains(f.Detail.Encode()+f.Remedy.Encode(), tt.says)
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
