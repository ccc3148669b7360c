package demoorg_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"linecard/crm/demoorg"
)

type layoutItem struct {
	Label                                       string
	EditableForNew, EditableForUpdate, Required bool
	Placeholder                                 bool
	LayoutComponents                            []struct {
		Type, Value string
		Details     object
	}
}

type layoutSection struct {
	Heading, ParentLayoutID string
	Columns, Rows           int
	LayoutRows              []struct {
		LayoutItems []layoutItem
		NumItems    int
	}
}

type pageLayout struct {
	ID                   string
	ButtonLayoutSection  struct{ DetailButtons []object }
	DetailLayoutSections []layoutSection
	EditLayoutSections   []layoutSection
	RelatedLists         []struct{ Name, Sobject, Field string }
}

type pageLayouts struct {
	Layouts            []pageLayout
	RecordTypeMappings []struct {
		RecordTypeID, LayoutID, DeveloperName string
		Available, Master                     bool
		DefaultRecordTypeMapping              bool
		PicklistsForRecordType                []struct{ PicklistName string }
		Urls                                  struct{ Layout string }
	}
	RecordTypeSelectorRequired []bool
}

// items are the fields in sections, by name; each row has as many items as its section has columns.
func items(t *testing.T, sections []layoutSection) map[string]layoutItem {
	t.Helper()
	all := map[string]layoutItem{}
	for _, s := range sections {
		if s.Rows != len(s.LayoutRows) || s.Heading == "" {
			t.Errorf("the section %+v", s)
		}
		for _, r := range s.LayoutRows {
			if r.NumItems != s.Columns || len(r.LayoutItems) != s.Columns {
				t.Errorf("%s: a row of %d items", s.Heading, r.NumItems)
			}
			for _, i := range r.LayoutItems {
				if i.Placeholder != (len(i.LayoutComponents) == 0) {
					t.Errorf("%+v", i)
				}
				for _, c := range i.LayoutComponents {
					all[c.Value] = i
					if c.Type != "Field" || c.Details["name"] != c.Value {
						t.Errorf("%+v", c)
					}
				}
			}
		}
	}
	return all
}

func TestPageLayouts(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	task := into[pageLayouts](t, want(t, c.rest("GET", "/sobjects/Task/describe/layouts", nil), http.StatusOK))
	if len(task.Layouts) != 1 || len(task.RecordTypeMappings) != 1 || !task.RecordTypeMappings[0].Master || !slices.Equal(task.RecordTypeSelectorRequired, []bool{false}) {
		t.Fatalf("%+v", task.RecordTypeMappings)
	}
	page := task.Layouts[0]
	if page.ID != task.RecordTypeMappings[0].LayoutID || !strings.HasPrefix(page.ID, "00h") || len(page.ButtonLayoutSection.DetailButtons) != 2 {
		t.Errorf("%+v", page)
	}
	detail, edit := items(t, page.DetailLayoutSections), items(t, page.EditLayoutSections)
	if s := edit["Subject"]; s.Label != "Subject" || !s.EditableForNew || !s.EditableForUpdate {
		t.Errorf("Subject: %+v", s)
	}
	if _, there := detail["CreatedById"]; !there || detail["CreatedById"].EditableForNew {
		t.Error("who made it is not on the page, or to be filled")
	}
	if _, there := edit["CreatedById"]; there {
		t.Error("who made it is to be filled")
	}

	// Of an object with record types each layout is by itself.
	all := into[pageLayouts](t, want(t, c.rest("GET", "/sobjects/Case/describe/layouts/", nil), http.StatusOK))
	if all.Layouts != nil || len(all.RecordTypeMappings) != 4 || !all.RecordTypeSelectorRequired[0] {
		t.Fatalf("%+v", all)
	}
	ids := map[string]bool{}
	for _, m := range all.RecordTypeMappings {
		one := into[pageLayout](t, want(t, c.send("GET", m.Urls.Layout, nil), http.StatusOK))
		if one.ID != m.LayoutID || ids[one.ID] || len(one.EditLayoutSections) == 0 || len(m.PicklistsForRecordType) == 0 {
			t.Errorf("%s: %+v", m.DeveloperName, one)
		}
		ids[one.ID] = true
		want(t, c.rest("GET", "/sobjects/Case/describe/layouts/"+m.RecordTypeID[:15], nil), http.StatusOK)
		if !m.Master {
			refused(t, c.rest("GET", "/sobjects/Task/describe/layouts/"+m.RecordTypeID, nil), http.StatusNotFound, "NOT_FOUND")
		}
	}
	want(t, c.rest("HEAD", "/sobjects/Case/describe/layouts", nil), http.StatusOK)
	refused(t, c.rest("POST", "/sobjects/Case/describe/layouts", object{}), http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED")
	refused(t, c.rest("GET", "/sobjects/TaskStatus/describe/layouts", nil), http.StatusNotFound, "NOT_FOUND")
	refused(t, c.rest("GET", "/sobjects/Task/describe/layouts/012000000000000AAA/x", nil), http.StatusNotFound, "NOT_FOUND")

	// The page is as the user may see it.
	org.SetRules(func(r *demoorg.Rules) {
		r.HiddenFields, r.ReadOnlyFields, r.RequiredFields = []string{"Contact.Title"}, []string{"Contact.Email"}, []string{"Contact.Phone"}
		r.NoDelete, r.HiddenObjects = []string{"Contact"}, []string{"Case"}
	})
	contact := into[pageLayouts](t, want(t, c.rest("GET", "/sobjects/Contact/describe/layouts", nil), http.StatusOK)).Layouts[0]
	detail, edit = items(t, contact.DetailLayoutSections), items(t, contact.EditLayoutSections)
	_, title := detail["Title"]
	_, email := edit["Email"]
	if title || email || detail["Email"].Label == "" || !edit["Phone"].Required || len(contact.ButtonLayoutSection.DetailButtons) != 1 {
		t.Errorf("title %v, email to be filled %v, %+v", title, email, contact.ButtonLayoutSection)
	}
	lists := map[string]string{}
	for _, l := range contact.RelatedLists {
		lists[l.Sobject] = l.Field
	}
	if _, there := lists["Case"]; there || lists["Task"] != "WhoId" {
		t.Errorf("related lists %v", lists)
	}
	refused(t, c.rest("GET", "/sobjects/Case/describe/layouts", nil), http.StatusNotFound, "NOT_FOUND")
}

func TestCompactLayouts(t *testing.T) {
	_, c := start(t, demoorg.Config{})
	type compact struct {
		ID               any
		Name, ObjectType string
		FieldItems       []layoutItem
	}
	all := into[struct {
		CompactLayouts                  []compact
		DefaultCompactLayoutID          any
		RecordTypeCompactLayoutMappings []struct {
			RecordTypeID, CompactLayoutName string
			Urls                            struct{ CompactLayout string }
		}
		Urls struct{ Primary string }
	}](t, want(t, c.rest("GET", "/sobjects/Case/describe/compactLayouts", nil), http.StatusOK))
	if len(all.CompactLayouts) != 1 || all.CompactLayouts[0].ID != nil || len(all.RecordTypeCompactLayoutMappings) != 4 {
		t.Fatalf("%+v", all)
	}
	urls := []string{all.Urls.Primary}
	for _, m := range all.RecordTypeCompactLayoutMappings {
		urls = append(urls, m.Urls.CompactLayout)
	}
	for _, url := range urls {
		one := into[compact](t, want(t, c.send("GET", url, nil), http.StatusOK))
		if one.Name != "SYSTEM" || one.ObjectType != "Case" || len(one.FieldItems) == 0 || one.FieldItems[0].LayoutComponents[0].Value != "CaseNumber" || one.FieldItems[0].EditableForNew {
			t.Errorf("%s: %+v", url, one)
		}
	}
	refused(t, c.rest("GET", "/sobjects/Case/describe/compactLayouts/012000000000009AAA", nil), http.StatusNotFound, "NOT_FOUND")
	refused(t, c.rest("GET", "/sobjects/TaskPriority/describe/compactLayouts", nil), http.StatusNotFound, "NOT_FOUND")
}
