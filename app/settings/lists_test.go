package settings

import (
	"reflect"
	"testing"
)

// Every list of the settings is a list of tables in the file as it is kept, so that it is there still when the layers are laid on each other again: as at each
// start, where there may be a profile.
func TestEveryListOutlivesAProfile(t *testing.T) {
	v := reflect.New(reflect.TypeFor[Settings]()).Elem()
	for _, f := range fieldsOf(v.Type()) {
		list := v.Field(f.index)
		if !isTables(list) {
			continue
		}
		list.Set(reflect.MakeSlice(list.Type(), 1, 1))
		if doc, ok := document(list).([]any); !ok || len(doc) != 1 {
			t.Errorf("%s is kept as %T", f.name, document(list))
		} else if _, ok := doc[0].(map[string]any); !ok {
			t.Errorf("an element of %s is kept as %T", f.name, doc[0])
		}
	}

	dir := t.TempDir()
	s := Open(dir)
	if err := s.Change(func(s *Settings) { s.SetColleague(Colleague{Name: "Ana", Extension: "2042"}, false) }); err != nil {
		t.Fatal(err)
	}
	s = Open(dir)
	if err := s.SetProfile(nil, nil, ""); err != nil {
		t.Fatal(err)
	}
	if got := s.Get().Colleagues; len(got) != 1 || got[0].Name != "Ana" || len(s.Notices()) > 0 {
		t.Errorf("%+v, notices %v", got, s.Notices())
	}
}
