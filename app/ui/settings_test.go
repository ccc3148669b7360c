package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"linecard/app"
	"linecard/crm"
	"linecard/fault"
	"linecard/test/wait"
)

func TestPhonePage(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.openSettings(pagePhone)
	b.settle()
	sheet := b.Window.settings.sheets[pagePhone].(*phoneSheet)
	if sheet.server.Text != "pbx.example.com" || sheet.password.Text != "" {
		t.Fatalf("server %q, password %q", sheet.server.Text, sheet.password.Text)
	}
	b.press("Test registration")
	sheet.user.SetText(" 2042 ")
	sheet.password.SetText("s3cret")
	sheet.transport.SetSelected("TCP")
	b.press("Save and connect")
	want := []string{"reconnect 2041@pbx.example.com", `account 2042@pbx.example.com name="Jordan Moreno" transport=tcp password=s3cret`}
	if got := b.settings.said(); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if sheet.password.Text != "" {
		t.Error("the password stays on the screen")
	}
	b.press("Save and connect")
	if got := b.settings.said(); len(got) != 1 || !strings.HasSuffix(got[0], "password=kept") {
		t.Errorf("an empty field told %q", got)
	}
	sheet.server.SetText("  ")
	if !sheet.save.Disabled() {
		t.Error("an account without a server can be saved")
	}
}

// TestSaveFails: what was typed is still there, the password too, and beside the button stands why.
func TestSaveFails(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.openSettings(pagePhone)
	b.settle()
	sheet := b.Window.settings.sheets[pagePhone].(*phoneSheet)
	sheet.user.SetText("2042")
	sheet.password.SetText("s3cret")
	b.settings.refuses("account", errors.New("the keyring is locked: unlock it and save again"))
	b.press("Save and connect")
	if sheet.password.Text != "s3cret" || sheet.user.Text != "2042" {
		t.Errorf("the form has %q and %q", sheet.user.Text, sheet.password.Text)
	}
	if !contains(sheet.foot, "The keyring is locked: unlock it and save again.") {
		t.Errorf("the form says %q", words(sheet.foot))
	}
	b.settings.refuses("account", nil)
	b.press("Save and connect")
	if !contains(sheet.foot, "Saved. 2041 is registered.") || sheet.password.Text != "" {
		t.Errorf("saved, the form says %q", words(sheet.foot))
	}
	v := idle()
	v.Phone.State = "refused"
	b.draw(v)
	if !contains(sheet.foot, "Saved, but pbx.example.com refused 2041.") {
		t.Errorf("refused, the form says %q", words(sheet.foot))
	}
}

// TestSaveIsInSight: in the smallest window, in large text, with a call ringing above.
func TestSaveIsInSight(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Appearance.TextSize = TextLarge })
	b.resize(threePanes, 560)
	b.draw(with(idle(), dana()))
	b.openSettings(pagePhone)
	b.settle()
	save := b.Window.settings.sheets[pagePhone].(*phoneSheet).save
	if bottom, edge := b.absolute(save).Y+save.Size().Height, b.absolute(b.status.root).Y; bottom > edge {
		t.Errorf("the button ends at %v, the page at %v", bottom, edge)
	}
}

func TestLinkAgain(t *testing.T) {
	b := newBench(t, nil)
	b.settings.refuses("link", errors.New("not now"))
	v := idle()
	v.Org.State = crm.Inactive
	b.draw(v)
	b.press("Link again") // of the record pane
	b.settings.said()
	b.press("Link again")
	if got := b.settings.said(); len(got) != 1 || !strings.HasPrefix(got[0], "link https://login.salesforce.com 3MVG9") {
		t.Errorf("told %q", got)
	}
}

func TestLinkAndCancel(t *testing.T) {
	b := newBench(t, nil)
	b.settings.page = "https://login.salesforce.com/services/oauth2/authorize?x=1"
	v := idle()
	v.Org = app.OrgView{LinkStatus: crm.LinkStatus{State: crm.Unlinked}}
	b.draw(v)
	b.openSettings(pageSalesforce)
	b.settle()
	test.Tap(find(b.root, "Link org"))
	for !b.shows("Waiting for you in the browser") {
		wait.For(t, b.pump.queue)() // the page's address comes while the link is waited for
	}
	if find(b.root, "Copy address") == nil {
		t.Errorf("the address can't be copied; the window says %q", words(b.root))
	}
	test.Tap(find(b.root, "Cancel"))
	b.settle()
	if b.trouble.root.Visible() {
		t.Errorf("cancelling is called a mistake: %q", b.trouble.words.value)
	}
	if !b.shows("No org is linked") {
		t.Errorf("after Cancel the window says %q", words(b.root))
	}
	if got := b.settings.said(); len(got) != 1 || !strings.HasPrefix(got[0], "link https://login.salesforce.com 3MVG9") {
		t.Errorf("told %q", got)
	}
	if !slices.Equal(b.opened, []string{b.settings.page}) {
		t.Errorf("opened %q", b.opened)
	}
}

// Where no browser opens, the page says so, has the address to copy, and goes on waiting.
func TestLinkWithoutABrowser(t *testing.T) {
	b := newBench(t, func(c *Config) { c.OpenURL = func(string) error { return errors.New("none") } })
	b.settings.page = "https://login.salesforce.com/services/oauth2/authorize?x=1"
	v := idle()
	v.Org = app.OrgView{LinkStatus: crm.LinkStatus{State: crm.Unlinked}}
	b.draw(v)
	b.openSettings(pageSalesforce)
	b.settle()
	test.Tap(find(b.root, "Link org"))
	for !b.shows("No browser could be opened") {
		wait.For(t, b.pump.queue)()
	}
	test.Tap(find(b.root, "Copy address"))
	if got := b.cfg.App.Clipboard().Content(); got != b.settings.page {
		t.Errorf("copied %q", got)
	}
	close(b.settings.free) // the address was opened by hand
	b.settle()
	if b.trouble.root.Visible() || b.shows("No browser could be opened") {
		t.Errorf("linked by hand, the window says %q", words(b.root))
	}
}

// Salesforce shows some errors in the browser only, so the page asks, and says what helps with each.
func TestSilentBrowser(t *testing.T) {
	b := newBench(t, nil)
	b.settings.page = "https://login.salesforce.com/services/oauth2/authorize?x=1"
	b.settings.shown = []crm.ShownError{
		{Shown: fault.New(fault.Plain, "text", "redirect_uri_mismatch"), Remedy: fault.New("salesforce.callback-missing", "callbacks", []string{"http://localhost:47117/oauth/callback"})},
		{Shown: fault.New(fault.Plain, "text", "OAUTH_APP_BLOCKED"), Remedy: fault.New("salesforce.app-blocked")},
	}
	v := idle()
	v.Org = app.OrgView{LinkStatus: crm.LinkStatus{State: crm.Unlinked}}
	b.draw(v)
	b.openSettings(pageSalesforce)
	b.settle()
	test.Tap(find(b.root, "Link org"))
	for !b.shows("Did Salesforce show an error?") {
		wait.For(t, b.pump.queue)()
	}
	for _, want := range []string{"Waiting for you in the browser", "redirect_uri_mismatch", "http://localhost:47117/oauth/callback", "OAUTH_APP_BLOCKED", "assign its permission set"} {
		if !strings.Contains(strings.Join(words(b.root), "\n"), want) {
			t.Errorf("no %q in %q", want, words(b.root))
		}
	}
	test.Tap(find(b.root, "Cancel"))
	b.settle()
	if b.shows("Did Salesforce show an error?") {
		t.Error("it is asked after Cancel")
	}
}

func TestUnlink(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.openSettings(pageSalesforce)
	b.settle()
	b.press("Check link")
	b.settings.waiting = 3
	b.press("Unlink")
	asked := func() bool {
		return strings.Contains(strings.Join(words(b.root), " "), "3 calls are not logged there yet")
	}
	if told := b.settings.said(); !asked() || !slices.Equal(told, []string{"refresh"}) {
		t.Errorf("told %q, %q", told, words(b.root))
	}
	b.press("Cancel")
	if asked() || find(b.root, "Check link") == nil {
		t.Error("the question stays after Cancel")
	}
	b.press("Unlink")
	b.press("Unlink")
	if got := b.settings.said(); !slices.Equal(got, []string{"unlink 00D000000000001AAA"}) {
		t.Errorf("told %q", got)
	}
}

func TestAudioPage(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.openSettings(pageAudio)
	b.settle()
	if got := b.settings.said(); got != nil {
		t.Fatalf("opening the page told %q", got)
	}
	sheet := b.Window.settings.sheets[pageAudio].(*audioSheet)
	sheet.speaker.SetSelected("Built-in speakers")
	b.settle()
	sheet.microphone.SetSelected(systemChoice())
	b.settle()
	b.press("Play a test tone")
	want := []string{`audio "Jabra Evolve2" "Built-in speakers" ""`, `audio "" "Built-in speakers" ""`, "tone"}
	if got := b.settings.said(); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

func TestAppearancePage(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.openSettings(pageAppearance)
	b.settle()
	sheet := b.Window.settings.sheets[pageAppearance].(*appearanceSheet)
	sheet.mode.SetSelected("Dark")
	b.settle()
	sheet.size.SetSelected("Large")
	b.settle()
	if got := b.settings.said(); !slices.Equal(got, []string{"look dark 1", "look dark 1.2"}) {
		t.Errorf("told %q", got)
	}
	if themeColor(colorSurface) != darkPalette[colorSurface] || themeSize(sizeName) <= 22 {
		t.Error("the choice is not seen")
	}
}

// TestLocked: what the administrator fixed can be seen, not changed.
func TestLocked(t *testing.T) {
	b := newBench(t, nil)
	b.settings.form.Locked = func(key string) bool { return key == "accounts" || key == "devices.speaker" }
	b.draw(idle())
	b.openSettings(pagePhone)
	b.settle()
	phone := b.Window.settings.sheets[pagePhone].(*phoneSheet)
	if !phone.server.Disabled() || !phone.transport.Disabled() || phone.password.Disabled() || phone.server.Text != "pbx.example.com" {
		t.Error("a locked account can be changed, or its password can't")
	}
	if !contains(phone.foot, "Your administrator has fixed this account. Its password can be changed.") {
		t.Errorf("the form says %q", words(phone.foot))
	}
	b.openSettings(pageAudio)
	b.settle()
	audio := b.Window.settings.sheets[pageAudio].(*audioSheet)
	if !audio.speaker.Disabled() || audio.microphone.Disabled() {
		t.Error("not the speaker alone is locked")
	}
}

// TestRingsInSettings: a call that rings while the settings are open is answered from its strip, and then shown.
func TestRingsInSettings(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.openSettings(pagePhone)
	b.settle()
	b.draw(with(idle(), dana()))
	b.passes(later)
	b.press("Answer")
	if got := b.desk.said(); !slices.Contains(got, "answer c1") {
		t.Errorf("told %q", got)
	}
	if b.inSettings() {
		t.Error("the settings stay in front of the call")
	}
	b.draw(with(idle(), talking()))
	if !b.shows("IN CALL") {
		t.Errorf("the window says %q", words(b.root))
	}
}

func TestFirstStart(t *testing.T) {
	tried := 0
	b := newBench(t, func(c *Config) { c.TryDemo = func() error { tried++; return nil } })
	b.draw(app.View{})
	b.press("Try it now")
	if tried != 1 {
		t.Errorf("tried %d times", tried)
	}
	b.press("Set up my phone")
	if !b.inSettings() || b.Window.settings.open != pagePhone {
		t.Error("the phone's settings are not open")
	}
	b.press("Back to calls")
	if b.inSettings() {
		t.Error("the settings stay open")
	}
}
