package main

import (
	"testing"

	"linecard/app/mirror"
	"linecard/crm"
	"linecard/fault"
)

// Whoever waits for a copy is told why it is not brought up to date: what keeps the copy, or what keeps the link that it is read by.
func TestWhyACopyIsNotUpToDate(t *testing.T) {
	link := func(state crm.LinkState, reason fault.Code) []crm.LinkStatus {
		return []crm.LinkStatus{{OrgID: "00D2", State: crm.Inactive, Reason: fault.New("salesforce.timed-out")}, {OrgID: "00D1", State: state, Reason: fault.New(reason)}}
	}
	for _, tt := range []struct {
		name string
		s    mirror.Status
		orgs []crm.LinkStatus
		want fault.Code
	}{
		{"up to date", mirror.Status{State: mirror.UpToDate}, link(crm.Linked, ""), ""},
		{"the copy's own reason", mirror.Status{State: mirror.Waiting, Error: fault.New("directory.copy-disk-full")}, link(crm.Inactive, "salesforce.user-inactive"), "directory.copy-disk-full"},
		{"inactive", mirror.Status{State: mirror.Waiting}, link(crm.Inactive, "salesforce.user-inactive"), "salesforce.user-inactive"},
		{"a locked keyring", mirror.Status{State: mirror.Waiting}, link(crm.Waiting, "salesforce.waiting-for-keyring"), "salesforce.waiting-for-keyring"},
		{"unlinked", mirror.Status{State: mirror.Waiting}, nil, mirror.ErrNoLink},
		{"paused meanwhile", mirror.Status{State: mirror.Paused}, link(crm.Linked, ""), "directory.resume-it"},
		{"switched off meanwhile", mirror.Status{State: mirror.Off}, link(crm.Linked, ""), mirror.ErrOff},
	} {
		tt.s.Org = "00D1"
		if f := whyNot(tt.s, tt.orgs); f.Code != tt.want {
			t.Errorf("%s: %v, want %q", tt.name, f, tt.want)
		}
	}
}
