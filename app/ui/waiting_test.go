package ui

import (
	"testing"

	"linecard/app"
	"linecard/crm"
)

// A link that waits for the keyring is neither missing nor broken, and says so in the status bar and in the list of orgs.
func TestALinkThatWaitsForTheKeyringSaysSo(t *testing.T) {
	o := app.OrgView{LinkStatus: crm.LinkStatus{State: crm.Waiting, OrgID: "00D000000000001EAA", OrgName: "Acme"}}
	if _, _, words := orgStanding(o); words != "Waiting for the keyring" {
		t.Errorf("the status bar says %q", words)
	}
	if words := orgDetail(o); words != "Waiting for the keyring" {
		t.Errorf("the list of orgs says %q", words)
	}
}
