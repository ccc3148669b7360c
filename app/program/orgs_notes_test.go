package program_test

import (
	"testing"

	"linecard/app/settings"
	"linecard/crm"
)

// TestTheNoteOfAnOlderIntegrationBesideALink: it is listed as what it is, and no other org that is linked takes its place.
func TestTheNoteOfAnOlderIntegrationBesideALink(t *testing.T) {
	r := ready(t)
	const host = "https://old.my.salesforce.com"
	if err := r.p.ImportLegacy(host); err != nil {
		t.Fatal(err)
	}
	noted := func(when string) {
		t.Helper()
		for _, o := range r.p.Orgs() {
			if o.State == crm.Legacy && o.LoginHost == host && o.Reason.Code == "orgs.legacy" {
				return
			}
		}
		t.Errorf("%s: the orgs are %+v", when, r.p.Orgs())
	}
	noted("imported")
	other := r.another()
	noted("another org was linked")
	if orgs := r.p.Settings().Get().Orgs; len(orgs) != 3 || orgs[2].OrgID != other.ID() {
		t.Errorf("%+v", orgs)
	}
}

// TestAnImportLeavesWhatIsSetUp: an org that is set up and not linked yet keeps its login host.
func TestAnImportLeavesWhatIsSetUp(t *testing.T) {
	r := newRig(t)
	r.start()
	if err := r.p.Settings().Change(func(s *settings.Settings) {
		o := settings.DefaultOrg()
		o.LoginHost, o.ClientID = "https://acme.my.salesforce.com", "3MVG9"
		s.Orgs = []settings.Org{o}
	}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a second import is the same note
		if err := r.p.ImportLegacy("https://old.my.salesforce.com"); err != nil {
			t.Fatal(err)
		}
	}
	orgs := r.p.Settings().Get().Orgs
	if len(orgs) != 2 || orgs[0].LoginHost != "https://acme.my.salesforce.com" || orgs[0].Legacy || !orgs[1].Legacy {
		t.Errorf("%+v", orgs)
	}
}
