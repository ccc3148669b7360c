package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"linecard/app"
	"linecard/app/settings"
)

func (b *bench) colleagues() *colleaguesSheet {
	b.openSettings(pageColleagues)
	b.settle()
	return b.Window.settings.sheets[pageColleagues].(*colleaguesSheet)
}

// extensions are those of the list, in its order.
func (b *bench) extensions() (all []string) {
	for _, o := range b.settings.form.Settings.Colleagues {
		all = append(all, o.Extension)
	}
	return all
}

// Colleagues are added, changed, put in order and removed on a page of their own.
func TestColleaguesPage(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	s := b.colleagues()
	if !b.shows("Nobody is in the list yet.") || !s.save.Disabled() || s.whose.Visible() {
		t.Fatalf("%q", words(s.page))
	}
	for _, o := range [][2]string{{"Ana Sousa", "2042"}, {"", "2043"}, {"Cem", "2044"}} {
		s.name.SetText(o[0])
		s.extension.SetText(o[1])
		b.press("Add")
	}
	if got := b.extensions(); !slices.Equal(got, []string{"2042", "2043", "2044"}) || s.name.Text+s.extension.Text != "" || !b.shows("3 colleagues") {
		t.Fatalf("%q, %q", got, words(s.page))
	}
	b.press("2043") // who has no name is called by the extension
	s.name.SetText("Ben")
	b.press("Save")
	if got := b.settings.form.Settings.Colleagues[1]; got.Name != "Ben" || got.Extension != "2043" {
		t.Errorf("saved %+v", got)
	}
	b.press("Cem")
	b.press("Up")
	if got := b.extensions(); !slices.Equal(got, []string{"2042", "2044", "2043"}) || s.heading.value != "Cem" {
		t.Errorf("%q, about %s", got, s.heading.value)
	}
	s.name.SetText("")
	b.press("Audio")
	b.press("Colleagues")
	if s.name.Text != "" || s.heading.value != "Cem" {
		t.Errorf("what was typed is lost: %q", s.name.Text)
	}
	b.press("Save")
	if got := b.settings.form.Settings.Colleagues[1]; got.Name != "" {
		t.Errorf("the name was not taken away: %+v", got)
	}
	s.name.SetText("Dora")
	s.extension.SetText("2042")
	b.press("Add")
	if got := b.extensions(); len(got) != 3 || s.extension.Text != "2042" || !b.says("Somebody else in the list has that extension") {
		t.Errorf("%q, %q", got, b.trouble.words.value)
	}
	b.press("Ana Sousa")
	if s.name.Text != "Ana Sousa" {
		t.Errorf("opened %q", s.name.Text)
	}
	b.press("Remove")
	if !b.shows("Remove Ana Sousa from the list?") || len(b.extensions()) != 3 {
		t.Error("removed without a question")
	}
	s.ask.answer()
	b.settle()
	if got := b.extensions(); !slices.Equal(got, []string{"2044", "2043"}) || s.drop.Visible() {
		t.Errorf("%q", got)
	}
}

// A whole list is pasted; a line that cannot be read is named, and the list stays in its field.
func TestAListOfColleaguesIsPasted(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.settings.form.Settings.Colleagues = []settings.Colleague{{Name: "Old", Extension: "1"}}
	s := b.colleagues()
	s.imports.list.SetText("Ana Sousa, 2042\nBen, 20 43")
	b.press("Take the list")
	if !b.says("Line 2 has no extension") || s.imports.list.Text == "" || len(b.extensions()) != 1 {
		t.Fatalf("told %q", b.trouble.words.value)
	}
	s.imports.list.SetText("Ana Sousa, 2042\nBen, 2043")
	s.imports.instead.SetChecked(true)
	b.press("Take the list")
	if got := b.extensions(); !slices.Equal(got, []string{"2042", "2043"}) || s.imports.list.Text != "" || !b.shows("2 colleagues were read.") {
		t.Errorf("%q, %q", got, words(s.page))
	}
}

// Of hundreds those in sight are some, and the others are found by name or extension; who comes from the org is shown and not changed here.
func TestAColleagueAmongHundreds(t *testing.T) {
	b := newBench(t, nil)
	for i := range 200 {
		b.settings.form.Settings.Colleagues = append(b.settings.form.Settings.Colleagues, settings.Colleague{Name: fmt.Sprintf("Agent %d", i+1), Extension: fmt.Sprint(3001 + i)})
	}
	v := idle()
	account := b.settings.form.Settings.Accounts[0].ID()
	v.Colleagues = []app.ColleagueView{{Name: "Agent 1", Extension: "3001", Account: account}, {Name: "Zoe User", Extension: "4001", Account: account}}
	b.draw(v)
	s := b.colleagues()
	if !s.finding.Visible() || !b.shows("201 colleagues") || !b.shows("181 more: type above to find them.") {
		t.Errorf("%q", words(s.rows))
	}
	s.find.SetText("zoe")
	if text := strings.Join(words(s.rows), "|"); !strings.Contains(text, "Zoe User") || !strings.Contains(text, "From Salesforce") || find(s.rows, "Zoe User") != nil {
		t.Errorf("%q", text)
	}
	s.find.SetText("3177")
	b.press("Agent 177")
	if s.extension.Text != "3177" {
		t.Errorf("opened %q", s.extension.Text)
	}
}

// A list that the administrator fixed is read and not changed.
func TestLockedColleagues(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.settings.form.Settings.Colleagues = []settings.Colleague{{Name: "Ana", Extension: "2042"}, {Name: "Ben", Extension: "2043"}}
	b.settings.form.Locked, b.settings.form.Locks = func(key string) bool { return key == "colleagues" }, []string{"colleagues"}
	s := b.colleagues()
	b.press("Ana")
	for _, d := range []interface{ Disabled() bool }{s.name, s.extension, s.account, s.save, s.up, s.down, s.drop, s.imports.list, s.imports.take, s.imports.instead} {
		if !d.Disabled() {
			t.Errorf("%T can be changed", d)
		}
	}
	if s.name.Text != "Ana" || !b.says("administrator") {
		t.Errorf("%q", words(b.root))
	}
}
