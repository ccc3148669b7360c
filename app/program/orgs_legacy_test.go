package program_test

import (
	"testing"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
)

// An org is called and marked as the settings say, at once and after a restart; a new link of it keeps that.
func TestAnOrgHasANameHere(t *testing.T) {
	r := ready(t)
	label, color, what := "Field\x1b service", "purple", "For the vans"
	if err := r.p.NameOrg(r.org.ID(), &label, &color, &what); err != nil {
		t.Fatal(err)
	}
	named := func(v app.View) bool {
		return v.Org.Label == "Field service" && v.Org.Color == "purple" && v.Org.Description == "For the vans" && v.Org.State == crm.Linked
	}
	r.see("named", named)
	if id, err := r.p.FindOrg("field service"); err != nil || id != r.org.ID() {
		t.Errorf("%q, %v", id, err)
	}
	if _, err := r.p.Link(t.Context(), linkTo(r), visit); err != nil {
		t.Fatal(err)
	}
	r.stop()
	r.start()
	r.see("named after a restart", named)
	color = "pink"
	if err := r.p.NameOrg(r.org.ID(), nil, &color, nil); err == nil {
		t.Error("a color that there is none of is taken")
	}
}

// An org of an older integration is there as Legacy until it is linked. Where an org is linked, the note is a second one.
func TestAnOlderIntegrationIsReplacedByALink(t *testing.T) {
	r := newRig(t)
	r.start()
	if err := r.p.ImportLegacy(r.orgURL); err != nil {
		t.Fatal(err)
	}
	v := r.see("noted", func(v app.View) bool { return v.Org.State == crm.Legacy })
	if v.Org.Reason == "" || v.Org.LoginHost != r.orgURL {
		t.Errorf("%+v", v.Org)
	}
	if err := r.p.ImportLegacy("https://evil.example"); err == nil {
		t.Error("a host that is not Salesforce's is taken")
	}
	if _, err := r.p.Link(t.Context(), linkTo(r), visit); err != nil {
		t.Fatal(err)
	}
	r.see("linked", func(v app.View) bool { return v.Org.State == crm.Linked })
	if orgs := r.p.Settings().Get().Orgs; len(orgs) != 1 || orgs[0].Legacy || orgs[0].Color != settings.NoColor {
		t.Errorf("%+v", orgs)
	}
}
