package ui

import (
	"slices"
	"strings"
	"testing"

	"linecard/app/settings"
)

// threeColleagues is the page with three of them.
func threeColleagues(t *testing.T) (*bench, *colleaguesSheet) {
	t.Helper()
	b := newBench(t, nil)
	b.draw(idle())
	b.settings.form.Settings.Colleagues = []settings.Colleague{{Name: "Ana", Extension: "2042"}, {Name: "Ben", Extension: "2043"}, {Name: "Cem", Extension: "2044"}}
	return b, b.colleagues()
}

// Whoever lets one colleague be loses what was typed about that one, and not the pasted list.
func TestCancellingOneColleagueKeepsTheList(t *testing.T) {
	b, s := threeColleagues(t)
	s.name.SetText("Dora") // one more
	s.imports.list.SetText("Eva, 2050")
	b.press("Ben")
	s.name.SetText("Benny")
	b.press("Cancel")
	if s.imports.list.Text != "Eva, 2050" || s.name.Text != "Dora" {
		t.Errorf("after that the list is %q, and the new one %q", s.imports.list.Text, s.name.Text)
	}
	b.press("Ben")
	if s.name.Text != "Ben" {
		t.Errorf("what was let be is there again: %q", s.name.Text)
	}
}

// What a verb has done to a colleague while the page is open is told, and shown; nobody is added in the place of one who is gone.
func TestAColleagueIsGoneWhileThePageIsOpen(t *testing.T) {
	for _, press := range []string{"Save", "Down", "Remove"} {
		b, s := threeColleagues(t)
		b.press("Ben")
		s.name.SetText("Benny")
		if press == "Remove" {
			b.press("Remove")
		}
		b.settings.form.Settings.Colleagues = slices.Delete(slices.Clone(b.settings.form.Settings.Colleagues), 1, 2)
		if press == "Remove" {
			s.ask.answer()
			b.settle()
		} else {
			b.press(press)
		}
		if got := b.extensions(); !slices.Equal(got, []string{"2042", "2044"}) || !b.says("There is no colleague with that extension") {
			t.Errorf("%s: %q, told %q", press, got, b.trouble.words.value)
		}
		if s.text.about != "" || strings.Contains(strings.Join(words(s.rows), " "), "Ben") {
			t.Errorf("%s: the page is about %q, with %q", press, s.text.about, words(s.rows))
		}
	}
}

// What is typed about a colleague while the extension is saved is still about that colleague.
func TestAColleagueIsTypedOnWhileSaved(t *testing.T) {
	b, s := threeColleagues(t)
	b.press("Ben")
	s.extension.SetText("2053")
	s.keep()
	s.name.SetText("Benny")
	b.settle()
	if s.name.Text != "Benny" || s.heading.value != "Ben" || s.text.about != "2053 " {
		t.Fatalf("the page has %q, about %q (%q)", s.name.Text, s.heading.value, s.text.about)
	}
	b.press("Save")
	if got := b.settings.form.Settings.Colleagues; len(got) != 3 || got[1].Name != "Benny" || got[1].Extension != "2053" {
		t.Errorf("%+v", got)
	}
}

// Of two accounts with one label the one that is chosen is saved.
func TestColleaguesOfTwoAccountsWithOneLabel(t *testing.T) {
	b, s := threeColleagues(t)
	first := b.settings.form.Accounts[0]
	first.Label = "Desk"
	second := first
	second.Server = "north.example.com"
	b.settings.form.Accounts = []settings.Account{first, second}
	b.settings.form.Settings.Colleagues[1].Account = second.ID()
	b.Window.settings.refill()
	b.settle()
	b.press("Ben")
	if got := s.account.value(); got != second.ID() || !strings.Contains(s.account.Selected, second.ID()) {
		t.Errorf("the page has the account %q, called %q", got, s.account.Selected)
	}
	s.name.SetText("Benny")
	b.press("Save")
	if got := b.settings.form.Settings.Colleagues[1]; got.Name != "Benny" || got.Account != second.ID() {
		t.Errorf("saved %+v", got)
	}
	if text := strings.Join(words(s.rows), " "); !strings.Contains(text, "Desk ("+second.ID()+")") {
		t.Errorf("the list says %q", text)
	}
}

// How an older list was taken is not said beside what speaks against a new one.
func TestAnOldSuccessIsTakenAway(t *testing.T) {
	b, s := threeColleagues(t)
	s.imports.list.SetText("Eva, 2050")
	b.press("Take the list")
	if !s.imports.result.Visible() {
		t.Fatal("nothing is said of the list")
	}
	s.imports.list.SetText("Eva 2050 and more")
	if s.imports.result.Visible() {
		t.Error("it stays while another list is typed")
	}
	b.press("Take the list")
	if s.imports.result.Visible() || !b.says("Line 1") {
		t.Errorf("told %q, beside %v", b.trouble.words.value, s.imports.result.Visible())
	}
}
