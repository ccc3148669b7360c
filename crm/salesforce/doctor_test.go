package salesforce

import (
	"net"
	"slices"
	"strings"
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg"
)

// The doctor asks for what Link needs: a port is free when it is free on both loopback addresses.
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
	if f := c.checkPorts(t.Context()); f.OK || f.Remedy == "" {
		t.Errorf("%+v", f)
	}
}

func TestDoctorOfASoundOrg(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	found := r.Doctor(t.Context())
	for _, f := range found {
		if !f.OK || f.Remedy != "" || f.Detail == "" {
			t.Errorf("%+v", f)
		}
	}
	if len(found) < 9 {
		t.Errorf("%d checks", len(found))
	}
}

// Rights change without telling: each is looked up again, and what is missing names the way to it.
func TestDoctorNamesTheRemedy(t *testing.T) {
	tests := []struct {
		name, check, says string // says: in the remedy, or in the detail of what is OK all the same
		rules             demoorg.Rules
	}{
		{"object hidden", "Find callers among Leads", "Read on Lead", demoorg.Rules{HiddenObjects: []string{"Lead"}}},
		{"phone fields hidden", "Find callers among Leads", "field-level security", demoorg.Rules{HiddenFields: []string{"Lead.Phone", "Lead.MobilePhone", "Lead.Fax"}}},
		{"no tasks", "Log calls as Tasks", "Edit Tasks", demoorg.Rules{NoCreate: []string{"Task"}}},
		{"call field hidden", "Log calls as Tasks", "description instead: CallObject", demoorg.Rules{HiddenFields: []string{"Task.CallObject"}}},
		{"no API", "API access", "API Enabled", demoorg.Rules{APIDisabled: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{}, nil)
			r.org.SetRules(func(rules *demoorg.Rules) { *rules = tt.rules })
			found := r.Doctor(t.Context())
			if !slices.ContainsFunc(found, func(f crm.Finding) bool {
				return f.Check == tt.check && f.OK == (f.Remedy == "") && strings.Contains(f.Detail+f.Remedy, tt.says)
			}) {
				t.Errorf("%+v", found)
			}
		})
	}
	r := newRig(t, demoorg.Config{}, nil)
	if f := r.Doctor(t.Context())[0]; f.OK || !strings.Contains(f.Remedy, "linecard link") {
		t.Errorf("%+v", f)
	}
}
