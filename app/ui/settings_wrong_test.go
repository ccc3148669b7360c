package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/crm"
	"linecard/fault"
)

// TestTheWrongFieldIsMarked: the field that the sentence is about is marked and has the keyboard, until something else is typed.
func TestTheWrongFieldIsMarked(t *testing.T) {
	for code, name := range map[fault.Code]string{
		"sip.registration.name": "Server", "sip.registration.name.later": "Server", "sip.registration.silent.later": "Server",
		"sip.registration.no-connection": "Server", "sip.account.server-characters": "Server", "sip.registration.password": "Password",
		"program.no-password": "Password", "sip.registration.unknown-user": "Extension", "sip.account.proxy": "Outbound proxy",
		"sip.tls.other-name": "Server", "sip.tls.unknown-issuer": "CA file", "sip.tls.client-wanted": "Client certificate",
		"sip.registration.server-problem": "", "sip.registration.no-network": "",
	} {
		t.Run(string(code), func(t *testing.T) {
			b := newBench(t, nil)
			v := idle()
			v.Phone.State, v.Phone.Why, v.Phone.Reason = app.Refused, fault.New(code), "Something is wrong."
			if strings.HasPrefix(string(code), "sip.tls.") {
				b.settings.form.Accounts[0].Transport = "tls"
			}
			b.draw(v)
			b.openSettings(pagePhone)
			b.settle()
			page := b.Window.settings.sheets[pagePhone].(*phoneSheet)
			for _, r := range page.rows {
				marked := r.label.color == colorMissed
				if marked != (r.label.value == name) {
					t.Errorf("%s is marked: %v", r.label.value, marked)
				}
				if focused := b.cfg.Window.Canvas().Focused() == fyne.Focusable(r.field); focused != marked {
					t.Errorf("%s has the keyboard: %v", r.label.value, focused)
				}
			}
			page.server.SetText("other.example")
			for _, r := range page.rows {
				if r.label.color == colorMissed {
					t.Errorf("%s is marked while another account is typed", r.label.value)
				}
			}
		})
	}
}

// TestFirstFieldsHaveTheKeyboard: where there is something to fill in.
func TestFirstFieldsHaveTheKeyboard(t *testing.T) {
	b := newBench(t, func(c *Config) { c.TryDemo = func() error { return nil } })
	b.settings.form.Accounts = nil
	b.settings.form.Orgs[0].ClientID = ""
	b.draw(app.View{Org: app.OrgView{LinkStatus: crm.LinkStatus{State: crm.Unlinked}}})
	if f, ok := b.cfg.Window.Canvas().Focused().(*button); !ok || f.Text != "Try it now" {
		t.Errorf("the first start has the keyboard in a %T", b.cfg.Window.Canvas().Focused())
	}
	b.openSettings(pagePhone)
	b.settle()
	if f := b.Window.settings.sheets[pagePhone].(*phoneSheet).server; b.cfg.Window.Canvas().Focused() != fyne.Focusable(f) {
		t.Errorf("the phone page has the keyboard in a %T", b.cfg.Window.Canvas().Focused())
	}
	b.openSettings(pageSalesforce)
	b.settle()
	if f := b.Window.settings.sheets[pageSalesforce].(*salesforceSheet).clientID; b.cfg.Window.Canvas().Focused() != fyne.Focusable(f) {
		t.Errorf("the Salesforce page has the keyboard in a %T", b.cfg.Window.Canvas().Focused())
	}
}

// TestTheBarHasTheWholeSentence: what is wrong with Salesforce is not cut in the middle of a word.
func TestTheBarHasTheWholeSentence(t *testing.T) {
	for trouble, want := range map[string]string{
		"Salesforce cannot be reached. Check the network.":                                      "Salesforce cannot be reached",
		"Salesforce is not answering.":                                                          "Salesforce is not answering",
		"The quota of API requests is used up. Calls are kept here.":                            "The quota of API requests is used up",
		"Something that goes on and on without a full stop until there is no more room for it.": "Something that goes on and on without a full stop u…",
	} {
		if got := barSentence(trouble); got != want {
			t.Errorf("%q is %q", trouble, got)
		}
	}
}

// TestRowsFollowTheTheme: a row that was drawn before the colours changed, and is kept, has the new ones when it is shown again.
func TestRowsFollowTheTheme(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	row := newHistoryRow(nil)
	row.set(b.left.lines[2], b.now, false, true, false)
	before := row.look
	b.SetAppearance(Appearance{Mode: Dark})
	t.Cleanup(func() { b.SetAppearance(Appearance{Mode: Light}) })
	row.set(b.left.lines[2], b.now, false, true, false)
	if row.look == before || row.look.ink != themeColor("foreground") {
		t.Errorf("the row is drawn in %v", row.look)
	}
}

// TestAboutSaysTheDataDirectory: commands for a demo with a window need it.
func TestAboutSaysTheDataDirectory(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Data = "/tmp/linecard-demo-1/data" })
	b.draw(idle())
	b.openSettings(pageAbout)
	b.settle()
	if !b.shows("/tmp/linecard-demo-1/data") {
		t.Errorf("the page says %q", words(b.Window.settings.root))
	}
	b.press("Copy")
	if got := b.cfg.App.Clipboard().Content(); got != "/tmp/linecard-demo-1/data" {
		t.Errorf("copied %q", got)
	}
}

// A registration that lasts too short is told where the account stands and between calls.
func TestAShakyRegistrationIsShown(t *testing.T) {
	b := newBench(t, nil)
	v := idle()
	v.Phone.Reason = "Calls may not ring."
	v.Phones = []app.PhoneView{v.Phone}
	b.draw(v)
	if !b.shows("Calls may not ring.") {
		t.Error("the window says nothing between calls")
	}
	b.openSettings(pagePhone)
	b.settle()
	if got := words(b.phoneSheet().standing.root); !slices.Contains(got, "Calls may not ring.") {
		t.Errorf("the settings say %q", got)
	}
}
