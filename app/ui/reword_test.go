package ui

import (
	"slices"
	"testing"

	"golang.org/x/text/language"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/catalogue/cataloguetest"
	"linecard/test/wait"
)

// other makes the window speak the other language, as a change of the setting does.
func (b *bench) other() {
	b.t.Helper()
	catalogue.Use(language.MustParse(cataloguetest.Tag))
	b.Reword(nil)
	b.settle()
}

// What the window says itself is in the new language at once, in the menu and the title too, and back again.
func TestTheLanguageChangesAtOnce(t *testing.T) {
	cataloguetest.Speak(t)
	b := newBench(t, nil)
	b.draw(with(idle(), talking()))
	for _, word := range []string{"Hold", "Transfer", "Hang up", "Subject", "Recent", "Missed"} {
		if !b.shows(word) {
			t.Errorf("before, the window has no %q", word)
		}
	}
	english := words(b.root)
	b.other()
	for _, word := range []string{"Hold", "Transfer", "Hang up", "Subject", "Recent", "Missed"} {
		if b.shows(word) || !b.shows(cataloguetest.Marked(word)) {
			t.Errorf("%q was not said again: %q", word, words(b.root))
		}
	}
	if label := b.menu.answer.Label; label != cataloguetest.Marked("Answer or call") {
		t.Errorf("the menu has %q", label)
	}
	if hint := b.left.dial.field.PlaceHolder; hint != cataloguetest.Marked("Name or number") {
		t.Errorf("the number field asks for %q", hint)
	}
	b.press(cataloguetest.Marked("Hold"))
	if said := b.desk.said(); !slices.Contains(said, "hold c1") {
		t.Errorf("the desk was told %q", said)
	}
	catalogue.Use(language.English)
	b.Reword(nil)
	b.settle()
	if got := words(b.root); !slices.Equal(got, english) {
		t.Errorf("back in English the window says\n%q, not\n%q", got, english)
	}
}

// A change of language costs the agent nothing that was begun.
func TestRewordKeepsWhatWasBegun(t *testing.T) {
	t.Run("a number and a tab", func(t *testing.T) {
		cataloguetest.Speak(t)
		b := newBench(t, nil)
		b.draw(idle())
		b.left.openTab(tabMissed)
		b.left.dial.fill("0123")
		b.left.dial.toggle()
		b.settle()
		b.other()
		if b.left.dial.field.Text != "0123" || b.left.tab != tabMissed || !b.left.dial.pad.Visible() {
			t.Errorf("number %q, tab %v, keypad %v", b.left.dial.field.Text, b.left.tab, b.left.dial.pad.Visible())
		}
	})
	t.Run("a transfer", func(t *testing.T) {
		cataloguetest.Speak(t)
		b := newBench(t, nil)
		b.draw(with(idle(), talking()))
		b.press("Transfer")
		b.centre.call.target.target.SetText("2042")
		b.other()
		if s := b.centre.call; s.body() != s.target.root || s.target.target.Text != "2042" {
			t.Errorf("the transfer to %q is gone", s.target.target.Text)
		}
	})
	t.Run("a question", func(t *testing.T) {
		cataloguetest.Speak(t)
		b := newBench(t, nil)
		b.draw(with(idle(), talking()))
		b.AskDial("0123")
		b.RequestQuit()
		b.settle()
		b.other()
		if got := b.asking.words.value; got != cataloguetest.Marked("Call 0123?") || !b.quitting.root.Visible() {
			t.Errorf("asked %q, quitting %v", got, b.quitting.root.Visible())
		}
	})
	t.Run("a link", func(t *testing.T) {
		cataloguetest.Speak(t)
		b := newBench(t, nil)
		v := idle()
		v.Org = app.OrgView{}
		b.draw(v)
		b.openSettings(pageSalesforce)
		b.settle()
		b.settings.page = "https://login.salesforce.com/authorize"
		b.Window.settings.sheets[pageSalesforce].(*salesforceSheet).begin()
		for b.link.address == "" {
			wait.For(t, b.pump.queue)()
		}
		catalogue.Use(language.MustParse(cataloguetest.Tag))
		b.Reword(nil)
		sheet := b.Window.settings.sheets[pageSalesforce].(*salesforceSheet)
		if !b.inSettings() || !sheet.stop.Visible() || !sheet.copyURL.Visible() {
			t.Error("the link under way is not shown any more")
		}
		b.link.cancel()
		b.settle()
		if sheet.stop.Visible() || b.link.address != "" {
			t.Error("the link was cancelled, and its page is still shown")
		}
	})
}

// The languages are offered once there are several, by their own names, and the choice is saved.
func TestTheLanguageIsChosen(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.openSettings(pageAppearance)
	b.settle()
	if b.Window.settings.sheets[pageAppearance].(*appearanceSheet).speech != nil {
		t.Error("a choice of one")
	}
	cataloguetest.Speak(t)
	b.Reword(nil)
	b.settle()
	speech := b.Window.settings.sheets[pageAppearance].(*appearanceSheet).speech
	if want := []string{"Same as the system", "English", cataloguetest.Name}; !slices.Equal(speech.Options, want) || speech.Selected != want[0] {
		t.Fatalf("offered %q, %q is chosen", speech.Options, speech.Selected)
	}
	b.settings.said()
	speech.SetSelected(cataloguetest.Name)
	b.settle()
	if said := b.settings.said(); !slices.Equal(said, []string{"language " + cataloguetest.Tag}) {
		t.Errorf("the settings were told %q", said)
	}
}

// Whatever the window shows by itself comes from the catalogue: in the other language all of it is marked.
func TestEveryWordOfTheWindowIsTheCatalogues(t *testing.T) {
	cataloguetest.Speak(t)
	catalogue.Use(language.MustParse(cataloguetest.Tag))
	b := newBench(t, nil)
	for _, page := range []settingsKind{pagePhone, pageAudio, pageAppearance, pageAbout} {
		b.draw(idle())
		b.openSettings(page)
		b.settle()
		var plain []string
		for _, w := range words(b.Window.settings.root) {
			if w != "" && !cataloguetest.IsMarked(w) && w != productSalesforce && w != idle().Audio.Speaker {
				plain = append(plain, w)
			}
		}
		if len(plain) > 0 {
			t.Errorf("page %d says %q in English", page, plain)
		}
	}
}
