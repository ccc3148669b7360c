package settings

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"linecard/crm"
)

// rule is a row of a settings file; one that logs "perhaps" cannot be used.
func rule(name, log string) string { return "[[rules]]\nname = '" + name + "'\nlog = '" + log + "'\n" }

// order lists the names of the rules in the file.
func order(t *testing.T, dir string) (names []string) {
	t.Helper()
	for line := range strings.Lines(fileOf(t, dir)) {
		if name, ok := strings.CutPrefix(line, "name = "); ok {
			names = append(names, strings.Trim(name, "'\n"))
		}
	}
	return names
}

// The first rule that answers decides, so a rule that cannot be used keeps its place in the file, whatever becomes of the others.
func TestAnIgnoredElementKeepsItsPlace(t *testing.T) {
	const file = "bad1 a bad2 b c bad3"
	for name, c := range map[string]struct {
		change func(*Settings)
		want   string
	}{
		"another setting":   {func(s *Settings) { s.Logging.WrapUp = 9 }, file},
		"one changes":       {func(s *Settings) { s.Rules[1].Log = "yes" }, file},
		"the first goes":    {func(s *Settings) { s.Rules = s.Rules[1:] }, "bad1 bad2 b c bad3"},
		"the last goes":     {func(s *Settings) { s.Rules = s.Rules[:2] }, "bad1 a bad2 b bad3"},
		"one comes last":    {func(s *Settings) { s.Rules = append(s.Rules, crm.Rule{Name: "d", On: true, Log: "no"}) }, "bad1 a bad2 b c bad3 d"},
		"two change places": {func(s *Settings) { s.Rules[0], s.Rules[2] = s.Rules[2], s.Rules[0] }, "bad1 c bad2 b a bad3"},
		"all go":            {func(s *Settings) { s.Rules = nil }, "bad1 bad2 bad3"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			doc := "version = 2\n"
			for _, name := range strings.Fields(file) {
				if strings.HasPrefix(name, "bad") {
					doc += rule(name, "perhaps")
				} else {
					doc += rule(name, "no")
				}
			}
			write(t, dir, doc)
			s := Open(dir)
			if err := s.Change(c.change); err != nil {
				t.Fatal(err)
			}
			if got := order(t, dir); !slices.Equal(got, strings.Fields(c.want)) {
				t.Errorf("the file has %v, want %s", got, c.want)
			}
			if err := Open(dir).Set("logging.wrap_up", "8"); err != nil { // and once more
				t.Fatal(err)
			}
			if got := order(t, dir); !slices.Equal(got, strings.Fields(c.want)) {
				t.Errorf("the second time the file has %v, want %s", got, c.want)
			}
		})
	}
}

// A first account that cannot be used is the first again once it can: calls are dialed from it.
func TestAnIgnoredAccountKeepsItsPlace(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "version = 2\n[[accounts]]\nserver = 'first'\n[[accounts]]\nserver = 'second'\nuser = '2'\n")
	if err := Open(dir).Set("logging.wrap_up", "9"); err != nil {
		t.Fatal(err)
	}
	write(t, dir, strings.Replace(fileOf(t, dir), "server = 'first'\n", "server = 'first'\nuser = '1'\n", 1))
	if got := clean(t, dir).Get().Accounts; len(got) != 2 || got[0].ID() != "1@first" {
		t.Errorf("%+v", got)
	}
}

// The agent's list is kept whole where it is the profile's but for an element that is not used: that one alone would hide the profile's list.
func TestAnIgnoredElementBesideTheProfilesList(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "version = 2\n"+rule("bad", "perhaps")+rule("a", "no"))
	s := Open(dir)
	if err := s.SetProfile([]byte(rule("a", "no")), nil, ""); err != nil {
		t.Fatal(err)
	}
	if err := s.Set("logging.wrap_up", "9"); err != nil {
		t.Fatal(err)
	}
	if got := order(t, dir); !slices.Equal(got, []string{"bad", "a"}) {
		t.Errorf("the file has %v", got)
	}
	again := Open(dir)
	if err := again.SetProfile([]byte(rule("a", "no")), nil, ""); err != nil || len(again.Get().Rules) != 1 {
		t.Errorf("after a restart %+v, %v", again.Get().Rules, err)
	}
}

// Every list of tables is written as a list of tables: else an element that cannot be used would take the others out of the file.
func TestEveryListIsWrittenAsOne(t *testing.T) {
	set := reflect.TypeFor[Settings]()
	for i := range set.NumField() {
		list := set.Field(i).Type
		if list.Kind() != reflect.Slice || list.Elem().Kind() != reflect.Struct {
			continue
		}
		if _, ok := document(reflect.MakeSlice(list, 1, 1)).([]any); !ok {
			t.Errorf("%s is written some other way", set.Field(i).Name)
		}
		if key := set.Field(i).Tag.Get("toml"); !slices.Equal(lockOf(key+"[1].name"), []string{key}) {
			t.Errorf("an element of %s is locked without its list", key)
		}
	}
}

// A colleague who cannot be used, and a key that this version does not know, stay in the file beside the others.
func TestColleaguesStayInTheFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "version = 2\n[[colleagues]]\nextension = '2042'\nroom = '7'\n[[colleagues]]\nname = 'nobody'\n")
	s := Open(dir)
	if err := s.Change(func(s *Settings) { s.Logging.WrapUp = 9 }); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2042", "room", "nobody"} {
		if got := fileOf(t, dir); !strings.Contains(got, want) {
			t.Errorf("%s is lost:\n%s", want, got)
		}
	}
	if got := s.Origin("colleagues[2042].extension"); got != FromUser {
		t.Errorf("the colleague is from %s", got)
	}
}
