package settings

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"linecard/crm"
	"linecard/fault"
)

const objectsFile = `version = 2

[[objects]]
name = "Contact"
fields = ["Title"]
editable = ["Department"]
required = ["Region__c"]
color = "red"

[[objects]]
name = "Vehicle__c"
phones = ["Driver_Number__c", "not a field"]

[[objects]]
name = "Lead"
search = false

[[objects]]
name = "no object"

[[objects]]
name = "Lead"
`

// A row that cannot be used costs itself, a field that cannot be one costs itself, and both stay in the file.
func TestObjectsAreRead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, objectsFile)
	s := Open(dir)
	rows := s.Get().Objects
	if len(rows) != 3 || !slices.Equal(crm.OrderOf(rows, "00D"), []string{"Contact", "Vehicle__c"}) {
		t.Fatalf("%+v", rows)
	}
	if !slices.Equal(rows[0].Card(), []string{"Title", "Department", "Region__c"}) || !slices.Equal(rows[1].Phones, []string{"Driver_Number__c"}) || rows[2].Search {
		t.Errorf("%+v", rows)
	}
	var codes []string
	for _, n := range s.Notices() {
		codes = append(codes, string(n.Code))
	}
	for _, want := range []string{"settings.unknown", "settings.back-to-default", "settings.object-incomplete", "settings.twice"} {
		if !slices.Contains(codes, want) {
			t.Errorf("no notice %s among %v", want, codes)
		}
	}
	if err := s.Change(func(s *Settings) { s.Objects[0].Fields = append(s.Objects[0].Fields, "Email") }); err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	file := string(doc)
	for _, want := range []string{`color = 'red'`, `'no object'`, `'Email'`, `search = false`} {
		if !strings.Contains(file, want) {
			t.Errorf("%s is not in the file:\n%s", want, file)
		}
	}
	if got := Open(dir).Get().Objects; len(got) != 3 || len(got[0].Card()) != 4 {
		t.Errorf("read again: %+v", got)
	}
}

// Each key of a row is a setting, by the number of the row or the name of the object.
func TestKeysOfObjects(t *testing.T) {
	s := Open(t.TempDir())
	if err := s.Change(func(s *Settings) {
		s.Objects = []crm.Object{{Name: "Contact", Search: true}, {Name: "Vehicle__c", Search: true}}
	}); err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{"objects[Vehicle__c].phones": "Driver_Number__c, Owner_Number__c", "objects[1].search": "false"} {
		if err := s.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	rows := s.Get().Objects
	if rows[0].Search || len(rows[1].Phones) != 2 {
		t.Errorf("%+v", rows)
	}
	if err := s.Unset("objects[1].search"); err != nil || !s.Get().Objects[0].Search {
		t.Errorf("%+v, %v", s.Get().Objects, err)
	}
	for key, value := range map[string]string{"objects[1].name": "Drop table", "objects[2].name": "Contact"} {
		if err := s.Set(key, value); err == nil {
			t.Errorf("%s = %s was taken", key, value)
		}
	}
	too := make([]crm.Object, crm.MostObjects+1)
	for i := range too {
		too[i] = crm.Object{Name: "O" + string(rune('a'+i)) + "__c", Search: true}
	}
	if err := s.Change(func(s *Settings) { s.Objects = too }); fault.Of(err).Code != "settings.must-be-fewer" {
		t.Errorf("too many: %v", err)
	}
}

func TestLockedObjects(t *testing.T) {
	s := Open(t.TempDir())
	if err := s.SetProfile([]byte("[[objects]]\nname = \"Lead\"\n"), []string{"objects"}, "it"); err != nil {
		t.Fatal(err)
	}
	if got := crm.OrderOf(s.Get().Objects, ""); !slices.Equal(got, []string{"Lead"}) {
		t.Errorf("%v", got)
	}
	if err := s.Set("objects[Lead].search", "false"); fault.Of(err).Code != "settings.locked-by" {
		t.Errorf("%v", err)
	}
	if err := CheckLocks([]string{"objects", "objects[1].fields"}); err != nil {
		t.Error(err)
	}
}
