package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"

	"linecard/app"
	"linecard/test/interop"
)

// TestHearYourself: the page of the sound calls the echo test with one click where there is one, says where its number is entered where there is none, and
// calls nobody during a call.
func TestHearYourself(t *testing.T) {
	interop.Proves(t, "S6.4")
	b := newBench(t, nil)
	b.draw(idle())
	page := func() *audioSheet {
		b.openSettings(pageAudio)
		b.settle()
		return b.Window.settings.sheets[pageAudio].(*audioSheet)
	}
	if s := page(); !s.echo.Disabled() || s.echoDetail.value == phrase("ui.echo-call-detail") {
		t.Errorf("without a number: off %v, %q", s.echo.Disabled(), s.echoDetail.value)
	}
	some := changed(idle, func(v *app.View) { v.Phones = []app.PhoneView{{Account: "1@x"}, {Account: "2@x", EchoTest: "*43"}} })
	b.draw(some())
	s := page()
	if s.echo.Disabled() {
		t.Fatal("with a number it cannot be called")
	}
	test.Tap(s.echo)
	b.settle()
	if said := b.desk.said(); !slices.Contains(said, "echo ") || b.inSettings() {
		t.Errorf("the click said %q, settings open: %v", said, b.inSettings())
	}
	b.draw(with(some(), talking()))
	if s := page(); !s.echo.Disabled() {
		t.Error("the echo test can be called during a call")
	}
}
