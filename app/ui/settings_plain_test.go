package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"linecard/app/settings"
	"linecard/crm/layout"
)

// settingsWithoutAPage are those that no page has, each with the reason.
var settingsWithoutAPage = map[string]string{
	"language": "the page of Appearance has it where there is more than one language",
}

// Whoever looks for a setting in the window finds it: a page asks of each one whether the administrator fixed it.
func TestEverySettingHasAPage(t *testing.T) {
	b := newBench(t, func(c *Config) {
		c.Admin, c.Layouts = &fakeAdmin{owners: someOwners()}, &fakeLayouts{all: layout.List{support()}, object: caseObject()}
		withObjects(c)
	})
	b.draw(idle())
	asked := map[string]bool{}
	b.settings.form.Locked = func(key string) bool { asked[key] = true; return false }
	for kind := range settingsKind(pageCount) {
		if b.Window.settings == nil || b.Window.settings.sheets[kind] != nil {
			b.openSettings(kind)
			b.settle()
		}
	}
	for _, key := range settings.Keys() {
		if why, without := settingsWithoutAPage[key]; asked[key] == without {
			t.Errorf("%s: on a page %v, and the reason for none is %q", key, asked[key], why)
		}
	}
}

// A choice and a switch count at once, what is typed counts with Save, and a value that cannot be leaves everything as it was.
func TestTheLoggingPage(t *testing.T) {
	b, _ := adminBench(t)
	b.openSettings(pageLogging)
	b.settle()
	s := b.Window.settings.sheets[pageLogging].(*loggingSheet)
	row := func(key string) *plainRow {
		return s.plain.rows[slices.IndexFunc(s.plain.rows, func(r *plainRow) bool { return r.key == key })]
	}
	row("logging.mode").pick.choice.SetSelected("When the agent saves it")
	row("logging.colleagues").check.SetChecked(true)
	b.settle()
	l := func() settings.Logging { return b.settings.form.Settings.Logging }
	if l().Mode != "ask" || !l().Colleagues || l().WrapUp != 30 {
		t.Errorf("%+v", l())
	}
	row("logging.wrap_up").field.SetText("45")
	row("logging.outcomes").field.SetText("Yes, later\n\n No ")
	b.settle()
	if l().WrapUp != 30 || !b.Window.settings.items[pageLogging].dot.Visible() {
		t.Errorf("saved before Save, or without a dot: %+v", l())
	}
	test.Tap(s.plain.save)
	b.settle()
	if l().WrapUp != 45 || !slices.Equal(l().Outcomes, []string{"Yes, later", "No"}) || b.Window.settings.items[pageLogging].dot.Visible() || !s.plain.save.Disabled() {
		t.Errorf("after Save: %+v", l())
	}
	row("logging.wrap_up").field.SetText("50")
	b.settings.form.Settings.Logging.MissedPerHour = 60 // by the command line, or a profile
	b.openSettings(pageLogging)
	b.settle()
	if got := row("logging.missed_per_hour").field.Text; got != "60" || row("logging.wrap_up").field.Text != "50" {
		t.Errorf("what changed elsewhere is shown as %q, what was typed as %q", got, row("logging.wrap_up").field.Text)
	}
	row("logging.wrap_up").field.SetText("soon")
	test.Tap(s.plain.save)
	b.settle()
	if !strings.Contains(b.trouble.words.value, `is a number, not "soon"`) || row("logging.wrap_up").field.Text != "soon" || l().WrapUp != 45 {
		t.Errorf("told %q with %q in the field", b.trouble.words.value, row("logging.wrap_up").field.Text)
	}
	b.settings.fails = errors.New("the disk is full")
	row("logging.inbound").check.SetChecked(false)
	b.settle()
	if !row("logging.inbound").check.Checked {
		t.Error("a switch that was not saved shows what is not in force")
	}
}
