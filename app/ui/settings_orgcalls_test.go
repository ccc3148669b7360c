package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
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

// What is typed about an org's calls is marked, asked about, and there in another language, until it is saved.
func TestTypedCallsOfAnOrgStay(t *testing.T) {
	b := newBench(t, nil)
	b.draw(severalAtRest())
	b.severalSaved(pageSalesforce)
	sheet := func() *salesforceSheet { return b.Window.settings.sheets[pageSalesforce].(*salesforceSheet) }
	dot := func() bool { return b.Window.settings.items[pageSalesforce].dot.Visible() }
	if dot() {
		t.Fatal("marked before anything is typed")
	}
	sheet().calls.called.SetText("support")
	if !dot() {
		t.Error("not marked")
	}
	b.press("Back to calls")
	if !b.inSettings() || !b.shows("What you typed in the settings is not saved.") {
		t.Fatal("left without a question")
	}
	b.press("Stay")
	b.Reword(nil)
	b.settle()
	if got := sheet().calls.called.Text; got != "support" || !dot() {
		t.Fatalf("built again, the page has %q, marked %v", got, dot())
	}
	test.Tap(sheet().calls.save)
	b.settle()
	if dot() {
		t.Error("still marked when it is saved")
	}
}

// The keyboard stays in the list of pages for whoever goes through it with the keyboard.
func TestTheListOfPagesKeepsTheKeyboard(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.openSettings(pagePhone)
	b.settle()
	at := b.Window.settings.items[pageAudio].button
	b.focus(at)
	at.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.settle()
	if b.Window.settings.open != pageAudio || b.focused() != fyne.Focusable(at) {
		t.Errorf("page %d; a %T has the keyboard", b.Window.settings.open, b.focused())
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
