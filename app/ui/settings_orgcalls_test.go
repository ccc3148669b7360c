package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"

	"linecard/app/settings"
)

// Where there are several orgs, the page says which called numbers are the chosen org's, and who is asked who a caller is. What is typed about
// an org stays while another is looked at, and what is wrong is said before it is saved.
func TestWhichCallsAreAnOrgs(t *testing.T) {
	b := newBench(t, nil)
	b.draw(severalAtRest())
	b.severalSaved(pageSalesforce)
	s := b.Window.settings.sheets[pageSalesforce].(*salesforceSheet)
	if !s.calls.root.Visible() {
		t.Fatal("the page says nothing of calls")
	}
	s.calls.called.SetText("+44 20 7946*, +0")
	b.settle()
	if !s.calls.wrong.Visible() || !s.calls.save.Disabled() {
		t.Error("a number that is none can be saved")
	}
	s.calls.called.SetText("+44 20 7946*, support")
	b.press("Globex Sandbox")
	if s.calls.called.Text != "" {
		t.Errorf("the other org has %q", s.calls.called.Text)
	}
	b.press("Acme Production")
	if s.calls.called.Text != "+44 20 7946*, support" {
		t.Errorf("what was typed is %q", s.calls.called.Text)
	}
	test.Tap(s.calls.save)
	s.calls.search.SetSelected("All orgs at once")
	b.settle()
	form := b.settings.form
	if i := slices.IndexFunc(form.Orgs, func(o settings.Org) bool { return len(o.Called) > 0 }); i < 0 || !slices.Equal(form.Orgs[i].Called, []string{"+44 20 7946*", "support"}) || form.Records.Orgs != "all" {
		t.Errorf("saved %+v, %q", form.Orgs, form.Records.Orgs)
	}
}

// Who has one org sees nothing of it.
func TestOneOrgHasNothingToChoose(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.openSettings(pageSalesforce)
	if b.Window.settings.sheets[pageSalesforce].(*salesforceSheet).calls.root.Visible() {
		t.Error("the page asks which org")
	}
	b = newBench(t, nil)
	b.draw(idle())
	b.rules()
	b.press("1. Support queue")
	if b.Window.settings.sheets[pageRules].(*rulesSheet).editor.org.Visible() {
		t.Error("the rule asks which org")
	}
}
