package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/app/catalogue/cataloguetest"
	"linecard/crm"
)

// typing is the phone page with a server, an extension and a password typed, and the Salesforce page with a consumer key.
func typing(t *testing.T) (*bench, *phoneSheet, *salesforceSheet) {
	t.Helper()
	b := newBench(t, nil)
	v := idle()
	v.Org = app.OrgView{LinkStatus: crm.LinkStatus{State: crm.Unlinked}}
	b.draw(v)
	b.openSettings(pagePhone)
	b.settle()
	phone := b.Window.settings.sheets[pagePhone].(*phoneSheet)
	phone.server.SetText("sip.elsewhere.example")
	phone.password.SetText("s3cret")
	phone.transport.SetSelected("TCP")
	b.press(productSalesforce)
	org := b.Window.settings.sheets[pageSalesforce].(*salesforceSheet)
	org.clientID.SetText("3MVG9other")
	return b, phone, org
}

// TestTypedSettingsStay: what was typed is there again when its page is, and after the settings were left for a call.
func TestTypedSettingsStay(t *testing.T) {
	b, phone, org := typing(t)
	whole := func(when string) {
		t.Helper()
		b.press("Phone")
		if phone.server.Text != "sip.elsewhere.example" || phone.password.Text != "s3cret" || phone.transport.Selected != "TCP" {
			t.Errorf("%s the page has %q, %q, %q", when, phone.server.Text, phone.password.Text, phone.transport.Selected)
		}
		b.press(productSalesforce)
		if org.clientID.Text != "3MVG9other" || org.host.text() != "https://login.salesforce.com" {
			t.Errorf("%s the page has %q, %q", when, org.clientID.Text, org.host.text())
		}
		for kind, i := range b.Window.settings.items {
			if typed := settingsKind(kind) == pagePhone || settingsKind(kind) == pageSalesforce; i.dot.Visible() != typed {
				t.Errorf("%s the mark at page %d is %v", when, kind, i.dot.Visible())
			}
		}
	}
	whole("turned,")
	b.press("Audio")
	whole("turned again,")
	b.draw(with(b.view, dana()))
	b.passes(later)
	b.press("Answer")
	if b.inSettings() || b.leaving.open {
		t.Fatal("a call waits for the settings")
	}
	b.draw(with(idle(), talking()))
	v := idle()
	v.Org = app.OrgView{LinkStatus: crm.LinkStatus{State: crm.Unlinked}}
	b.draw(v)
	b.openSettings(pageAudio)
	b.settle()
	whole("after a call,")
}

// TestTypedSettingsAreSaved: what is saved is not marked, and nothing is asked.
func TestTypedSettingsAreSaved(t *testing.T) {
	b, phone, org := typing(t)
	b.press("Phone")
	b.press("Save and connect")
	org.clientID.SetText(b.settings.form.Orgs[0].ClientID)
	if b.Window.settings.items[pagePhone].dot.Visible() || b.Window.settings.items[pageSalesforce].dot.Visible() {
		t.Error("still marked")
	}
	if phone.discard.Visible() {
		t.Error("there is nothing to discard")
	}
	b.escapeKey()
	if b.inSettings() {
		t.Errorf("asked %q", b.leaving.words.value)
	}
}

// TestTypedSettingsAreAskedAbout: nothing that was typed is lost without a word, whichever way the settings or the window is left.
func TestTypedSettingsAreAskedAbout(t *testing.T) {
	for name, leave := range map[string]func(*bench){
		"Esc": func(b *bench) { b.escapeKey() },
		"Esc in fields": func(b *bench) {
			b.focus(b.Window.settings.sheets[pageSalesforce].(*salesforceSheet).clientID)
			b.escapeKey()
		},
		"Back to calls": func(b *bench) { b.press("Back to calls") },
	} {
		t.Run(name, func(t *testing.T) {
			b, phone, org := typing(t)
			leave(b)
			if !b.inSettings() || !b.shows("What you typed in the settings is not saved.") {
				t.Fatal("left without a question")
			}
			b.press("Stay")
			if !b.inSettings() || b.leaving.root.Visible() || org.clientID.Text != "3MVG9other" {
				t.Fatal("Stay did not")
			}
			leave(b)
			b.press("Discard")
			if b.inSettings() || b.leaving.root.Visible() {
				t.Fatal("Discard did not leave")
			}
			if phone.server.Text != "pbx.example.com" || phone.password.Text != "" || org.clientID.Text == "3MVG9other" {
				t.Errorf("discarded, the pages have %q, %q, %q", phone.server.Text, phone.password.Text, org.clientID.Text)
			}
			b.RequestQuit()
			if b.quit != 1 {
				t.Error("quitting asks about what was discarded")
			}
		})
	}
	t.Run("quit", func(t *testing.T) {
		b, _, _ := typing(t)
		b.RequestQuit()
		if b.quit != 0 || !b.shows("What you typed in the settings is not saved. Quitting loses it.") {
			t.Fatal("quit without a question")
		}
		b.press("Quit anyway")
		if b.quit != 1 {
			t.Error("did not quit")
		}
	})
	t.Run("discarded on the page", func(t *testing.T) {
		b, phone, _ := typing(t)
		b.press("Phone")
		b.press("Discard")
		if phone.server.Text != "pbx.example.com" || phone.discard.Visible() || b.Window.settings.items[pagePhone].dot.Visible() {
			t.Errorf("the server is %q", phone.server.Text)
		}
	})
}

// TestTypedAboutSeveral: what is typed about one account is not taken for another's, and is there when that is chosen again.
func TestTypedAboutSeveral(t *testing.T) {
	b := newBench(t, nil)
	b.draw(severalAtRest())
	b.severalSaved(pagePhone)
	phone := b.Window.settings.sheets[pagePhone].(*phoneSheet)
	first := phone.account.ID()
	phone.name.SetText("Typed for the first")
	b.press("Sales")
	if phone.account.ID() == first || phone.name.Text == "Typed for the first" {
		t.Fatalf("%s has the name %q", phone.account.ID(), phone.name.Text)
	}
	b.press("Add account")
	phone.server.SetText("third.example")
	b.press("Audio")
	b.press("Phone")
	if !phone.list.adding || phone.server.Text != "third.example" {
		t.Errorf("the account to be added has the server %q", phone.server.Text)
	}
	phone.choose(first)
	if phone.name.Text != "Typed for the first" {
		t.Errorf("the first account has the name %q", phone.name.Text)
	}
}

// TestTypedInAnotherLanguage: the settings are built again, with what was typed.
func TestTypedInAnotherLanguage(t *testing.T) {
	cataloguetest.Speak(t)
	b, _, _ := typing(t)
	b.other()
	phone := b.Window.settings.sheets[pagePhone].(*phoneSheet)
	org := b.Window.settings.sheets[pageSalesforce].(*salesforceSheet)
	b.Window.settings.turn(pagePhone)
	b.settle()
	got := []string{phone.server.Text, phone.password.Text, phone.transport.Selected, org.clientID.Text}
	if want := []string{"sip.elsewhere.example", "s3cret", "TCP", "3MVG9other"}; !slices.Equal(got, want) {
		t.Errorf("the pages have %q, want %q", got, want)
	}
	var f fyne.Focusable = phone.server
	b.focus(f)
	b.escapeKey()
	if !b.inSettings() {
		t.Error("left without a question")
	}
}
