package settings_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecard/app/settings"
	"linecard/crm/layout"
	"linecard/fault"
)

// A layout that cannot be read costs itself, with a notice, and stays in the file; the others and what this version does not
// know stay as they are.
func TestLayoutsInTheFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, settings.FileName)
	doc := `version = 2
[[layouts]]
name = "Good"
object = "Case"
default = true
subject = ["Call", "{name}"]
later = "kept"
[[layouts.description]]
value = "{notes}"
[[layouts.description]]
[[layouts.description]]
key = "Reason"
value = "{Reason}"
[[layouts.fields]]
field = "Origin"
value = "Phone"
[[layouts.variables]]
name = "Reason"
ask = true
choices = ["a", "b"]
[[layouts]]
name = "Bad"
object = "Case"
subject = "no list"
[[layouts]]
name = "Worse"
object = "Opportunity"
[[layouts]]
object = "Task"
[[layouts]]
name = "good"
object = "Task"
`
	if err := os.WriteFile(file, []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
	s := settings.Open(dir)
	all := s.Get().Layouts
	if len(all) != 1 || all[0].Name != "Good" || len(all[0].Description) != 3 || all[0].Variables[0].Choices[1] != "b" {
		t.Fatalf("read %+v", all)
	}
	codes := map[fault.Code]int{}
	for _, n := range s.Notices() {
		codes[n.Code]++
	}
	want := map[fault.Code]int{"settings.layout-unreadable": 1, "settings.back-to-default": 2, "settings.twice": 1, "settings.unknown": 1}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Error(diff)
	}
	l := layout.Task()
	l.Name = "New"
	if err := s.Change(func(set *settings.Settings) { set.Layouts = set.Layouts.Kept(l, "") }); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, kept := range []string{"no list", "Opportunity", "later", "kept", "Reason", "New"} {
		if !strings.Contains(string(b), kept) {
			t.Errorf("the file lacks %q:\n%s", kept, b)
		}
	}
	again := settings.Open(dir)
	if diff := cmp.Diff(s.Get().Layouts, again.Get().Layouts); diff != "" {
		t.Errorf("read again: %s", diff)
	}
}

// Layouts are one value: they can be locked as a whole, and what cannot be is refused.
func TestLayoutsAreOneValue(t *testing.T) {
	s := settings.Open(t.TempDir())
	change := func(all ...layout.Layout) error {
		return s.Change(func(set *settings.Settings) { set.Layouts = all })
	}
	for _, l := range []layout.Layout{{Object: "Task"}, {Name: "x", Object: "Lead"}} {
		if err := change(l); err == nil {
			t.Errorf("taken: %+v", l)
		}
	}
	if err := change(layout.Layout{Name: "x", Object: "Task"}, layout.Layout{Name: "X", Object: "Case"}); fault.Of(err).Code != "settings.must-be-another-name" {
		t.Errorf("one name twice: %v", err)
	}
	if err := s.Set("layouts", "x"); fault.Of(err).Code != "settings.layouts-have-a-verb" {
		t.Errorf("set by a text: %v", err)
	}
	if err := s.SetProfile([]byte("[[layouts]]\nname = \"Company\"\nobject = \"Task\"\n"), []string{"layouts"}, "it"); err != nil {
		t.Fatal(err)
	}
	if got := s.Get().Layouts; len(got) != 1 || got[0].Name != "Company" {
		t.Fatalf("%+v", got)
	}
	var locked *settings.LockedError
	if err := change(layout.Task()); !errors.As(err, &locked) {
		t.Errorf("a locked list was changed: %v", err)
	}
}
