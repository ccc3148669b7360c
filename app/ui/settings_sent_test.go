package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"

	"linecard/app/settings"
)

// slow has every answer about the settings wait until it is let go.
func (b *bench) slow() (letGo func()) {
	b.settings.locked = make(chan struct{})
	return func() { close(b.settings.locked); b.settle(); b.settings.locked = nil }
}

// TestTypedWhileItIsSaved: saving an account takes as long as the keyring. What was typed meanwhile is not taken for saved.
func TestTypedWhileItIsSaved(t *testing.T) {
	b, phone, _ := typing(t)
	b.press("Phone")
	b.settle()
	letGo := b.slow()
	phone.submit()
	phone.name.SetText("Typed on")
	letGo()
	if !phone.text.any() || phone.name.Text != "Typed on" || phone.password.Text != "" {
		t.Errorf("typed %v, name %q, password %q", phone.text.any(), phone.name.Text, phone.password.Text)
	}
	if !b.Window.settings.items[pagePhone].dot.Visible() {
		t.Error("no mark at the page")
	}
}

// TestAnotherAccountWhileOneIsSaved: the answer is about the account that was saved, and not about the one that is on the page by now.
func TestAnotherAccountWhileOneIsSaved(t *testing.T) {
	b := newBench(t, nil)
	b.draw(severalAtRest())
	b.severalSaved(pagePhone)
	phone := b.Window.settings.sheets[pagePhone].(*phoneSheet)
	first, other := phone.account.ID(), b.settings.form.Accounts[1].ID()
	phone.name.SetText("Ann")
	letGo := b.slow()
	phone.submit()
	b.Window.settings.sheets[pagePhone].(*phoneSheet).choose(other)
	second := phone.account.ID()
	letGo()
	if second == first || phone.account.ID() != second || phone.text.has(first) {
		t.Errorf("the page is about %s, typed about the first: %v", phone.account.ID(), phone.text.has(first))
	}
}

// TestNoticesTypedWhileTheyAreSaved: the page of errors has two forms; what is typed while one is saved stays typed.
func TestNoticesTypedWhileTheyAreSaved(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Admin = &fakeAdmin{} })
	b.draw(idle())
	b.openSettings(pageErrors)
	b.settle()
	s := b.Window.settings.sheets[pageErrors].(*errorsSheet)
	s.hook.url.SetText("https://hooks.example.com/a")
	s.hook.secret.SetText("one")
	s.hook.keep()
	s.hook.url.SetText("https://hooks.example.com/ab")
	s.hook.secret.SetText("two")
	b.settle()
	if !s.text.any() || s.hook.secret.Text != "two" || s.hook.url.Text != "https://hooks.example.com/ab" {
		t.Errorf("typed %v, secret %q, url %q", s.text.any(), s.hook.secret.Text, s.hook.url.Text)
	}
	if got := b.settings.form.Errors.Webhook.URL; got != "https://hooks.example.com/a" {
		t.Errorf("saved %q", got)
	}
}

// TestATestSendsWhatIsTyped: saved or not.
func TestATestSendsWhatIsTyped(t *testing.T) {
	admin := &fakeAdmin{}
	b := newBench(t, func(c *Config) { c.Admin = admin })
	b.draw(idle())
	b.openSettings(pageErrors)
	b.settle()
	s := b.Window.settings.sheets[pageErrors].(*errorsSheet)
	s.mail.to.SetText("it@example.com")
	s.mail.server.SetText("smtp.example.com")
	s.mail.user.SetText("linecard")
	s.mail.from.SetText("phone@example.com")
	s.mail.password.SetText("s3cret")
	s.hook.url.SetText("https://hooks.example.com/a")
	s.hook.secret.SetText("one")
	admin.said()
	test.Tap(s.mail.test)
	b.settle()
	test.Tap(s.hook.test)
	b.settle()
	got := slices.DeleteFunc(admin.said(), func(s string) bool { return s[:4] != "test" })
	if want := []string{`test mail to [it@example.com] by smtp.example.com as linecard with "s3cret"`, `test webhook https://hooks.example.com/a with "one"`}; !slices.Equal(got, want) {
		t.Errorf("tested %q", got)
	}
}

// TestTheDailyCapStaysTyped: while other pages are opened, and when the page is filled again.
func TestTheDailyCapStaysTyped(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Admin = &fakeAdmin{} })
	b.draw(idle())
	b.openSettings(pageSalesforce)
	b.settle()
	s := b.Window.settings.sheets[pageSalesforce].(*salesforceSheet)
	s.requests.limit.SetText("1234")
	b.Window.settings.refill()
	b.settle()
	b.openSettings(pageAudio)
	b.settle()
	if !b.Window.settings.items[pageSalesforce].dot.Visible() {
		t.Error("no mark at the page")
	}
	b.openSettings(pageSalesforce)
	b.settle()
	if got := s.requests.limit.Text; got != "1234" {
		t.Fatalf("the field has %q", got)
	}
	s.requests.keep()
	b.settle()
	if b.settings.form.Salesforce.DailyCap != 1234 || b.Window.settings.items[pageSalesforce].dot.Visible() {
		t.Errorf("saved %d, marked %v", b.settings.form.Salesforce.DailyCap, b.Window.settings.items[pageSalesforce].dot.Visible())
	}
	s.requests.limit.SetText("99")
	b.Window.settings.discard()
	if got := s.requests.limit.Text; got != "1234" {
		t.Errorf("discarded, the field has %q", got)
	}
}

// TestALateKeyringLeavesTheCaret: the page is filled again when the keyring answers, while the agent is typing.
func TestALateKeyringLeavesTheCaret(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.settings.form.Accounts = []settings.Account{settings.DefaultAccount()}
	letGo := b.slow()
	b.openSettings(pagePhone)
	phone := b.Window.settings.sheets[pagePhone].(*phoneSheet)
	b.focus(phone.server)
	phone.server.SetText("")
	test.Type(phone.server, "pbx")
	letGo()
	test.Type(phone.server, ".example.com")
	if got := phone.server.Text; got != "pbx.example.com" {
		t.Errorf("the field has %q", got)
	}
	// also in the middle of a text
	phone.server.CursorColumn = 3
	b.Window.settings.refill()
	b.settle()
	test.Type(phone.server, "2")
	if got := phone.server.Text; got != "pbx2.example.com" {
		t.Errorf("the field has %q", got)
	}
}
